"""Whom reminders are for, and with which manners they are sent."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..payers.billing_payer import CLASSES

#: Field of the form and what the engine calls it.
BUYER_KINDS = ("professional", "public", "consumer")


class BillingDunningPolicy(models.Model):
    """An ordered rule: the first policy that fits a customer is the one it gets."""

    _name = "billing.dunning.policy"
    _description = "Reminder Policy"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first policy that fits is used.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: shared by all companies."
    )

    # Who
    tag_ids = fields.Many2many(
        comodel_name="res.partner.category",
        relation="billing_dunning_policy_tag_rel",
        string="Tags",
        help="Customers with one of them, or with a tag below it.",
    )
    country_ids = fields.Many2many(
        comodel_name="res.country",
        relation="billing_dunning_policy_country_rel",
        string="Countries",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(), string="Language"
    )
    for_professional = fields.Boolean(string="Professionals", default=True)
    for_public = fields.Boolean(string="Public bodies", default=True)
    for_consumer = fields.Boolean(string="Consumers", default=True)
    payer_class = fields.Selection(
        CLASSES,
        string="Payer",
        help="How the customer usually pays, by its own history.",
    )
    amount_from = fields.Float(
        string="Amount from",
        digits="Product Price",
        help="What is overdue in all, in the company's currency; while nothing is, "
        "what is open.",
    )
    plan_ids = fields.Many2many(
        comodel_name="billing.plan",
        relation="billing_dunning_policy_plan_rel",
        string="Plans",
        check_company=True,
        help="Customers with a subscription that runs on one of them.",
    )

    # Manners
    grace_days = fields.Integer(
        string="Grace",
        help="Days after the due date on which nothing is sent: transfers take time.",
    )
    smallest_amount = fields.Float(
        string="Smallest amount",
        digits="Product Price",
        help="Nothing is sent while less than this is overdue in all, in the "
        "company's currency.",
    )
    rest_days = fields.Selection(
        selection=[
            ("none", "None"),
            ("sunday", "Sundays"),
            ("weekend", "Saturdays and Sundays"),
        ],
        string="Rest",
        required=True,
        default="weekend",
        help="Nothing is sent on these days.",
    )
    use_holidays = fields.Boolean(
        string="Public holidays",
        default=True,
        help="Nothing is sent on the public holidays of the customer's country.",
    )
    contacts_a_week = fields.Integer(
        string="Contacts a week",
        default=1,
        required=True,
        help="The most that a customer gets in seven days, whatever the means.",
    )
    first_shift_days = fields.Integer(
        string="Wait for habits",
        help="The most days by which the first reminder waits for a customer who "
        "always pays a little later.",
    )
    tone = fields.Selection(
        selection=[("warm", "Warm"), ("plain", "Plain")], required=True, default="warm"
    )

    # Steps
    level_ids = fields.One2many(
        comodel_name="billing.dunning.level",
        inverse_name="policy_id",
        string="Steps",
        copy=True,
    )

    _days_positive = models.Constraint(
        "CHECK(grace_days >= 0 AND first_shift_days >= 0)",
        "Days to wait cannot be negative.",
    )
    _amounts_positive = models.Constraint(
        "CHECK(amount_from >= 0 AND smallest_amount >= 0)",
        "The amounts of a policy cannot be negative.",
    )
    _week_has_room = models.Constraint(
        "CHECK(contacts_a_week BETWEEN 1 AND 7)",
        "A customer is contacted from 1 to 7 times a week.",
    )

    @api.constrains(*(f"for_{kind}" for kind in BUYER_KINDS))
    def _check_applies(self):
        for policy in self:
            if not any(policy[f"for_{kind}"] for kind in BUYER_KINDS):
                raise ValidationError(
                    self.env._(
                        "%(policy)s applies to nobody. Choose kinds of customers, or "
                        "archive it.",
                        policy=policy.name,
                    )
                )

    def copy_data(self, default=None):
        """A copy says that it is one, and comes after its original."""
        return [
            dict(vals, name=self.env._("%(policy)s (copy)", policy=policy.name))
            for policy, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === Business methods === #

    def _get_kinds(self):
        """The kinds of customers that the policy is for."""
        self.ensure_one()
        return frozenset(kind for kind in BUYER_KINDS if self[f"for_{kind}"])
