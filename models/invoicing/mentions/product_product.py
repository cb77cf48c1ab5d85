from odoo import models


class ProductProduct(models.Model):
    """What the law takes a product for."""

    _inherit = "product.product"

    def _is_billing_goods(self):
        """Whether goods are sold, not services; a line without a product sells none."""
        return self.type in ("consu", "combo")
