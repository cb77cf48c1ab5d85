from odoo import fields, models


class BillingRunItemPreview(models.TransientModel):
    """The invoice of a rehearsed item, old beside new amounts."""

    _name = "billing.run.item.preview"
    _description = "Rehearsed Invoice"

    item_id = fields.Many2one(
        comodel_name="billing.run.item",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    comparison = fields.Char(related="item_id.comparison")
    why_text = fields.Char(related="item_id.why_text")
    # Stored, not computed: it is made and rolled back, which a reader may not do.
    document = fields.Html(readonly=True, sanitize=False)

    def action_open_order(self):
        """Open the subscription."""
        self.ensure_one()
        return self.item_id.action_open_order()
