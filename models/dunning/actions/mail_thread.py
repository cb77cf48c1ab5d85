from odoo import models

from .billing_dunning_action import action_writer


class MailThread(models.AbstractModel):
    """Reminders that come back through the mail gateway."""

    _inherit = "mail.thread"

    def _billing_note_bounce(self, message_refs, email, message, answer):
        # EXTENDS delivery
        super()._billing_note_bounce(message_refs, email, message, answer)
        self.env["billing.dunning.action"]._note_bounce(message_refs, message, answer)


class BillingDunningAction(models.Model):
    _inherit = "billing.dunning.action"

    def _note_bounce(self, message_refs, message, answer):
        """Mark what came back: nobody was reminded, so the ladder goes back, and a
        person is asked for another address.

        :param message_refs: Message-Ids that the report names.
        :param message: the ``mail.message`` that core found, if any.
        :param str answer: the other server's words.
        """
        # The gateway works for everybody.
        rows = self.sudo().search(
            [
                "|",
                ("message_ref", "in", list(message_refs)),
                ("mail_message_id", "in", message.ids if message else []),
            ]
        )
        rows = rows._filter_may("bounced").filtered(lambda row: row.channel == "email")
        rows._skip_planned_since()
        vals = {"answer": answer[:500] or False, "next_try_at": False}
        # Where another reminder leaves or has failed meanwhile, that one goes on.
        busy = rows.filtered(
            lambda row: row.case_id.open_action_id not in (row, row.browse())
        )
        action_writer(busy).write(vals)
        (rows - busy)._apply("bounced", **vals)
        rows._ask_for_help()

    def _skip_planned_since(self):
        """Drop what was planned after a contact that turns out not to have arrived."""
        planned = self.search(
            [
                ("case_id", "in", self.case_id.ids),
                ("state", "in", ["to_approve", "queued"]),
            ]
        )
        planned._drop_mails()
        planned._apply("dropped", next_try_at=False, reason_code="bounced")
