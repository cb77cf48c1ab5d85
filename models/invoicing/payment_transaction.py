from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _invoice_sale_orders(self):
        # EXTENDS sale: a subscription is invoiced by the run. A payment of the quote
        # waits for its first invoice, a charge for an invoice stays with that one.
        billed = self.filtered(
            lambda tx: tx.sale_order_ids.filtered("is_billing_subscription")
        )
        return super(PaymentTransaction, self - billed)._invoice_sale_orders()
