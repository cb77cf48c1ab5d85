from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """The archive, switched on or off for the documents to come."""

    _inherit = "res.config.settings"

    billing_archive = fields.Boolean(
        related="company_id.billing_archive", readonly=False
    )
