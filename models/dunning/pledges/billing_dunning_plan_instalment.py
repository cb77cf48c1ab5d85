"""The instalments of a payment plan."""

from odoo import api, fields, models

from ....engine.pledges import share_paid
from ...plan.numbers import as_decimal


class BillingDunningPlanInstalment(models.Model):
    """What is to be paid on a day; payments fill the first ones first."""

    _name = "billing.dunning.plan.instalment"
    _inherit = ("billing.dunning.plan.part",)
    _description = "Instalment of a Payment Plan"
    _order = "due_on, id"

    _terms = frozenset({"plan_id", "due_on", "amount"})

    due_on = fields.Date(string="Falls due on", required=True)
    amount = fields.Monetary(required=True)
    paid_amount = fields.Monetary(string="Paid so far", compute="_compute_paid_amount")
    is_paid = fields.Boolean(string="Paid in full", compute="_compute_paid_amount")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "An instalment is more than nothing. Enter its amount."
    )
    _one_a_day = models.Constraint(
        "UNIQUE(plan_id, due_on)", "A plan has one instalment a day."
    )

    @api.depends("amount", "due_on", "plan_id.paid_amount")
    def _compute_paid_amount(self):
        paid = {}
        for plan in self.plan_id:
            parts = plan.instalment_ids.sorted("due_on")
            shares = share_paid(
                [as_decimal(part.amount) for part in parts],
                as_decimal(plan.paid_amount),
            )
            paid.update(zip(parts, shares, strict=True))
        for part in self:
            share = paid.get(part, 0)
            part.paid_amount = share
            part.is_paid = share == as_decimal(part.amount)
