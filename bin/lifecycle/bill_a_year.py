"""Bills a subscription for twelve months and pays the invoices. Run in Odoo's shell."""

from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command

env["account.chart.template"].try_loading(
    "generic_coa", env.company, install_demo=False
)
env.company.partner_id.tz = "Europe/Paris"
tax = env.company.account_sale_tax_id
product, fee = env["product.product"].create(
    [
        {
            "name": name,
            "type": "service",
            "list_price": price,
            "invoice_policy": "order",
            "billing_recurring": recurring,
            "taxes_id": [Command.set(tax.ids)],
        }
        for name, price, recurring in (("Support", 100, True), ("Set-up", 450, False))
    ]
)
customer = env["res.partner"].create(
    {
        "name": "Lifecycle",
        "street": "1 quai Sud",
        "zip": "35000",
        "city": "Rennes",
        "country_id": env.ref("base.fr").id,
    }
)
start = date(2025, 1, 1)
with freeze_time(f"{start} 05:00:00"):
    order = env["sale.order"].create(
        {
            "partner_id": customer.id,
            "client_order_ref": "lifecycle",
            "billing_plan_id": env.ref(
                "recurring_billing.billing_plan_monthly_first"
            ).id,
            "order_line": [
                Command.create({"product_id": product.id, "product_uom_qty": 2}),
                Command.create({"product_id": fee.id, "product_uom_qty": 1}),
            ],
        }
    )
    order.action_confirm()
env.cr.commit()
for month in range(12):
    with freeze_time(f"{start + relativedelta(months=month)} 05:00:00"):
        env.ref("recurring_billing.ir_cron_bill").method_direct_trigger()
# The action worked in transactions of its own; this one began before them.
env.cr.rollback()
invoices = order.invoice_ids
assert len(invoices) == 12, env["billing.run.item"].search([]).mapped("message")
assert sum(invoices.mapped("amount_untaxed")) == 12 * 200 + 450
for invoice in invoices:
    env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    ).create({})._create_payments()
assert set(invoices.mapped("payment_state")) <= {"paid", "in_payment"}
env.cr.commit()
