from odoo import models

from ....engine.mentions import home_of


class ResPartner(models.Model):
    """In which format a customer gets its electronic invoice."""

    _inherit = "res.partner"

    def _get_suggested_invoice_edi_format(self):
        """Factur-X between French businesses, unless another module knows better.

        Without a format core puts the same XML into an ordinary PDF, and does not look
        whether it is right.
        """
        # EXTENDS account
        suggested = super()._get_suggested_invoice_edi_format()
        partner = self.commercial_partner_id
        if (
            suggested
            or partner.billing_buyer_kind == "consumer"
            or home_of(partner.country_code or "") != "FR"
            or not self.env.company._is_billing_french()
        ):
            return suggested
        return "facturx"
