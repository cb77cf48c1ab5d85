from odoo import models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _billing_get_in_currency(self, currency, company=None, partner=None):
        """A pricelist in a currency; none for the company's own.

        The order's currency follows it: without one the amounts would be taken for
        amounts in the company's currency.

        :param partner: a customer whose own pricelist is taken when it fits.
        :rtype: product.pricelist
        """
        company = company or self.env.company
        own = self.browse()
        if partner:
            own = partner.with_company(company).property_product_pricelist
        if own.currency_id == currency or currency == company.currency_id:
            return own.filtered(lambda pricelist: pricelist.currency_id == currency)
        found = self.search(
            [
                *self._check_company_domain(company),
                ("currency_id", "=", currency.id),
            ],
            limit=1,
        )
        # An empty list of prices, only for its currency: no matter of rights.
        return found or self.sudo().create(
            {
                "name": currency.name,
                "currency_id": currency.id,
                "company_id": company.id,
            }
        )
