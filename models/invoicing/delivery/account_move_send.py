from odoo import api, models
from odoo.tools.mail import email_normalize_all

from ....engine.delivery import may
from .billing_delivery import delivery_writer


class AccountMoveSend(models.AbstractModel):
    """Core's button Send: what it sends is followed like our own."""

    _inherit = "account.move.send"

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        # EXTENDS account
        last = self.env["mail.message"].sudo().search([], order="id desc", limit=1)
        res = super()._send_mail(move, mail_template, **kwargs)
        # The message is the document's, whoever sends it.
        message = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", move._name),
                    ("res_id", "=", move.id),
                    ("id", ">", last.id),
                    ("partner_ids", "!=", False),
                ],
                order="id",
                limit=1,
            )
        )
        if message and move.is_sale_document():
            self._billing_follow(move, message)
        return res

    @api.model
    def _billing_follow(self, move, message):
        """A delivery for each recipient of a mail that core is about to send."""
        rows = delivery_writer(self.env["billing.delivery"])
        known = {
            row.email: row
            for row in rows.search(
                [("move_id", "=", move.id), ("channel", "=", "email")]
            )
        }
        fresh = []
        for partner in message.partner_ids:
            vals = {
                "partner_id": partner.id,
                "origin": "core",
                "mail_id": False,
                "mail_message_id": message.id,
                "message_ref": message.message_id,
                "next_try_at": False,
                "state": "queued",
            }
            for email in email_normalize_all(partner.email or ""):
                row = known.get(email)
                if row and may(row.state, "again"):
                    row.write(vals)
                elif not row:
                    fresh.append(
                        {
                            "move_id": move.id,
                            "company_id": move.company_id.id,
                            "customer_id": move.commercial_partner_id.id,
                            "run_id": move.billing_run_id.id,
                            "channel": "email",
                            "email": email,
                            **vals,
                        }
                    )
        created = rows.create(fresh)
        # What else waited for this document has been done by hand.
        rows.search([("move_id", "=", move.id), ("state", "=", "to_send")]).unlink()
        move._billing_tell_delivery()
        # Core sends after the commit, or at once: then it has its answer already.
        notes = message.notification_ids
        reached = notes.filtered(lambda note: note.notification_status == "sent")
        if reached:
            followed = created | rows.browse(row.id for row in known.values())
            followed.filtered(lambda row: row.mail_message_id == message)._note_core(
                reached.res_partner_id, (), False, None
            )


class BillingDelivery(models.Model):
    _inherit = "billing.delivery"

    def _note_core(self, partners, emails, reason, failure):
        """What core's queue says of mails it sent.

        :param partners: recipients it counts as reached (records, ids or none).
        :param emails: addresses it counts as reached.
        """
        reached = {getattr(partner, "id", partner) for partner in partners or ()}
        good = self.filtered(
            lambda row: row.partner_id.id in reached or row.email in (emails or ())
        )
        good._filter_may("accepted")._apply(
            "accepted", sent_at=self.env.cr.now(), next_try_at=False
        )
        if failure:
            bad = (self - good)._filter_may("refused")
            bad._apply("refused", answer=reason or failure, next_try_at=False)
            bad.move_id._billing_ask_for_delivery()
