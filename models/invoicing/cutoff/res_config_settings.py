from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """How the company closes its books."""

    _inherit = "res.config.settings"

    billing_cutoff_basis = fields.Selection(
        related="company_id.billing_cutoff_basis", readonly=False
    )
    billing_cutoff_journal_id = fields.Many2one(
        related="company_id.billing_cutoff_journal_id", readonly=False
    )
    billing_deferred_account_id = fields.Many2one(
        related="company_id.billing_deferred_account_id", readonly=False
    )
    billing_accrued_account_id = fields.Many2one(
        related="company_id.billing_accrued_account_id", readonly=False
    )
