"""The subscriptions of the crash trials: of every kind that takes a way of its own.

Two companies and two currencies; whole and prorated first periods; customers with two
subscriptions on one invoice; lines that are billed once, beside the recurring ones. All
are due on DAY, on which the clock of the trials stands.
"""

from datetime import date

from freezegun import freeze_time

import odoo.init  # noqa: F401 - gives `odoo` its names
from odoo import Command

#: A Tuesday in the middle of a month: a calendar plan charges 15 days of 31.
DAY = date(2026, 3, 17)
#: A subscription with this reference is the one that a trial makes sick.
SICK = "SICK"
PRICES = (("Support", 89.90), ("Licence", 49.90), ("Hosting", 89.95))
#: Subscriptions of a row of customers; `create_row` says which.
ROW = 5


def stop_clock():
    """Let Python's clock go on from the morning of DAY."""
    clock = freeze_time(f"{DAY} 05:00:00", tick=True)
    clock.start()
    return clock


def create(env, count):
    """Create and confirm ``count`` subscriptions; only the daily run stays scheduled.

    :param int count: a multiple of 2 * ROW; each company gets half of them.
    """
    companies = env.company | create_company(env, "Second Company")
    rates = env["res.currency"].with_context(active_test=False)
    foreign = rates.search([("name", "=", "CHF")])
    foreign.active = True
    for company in companies:
        mine = env(context={"allowed_company_ids": company.ids})
        orders = create_subscriptions(mine, company, foreign, count // len(companies))
    orders[0].client_order_ref = SICK
    env["ir.cron"].search([]).active = False
    daily = env.ref("recurring_billing.ir_cron_bill")
    daily.write({"active": True, "nextcall": f"{DAY} 04:00:00"})
    env.cr.commit()


def create_company(env, name):
    """A company with a chart of accounts that the system's user may work in."""
    company = env["res.company"].create({"name": name})
    env.user.company_ids |= company
    return company


def create_subscriptions(env, company, foreign, count):
    """Customers in rows: each row has every kind once."""
    env["account.chart.template"].try_loading(
        "generic_coa", company, install_demo=False
    )
    company.partner_id.tz = "UTC"
    env["res.currency.rate"].create(
        {
            "currency_id": foreign.id,
            "company_id": company.id,
            "name": "2026-01-01",
            "company_rate": 0.8835,
        }
    )
    pricelist = env["product.pricelist"].create(
        {"name": "Foreign", "currency_id": foreign.id, "company_id": company.id}
    )
    services = [create_service(env, company, *price) for price in PRICES]
    fee = create_service(env, company, "Set-up", 450.0, recurring=False)
    orders = env["sale.order"]
    for number in range(count // ROW):
        orders |= create_row(env, company, number, services, fee, pricelist)
    orders.action_confirm()
    return orders


def create_service(env, company, name, price, recurring=True):
    """A service of the company, with its tax."""
    return env["product.product"].create(
        {
            "name": name,
            "type": "service",
            "list_price": price,
            "invoice_policy": "order",
            "billing_recurring": recurring,
            "company_id": company.id,
            "taxes_id": [Command.set(company.account_sale_tax_id.ids)],
        }
    )


def create_row(env, company, number, services, fee, pricelist):
    """Four customers with five quotations."""
    whole = env.ref("recurring_billing.billing_plan_monthly_advance")
    part = env.ref("recurring_billing.billing_plan_monthly_first")
    single, prorated, grouped, foreign = env["res.partner"].create(
        [
            {
                "name": f"{company.name} {kind} {number:04}",
                "street": "12 Main Street",
                "zip": "94107",
                "city": "San Francisco",
                "country_id": company.account_fiscal_country_id.id,
                "company_id": company.id,
            }
            for kind in ("single", "prorated", "grouped", "foreign")
        ]
    )
    quotations = (
        (single, whole, [*services, fee], {}),
        (prorated, part, services, {}),
        (grouped, whole, services[:1], {}),
        (grouped, whole, services[1:], {}),
        (foreign, part, services, {"pricelist_id": pricelist.id}),
    )
    return env["sale.order"].create(
        [
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "billing_plan_id": plan.id,
                "billing_start_date": DAY,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": price})
                    for product, price in zip(
                        products, get_prices(products, number), strict=True
                    )
                ],
                **values,
            }
            for customer, plan, products, values in quotations
        ]
    )


def get_prices(products, number):
    """Prices that differ by customer: a mixed-up amount is seen."""
    return [product.list_price + number for product in products]
