"""What a payment plan covers."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ...plan.numbers import as_decimal
from ...plan.wording import amount_text


class BillingDunningPlanPart(models.AbstractModel):
    """A row of a plan: it changes while the plan is prepared, and no more."""

    _name = "billing.dunning.plan.part"
    _inherit = "billing.dunning.facts"
    _description = "Row of a Payment Plan"

    _facts = frozenset()

    plan_id = fields.Many2one(
        comodel_name="billing.dunning.plan",
        string="Payment plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_live()
        return parts

    @api.ondelete(at_uninstall=False)
    def _unlink_only_prepared(self):
        self._check_live()

    def _check_live(self):
        for plan in self.plan_id:
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "The plan of %(customer)s is agreed on and stays as it is. "
                        "Cancel it and make another one.",
                        customer=plan.partner_id.display_name,
                    )
                )


class BillingDunningPlanItem(models.Model):
    """An invoice, or one of its due dates, that is paid by a plan."""

    _name = "billing.dunning.plan.item"
    _inherit = ("billing.dunning.plan.part", "billing.dunning.pledge.item")
    _description = "Invoice of a Payment Plan"
    _order = "date_maturity, id"
    _check_company_auto = True

    _facts = frozenset({"base_amount", "paid_amount"})
    _terms = frozenset({"plan_id", "move_id", "date_maturity", "amount"})

    partner_id = fields.Many2one(related="plan_id.partner_id")
    move_id = fields.Many2one(required=True, index=True, help=None)
    date_maturity = fields.Date(required=True, help=None)
    amount = fields.Monetary(required=True)
    base_amount = fields.Monetary(string="Paid before", readonly=True)
    paid_amount = fields.Monetary(string="Paid so far", readonly=True)

    _once = models.Constraint(
        "UNIQUE(plan_id, move_id, date_maturity)",
        "This invoice is in the plan already.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A plan covers more than nothing. Enter the amount."
    )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        self.env["billing.dunning.pledges"]._set_bases(items)
        return items

    def _check_terms(self):
        super()._check_terms()
        self._check_amount()

    def _check_amount(self):
        """A plan covers what is open, in its own currency."""
        left = self.env["billing.dunning.pledges"]._get_left(
            {item: item._get_claim() for item in self}
        )
        for item, limit in left.items():
            if as_decimal(item.amount) > limit:
                raise ValidationError(
                    self.env._(
                        "The plan takes %(amount)s of %(document)s, of which "
                        "%(open)s is open. Enter no more than that.",
                        amount=amount_text(self.env, item.amount, item.currency_id),
                        document=item.move_id.name,
                        open=amount_text(self.env, limit, item.currency_id),
                    )
                )

    # === Facts === #

    def _get_claim(self):
        """What the plan keeps out of reminders, of this invoice."""
        plan = self.plan_id
        return plan._prepare_claim(
            "planned",
            as_decimal(self.amount) - as_decimal(self.paid_amount),
            plan.since,
            plan.next_on or plan.first_on,
            self,
        )

    def _prepare_items_query(self):
        """Whatever settles the invoices of plans from their first day on."""
        return SQL(
            """
            SELECT item.id, plan.company_id, plan.partner_id, plan.currency_id,
                   item.move_id, item.date_maturity, plan.since AS first,
                   NULL::date AS due_by, NULL::date AS last, NULL::boolean AS by_credit
              FROM billing_dunning_plan_item item
              JOIN billing_dunning_plan plan ON plan.id = item.plan_id
             WHERE item.id = ANY(%s)
            """,
            self.ids,
        )
