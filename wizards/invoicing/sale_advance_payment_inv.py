from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def _create_invoices(self, sale_orders):
        # EXTENDS sale: a down payment is a share of an order's total, which a
        # subscription does not have.
        recurring = sale_orders.filtered(
            lambda order: any(order.order_line.mapped("billing_recurring"))
        )
        if self.advance_payment_method != "delivered" and recurring:
            raise UserError(
                self.env._(
                    "%(order)s is a subscription: it has no total to take a down "
                    "payment of. Sell what is paid ahead on a line of its own that is "
                    "not recurring.",
                    order=recurring[0].name,
                )
            )
        return super()._create_invoices(sale_orders)
