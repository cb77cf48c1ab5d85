from odoo import models
from odoo.tools.misc import format_date

from ...plan.wording import amount_text


class AccountMove(models.Model):
    """The mail that brings a document, in the customer's words."""

    _inherit = "account.move"

    def _billing_get_mail_subject(self):
        """ "Your invoice FAC/2026/00812, December 2026"; without days, the number."""
        self.ensure_one()
        move = self._billing_in_mail_lang()
        number, period = move.name or "", move._billing_get_period_text()
        credit = move.move_type == "out_refund"
        if credit and period:
            return move.env._(
                "Your credit note %(number)s, %(period)s", number=number, period=period
            )
        if credit:
            return move.env._("Your credit note %(number)s", number=number)
        if period:
            return move.env._(
                "Your invoice %(number)s, %(period)s", number=number, period=period
            )
        return move.env._("Your invoice %(number)s", number=number)

    def _billing_in_mail_lang(self):
        """The document in the language of its mail: as the delivery asks, else the
        customer's own.
        """
        lang = self.env.context.get("billing_mail_lang") or self.partner_id.lang
        return self.with_context(lang=lang or self.env.lang)

    def _billing_get_mail_facts(self):
        """The sentences of the mail; what does not hold is None.

        :return: dict: ``opening``, ``pay_url``, ``transfer``, ``debit``, ``change``,
            ``next``, ``button``, ``question``, ``regards``, ``sender`` (name, company,
            telephone).
        """
        self.ensure_one()
        move = self._billing_in_mail_lang()
        # The mail goes to the customer: what it says is on their invoice.
        box = move._billing_get_payment_box() or {}
        following, changes = move._billing_get_next(), move._billing_get_changes()
        return {
            "opening": move._billing_get_mail_opening(box),
            "pay_url": box.get("pay_url"),
            "transfer": move._billing_get_mail_transfer(box),
            "debit": box.get("state") == "debit"
            and move.env._(
                "Direct debit: nothing to do; %(amount)s will be collected on "
                "%(date)s.",
                amount=box["amount"],
                date=box["due"],
            ),
            "change": move.move_type == "out_invoice"
            and changes
            and move.env._(
                "What changed this time: %(change)s.", change="; ".join(changes)
            ),
            "next": following
            and move.env._("Next invoice on %(date)s.", date=following["date"]),
            "button": move.env._("Pay online"),
            "question": move.env._("A question? Just answer this message."),
            "regards": move.env._("Kind regards,"),
            "sender": move._billing_get_mail_sender(),
        }

    def _billing_get_mail_opening(self, box):
        """What it is, how much, for when; until when, or why there is nothing to do."""
        values = {
            "contact": self.partner_id.name or self.commercial_partner_id.name or "",
            "number": self.name or "",
            "amount": amount_text(self.env, self.amount_total, self.currency_id),
            "period": self._billing_get_period_text(),
            "due_date": box.get("due") or format_date(self.env, self.invoice_date_due),
        }
        if self.move_type == "out_refund":
            return self._billing_get_mail_credit(values)
        if box.get("state") in ("open", "debit"):
            return self._billing_get_mail_due(values)
        opening = (
            self.env._(
                "Hello %(contact)s, here is your invoice %(number)s of %(amount)s for "
                "%(period)s.",
                **values,
            )
            if values["period"]
            else self.env._(
                "Hello %(contact)s, here is your invoice %(number)s of %(amount)s.",
                **values,
            )
        )
        return f"{opening} {self._billing_get_mail_rest(box)}"

    def _billing_get_mail_due(self, values):
        if values["period"]:
            return self.env._(
                "Hello %(contact)s, here is your invoice %(number)s of %(amount)s for "
                "%(period)s, due on %(due_date)s.",
                **values,
            )
        return self.env._(
            "Hello %(contact)s, here is your invoice %(number)s of %(amount)s, due "
            "on %(due_date)s.",
            **values,
        )

    def _billing_get_mail_rest(self, box):
        """Why there is nothing to do."""
        if self.payment_state == "reversed":
            return self.env._(
                "A credit note has cancelled it since, there is nothing to pay."
            )
        if box.get("state") == "paid":
            return self.env._("It is paid, there is nothing to do.")
        return self.env._("There is nothing to pay.")

    def _billing_get_mail_credit(self, values):
        if values["period"]:
            return self.env._(
                "Hello %(contact)s, here is your credit note %(number)s of %(amount)s "
                "for %(period)s.",
                **values,
            )
        return self.env._(
            "Hello %(contact)s, here is your credit note %(number)s of %(amount)s.",
            **values,
        )

    def _billing_get_mail_transfer(self, box):
        """How to pay by transfer: the code, when there is one, and the reference."""
        if box.get("state") != "open" or not box.get("iban"):
            return None
        reference, url = box["reference"] or self.name, box["pay_url"]
        code = box["qr_pays"] == "transfer"
        if url and code:
            return self.env._(
                "or by bank transfer: the QR code and reference %(reference)s are on "
                "the invoice.",
                reference=reference,
            )
        if url:
            return self.env._(
                "or by bank transfer: reference %(reference)s is on the invoice.",
                reference=reference,
            )
        if code:
            return self.env._(
                "You pay by bank transfer: the QR code and reference %(reference)s are "
                "on the invoice.",
                reference=reference,
            )
        return self.env._(
            "You pay by bank transfer: reference %(reference)s is on the invoice.",
            reference=reference,
        )

    def _billing_get_mail_sender(self):
        """Who signs: "Name, Company · telephone"."""
        seller = self.invoice_user_id
        phone = seller.phone or self.company_id.phone
        name = ", ".join(filter(None, (seller.name, self.company_id.name)))
        return f"{name} · {phone}" if phone else name
