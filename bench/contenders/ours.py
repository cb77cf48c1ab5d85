"""This add-on: the scheduled action, end to end, with everything that it does."""

import time
from datetime import timedelta

import catalog
from dateutil.relativedelta import relativedelta

from odoo import Command

#: Months of the history in `prepare_history`.
MONTHS = 36
#: Documents that wait to be sent in `documents.prepare_waiting`.
WAITING = 1000


def prepare(env):
    """One subscription of three lines for each customer; the warm-up's began
    yesterday.
    """
    today = env.company._billing_today()
    warm, measured = catalog.get_customers(env)
    subscribe(env, warm, today - timedelta(days=1))
    subscribe(env, measured, today)


def prepare_history(env):
    """The same, three years later: 36 periods billed by 36 runs of ours, the 37th due.

    All on one day, each run for a date in the past, so the invoices carry today's date.
    """
    today = env.company._billing_today()
    warm, measured = catalog.get_customers(env)
    subscribe(env, warm, today - timedelta(days=1))
    get_plan(env).catch_up_limit = MONTHS + 1
    start = today - relativedelta(months=MONTHS)
    orders = subscribe(env, measured, start, billing_opening="bill_all")
    for month in range(MONTHS):
        bill_until(env, orders, start + relativedelta(months=month))
        env.invalidate_all()
    entries = env["billing.entry"].search_count([("order_id", "in", orders.ids)])
    assert entries == MONTHS * len(catalog.LINES) * len(orders), entries


def get_plan(env):
    """Monthly from the first day, in advance."""
    return env.ref("recurring_billing.billing_plan_monthly_advance")


def subscribe(env, customers, start, **values):
    """Confirm a subscription of three lines for each customer."""
    products = catalog.get_products(env)
    products.billing_recurring = True
    orders = env["sale.order"]
    for portion in catalog.portions(customers):
        created = env["sale.order"].create(
            [
                {
                    "partner_id": customer.id,
                    "billing_plan_id": get_plan(env).id,
                    "billing_start_date": start,
                    "order_line": [
                        Command.create({"product_id": product.id})
                        for product in products
                    ],
                    **values,
                }
                for customer in portion
            ]
        )
        created.action_confirm()
        env.cr.commit()
        env.invalidate_all()
        orders |= created
    return orders


def bill_until(env, orders, day):
    """What a user's run for a date does."""
    run = env["billing.run"]._plan_run(orders, origin="manual", run_date=day)
    run._execute()
    env.cr.commit()
    assert run.state == "done", run.item_ids.mapped("message")


def warm_up(env, lane=1, lanes=1):
    """Bill what was due yesterday; several lanes share it out."""
    yesterday = env.company._billing_today() - timedelta(days=1)
    warm, _measured = catalog.get_customers(env)
    orders = env["sale.order"].search([("partner_id", "in", warm.ids)], order="id")
    bill_until(env, orders[lane - 1 :: lanes], yesterday)


def perform(env, lane=1, lanes=1):
    """The scheduled action of a lane, whenever the scheduler would call it."""
    suffix = f"_lane_{lane}" if lane > 1 else ""
    action = env.ref(f"recurring_billing.ir_cron_bill{suffix}")
    runs = env["billing.run"]
    while True:
        daily = runs.search([("origin", "=", "daily")])
        running = daily.filtered(lambda run: run.state == "running")
        if daily and not running:
            return
        # The first lane plans the day; the others are woken when there is work.
        if running._count_pending(lane, lanes) if running else lane == 1:
            action.method_direct_trigger()
        else:
            time.sleep(0.02)
        env.cr.commit()
        env.invalidate_all()


def open_lanes(env, lanes=2):
    """What the settings page does with the number of lanes."""
    env["billing.run"]._set_lane_count(lanes)
