"""A payment plan: what is open, paid in instalments."""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_date

from ....engine.money import quantize
from ....engine.promises import split_plan
from ...plan.numbers import as_decimal
from ...plan.wording import amount_text

#: How many instalments a plan may have.
FEWEST, MOST = 2, 12


class BillingDunningPlan(models.Model):
    """Invoices of a customer, and the days on which parts of them are paid."""

    _name = "billing.dunning.plan"
    _inherit = (
        "mail.thread",
        "mail.activity.mixin",
        "billing.dunning.pledge.amount",
        "billing.dunning.pledge",
    )
    _description = "Payment Plan"
    _order = "next_on, id desc"

    _facts = frozenset(
        {
            "state",
            "accepted_on",
            "paid_amount",
            "paid_count",
            "next_on",
            "next_amount",
            "broken_on",
        }
    )
    _terms = frozenset(
        {
            "company_id",
            "partner_id",
            "currency_id",
            "since",
            "count",
            "first_on",
            "item_ids",
            "instalment_ids",
        }
    )
    _live_states = frozenset({"draft"})

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
    )
    since = fields.Date(
        required=True,
        default=lambda self: self.env.company._billing_today(),
        help="Payments from this day on count.",
    )
    note = fields.Text()
    item_ids = fields.One2many(
        comodel_name="billing.dunning.plan.item",
        inverse_name="plan_id",
        string="Invoices",
        compute="_compute_item_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
        copy=False,
    )
    total_amount = fields.Monetary(
        string="Total", compute="_compute_total_amount", store=True
    )
    count = fields.Integer(string="Instalments", required=True, default=3)
    first_on = fields.Date(
        string="First on",
        required=True,
        default=lambda self: self.env.company._billing_today() + timedelta(days=7),
    )
    instalment_ids = fields.One2many(
        comodel_name="billing.dunning.plan.instalment",
        inverse_name="plan_id",
        string="Schedule",
        compute="_compute_instalment_ids",
        store=True,
        readonly=False,
        copy=False,
    )

    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("offered", "Offered"),
            ("running", "Running"),
            ("kept", "Paid off"),
            ("broken", "Not followed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        index=True,
        copy=False,
        tracking=True,
    )
    accepted_on = fields.Date(
        string="Accepted on", readonly=True, copy=False, tracking=True
    )
    paid_amount = fields.Monetary(string="Paid so far", readonly=True, copy=False)
    left_amount = fields.Monetary(string="Left to pay", compute="_compute_left_amount")
    paid_count = fields.Integer(string="Paid instalments", readonly=True, copy=False)
    next_on = fields.Date(string="Next instalment", readonly=True, copy=False)
    next_amount = fields.Monetary(string="Next amount", readonly=True, copy=False)
    broken_on = fields.Date(string="Not followed since", readonly=True, copy=False)
    summary = fields.Char(compute="_compute_summary")

    _count_bounds = models.Constraint(
        f"CHECK(count BETWEEN {FEWEST} AND {MOST})",
        f"A plan has {FEWEST} to {MOST} instalments.",
    )
    _follow_idx = models.Index(
        "(company_id, partner_id) WHERE state IN ('offered', 'running')"
    )

    # === Computes === #

    @api.depends("company_id", "partner_id", "currency_id")
    def _compute_item_ids(self):
        """What is overdue in this currency, until somebody chooses otherwise."""
        drafts = self._filter_told().filtered(
            lambda plan: plan.state == "draft" and plan.partner_id
        )
        pledges = self.env["billing.dunning.pledges"]
        standings = pledges._get_standings(drafts.company_id, drafts.partner_id)
        for plan in drafts:
            plan.item_ids = [Command.clear()] + [
                Command.create(
                    {
                        "move_id": item.document,
                        "date_maturity": item.due,
                        "amount": float(item.amount),
                    }
                )
                for item in standings[plan._get_whose()].items
                if item.currency == plan.currency_id.id and item.due < plan.since
            ]
        (self - drafts).item_ids = (self - drafts).item_ids

    @api.depends("item_ids.amount")
    def _compute_total_amount(self):
        for plan in self:
            plan.total_amount = sum(plan.item_ids.mapped("amount"))

    @api.depends("total_amount", "count", "first_on", "currency_id")
    def _compute_instalment_ids(self):
        """Equal instalments a month apart, until somebody changes them."""
        for plan in self:
            if plan.state != "draft" or not plan._can_be_split():
                continue
            step = as_decimal(plan.currency_id.rounding)
            plan.instalment_ids = [Command.clear()] + [
                Command.create({"due_on": part.due, "amount": float(part.amount)})
                for part in split_plan(
                    quantize(as_decimal(plan.total_amount), step),
                    plan.count,
                    plan.first_on,
                    step=step,
                )
            ]

    def _can_be_split(self):
        return (
            self.first_on
            and FEWEST <= self.count <= MOST
            and self.total_amount >= self.count * self.currency_id.rounding
        )

    @api.depends("total_amount", "paid_amount")
    def _compute_left_amount(self):
        for plan in self:
            plan.left_amount = plan.currency_id.round(
                plan.total_amount - plan.paid_amount
            )

    @api.depends_context("lang")
    @api.depends("count", "first_on")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "%(count)s instalments from %(day)s",
                count=plan.count,
                day=format_date(self.env, plan.first_on),
            )

    @api.depends_context("lang")
    @api.depends("state", "paid_amount", "total_amount", "next_on", "broken_on")
    def _compute_summary(self):
        for plan in self:
            plan.summary = plan._get_summary()

    def _get_summary(self):
        """Where it stands, and what it does to reminders."""
        values = {
            "total": amount_text(self.env, self.total_amount, self.currency_id),
            "left": amount_text(self.env, self.left_amount, self.currency_id),
            "next": amount_text(self.env, self.next_amount, self.currency_id),
            "day": format_date(self.env, self.next_on),
            "first": format_date(self.env, self.first_on),
        }
        return {
            "draft": lambda: self.env._(
                "Reminders go on until the plan is offered or accepted."
            ),
            "offered": lambda: self.env._(
                "No reminder asks for %(total)s until %(first)s, while the customer "
                "thinks it over.",
                **values,
            ),
            "running": lambda: self.env._(
                "No reminder asks for %(left)s as long as the instalments come: "
                "%(next)s on %(day)s.",
                **values,
            ),
            "kept": lambda: self.env._("%(total)s paid in instalments.", **values),
            "broken": lambda: self.env._(
                "The instalment of %(day)s did not come: reminders ask for %(left)s.",
                **values,
            ),
            "cancelled": lambda: self.env._("Cancelled. It stops nothing."),
        }[self.state]()

    # === Guards === #

    def _check_complete(self):
        """Refuse a plan that nobody could follow.

        :raises ValidationError: naming what does not fit.
        """
        parts = self.instalment_ids.sorted("due_on")
        if not self.item_ids or not FEWEST <= len(parts) <= MOST:
            raise ValidationError(
                self.env._(
                    "The plan of %(customer)s needs invoices, and %(fewest)s to "
                    "%(most)s instalments. Add them, then offer it.",
                    customer=self.partner_id.display_name,
                    fewest=FEWEST,
                    most=MOST,
                )
            )
        total = sum(parts.mapped("amount"))
        if self.currency_id.compare_amounts(total, self.total_amount):
            raise ValidationError(
                self.env._(
                    "The instalments come to %(sum)s, the invoices to %(total)s. "
                    "Change the last instalment.",
                    sum=amount_text(self.env, total, self.currency_id),
                    total=amount_text(self.env, self.total_amount, self.currency_id),
                )
            )
