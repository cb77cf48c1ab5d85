from odoo import models
from odoo.fields import Domain


class BillingPlan(models.Model):
    """A plan whose rules reach into what is billed already."""

    _inherit = "billing.plan"

    def write(self, vals):
        """Let running lines be looked at from their start when a rule moves their end:
        what was settled by the old rule may not be by the new one.
        """
        res = super().write(vals)
        if "extend_on_pause" in vals:
            own = Domain("billing_plan_id", "in", self.ids)
            orders = Domain("order_id.billing_plan_id", "in", self.ids)
            settled = Domain("billing_settled_until", "!=", False)
            self.env["sale.order.line"].search(
                settled & (own | orders)
            )._billing_forget_settled()
        return res
