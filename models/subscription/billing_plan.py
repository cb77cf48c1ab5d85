from odoo import api, fields, models
from odoo.fields import Domain

from ..plan.alerts import as_link
from ..plan.billing_plan_words import CALENDAR
from .figures import convert_sum, get_live_domain

#: Copied when a subscription starts: a later change of the plan leaves it alone.
FIXED_AT_START = (*CALENDAR, "term_length", "term_unit", "tacit_renewal")
#: Read each time: a change of the plan holds for running subscriptions too.
READ_EACH_TIME = (
    "upgrade",
    "downgrade",
    "extend_on_pause",
    "credit_policy",
    "catch_up_form",
    "catch_up_limit",
    "grouping",
    "posting",
    "locked_period",
    "zero_invoice",
    "bill_delivered",
    "journal_id",
    "notice_days",
)


class BillingPlan(models.Model):
    """Who is subscribed to a plan, and what a change of it means to them."""

    _inherit = "billing.plan"

    subscription_count = fields.Integer(
        string="Subscriptions",
        compute="_compute_subscriptions",
        help="Running and paused.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    monthly_amount = fields.Monetary(
        string="Per month",
        compute="_compute_subscriptions",
        help="Untaxed amount of a month of its running and paused subscriptions; "
        "other currencies at today's rate.",
    )
    alerts = fields.Json(compute="_compute_alerts")

    @api.depends_context("company")
    @api.depends("company_id")
    def _compute_currency_id(self):
        for plan in self:
            plan.currency_id = (plan.company_id or self.env.company).currency_id

    @api.depends_context("uid", "company", "allowed_company_ids")
    @api.depends("currency_id")
    def _compute_subscriptions(self):
        self.subscription_count = self.monthly_amount = 0
        orders = self.env["sale.order"]
        if not orders.has_access("read"):
            return
        records = self.grouped(lambda plan: plan._origin)
        for plan, currency, count, amount in orders._read_group(
            Domain("billing_plan_id", "in", self._origin.ids) & get_live_domain(),
            ["billing_plan_id", "currency_id"],
            ["__count", "billing_monthly_amount:sum"],
        ):
            for record in records[plan]:
                record.subscription_count += count
                record.monthly_amount += convert_sum(
                    amount, currency, record.currency_id, self.env.company
                )

    @api.depends_context("lang", "uid")
    @api.depends(*FIXED_AT_START, *READ_EACH_TIME)
    def _compute_alerts(self):
        for plan in self:
            plan.alerts = plan._get_alerts() or False

    def _get_alerts(self):
        """What a change that is not saved yet means to who is subscribed.

        :return: the value of core's widget ``actionable_errors``.
        """
        self.ensure_one()
        saved = self._origin
        if not saved or not saved.subscription_count:
            return {}
        count, sentences = saved.subscription_count, {}
        if any(self[name] != saved[name] for name in FIXED_AT_START):
            sentences["billing_dates_kept"] = (
                self.env._(
                    "1 running subscription keeps its dates; only new ones follow."
                )
                if count == 1
                else self.env._(
                    "%(count)s running subscriptions keep their dates; only new ones "
                    "follow.",
                    count=count,
                )
            )
        if any(self[name] != saved[name] for name in READ_EACH_TIME):
            sentences["billing_rules_followed"] = (
                self.env._("1 running subscription follows from its next invoice on.")
                if count == 1
                else self.env._(
                    "%(count)s running subscriptions follow from their next invoice "
                    "on.",
                    count=count,
                )
            )
        return {
            name: {
                "level": "warning",
                "message": sentence,
                "action_text": self.env._("Show them"),
                "action": as_link(saved.action_open_subscriptions()),
            }
            for name, sentence in sentences.items()
        }

    def action_open_subscriptions(self):
        """The running and paused subscriptions of this plan."""
        self.ensure_one()
        return self.env["sale.order"]._get_live_subscriptions_action(
            [("billing_plan_id", "=", self.id)]
        )
