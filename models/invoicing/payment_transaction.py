from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _invoice_sale_orders(self):
        # EXTENDS sale: a charge for an invoice stays with that invoice. Invoicing the
        # order again would replace it, and leave it unpaid.
        billed = self.filtered(
            lambda tx: (
                tx.invoice_ids and tx.sale_order_ids.filtered("is_billing_subscription")
            )
        )
        return super(PaymentTransaction, self - billed)._invoice_sale_orders()
