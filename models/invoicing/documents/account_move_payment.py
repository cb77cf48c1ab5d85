from odoo import models
from odoo.tools.misc import format_date

from ....engine.creditor_reference import is_creditor_reference
from ....engine.epc_qr import LIMITS, InvalidPayment, epc_payload
from ...plan.numbers import as_decimal
from ...plan.wording import amount_text
from .pictures import qr_picture


class AccountMove(models.Model):
    """How a customer pays a document: the box at its foot."""

    _inherit = "account.move"

    def _billing_get_payment_box(self):
        """What the customer needs to pay this invoice, as texts in their language.

        :return: None where there is nothing to pay to us: a credit note, no amount, an
            invoice taken back; else a dict: ``state`` (``open``, ``paid``, ``debit``),
            ``amount``, ``due`` (day of the next payment), ``headline`` (both in a
            sentence), ``total``
            (only when there are several payments), ``instalments`` ([(number, day,
            amount)], when several are open), ``iban`` (in groups of four), ``is_iban``,
            ``bic``, ``holder``, ``reference``, ``pay_url``, ``qr`` (source of an
            image), ``qr_pays`` (``transfer`` or ``link``).
        """
        self.ensure_one()
        if self.move_type != "out_invoice" or self.state == "cancel":
            return None
        if self.currency_id.compare_amounts(self.amount_total, 0) <= 0:
            return None
        if self.payment_state == "reversed":
            return None
        if self.state == "posted" and self.currency_id.is_zero(self.amount_residual):
            return {"state": "paid", "qr": None, "instalments": [], "pay_url": None}
        payments = self._billing_get_open_payments()
        box = self._billing_tell_payments(payments)
        if box["state"] == "debit":
            return box
        # Whoever may read the invoice may know where to pay it.
        bank = self.sudo().partner_bank_id
        box.update(self._billing_get_bank_texts(bank))
        box["pay_url"] = self._billing_get_pay_url()
        payload = self._billing_get_transfer(bank, payments[0][1])
        if payload:
            box.update(qr=qr_picture(payload), qr_pays="transfer")
        elif box["pay_url"]:
            box.update(qr=qr_picture(box["pay_url"]), qr_pays="link")
        return box

    def _billing_tell_payments(self, payments):
        """What is to be paid and when, without the way.

        :param payments: [(day, amount)], the first due first.
        """
        day, amount = payments[0]
        box = {
            "state": "debit" if self._billing_is_debited() else "open",
            "amount": amount_text(self.env, amount, self.currency_id),
            "due": format_date(self.env, day),
            "total": None,
            "instalments": [],
            "reference": self.payment_reference,
            "pay_url": None,
            "qr": None,
            "qr_pays": None,
        }
        if len(payments) > 1:
            total = sum(amount for _day, amount in payments)
            box["total"] = amount_text(self.env, total, self.currency_id)
            box["instalments"] = [
                (
                    n,
                    format_date(self.env, day),
                    amount_text(self.env, part, self.currency_id),
                )
                for n, (day, part) in enumerate(payments, 1)
            ]
        box["headline"] = self._billing_get_payment_headline(box)
        return box

    def _billing_get_payment_headline(self, box):
        """The sentence of the box: how much, and by when."""
        values = {"amount": box["amount"], "date": box["due"]}
        if box["state"] == "debit":
            return self.env._(
                "Nothing to do: %(amount)s will be collected from your account on "
                "%(date)s.",
                **values,
            )
        if not box["due"]:
            return self.env._("To pay: %(amount)s", **values)
        return self.env._("To pay: %(amount)s by %(date)s", **values)

    def _billing_get_open_payments(self):
        """[(day, amount)] still to be paid, the first due first; never empty."""
        draft = self.state == "draft"
        found = [
            (
                line.date_maturity,
                line.amount_currency if draft else line.amount_residual_currency,
            )
            for line in self.line_ids
            if line.display_type == "payment_term"
        ]
        found = [
            (day, amount)
            for day, amount in sorted(found, key=lambda pair: pair[0])
            if not self.currency_id.is_zero(amount)
        ]
        return found or [(self.invoice_date_due, self.amount_residual)]

    def _billing_get_bank_texts(self, bank):
        """The account as people copy it; the IBAN in groups of four."""
        number = bank.sanitized_acc_number or ""
        if bank.acc_type == "iban":
            number = " ".join(number[n : n + 4] for n in range(0, len(number), 4))
        else:
            number = bank.acc_number or ""
        return {
            "iban": number,
            "is_iban": bank.acc_type == "iban",
            "bic": bank.bank_bic or "",
            "holder": self._billing_get_creditor(bank),
        }

    def _billing_get_creditor(self, bank):
        """The name that the bank knows the account by."""
        company = self.company_id
        return bank.acc_holder_name or bank.partner_id.name or company.name or ""

    def _billing_is_trusted(self, bank):
        """Whether money may be asked for on this account: its IBAN is known and
        somebody who may validate accounts said so, or a bank journal is kept on it.
        """
        return bank.acc_type == "iban" and bool(
            bank.allow_out_payment or bank.journal_id
        )

    def _billing_is_debited(self):
        """Whether we collect the amount ourselves, so that nobody pays it twice."""
        codes = self.env["account.payment.method"]._get_sdd_payment_method_code()
        # How it is paid is no secret to who may read the invoice.
        return self.sudo().preferred_payment_method_line_id.code in codes

    def _billing_get_transfer(self, bank, amount):
        """The text of the QR code that starts a SEPA transfer, or None.

        Euros only, once the invoice is posted, to an account that is trusted; nothing
        where the standard's limits are passed.
        """
        if self.state != "posted" or self.currency_id.name != "EUR":
            return None
        if not self._billing_is_trusted(bank):
            return None
        told = self.payment_reference or self.name
        structured = is_creditor_reference(told)
        try:
            return epc_payload(
                name=self._billing_get_creditor(bank)[: LIMITS["name"]],
                iban=bank.sanitized_acc_number,
                bic=bank.bank_bic or None,
                amount=as_decimal(self.currency_id.round(amount)),
                reference=told if structured else None,
                text=None if structured else told[: LIMITS["text"]],
            )
        except InvalidPayment:
            # The account is printed all the same: the customer types it.
            return None

    def _billing_get_pay_url(self):
        """The page on which the customer pays online, None where they cannot."""
        # Providers are settings of the company; nothing of them is told but the link.
        move = self.sudo()
        if not move._has_to_be_paid():
            return None
        providers = move.env["payment.provider"]._get_compatible_providers(
            move.company_id.id,
            move.partner_id.id,
            move.amount_residual,
            currency_id=move.currency_id.id,
        )
        # Instructions for a transfer are on the invoice already.
        if not providers.filtered(lambda provider: provider.code != "custom"):
            return None
        return f"{move.get_base_url()}{move.get_portal_url()}"
