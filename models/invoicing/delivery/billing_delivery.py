from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ....engine.delivery import (
    NEEDS_PERSON,
    REACHED,
    UNDER_WAY,
    may,
    next_state,
    overall,
)
from .states import CHANNELS, STATES

#: Lets the service write. A caller by RPC cannot send this very object along.
_MARK = object()

#: Events that leave no line in the history: the row itself tells them.
_SILENT = frozenset({"prepared", "begun"})


def delivery_writer(records):
    """Records through which the sending service may write deliveries."""
    return records.sudo().with_context(billing_delivery_writer=_MARK)


class BillingDelivery(models.Model):
    """A document on its way to one recipient over one channel."""

    _name = "billing.delivery"
    _inherit = "billing.guarded"
    _description = "Delivery"
    _order = "id desc"

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Document",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    document_name = fields.Char(related="move_id.name", string="Number")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        readonly=True,
        ondelete="restrict",
    )
    plan_id = fields.Many2one(
        comodel_name="billing.plan", readonly=True, ondelete="set null"
    )
    run_id = fields.Many2one(
        comodel_name="billing.run",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    channel = fields.Selection(CHANNELS, required=True, readonly=True, default="email")
    method = fields.Char(
        readonly=True, help="The platform's own name for its way of sending."
    )
    email = fields.Char(
        string="Address", readonly=True, help="As it was when the document was sent."
    )
    email_domain = fields.Char(
        string="Domain", compute="_compute_email_domain", store=True
    )
    origin = fields.Selection(
        selection=[("job", "By itself"), ("core", "With the button Send")],
        required=True,
        readonly=True,
        default="job",
    )
    choice = fields.Selection(
        selection=[("recipient", "Recipient"), ("address", "Address")],
        string="Chosen by hand",
        readonly=True,
        help="What a person chose, whatever plan and customer say.",
    )
    together = fields.Boolean(
        string="In a common mail",
        readonly=True,
        help="With the customer's other documents of the day.",
    )
    lang = fields.Char(string="Language", readonly=True)
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Mail template",
        readonly=True,
        ondelete="set null",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="to_send")
    needs_person = fields.Boolean(
        compute="_compute_needs_person", search="_search_needs_person"
    )
    is_under_way = fields.Boolean(
        compute="_compute_is_under_way", search="_search_is_under_way"
    )
    tries = fields.Integer(readonly=True, help="Conversations with a mail server.")
    failures = fields.Integer(readonly=True, help="Temporary refusals in a row.")
    last_try_at = fields.Datetime(string="Last try", readonly=True)
    next_try_at = fields.Datetime(string="Next try", readonly=True)
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    answer = fields.Char(string="Server's answer", readonly=True)
    message_ref = fields.Char(
        string="Message-Id", readonly=True, index="btree_not_null"
    )
    mail_id = fields.Many2one(
        comodel_name="mail.mail", readonly=True, index="btree_not_null"
    )
    mail_message_id = fields.Many2one(
        comodel_name="mail.message", readonly=True, index="btree_not_null"
    )
    event_ids = fields.One2many(
        comodel_name="billing.delivery.event",
        inverse_name="delivery_id",
        string="History",
    )

    # What the jobs look for, and the few that people are shown.
    _work_idx = models.Index(
        "(state, next_try_at) WHERE state IN ('to_send', 'queued')"
    )
    _attention_idx = models.Index(
        "(state) WHERE state IN"
        " ('sending', 'bounced', 'no_channel', 'failed', 'unknown', 'to_post')"
    )
    _recipient_uniq = models.UniqueIndex(
        "(move_id, channel, COALESCE(email, ''))",
        "A document goes to an address once per channel.",
    )

    @api.depends("email")
    def _compute_email_domain(self):
        for delivery in self:
            delivery.email_domain = (delivery.email or "").rpartition("@")[2] or False

    @api.depends("state")
    def _compute_needs_person(self):
        for delivery in self:
            delivery.needs_person = delivery.state in NEEDS_PERSON

    def _search_needs_person(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in", sorted(NEEDS_PERSON))]

    @api.depends("state")
    def _compute_is_under_way(self):
        for delivery in self:
            delivery.is_under_way = delivery.state in UNDER_WAY

    def _search_is_under_way(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "in", sorted(UNDER_WAY))]

    @api.depends("move_id", "email", "channel")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for delivery in self:
            to = delivery.email or channels.get(delivery.channel)
            delivery.display_name = f"{delivery.move_id.name} → {to}"

    # === Writing === #

    def _check_writer(self):
        if self.env.context.get("billing_delivery_writer") is not _MARK:
            raise UserError(
                self.env._(
                    "Deliveries are written by sending alone. Send the document "
                    "again, or note that it was posted by hand."
                )
            )

    def _apply(self, event, *, answer=None, each=None, **vals):
        """Let an event happen to deliveries, note it, and tell their documents.

        :param str event: one of the engine's.
        :param str answer: what a server said, or why.
        :param dict each: further values of single ones, ``{delivery: vals}``.
        :param vals: further values for all of them.
        :raises InvalidDelivery: when it cannot happen in the state of one of them.
        """
        now = self.env.cr.now()
        for state, rows in self.grouped("state").items():
            delivery_writer(rows).write(
                {"state": next_state(state, event), "answer": answer, **vals}
            )
        for row, own in (each or {}).items():
            delivery_writer(row).write(own)
        if event not in _SILENT:
            delivery_writer(self.env["billing.delivery.event"]).create(
                [
                    {
                        "delivery_id": row.id,
                        "at": now,
                        "event": event,
                        "state": row.state,
                        "email": row.email,
                        "message_ref": row.message_ref,
                        "answer": row.answer,
                        "user_id": self.env.uid,
                    }
                    for row in self
                ]
            )
        self.move_id._billing_tell_delivery()

    def _filter_may(self, event):
        """Those that an event can happen to."""
        return self.filtered(lambda row: may(row.state, event))

    def _filter_free(self):
        """Those that may be sent again: nobody else is about to send them."""
        rows = self._filter_may("again")
        theirs = rows.filtered(
            lambda row: (row.origin, row.state) == ("core", "queued")
        )
        if not theirs:
            return rows
        # Whether core's queue still holds a mail is no secret to who sends documents.
        mails = self.env["mail.mail"].sudo()
        held = mails.search(
            [
                ("mail_message_id", "in", theirs.mail_message_id.ids),
                ("state", "=", "outgoing"),
            ]
        ).mail_message_id
        return rows - theirs.filtered(lambda row: row.mail_message_id in held)

    # === Buttons === #

    def _check_may_send(self):
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._(
                    "Documents are sent by who may invoice. Ask one of them, or an "
                    "administrator for that right."
                )
            )
        # Whose documents they are is told by the rules of companies.
        self.check_access("read")

    def action_posted_by_hand(self):
        """Note that the documents left by post."""
        self._check_may_send()
        rows = self._filter_may("posted")
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing to note: these documents have left already or are under "
                    "way."
                )
            )
        rows._leave_mail()
        rows._apply("posted", sent_at=self.env.cr.now(), next_try_at=False)
        rows.move_id._billing_close_delivery_activities()

    def action_open_document(self):
        """Open the document of this delivery."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }


def tell_moves(moves):
    """Write the state of documents' deliveries onto them, one statement a state.

    What reached somebody is sent in core's eyes as well, which we never ask.
    Not through ``write``: core would look at each posted document again.
    """
    env = moves.env
    env["billing.delivery"].flush_model(["state", "move_id"])
    rows = env.execute_query(
        SQL(
            "SELECT move_id, array_agg(DISTINCT state) FROM billing_delivery"
            " WHERE move_id = ANY(%s) GROUP BY move_id",
            moves.ids,
        )
    )
    states = {move_id: overall(found) for move_id, found in rows}
    by_state = {}
    for move in moves:
        by_state.setdefault(states.get(move.id), []).append(move.id)
    told = ["billing_delivery_state", "is_move_sent"]
    moves.flush_recordset(told)
    for state, ids in by_state.items():
        env.cr.execute(
            SQL(
                "UPDATE account_move SET billing_delivery_state = %s,"
                " is_move_sent = is_move_sent OR %s"
                " WHERE id = ANY(%s) AND billing_delivery_state IS DISTINCT FROM %s",
                state,
                state in REACHED,
                ids,
                state,
            )
        )
    moves.invalidate_recordset(told, flush=False)
