from odoo import api, fields, models
from odoo.fields import Domain

from .figures import get_live_domain


class ProductTemplate(models.Model):
    """Which subscriptions a recurring service is part of."""

    _inherit = "product.template"

    billing_subscription_count = fields.Integer(
        string="Subscriptions",
        compute="_compute_billing_subscription_count",
        help="Running and paused ones with this product.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_billing_subscription_count(self):
        self.billing_subscription_count = 0
        lines = self.env["sale.order.line"]
        if not lines.has_access("read"):
            return
        counts = dict(
            lines._read_group(
                self._get_billing_line_domain()
                & Domain("order_id", "any", get_live_domain()),
                ["product_id.product_tmpl_id"],
                ["order_id:count_distinct"],
            )
        )
        for product in self:
            product.billing_subscription_count = counts.get(product._origin, 0)

    def action_open_billing_subscriptions(self):
        """The running and paused subscriptions with this product."""
        self.ensure_one()
        return self.env["sale.order"]._get_live_subscriptions_action(
            [("order_line", "any", list(self._get_billing_line_domain()))]
        )

    def _get_billing_line_domain(self):
        """Recurring lines of these products."""
        return Domain("product_id.product_tmpl_id", "in", self.ids) & Domain(
            "billing_recurring", "=", True
        )
