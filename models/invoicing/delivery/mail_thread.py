from odoo import models
from odoo.tools import html2plaintext


class MailThread(models.AbstractModel):
    """Bounces that come in through the mail gateway."""

    _inherit = "mail.thread"

    def _routing_handle_bounce(self, email_message, message_dict):
        # EXTENDS mail
        res = super()._routing_handle_bounce(email_message, message_dict)
        self._billing_note_bounce(
            message_dict.get("bounced_msg_ids") or [],
            message_dict.get("bounced_email"),
            message_dict.get("bounced_message"),
            _get_diagnosis(email_message)
            or " ".join(html2plaintext(message_dict.get("body") or "").split()),
        )
        return res

    def _billing_note_bounce(self, message_refs, email, message, answer):
        """Tell what was sent that it came back: see ``billing.delivery``."""
        self.env["billing.delivery"]._note_bounce(message_refs, email, message, answer)


def _get_diagnosis(email_message):
    """What the other server said: the diagnostic code of the report (RFC 3464)."""
    for part in email_message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            text = block.get("Diagnostic-Code") or ""
            if text:
                return " ".join(text.partition(";")[2].split() or text.split())
    return ""


class BillingDelivery(models.Model):
    _inherit = "billing.delivery"

    def _note_bounce(self, message_refs, email, message, answer):
        """Mark what came back, and ask a person for another address.

        :param message_refs: Message-Ids that the report names.
        :param email: the address it names, if any.
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
        named = rows.filtered(lambda row: row.email == email)
        # A report without an address is about the only recipient there was.
        alone = len(set(rows.mapped("email"))) == 1
        rows = named or (rows if alone else named)
        rows = rows._filter_may("bounced")
        if rows:
            rows._apply("bounced", answer=answer[:500] or False, next_try_at=False)
            rows.move_id._billing_ask_for_delivery()
