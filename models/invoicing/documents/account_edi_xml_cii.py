from odoo import models

from .cii import CiiDocument

_CORE_PROFILE = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
_PROFILE = "urn:cen.eu:en16931:2017"
#: Core's checks by rules of XRechnung (BR-DE-1, 6 and 7), which bind German buyers.
_GERMAN = (
    "seller_payment_instructions_1",
    "seller_payment_instructions_2",
    "seller_phone",
    "seller_email",
)


class AccountEdiXmlCii(models.AbstractModel):
    """Factur-X as the law of the seller and the standard want it."""

    _inherit = "account.edi.xml.cii"

    def _export_invoice(self, invoice):
        # EXTENDS account_edi_ubl_cii
        if not invoice.is_sale_document():
            return super()._export_invoice(invoice)
        spoken = invoice.with_context(lang=invoice.partner_id.lang)
        electronic = spoken._billing_get_electronic()
        builder = self.with_context(billing_services=electronic.services)
        content, errors = super(AccountEdiXmlCii, builder)._export_invoice(invoice)
        return CiiDocument(content, spoken, electronic).complete(), errors

    def _export_invoice_vals(self, invoice):
        # EXTENDS account_edi_ubl_cii
        vals = super()._export_invoice_vals(invoice)
        # What stands in the file is within EN 16931, as the PDF's metadata say.
        if vals["document_context_id"] == _CORE_PROFILE:
            vals["document_context_id"] = _PROFILE
        for line_vals in vals["invoice_line_vals_list"]:
            line = line_vals["line"]
            if line.billing_period_start and line.billing_period_end:
                line_vals["billing_start"] = line.billing_period_start
                line_vals["billing_end"] = line.billing_period_end
        period = invoice._billing_get_billed_span()
        if period:
            # BG-14 is the span of the lines, not the days of issue and payment.
            vals["billing_start"], vals["billing_end"] = period
        return vals

    def _export_invoice_constraints(self, invoice, vals):
        # EXTENDS account_edi_ubl_cii
        constraints = super()._export_invoice_constraints(invoice, vals)
        if invoice.company_id._is_billing_french():
            for name in _GERMAN:
                constraints.pop(name, None)
            seller = invoice._billing_get_party(invoice.company_id.partner_id)
            # BR-CO-26 asks for one number, and a small business has no other.
            if seller.legal:
                constraints.pop("seller_identifier", None)
        return constraints
