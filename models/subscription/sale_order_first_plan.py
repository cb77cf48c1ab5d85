from odoo import api, models


class SaleOrder(models.Model):
    """A new subscription opens with the company's plan."""

    _inherit = "sale.order"

    @api.model
    def default_get(self, fields):
        # EXTENDS sale: what is opened as a subscription has a plan from the start.
        values = super().default_get(fields)
        if (
            self.env.context.get("billing_new_subscription")
            and "billing_plan_id" in fields
            and not values.get("billing_plan_id")
        ):
            plan = self.env.company.billing_plan_id.filtered("active")
            values["billing_plan_id"] = plan.id
        return values
