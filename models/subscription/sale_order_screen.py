from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..plan.wording import amount_text
from .figures import get_live_domain


class SaleOrder(models.Model):
    """What the screens of subscriptions show beside the promise itself."""

    _inherit = "sale.order"

    billing_history = fields.Html(
        string="History", compute="_compute_billing_history", sanitize=False
    )
    billing_plan_timing = fields.Selection(related="billing_plan_id.timing")
    billing_plan_first_period = fields.Selection(
        related="billing_plan_id.first_period", string="First period"
    )
    billing_plan_proration = fields.Selection(related="billing_plan_id.proration_basis")
    billing_plan_catch_up = fields.Selection(related="billing_plan_id.catch_up_form")
    billing_plan_grouping = fields.Selection(related="billing_plan_id.grouping")
    billing_plan_posting = fields.Selection(
        related="billing_plan_id.posting", string="Invoices are"
    )
    billing_plan_renewal = fields.Boolean(related="billing_plan_id.tacit_renewal")
    billing_plan_notice_days = fields.Integer(related="billing_plan_id.notice_days")

    @api.depends_context("lang")
    @api.depends(
        "billing_state",
        "billing_start_date",
        "billing_end_date",
        "billing_pause_ids",
        "order_line.billing_version_ids",
    )
    def _compute_billing_history(self):
        for order in self:
            order.billing_history = order.is_billing_subscription and self.env[
                "ir.qweb"
            ]._render(
                "recurring_billing.subscription_history",
                {
                    "events": [
                        {**event, "date": format_date(self.env, event["date"])}
                        for event in order._get_billing_history()
                    ]
                },
            )

    @api.model
    def get_billing_headline(self, domain):
        """How many subscriptions of a list run, what they come to, what is late.

        :param list domain: of the list.
        :return: a sentence, or an empty text when the list has no subscription.
        """
        live = Domain(domain or []) & get_live_domain()
        counts, amounts = {}, {}
        for state, currency, count, amount in self._read_group(
            live,
            ["billing_state", "currency_id"],
            ["__count", "billing_monthly_amount:sum"],
        ):
            counts[state] = counts.get(state, 0) + count
            amounts[currency] = amounts.get(currency, 0) + amount
        if not counts:
            return ""
        today = self.env.company._billing_today()
        return self._get_billing_headline_text(
            counts.get("running", 0),
            counts.get("paused", 0),
            # Amounts of different currencies are told one by one.
            " + ".join(
                amount_text(self.env, amount, currency)
                for currency, amount in amounts.items()
                if amount
            ),
            self.search_count(live & Domain("billing_next_date", "<", today)),
        )

    @api.model
    def _get_billing_headline_text(self, running, paused, amounts, backlog):
        parts = [self.env._("%(count)s running", count=running)]
        if paused:
            parts.append(self.env._("%(count)s paused", count=paused))
        if amounts:
            parts.append(self.env._("%(amounts)s a month", amounts=amounts))
        parts.append(
            self.env._("%(count)s in backlog", count=backlog)
            if backlog
            else self.env._("no backlog")
        )
        return ", ".join(parts) + "."

    def action_open_billing_versions(self):
        """The terms that make up the monthly amount, and how they came about."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_line_version_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
