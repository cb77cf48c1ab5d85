from odoo import api, fields, models


class BillingInvoicePreview(models.TransientModel):
    """The next invoice of a subscription as the customer will see it."""

    _name = "billing.invoice.preview"
    _description = "Next Invoice"

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", required=True, readonly=True
    )
    headline = fields.Char(related="order_id.billing_headline")
    document = fields.Html(compute="_compute_document", sanitize=False)

    @api.depends("order_id")
    def _compute_document(self):
        for wizard in self:
            wizard.document = self.env["billing.invoicing"]._render_next_document(
                wizard.order_id
            )
