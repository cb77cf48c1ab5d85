"""Gives the demo a past: fourteen months of billing, day by day, by the real engine.

Run by `bin/demo.py` in Odoo's shell. The clock travels; on each day that something is
due, the quotations of that day are confirmed, the changes of that day are made with the
same methods as the screens use, and the scheduled action bills. Nothing is typed into
the ledger. Ends yesterday, and with three subscriptions that cannot be billed today.
"""

import logging
import time
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

env = self.env  # noqa: F821 - the shell's user
ONE_DAY = timedelta(days=1)
TODAY = env.company._billing_today()
# Who pays late, by customer and by how many days; the others pay when it is due.
LATE_PAYERS = {
    "partner_hotel_du_vieux_pont_demo": 25,
    "partner_brasserie_des_quatre_vents_demo": 40,
    "partner_transports_kervella_demo": 12,
    "partner_julien_perrot_demo": 400,
}


def main():
    """Travel from the first start date to yesterday, then break three things."""
    started = time.monotonic()
    logging.getLogger("freezegun").setLevel(logging.ERROR)
    give_customers_their_language()
    # What the past posted was sent at the time, by whatever was there.
    env.company.billing_sending = "none"
    events = get_events()
    day = min(get_start_dates(), default=TODAY)
    days = 0
    with freeze_time(f"{day} 05:00:00") as clock:
        while day < TODAY:
            clock.move_to(f"{day} 05:00:00")
            live_one_day(day, events.pop(day, []))
            days += 1
            day = get_next_day(day, events)
    env.company.billing_sending = "recurring"
    start_todays_subscriptions()
    break_three_subscriptions()
    env.cr.commit()
    tell(days, time.monotonic() - started)


def give_customers_their_language():
    """French where it is read; the demo's own data load without that language too."""
    orders = env["sale.order"].search([("billing_plan_id", "!=", False)])
    customers = orders.partner_id | orders.partner_invoice_id
    geneva = ref("partner_fiduciaire_du_leman_demo")
    customers.filtered(
        lambda customer: (
            customer.country_code in ("FR", "BE")
            or customer.commercial_partner_id == geneva
        )
    ).lang = "fr_FR"


# === One day === #


def live_one_day(day, changes):
    """Confirm what starts, change what changes, bill what is due, take the money."""
    get_quotations([("billing_start_date", "=", day)]).action_confirm()
    for change in changes:
        change(day)
    env.cr.commit()
    if get_next_due() and get_next_due() <= day:
        ref("ir_cron_bill").method_direct_trigger()
        # The action worked in a transaction of its own: look at its outcome.
        env.cr.commit()
        env.invalidate_all()
    if day.day in (5, 20):
        receive_payments(day)
        env.cr.commit()


def get_next_day(day, events):
    """The next day after ``day`` on which anything happens."""
    payday = day + relativedelta(day=5 if day.day < 5 else 20)
    if day.day >= 20:
        payday = day + relativedelta(months=1, day=5)
    due = get_next_due()
    return min(
        [
            payday,
            max(due, day + ONE_DAY) if due else payday,
            *(start for start in get_start_dates() if start > day),
            *(planned for planned in events if planned > day),
        ]
    )


def get_quotations(domain=()):
    """The quotations of the demo that start by today."""
    return env["sale.order"].search(
        [
            ("state", "in", ("draft", "sent")),
            ("billing_plan_id", "!=", False),
            ("billing_start_date", "<=", TODAY),
            *domain,
        ]
    )


def get_start_dates():
    return get_quotations().mapped("billing_start_date")


def get_next_due():
    """The first day on which a subscription wants to be billed."""
    due = env["sale.order"].search(
        [("is_billing_subscription", "=", True), ("billing_next_date", "!=", False)],
        order="billing_next_date",
        limit=1,
    )
    return due.billing_next_date


# === What happens on the way === #


def get_events():
    """``{day: [what happens]}``, by the month and day it happens on."""
    planned = [
        (6, 1, raise_price),
        (5, 16, add_posts),
        (4, 11, end_line),
        (6, 10, pause),
        (5, 20, resume),
        (3, 12, close),
        (2, 17, remove_posts),
        (1, 1, deliver_hours),
    ]
    events = {}
    for months, day, change in planned:
        when = TODAY + relativedelta(months=-months, day=day)
        events.setdefault(when, []).append(change)
    return events


