from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ....engine.delivery import NEEDS_PERSON, REACHED, may, next_state, overall
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

    def _apply(self, event, *, answer=None, **vals):
        """Let an event happen to deliveries, note it, and tell their documents.

        :param str event: one of the engine's.
        :param str answer: what a server said, or why.
        :param vals: further values for all of them.
        :raises InvalidDelivery: when it cannot happen in the state of one of them.
        """
        now = self.env.cr.now()
        for state, rows in self.grouped("state").items():
            delivery_writer(rows).write(
                {"state": next_state(state, event), "answer": answer, **vals}
            )
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
                        "answer": answer,
                        "user_id": self.env.uid,
                    }
                    for row in self
                ]
            )
        self.move_id._billing_tell_delivery()

    def _filter_may(self, event):
        """Those that an event can happen to."""
        return self.filtered(lambda row: may(row.state, event))

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

    def action_send_again(self):
        """Put deliveries back into the queue, with the addresses of today.

        One whose answer was lost goes out under the same Message-Id, so that a
        recipient who has it already can tell.
        """
        self._check_may_send()
        rows = self._filter_may("again")
        if not rows:
            raise UserError(
                self.env._(
                    "Nothing to send again: these documents are being sent right now."
                )
            )
        # Documents that share a mail in doubt go out again together, as they did.
        shared = rows.filtered("message_ref")
        rows |= self.search(
            [
                ("message_ref", "in", shared.mapped("message_ref")),
                ("state", "in", shared.mapped("state")),
            ]
        )
        rows._send_again()

    def _send_again(self, email=None):
        """:param str email: the address to use instead."""
        sending = self.env["billing.sending"]
        for row in self:
            # Asked by whoever may invoice; the service writes.
            target = email or sending._get_current_address(row)
            if row.state == "queued" and target == row.email:
                row._hurry()
                continue
            same = target == row.email and row.state in ("unknown", "failed")
            vals = {
                "email": target or False,
                "failures": 0,
                "origin": "job",
                "next_try_at": self.env.cr.now(),
                "together": False,
            }
            if not same:
                row._leave_mail()
                vals.update(mail_id=False, mail_message_id=False, message_ref=False)
            row._apply("again", **vals)
            sending._settle_channels(row)
        sending._wake("prepare")
        sending._wake("send")

    def _leave_mail(self):
        """Take documents out of mails that are written and wait: they still hold them,
        so what stays of such a mail is written anew.
        """
        written = self.filtered("mail_id")
        mates = self.search(
            [
                ("mail_id", "in", written.mail_id.ids),
                ("state", "=", "queued"),
                ("id", "not in", self.ids),
            ]
        )
        delivery_writer(mates).write(
            {"mail_id": False, "mail_message_id": False, "message_ref": False}
        )

    def _hurry(self):
        """Do not wait for the next try of what is in the queue anyway."""
        mates = (
            self.search([("mail_id", "=", self.mail_id.id)]) if self.mail_id else self
        )
        delivery_writer(mates.filtered(lambda row: row.state == "queued")).write(
            {"next_try_at": self.env.cr.now()}
        )

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

    def action_other_address(self):
        """Ask for another address."""
        self._check_may_send()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Other address"),
            "res_model": "billing.delivery.readdress",
            "view_mode": "form",
            "target": "new",
            "context": {"default_delivery_ids": self.ids},
        }

    def _check_readdress(self, email):
        """Refuse what cannot go to another address.

        :raises UserError: naming the document, why, and the way.
        """
        for row in self:
            if row.channel != "email":
                raise UserError(
                    self.env._(
                        "%(document)s does not leave by mail. Choose E-mail as channel "
                        "on the customer, then send it again.",
                        document=row.move_id.name,
                    )
                )
            if not may(row.state, "again"):
                raise UserError(
                    self.env._(
                        "%(document)s is being sent right now. Wait for the answer.",
                        document=row.move_id.name,
                    )
                )
            others = row.move_id.billing_delivery_ids - row
            if email in others.mapped("email"):
                raise UserError(
                    self.env._(
                        "%(document)s has a delivery to %(email)s already. Send that "
                        "one again.",
                        document=row.move_id.name,
                        email=email,
                    )
                )

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
