from odoo import fields, models


class ResCompany(models.Model):
    """Whether a company keeps the archive."""

    _inherit = "res.company"

    billing_archive = fields.Boolean(
        string="Keep an archive of issued invoices",
        default=True,
        help="Each posted invoice and credit note is kept, with its files and its "
        "computation, for ten years from the end of the financial year.",
    )
