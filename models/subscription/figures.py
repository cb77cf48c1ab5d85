"""How subscriptions are counted and added up on plans, customers and products."""

from odoo import models
from odoo.fields import Domain
from odoo.tools.safe_eval import safe_eval


def get_live_domain():
    """Running and paused subscriptions: what the figures count.

    :rtype: Domain
    """
    return Domain("is_billing_subscription", "=", True) & Domain(
        "billing_state", "in", ("running", "paused")
    )


def convert_sum(amount, currency, target, company):
    """A sum in the currency of a figure, at the rate of the company's day.

    :param currency: ``res.currency`` of the amount.
    :param target: ``res.currency`` of the figure.
    """
    if currency == target:
        return amount
    return currency._convert(amount, target, company, company._billing_today())


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _get_live_subscriptions_action(self, domain):
        """The list behind a figure: the running and paused ones that ``domain`` picks.

        :rtype: dict
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.subscription_action"
        )
        base = safe_eval(action["domain"] or "[]")
        return {
            **action,
            "domain": list(Domain(base) & Domain(domain)),
            "context": {"search_default_live": 1, "create": False},
        }
