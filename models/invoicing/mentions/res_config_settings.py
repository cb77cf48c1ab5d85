from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_legal_form = fields.Char(
        related="company_id.billing_legal_form", readonly=False
    )
    billing_share_capital = fields.Monetary(
        related="company_id.billing_share_capital",
        readonly=False,
    )
    billing_register_city = fields.Char(
        related="company_id.billing_register_city", readonly=False
    )
    billing_vat_regime = fields.Selection(
        related="company_id.billing_vat_regime", readonly=False
    )
    billing_exemption = fields.Char(
        related="company_id.billing_exemption", readonly=False
    )
    billing_vat_group = fields.Char(
        related="company_id.billing_vat_group", readonly=False
    )
    billing_late_rate = fields.Float(
        related="company_id.billing_late_rate", readonly=False
    )
    billing_early_discount = fields.Float(
        related="company_id.billing_early_discount", readonly=False
    )
    billing_mention_policy = fields.Selection(
        related="company_id.billing_mention_policy", readonly=False
    )
