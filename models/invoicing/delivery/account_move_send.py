from odoo import api, models
from odoo.tools.mail import email_normalize_all

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
        each, fresh = {}, {}
        for partner in message.partner_ids:
            for email in email_normalize_all(partner.email or ""):
                if row := known.get(email):
                    each[row] = {"partner_id": partner.id}
                else:
                    fresh[email] = partner
        followed = rows.browse(row.id for row in each)._filter_may("handed")
        followed |= rows.create(
            [
                {
                    "move_id": move.id,
                    "company_id": move.company_id.id,
                    "customer_id": move.commercial_partner_id.id,
                    "run_id": move.billing_run_id.id,
                    "partner_id": partner.id,
                    "channel": "email",
                    "email": email,
                }
                for email, partner in fresh.items()
            ]
        )
        followed._leave_mail()
        followed._apply(
            "handed",
            each={row: each[row] for row in followed if row in each},
            origin="core",
            choice="recipient",
            together=False,
            failures=0,
            mail_id=False,
            mail_message_id=message.id,
            message_ref=message.message_id,
            next_try_at=False,
        )
        # What else waited for this document has been done by hand.
        move._billing_withdraw_deliveries()
        # Core sends after the commit, or at once: then it has its answer already.
        followed._note_core_now(message)


class BillingDelivery(models.Model):
    _inherit = "billing.delivery"

    def _note_core_now(self, message):
        """What core's notifications of a message say already."""
        notes = message.notification_ids
        reached = notes.filtered(lambda note: note.notification_status == "sent")
        failed = notes.filtered(
            lambda note: note.notification_status in ("exception", "bounce")
        )
        self._note_core_reached(reached.res_partner_id, ())
        for note in failed:
            rows = self.filtered(
                lambda row, note=note: row.partner_id == note.res_partner_id
            )
            rows._note_core_failed(note.failure_reason or note.failure_type)

    def _note_core(self, mails, partners, emails, failure):
        """What core's queue says of mails it sent.

        :param mails: the ``mail.mail`` it speaks of: a message has one for each group
            of its recipients.
        :param partners: recipients it counts as reached (records, ids or none).
        :param emails: addresses it counts as reached.
        :param str failure: why the others were not; empty when nothing failed.
        """
        addressed = set(
            email_normalize_all(", ".join(filter(None, mails.mapped("email_to"))))
        )
        ours = self.filtered(
            lambda row: row.partner_id in mails.recipient_ids or row.email in addressed
        )
        reached = self.env["res.partner"].browse(
            getattr(partner, "id", partner) for partner in partners or ()
        )
        good = ours._note_core_reached(reached, emails or ())
        if failure:
            (ours - good)._note_core_failed(failure)

    def _note_core_reached(self, partners, emails):
        """:return: those of ``self`` that were reached."""
        good = self.filtered(
            lambda row: row.partner_id in partners or row.email in emails
        )
        good._filter_may("accepted")._apply(
            "accepted", sent_at=self.env.cr.now(), next_try_at=False
        )
        good.move_id._billing_close_delivery_activities()
        return good

    def _note_core_failed(self, reason):
        bad = self._filter_may("refused")
        bad._apply("refused", answer=reason, next_try_at=False)
        bad.move_id._billing_ask_for_delivery()
