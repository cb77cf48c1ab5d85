from odoo import models

_SERVICES_FROM_ABROAD = "VATEX-EU-AE"


class AccountEdiCommon(models.AbstractModel):
    """How a line stands with tax, in every format."""

    _inherit = "account.edi.common"

    def _get_tax_category_code(self, customer, supplier, tax):
        """Services to a business of another member state are taxed there (directive
        2006/112/EC, art. 44 and 196): a reverse charge, where core sees a delivery.
        """
        # EXTENDS account_edi_ubl_cii
        category = super()._get_tax_category_code(customer, supplier, tax)
        if category != "K" or tax.ubl_cii_tax_category_code:
            return category
        services = self.env.context.get("billing_services")
        return "AE" if services or tax.tax_scope == "service" else category

    def _get_tax_exemption_reason(self, customer, supplier, tax):
        # EXTENDS account_edi_ubl_cii: core gives a reverse charge no reason (BR-AE-10).
        reason = super()._get_tax_exemption_reason(customer, supplier, tax)
        category = self._get_tax_category_code(customer, supplier, tax)
        if category == "AE" and not reason["tax_exemption_reason_code"]:
            reason.update(
                tax_exemption_reason_code=_SERVICES_FROM_ABROAD,
                tax_exemption_reason=self.env._("Reverse charge"),
            )
        return reason
