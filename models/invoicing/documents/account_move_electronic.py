"""What the electronic invoice says of a document, whatever its syntax."""

from dataclasses import dataclass
from datetime import date

from odoo import models
from odoo.tools.misc import format_date, formatLang

from ....engine.billing_frame import billing_frame
from ....engine.electronic import Party, notes_of, party_of
from ....engine.mentions import home_of, operation_of

#: Subjects that a French invoice cannot do without (BR-FR-05).
_REQUIRED = frozenset({"PMT", "PMD", "AAB"})
#: Mentions that say why no tax is charged, with the code of one that core has not.
_EXEMPTIONS = {
    "small_business": "VATEX-FR-FRANCHISE",
    "exemption": None,
    "reverse_charge": None,
}


@dataclass(frozen=True)
class Electronic:
    """A document, as far as its electronic form says more than core's.

    :param notes: ``engine.electronic.Note`` of each mention.
    :param frame: billing frame (BT-23); None for a seller outside France.
    :param services: whether nothing but services is sold.
    :param contract: number of its subscription (BT-12); None when it bills several.
    :param own_numbers: our numbers of the document and of what it bills.
    :param corrected: the invoices that a credit note corrects (BT-25, BT-26).
    :param period: first and last day of what is billed (BG-14), or None.
    :param paid_on: day of the payment that left nothing to pay, or None.
    :param paid_online: whether that was a payment by card or the like.
    :param terms: the instalments in words, empty for a single due date.
    :param on_collection: whether tax is due when the invoice is paid (BT-8).
    :param exemption: why no tax is charged, as printed, and its code where core has
        none; None where there are several reasons, or none.
    """

    notes: list
    frame: str | None
    services: bool
    contract: str | None
    own_numbers: frozenset[str]
    corrected: object
    period: tuple[date, date] | None
    seller: Party
    buyer: Party
    paid_on: date | None
    paid_online: bool
    terms: str
    on_collection: bool
    exemption: tuple[str, str | None] | None


class AccountMove(models.Model):
    _inherit = "account.move"

    def _billing_get_electronic(self):
        """What both syntaxes, CII and UBL, write of a customer's document.

        :rtype: Electronic
        """
        self.ensure_one()
        lines = self._billing_get_product_lines()
        operation = operation_of(line.product_id._is_billing_goods() for line in lines)
        company = self.company_id
        french = company._is_billing_french()
        payments = self._billing_get_settling_lines()
        mentions = self._billing_get_mentions()
        # Whoever may read the invoice may know the number of what it bills.
        orders = self.sudo().invoice_line_ids.sale_line_ids.order_id
        contracts = orders.filtered("billing_plan_id")
        return Electronic(
            notes=notes_of(mentions + self._billing_get_borrowed(mentions)),
            frame=self._billing_get_frame(operation, payments) if french else None,
            services=operation == "services",
            contract=contracts.name if len(contracts) == 1 else None,
            own_numbers=frozenset([self.name, *orders.mapped("name")]),
            corrected=self._billing_get_corrected(),
            period=self._billing_get_billed_span(),
            seller=self._billing_get_party(company.partner_id.commercial_partner_id),
            buyer=self._billing_get_party(self.commercial_partner_id),
            paid_on=max(payments.mapped("date")) if payments else None,
            paid_online=bool(payments.payment_id.payment_transaction_id),
            terms=self._billing_get_terms(),
            on_collection=french
            and operation == "services"
            and company._get_billing_vat_regime() == "collection",
            exemption=self._billing_get_exemption(mentions),
        )

    def _billing_get_frame(self, operation, payments):
        # Whoever may read the invoice may know what it takes off.
        lines = self.sudo().invoice_line_ids
        advances = lines.filtered(
            lambda line: any(line.sale_line_ids.mapped("is_downpayment"))
        )
        return billing_frame(
            operation,
            credit=self.move_type == "out_refund",
            paid=bool(payments),
            deducts_advance=any(line.price_subtotal < 0 for line in advances),
        )

    def _billing_get_settling_lines(self):
        """The entries by which nothing is left to pay, payments or lines of a bank
        statement; none where something is, or where a credit note took all back.
        """
        # Whoever may read the invoice may know that it is paid.
        lines = self.sudo().line_ids
        paid = (
            self.move_type == "out_invoice"
            and self.currency_id.compare_amounts(self.amount_total, 0) > 0
            and self.currency_id.is_zero(self.amount_residual)
            and self.payment_state in ("paid", "in_payment")
        )
        return lines.matched_credit_ids.credit_move_id if paid else lines.browse()

    def _billing_get_borrowed(self, mentions):
        """Mentions of the invoice that a French credit note corrects: the platforms
        want each of them on each document (BR-FR-05), and it is that invoice's terms
        they speak of.
        """
        if (
            self.move_type != "out_refund"
            or not self.company_id._is_billing_french()
            or self.commercial_partner_id.billing_buyer_kind == "consumer"
        ):
            return []
        wanted = _REQUIRED - {mention["note_code"] for mention in mentions}
        corrected = self._billing_get_corrected()[-1:]
        found = corrected._billing_get_mentions() if corrected else []
        return [mention for mention in found if mention["note_code"] in wanted]

    def _billing_get_party(self, partner):
        country = partner.country_id.code or ""
        return party_of(
            french=home_of(country) == "FR",
            registry=partner.company_registry or "",
            vat=partner._get_billing_vat(),
            address_scheme=partner.peppol_eas or "",
            address=partner.peppol_endpoint or "",
            mail=partner.email or "",
        )

    def _billing_get_terms(self):
        """Amount and day of each instalment: the standard has one due date (BT-9)."""
        instalments = self.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        ).sorted("date_maturity")
        if len(instalments) < 2:
            return ""
        return "\n".join(
            self.env._(
                "%(amount)s on %(day)s",
                amount=formatLang(
                    self.env,
                    abs(line.amount_currency),
                    currency_obj=self.currency_id,
                ),
                day=format_date(self.env, line.date_maturity),
            )
            for line in instalments
        )

    def _billing_get_exemption(self, mentions):
        found = [mention for mention in mentions if mention["code"] in _EXEMPTIONS]
        if len(found) != 1:
            return None
        return found[0]["text"], _EXEMPTIONS[found[0]["code"]]
