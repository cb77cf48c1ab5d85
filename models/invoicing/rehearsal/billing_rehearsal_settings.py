"""How long an approval holds."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    billing_approval_days = fields.Integer(
        string="Approvals hold for",
        default=7,
        required=True,
        help="Days after which an approved rehearsal is not billed any more.",
    )

    _billing_approval_days_positive = models.Constraint(
        "CHECK(billing_approval_days >= 0)",
        "An approval holds for at least the day it is given. Enter 0 or more days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_approval_days = fields.Integer(
        related="company_id.billing_approval_days", readonly=False
    )
