from odoo import api, fields, models
from odoo.tools.misc import format_date, format_time, formatLang

from ....engine.delivery import LEAVING, STILL_HERE, WAITING
from .billing_delivery import delivery_writer, tell_moves
from .states import STATES


class AccountMove(models.Model):
    """A document and whether it reached its customer."""

    _inherit = "account.move"

    billing_delivery_state = fields.Selection(
        STATES,
        string="Delivery",
        copy=False,
        readonly=True,
        help="What happened to the document after it was posted; of several "
        "recipients, the one that says most. Empty: nobody asked us to send it.",
    )
    billing_delivery_ids = fields.One2many(
        comodel_name="billing.delivery", inverse_name="move_id", string="Deliveries"
    )
    billing_delivery_text = fields.Char(
        string="Delivered", compute="_compute_billing_delivery_text"
    )

    # Marks of posting, found by the job that plans; and what people filter by.
    _billing_to_send_idx = models.Index("(id) WHERE billing_delivery_state = 'to_send'")
    _billing_trouble_idx = models.Index(
        "(billing_delivery_state) WHERE billing_delivery_state IN"
        " ('bounced', 'no_channel', 'failed', 'unknown', 'to_post', 'held')"
    )

    @api.depends_context("lang", "uid", "tz")
    @api.depends("billing_delivery_state")
    def _compute_billing_delivery_text(self):
        self.billing_delivery_text = False
        deliveries = self.env["billing.delivery"]
        if not deliveries.has_access("read"):
            return
        found = deliveries.search(
            [("move_id", "in", self.ids), ("state", "!=", "replaced")], order="id"
        )
        for move, rows in found.grouped("move_id").items():
            move.billing_delivery_text = " · ".join(row._get_sentence() for row in rows)

    # === Posting and taking back === #

    def _post(self, soft=True):
        # EXTENDS account
        marked = self._billing_mark_to_send(soft)
        posted = super()._post(soft=soft)
        # A run wakes the job itself, when all of it is posted. Whether it runs is no
        # secret to who may post.
        runs = marked.billing_run_id.sudo()
        by_hand = marked.filtered(lambda move: not move.billing_run_id)
        if by_hand or any(run.state != "running" for run in runs):
            self.env["billing.sending"]._wake("prepare")
        return posted

    def _billing_mark_to_send(self, soft):
        """Mark what is to leave; the mark travels in the statement that posts.

        :return: the marked documents.
        """
        today = fields.Date.context_today(self)
        marked = self.filtered(
            lambda move: (
                move.is_sale_document()
                and not (soft and move.date and move.date > today)
                and move._billing_is_sent_by_itself()
            )
        )
        field = self._fields["billing_delivery_state"]
        # No write: it would look at each line of each document again.
        field._update_cache(marked, "to_send", dirty=True)
        return marked

    def _billing_is_sent_by_itself(self):
        """Whether the company wants this document to leave without a hand."""
        scope = self.company_id.billing_sending
        return scope == "all" or (scope == "recurring" and bool(self.billing_run_id))

    def _is_ready_to_be_sent(self):
        # EXTENDS account: what leaves by itself is not sent by core's invoice of a paid
        # order, too.
        return super()._is_ready_to_be_sent() and not self.billing_delivery_state

    def button_draft(self):
        # EXTENDS account: what has not left yet does not leave any more.
        res = super().button_draft()
        if self:
            self._billing_withdraw_deliveries()
        return res

    def _billing_withdraw_deliveries(self):
        """Take unsent deliveries of documents out of the queue."""
        # The service's own rows, whoever takes the document back.
        rows = delivery_writer(self.env["billing.delivery"]).search(
            [
                ("move_id", "in", self.ids),
                ("state", "in", sorted(WAITING)),
                # What core's own queue holds leaves anyhow.
                ("origin", "=", "job"),
            ]
        )
        marked = self.filtered("billing_delivery_state")
        rows._leave_mail()
        rows.unlink()
        marked._billing_tell_delivery()

    def _billing_tell_delivery(self):
        """Copy the state of the deliveries onto their documents."""
        if self:
            tell_moves(self)

    def _billing_was_sent(self):
        """Whether the customer has received the document, or may have.

        :return: those of ``self`` that left the house.
        """
        # Whether it left is no secret to who may change the document.
        rows = self.env["billing.delivery"].sudo()
        left = rows.search(
            [
                ("move_id", "in", self.ids),
                ("state", "not in", sorted(STILL_HERE)),
                "|",
                ("state", "!=", "replaced"),
                # Where it went before its recipient was none any more.
                ("event_ids.event", "in", sorted(LEAVING)),
            ]
        )
        return left.move_id.with_env(self.env) | self.filtered("sending_data")

    # === People === #

    def _billing_get_responsible(self):
        """Who answers for the document: its salesperson, else the company's choice."""
        self.ensure_one()
        user = self.invoice_user_id
        if user and user.active and user != self.env.ref("base.user_root"):
            return user
        return self.company_id.billing_answer_user_id

    def _billing_ask_for_delivery(self):
        """One activity for each document whose delivery needs a person."""
        kind = "recurring_billing.mail_activity_delivery"
        # Activities of others' documents, written by the scheduler. No mail tells of
        # them: it would leave over the server that is in trouble.
        moves = self.sudo().with_context(mail_activity_quick_update=True)
        waiting = moves.activity_search([kind])
        asked = {activity.res_id for activity in waiting}
        for move in moves.filtered(lambda move: move.id not in asked):
            rows = move.billing_delivery_ids.filtered("needs_person")
            if rows:
                move.activity_schedule(
                    kind,
                    user_id=move._billing_get_responsible().id or self.env.uid,
                    summary=rows[:1]._get_sentence(),
                )

    def _billing_close_delivery_activities(self):
        """Nothing needs a person any more."""
        kind = "recurring_billing.mail_activity_delivery"
        # Whoever mends the delivery closes what reminds others of it.
        moves = self.sudo()
        solved = moves.filtered(
            lambda move: not any(move.billing_delivery_ids.mapped("needs_person"))
        )
        solved.activity_search([kind]).unlink()

    def action_open_billing_deliveries(self):
        """The deliveries of this document, with their history."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Deliveries"),
            "res_model": "billing.delivery",
            "view_mode": "list,form",
            "views": [(False, "list"), (False, "form")],
            "domain": [("move_id", "=", self.id)],
            "context": {"create": False},
        }
        rows = self.env["billing.delivery"].search([("move_id", "=", self.id)])
        if len(rows) == 1:
            action.update(view_mode="form", views=[(False, "form")], res_id=rows.id)
        return action

    def _billing_get_common_mail_rows(self):
        """What a mail that carries several documents says of each.

        :return: dicts with ``name``, ``due`` and ``amount``, in the mail's language.
        """
        moves = self.browse(self.env.context.get("billing_invoices") or self.ids)
        return [
            {
                "name": move.name,
                "due": format_date(self.env, move.invoice_date_due)
                if move.move_type == "out_invoice"
                else "",
                "amount": formatLang(
                    self.env,
                    move._get_billing_sign() * move.amount_total,
                    currency_obj=move.currency_id,
                ),
            }
            for move in moves
        ]

    def _billing_format_moment(self, moment):
        """ "01/12/2026" and "08:14", by the company's clock."""
        zone = self.company_id._billing_timezone()
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return {
            "date": format_date(self.env, local.date()),
            "time": format_time(self.env, local.time(), time_format="short"),
        }
