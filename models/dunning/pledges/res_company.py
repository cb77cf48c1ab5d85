from odoo import fields, models


class ResCompany(models.Model):
    """How long a payment may take to be seen."""

    _inherit = "res.company"

    billing_pledge_days = fields.Integer(
        string="Days a payment takes",
        default=3,
        help="A promise or an instalment is broken that many days after its date: a "
        "transfer of the last day is seen later.",
    )

    _billing_pledge_days_positive = models.Constraint(
        "CHECK(billing_pledge_days >= 0)",
        "A payment takes no less than 0 days.",
    )