def raise_price(day):
    """The price of each seat rises on the first of a month."""
    line = get_line("order_val_d_armelle_infogerance_demo", "infogerance")
    line._billing_add_version(day, price_unit=40.0, reason="Révision annuelle")


def add_posts(day):
    """Five more seats in the middle of a month that is invoiced already."""
    line = get_line("order_horizon_sante_infogerance_demo", "infogerance")
    line._billing_add_version(day, quantity=25, reason="Cinq postes de plus")


def remove_posts(day):
    """Fewer seats in the middle of a month: a credit with the next invoice."""
    line = get_line("order_imprimerie_gutenberg_fils_infogerance_demo", "infogerance")
    line._billing_add_version(day, quantity=14, reason="Deux départs")


def end_line(day):
    """One line ends, the subscription goes on."""
    order = "order_pharmacie_de_la_halle_infogerance_demo"
    get_line(order, "sauvegarde")._billing_end_line(day)


def pause(day):
    """Closed for works: the service stops."""
    ref("order_hotel_du_vieux_pont_infogerance_demo")._billing_pause(
        day, reason="Travaux de l'hôtel"
    )


def resume(day):
    """The hotel opens again."""
    ref("order_hotel_du_vieux_pont_infogerance_demo")._billing_resume(day)


def close(day):
    """A customer leaves at the end of the month."""
    ref("order_rheinblick_apotheke_messagerie_demo")._billing_close(
        day + relativedelta(day=31), ref("billing_close_reason_moved_to_a_competitor")
    )


def deliver_hours(_day):
    """Hours on site, invoiced with the next period."""
    line = get_line("order_lycee_agricole_de_kerbihan_infogerance_demo", "intervention")
    line.qty_delivered = 3


# === Payments === #


def receive_payments(day):
    """Most customers pay what is due; a credit goes off their next invoice."""
    journal = env["account.journal"].search([("type", "=", "bank")], limit=1)
    lines = env["account.move.line"].search(
        [
            ("parent_state", "=", "posted"),
            ("account_type", "=", "asset_receivable"),
            ("reconciled", "=", False),
        ]
    )
    deduct_credits(lines)
    late = {ref(name): days for name, days in LATE_PAYERS.items()}
    lines = lines.filtered(
        lambda line: (
            line.amount_residual > 0
            and line.date_maturity
            + timedelta(days=late.get(line.partner_id.commercial_partner_id, 0))
            <= day
        )
    )
    for owed in lines.grouped(
        lambda line: (line.partner_id, line.currency_id)
    ).values():
        env["account.payment.register"].with_context(
            active_model="account.move.line", active_ids=owed.ids
        ).create(
            {"payment_date": day, "journal_id": journal.id, "group_payment": True}
        ).action_create_payments()


def deduct_credits(lines):
    """Reconcile credit notes with what the same customer owes."""
    for owed in lines.grouped(
        lambda line: (line.partner_id, line.currency_id, line.account_id)
    ).values():
        if len({line.balance > 0 for line in owed}) == 2:
            owed.reconcile()


# === Today === #


def start_todays_subscriptions():
    """What starts today is confirmed today; the run of today bills it."""
    get_quotations().action_confirm()


def break_three_subscriptions():
    """Three facts that a run cannot get round; it sets them aside and goes on.

    The address of a customer is lost, a product is archived; the third subscription is
    in pounds, and nobody has entered a rate.
    """
    ref("partner_garage_aubry_demo").write(
        {"street": False, "zip": False, "city": False}
    )
    ref("product_pare_feu_demo").active = False


# === Small things === #


def ref(name):
    return env.ref(f"recurring_billing.{name}")


def get_line(order, product):
    """The line of an order that sells a product of the demo."""
    product = ref(f"product_{product}_demo")
    return ref(order).order_line.filtered(lambda line: line.product_id == product)


def tell(days, seconds):
    """One line: what came of it."""
    count = env["account.move"].search_count
    invoices = count([("billing_run_id", "!=", False)])
    paid = count(
        [
            ("billing_run_id", "!=", False),
            ("payment_state", "in", ("paid", "in_payment", "reversed")),
        ]
    )
    entries = env["billing.entry"].search_count([])
    print(
        f"demo: {days} days lived through in {seconds:.0f} seconds:"
        f" {invoices} documents, {paid} of them settled, {entries} ledger entries"
    )


main()
