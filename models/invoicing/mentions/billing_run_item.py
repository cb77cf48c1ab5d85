from odoo import fields, models


class BillingRunItem(models.Model):
    """An item that waits for what the law wants on its invoice."""

    _inherit = "billing.run.item"

    code = fields.Selection(
        selection_add=[("mention_missing", "Legal mention missing")]
    )
