from odoo import models
from odoo.tools import SQL


class BillingPlan(models.Model):
    """A plan whose rules reach into what is billed already."""

    _inherit = "billing.plan"

    def write(self, vals):
        """Let running lines be looked at from their start when a rule moves their end:
        what was settled by the old rule may not be by the new one.
        """
        res = super().write(vals)
        if "extend_on_pause" in vals:
            self.env["sale.order.line"].flush_model()
            self.env.execute_query(
                SQL(
                    """
                    UPDATE sale_order_line line SET billing_settled_until = NULL
                      FROM sale_order ordered
                     WHERE ordered.id = line.order_id
                       AND COALESCE(line.billing_plan_id, ordered.billing_plan_id)
                           = ANY(%s)
                    RETURNING line.id
                    """,
                    self.ids,
                )
            )
            self.env["sale.order.line"].invalidate_model(["billing_settled_until"])
        return res
