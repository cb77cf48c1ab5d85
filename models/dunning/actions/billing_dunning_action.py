from datetime import date

from psycopg2.extras import execute_values

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.dunning_actions import OPEN, climbs, may, next_state
from ..policy.billing_dunning_level import CHANNELS

#: Lets the service write. A caller by RPC cannot send this very object along.
_MARK = object()

STATES = [
    ("to_approve", "To approve"),
    ("queued", "Queued"),
    ("sending", "Being sent"),
    ("failed", "Failed"),
    ("unknown", "Answer unknown"),
    ("done", "Done"),
    ("skipped", "Skipped"),
]
#: In force for one action of a case at a time.
_OPEN_SQL = ", ".join(f"'{state}'" for state in sorted(OPEN))


def action_writer(records):
    """Actions as their service writes them: for its own methods."""
    # Nobody has the right to write them: who holds the mark has checked the caller.
    return records.sudo().with_context(billing_action_writer=_MARK)


class BillingDunningAction(models.Model):
    """A contact with a customer: planned, approved, made, and what became of it.

    What it names is kept with it, item by item: each with its place on the ladder
    before and after, so that the ladder goes up when the contact was made, and back
    when it did not arrive.
    """

    _name = "billing.dunning.action"
    _inherit = "billing.guarded"
    _description = "Reminder"
    _order = "amount desc, id"

    case_id = fields.Many2one(
        comodel_name="billing.dunning.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    owner_id = fields.Many2one(related="case_id.owner_id", string="Owner")
    level_id = fields.Many2one(
        comodel_name="billing.dunning.level",
        string="Step",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="to_approve",
        group_expand="_group_expand_state",
    )
    planned_on = fields.Date(string="Planned on", required=True, readonly=True)
    first_contact = fields.Boolean(
        readonly=True, help="Nothing had been sent for this case before."
    )

    # What it names
    items = fields.Json(
        readonly=True, help="Each open item with its place on the ladder."
    )
    amount = fields.Monetary(
        string="To ask for",
        readonly=True,
        help="In the company's currency at the day's rate.",
    )
    oldest_due = fields.Date(string="Oldest", readonly=True)

    # What left, and to whom
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        readonly=True,
        ondelete="set null",
    )
    email = fields.Char(
        string="Address", readonly=True, help="As it was when the reminder was sent."
    )
    subject = fields.Char(string="Subject as sent", readonly=True)
    body = fields.Html(readonly=True, sanitize=False, help="As it was approved.")
    mail_id = fields.Many2one(
        comodel_name="mail.mail", readonly=True, index="btree_not_null"
    )
    mail_message_id = fields.Many2one(
        comodel_name="mail.message", readonly=True, index="btree_not_null"
    )
    message_ref = fields.Char(
        string="Message-Id", readonly=True, index="btree_not_null"
    )
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment", string="Letter", readonly=True
    )

    # What became of it
    tries = fields.Integer(readonly=True, help="Conversations with a mail server.")
    failures = fields.Integer(readonly=True, help="Temporary refusals in a row.")
    last_try_at = fields.Datetime(string="Last try", readonly=True)
    next_try_at = fields.Datetime(string="Next try", readonly=True)
    contact_on = fields.Date(
        string="Contacted on", readonly=True, help="By the company's calendar."
    )
    done_at = fields.Datetime(string="Done on", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", readonly=True, help="Who approved it."
    )
    answer = fields.Char(string="Server's answer", readonly=True)
    result = fields.Selection(
        selection=[
            ("will_pay", "Will pay, no date"),
            ("promise", "Promise"),
            ("dispute", "Dispute"),
            ("no_answer", "No answer"),
            ("other", "Other"),
        ],
        string="Result of the call",
        readonly=True,
    )
    cost = fields.Monetary(readonly=True, help="Postage and the like.")
    reason_code = fields.Char(readonly=True)
    reason_facts = fields.Json(readonly=True)

    _open_uniq = models.UniqueIndex(
        f"(case_id) WHERE state IN ({_OPEN_SQL})",
        "A customer gets one reminder at a time.",
    )
    # What the job looks for.
    _work_idx = models.Index("(next_try_at) WHERE state = 'queued'")
    # The contacts of the last days.
    _contact_idx = models.Index(
        "(company_id, contact_on) WHERE state IN ('sending', 'done', 'unknown')"
    )

    @api.depends("level_id", "partner_id", "channel")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"{action._get_step()} · {action.partner_id.name}"

    @api.model
    def _group_expand_state(self, states, domain):
        """States in the order of the work, those only that there are."""
        return [state for state, _label in STATES if state in states]

    # === Writing === #

    def _check_writer(self):
        if self.env.context.get("billing_action_writer") is not _MARK:
            raise UserError(
                self.env._(
                    "Reminders are written by their service alone. Approve, skip or "
                    "note them with the buttons."
                )
            )

    def _apply(self, event, **vals):
        """Let an event happen to actions; the ladder of what they name follows.

        :param str event: one of the engine's.
        :param vals: further values for all of them.
        :raises InvalidDunning: when it cannot happen in the state of one of them.
        """
        for state, rows in self.grouped("state").items():
            after = next_state(state, event)
            action_writer(rows).write({"state": after, **vals})
            move = climbs(state, after)
            if move:
                rows._move_items(up=move > 0)

    def _filter_may(self, event):
        """Those that an event can happen to."""
        return self.filtered(lambda action: may(action.state, event))

    def _move_items(self, *, up):
        """Put items onto the places that a contact leaves them at, or back.

        An item that stands elsewhere by now, on the ladder of another policy, keeps its
        place; that it was reminded of is noted all the same.
        """
        rows = [
            (
                *(item["move"], date.fromisoformat(item["due"]), item["currency"]),
                item["before" if up else "after"]["position"],
                *_as_row(item["after" if up else "before"]),
                up,
            )
            for action in self
            for item in action.items or ()
        ]
        if not rows:
            return
        items = self.env["billing.dunning.item"]
        items.flush_model(["position", "last_step_on", "listed"])
        execute_values(
            self.env.cr._obj,
            """
            UPDATE billing_dunning_item item
               SET position = CASE WHEN COALESCE(item.position, 0) = step.stood
                                   THEN step.position ELSE item.position END,
                   last_step_on = step.last_step::date, listed = step.listed
              FROM (VALUES %s) AS step (move_id, due, currency_id, stood, position,
                                        last_step, listed, up)
             WHERE item.move_id = step.move_id AND item.date_maturity = step.due
               AND item.currency_id = step.currency_id
               AND (step.up OR COALESCE(item.position, 0) = step.stood)
            """,
            rows,
        )
        items.invalidate_model(["position", "last_step_on", "listed"])

    def _drop_mails(self):
        """Forget mails that were written and did not leave."""
        # What core's queue holds is nobody's; the message says what was not said.
        messages, mails = self.mail_message_id.sudo(), self.mail_id.sudo()
        action_writer(self).write(
            {"mail_id": False, "mail_message_id": False, "message_ref": False}
        )
        mails.exists().unlink()
        messages.exists().unlink()

    # === Telling a person === #

    def _ask_for_help(self):
        """Tell the owners of cases that a reminder did not arrive."""
        for action in self:
            action._schedule(action.sentence)

    def _schedule(self, summary, note=None, user=None):
        # Written by the job, for whoever looks after the case. No mail tells of it: it
        # would leave over the server that may be in trouble.
        case = self.case_id.sudo().with_context(mail_activity_quick_update=True)
        case.activity_schedule(
            "recurring_billing.mail_activity_dunning",
            user_id=(user or self._get_owner()).id or self.env.uid,
            summary=summary,
            note=note,
        )

    def _get_owner(self):
        """Who looks after the case."""
        return self.case_id.owner_id or self.company_id.billing_answer_user_id

    def _close_activities(self):
        """Nothing is to be done for these any more."""
        # Whoever settles a reminder closes what reminds others of it.
        cases = self.case_id.sudo()
        cases.activity_search(["recurring_billing.mail_activity_dunning"]).unlink()


def _as_row(place):
    return place["position"], place["last_step"], place["listed"]
