from odoo import models
from odoo.exceptions import UserError

from .billing_delivery import delivery_writer


class BillingDelivery(models.Model):
    """What people do with a delivery that did not do: again, or elsewhere."""

    _inherit = "billing.delivery"

    def action_send_again(self):
        """Put deliveries back into the queue, as plan and customer say today.

        One whose answer was lost goes out under the same Message-Id, so that a
        recipient who has it already can tell.
        """
        self._check_may_send()
        rows = self._filter_free()
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
        )._filter_free()
        replaced = self.env["billing.sending"]._send_again(rows)
        return replaced._notify_replaced() if replaced else None

    def _notify_replaced(self):
        """Tell that somebody is no recipient any more."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": " ".join(row._get_sentence() for row in self),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

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
        mates = self.search(
            [
                ("mail_id", "in", self.mail_id.ids),
                ("state", "=", "queued"),
                ("origin", "=", "job"),
            ]
        )
        delivery_writer(self | mates).write({"next_try_at": self.env.cr.now()})

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
        free = self._filter_free()
        for row in self:
            if row.channel != "email":
                raise UserError(
                    self.env._(
                        "%(document)s does not leave by mail. Choose E-mail as channel "
                        "on the customer, then send it again.",
                        document=row.move_id.name,
                    )
                )
            if row not in free:
                raise UserError(
                    self.env._(
                        "%(document)s is being sent right now. Wait for the answer.",
                        document=row.move_id.name,
                    )
                )
            others = (row.move_id.billing_delivery_ids - self).filtered(
                lambda other: other.state != "replaced"
            )
            if email in others.mapped("email"):
                raise UserError(
                    self.env._(
                        "%(document)s has a delivery to %(email)s already. Send that "
                        "one again.",
                        document=row.move_id.name,
                        email=email,
                    )
                )
