from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProductTemplate(models.Model):
    _inherit = "product.template"

    billing_recurring = fields.Boolean(
        string="Recurring",
        help="Sold as a subscription: invoiced again for each billing period of the "
        "plan of the order.",
    )
    billing_plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Default plan",
        check_company=True,
        help="The plan an order takes when this product is its first recurring line.",
    )

    @api.constrains("billing_recurring", "type")
    def _check_billing_recurring(self):
        for product in self:
            if product.billing_recurring and product.type != "service":
                raise ValidationError(
                    self.env._(
                        "%(product)s cannot be recurring: goods are delivered once. "
                        "Make it a service, or sell it on a line of its own.",
                        product=product.display_name,
                    )
                )
