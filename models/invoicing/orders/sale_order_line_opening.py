from odoo import fields, models


class SaleOrderLine(models.Model):
    """How far another system billed the line before its subscription began here."""

    _inherit = "sale.order.line"

    billing_opened_until = fields.Date(
        string="Already billed until",
        copy=False,
        help="Last day that another system billed; empty: that of the order.",
    )

    def _get_billing_opened_until(self):
        self.ensure_one()
        return self.billing_opened_until or self.order_id.billing_opened_until
