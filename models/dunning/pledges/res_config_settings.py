from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_pledge_days = fields.Integer(
        related="company_id.billing_pledge_days", readonly=False
    )
