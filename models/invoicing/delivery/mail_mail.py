from odoo import api, models
from odoo.exceptions import UserError

_MARK = object()


def kept_from_queue(records):
    """Records under which mails are written that core's queue must never send."""
    return records.with_context(billing_kept_from_queue=_MARK)


class MailMail(models.Model):
    """A mail of ours waits for our own job; one of core's tells our deliveries."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("billing_kept_from_queue") is _MARK:
            vals_list = [{**vals, "state": "cancel"} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("state") == "outgoing" and self._has_billing_deliveries():
            raise UserError(
                self.env._(
                    "This mail carries documents to a customer and is sent by "
                    "Recurring Billing, so that it never leaves twice. Use Send again "
                    "in the list of deliveries."
                )
            )
        return super().write(vals)

    def _has_billing_deliveries(self):
        # Whether a mail is ours is no secret to who may write it.
        deliveries = self.env["billing.delivery"].sudo()
        return bool(
            deliveries.search_count(
                [("mail_id", "in", self.ids), ("origin", "=", "job")], limit=1
            )
        )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS mail: what core's own button sent is told to our deliveries, before
        # core forgets the mail.
        messages = self.mail_message_id
        # The queue works for everybody.
        rows = (
            self.env["billing.delivery"]
            .sudo()
            .search([("mail_message_id", "in", messages.ids), ("origin", "=", "core")])
        )
        if rows:
            # These mails are core's own.
            rows._note_core(
                self.sudo(),
                success_pids,
                success_emails,
                failure_type and (failure_reason or failure_type),
            )
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
