from odoo import api, fields, models
from odoo.fields import Domain

from .figures import convert_sum, get_live_domain


class ResPartner(models.Model):
    """What a customer is subscribed to, all contacts of the company together."""

    _inherit = "res.partner"

    billing_subscription_count = fields.Integer(
        string="Subscriptions",
        compute="_compute_billing_subscriptions",
        help="Running and paused.",
    )
    billing_monthly_amount = fields.Monetary(
        string="Per month",
        compute="_compute_billing_subscriptions",
        help="Untaxed amount of a month of the running and paused subscriptions; other "
        "currencies at today's rate.",
    )

    @api.depends_context("uid", "company", "allowed_company_ids")
    @api.depends("commercial_partner_id", "currency_id")
    def _compute_billing_subscriptions(self):
        self.billing_subscription_count = self.billing_monthly_amount = 0
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return
        families = self.grouped(lambda partner: partner.commercial_partner_id._origin)
        for customer, currency, count, amount in orders._read_group(
            Domain(
                "partner_id.commercial_partner_id",
                "in",
                [customer.id for customer in families],
            )
            & get_live_domain(),
            ["partner_id.commercial_partner_id", "currency_id"],
            ["__count", "billing_monthly_amount:sum"],
        ):
            for partner in families.get(customer, ()):
                partner.billing_subscription_count += count
                partner.billing_monthly_amount += convert_sum(
                    amount, currency, partner.currency_id, self.env.company
                )

    def action_open_billing_subscriptions(self):
        """The running and paused subscriptions of the customer's whole family."""
        self.ensure_one()
        return self.env["sale.order"]._get_live_subscriptions_action(
            [
                (
                    "partner_id.commercial_partner_id",
                    "=",
                    self.commercial_partner_id.id,
                )
            ]
        )
