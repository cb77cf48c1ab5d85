"""After the uninstallation: Odoo's own invoicing works and refunds nothing."""

from odoo import Command
from odoo.exceptions import UserError

assert "billing.entry" not in env
assert env["ir.module.module"]._get("recurring_billing").state == "uninstalled"
order = env["sale.order"].search([("client_order_ref", "=", "lifecycle")])
moves = env["account.move"].search([("partner_id", "=", order.partner_id.id)])
assert len(moves.filtered(lambda move: move.move_type == "out_invoice")) == 12

# Core recomputes as soon as anything touches the order.
order.order_line.modified(["qty_invoiced", "product_uom_qty", "qty_delivered"])
env.flush_all()
assert set(order.order_line.mapped("qty_to_invoice")) == {0}, order.order_line.read()
assert order.invoice_status == "invoiced"


def invoice(orders):
    """What final=True makes of an order: nothing may come of it."""
    try:
        return orders._create_invoices(final=True)
    except UserError:
        return env["account.move"]


assert not invoice(order)
order._force_lines_to_invoice_policy_order()
assert not invoice(order)

# A card payment for the order with automatic invoicing on refunds nothing either.
env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
provider = env["payment.provider"].create({"name": "Lifecycle", "code": "none"})
method = env.ref("payment.payment_method_unknown")
transaction = env["payment.transaction"].create(
    {
        "provider_id": provider.id,
        "payment_method_id": method.id,
        "reference": "lifecycle",
        "amount": order.amount_total,
        "currency_id": order.currency_id.id,
        "partner_id": order.partner_id.id,
        "sale_order_ids": [Command.set(order.ids)],
        "state": "done",
    }
)
transaction._invoice_sale_orders()
refunds = env["account.move"].search(
    [("partner_id", "=", order.partner_id.id), ("move_type", "=", "out_refund")]
)
assert not refunds, refunds.mapped("amount_total")

# And an ordinary order is invoiced as ever.
ordinary = order.copy({"client_order_ref": "ordinary"})
ordinary.order_line.product_uom_qty = 3
ordinary.action_confirm()
assert ordinary._create_invoices().amount_untaxed > 0
