from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_late_date = fields.Selection(
        related="company_id.billing_late_date", readonly=False
    )
    billing_plan_id = fields.Many2one(
        related="company_id.billing_plan_id", readonly=False
    )
