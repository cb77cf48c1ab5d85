"""Bills today with the demo, and prints what came of it and what is to come.

Run by `bin/demo.py` in Odoo's shell, beside a server that gives the PDF its styles.
Today's invoices come from the scheduled action, as every morning; the figures of the
next thirty days from the engine, with the terms and the ledger that a run reads too.
"""

import os
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from odoo.tools.misc import format_date, formatLang

from odoo.addons.recurring_billing.engine.charging import BilledEntry, due_charges
from odoo.addons.recurring_billing.engine.next_dates import next_invoice_date

env = self.env  # noqa: F821 - the shell's user
TODAY = env.company._billing_today()
HORIZON = TODAY + timedelta(days=30)
CHECKOUT = Path(os.environ["BILLING_CHECKOUT"])
OUTPUT = Path(os.environ["BILLING_DEMO_OUTPUT"])


def main():
    """Bill, then report."""
    run = bill_today()
    say(f"\n{run.summary}" if run else "\nNothing was due today.")
    report_run(run)
    report_parked()
    report_coming()
    report_document(run)
    say("The screens:  make serve  then  http://127.0.0.1:8069  (admin / admin)")
    # Rendering left attachments behind; the invoices were committed by the action.
    env.cr.rollback()


def bill_today():
    """The scheduled action on the real clock; return its run."""
    last = env["billing.run"].search([], limit=1)
    env.cr.commit()
    env.ref("recurring_billing.ir_cron_bill").method_direct_trigger()
    env.cr.commit()
    env.invalidate_all()
    return env["billing.run"].search([("id", ">", last.id)], limit=1)


# === Today === #


def report_run(run):
    """Subscriptions, documents and amounts of the run, by plan and currency."""
    groups = defaultdict(list)
    done = run.item_ids.filtered(lambda item: item.state == "done")
    for item in done:
        groups[item.plan_id, item.currency_id].append(item)
    rows = [
        [
            plan.name,
            len(items),
            len(get_documents(run, items)),
            amount(sum(item.amount for item in items), currency),
        ]
        for (plan, currency), items in sorted(
            groups.items(), key=lambda pair: (pair[0][0].sequence, pair[0][1].name)
        )
    ]
    rows += [
        [
            f"Total in {currency.name}",
            len(items),
            len(get_documents(run, items)),
            amount(sum(items.mapped("amount")), currency),
        ]
        for currency, items in done.grouped("currency_id").items()
    ]
    table(
        f"Billed on {day(TODAY)}",
        ["Plan", "Subscriptions", "Documents", "Excl. tax"],
        rows,
    )


def get_documents(run, items):
    """The documents of a run that some of its items stand on."""
    orders = env["sale.order"].union(*(item.order_id for item in items))
    return orders.order_line.invoice_lines.move_id.filtered(
        lambda move: move.billing_run_id == run
    )


def report_parked():
    """What waits for a person, and why."""
    waiting = env["billing.run.item"].search([("is_open", "=", True)])
    say("Set aside")
    for item in waiting:
        cause = dict(item._fields["code"]._description_selection(env))[item.code]
        say(f"  {item.order_id.name}  {item.partner_id.name}: {cause}")
        say(f"          {item.message}")
    if not waiting:
        say("  nothing")


# === The next thirty days === #


def report_coming():
    """By date: how many subscriptions, how much, per currency."""
    coming = defaultdict(lambda: (set(), defaultdict(float)))
    parked = env["billing.run.item"].search([("is_open", "=", True)]).order_id
    orders = env["sale.order"].search(
        [("is_billing_subscription", "=", True), ("billing_next_date", "<=", HORIZON)]
    )
    lines = (orders - parked).order_line.filtered("billing_anchor_date")
    terms = lines._get_billing_terms()
    ledger = env["billing.invoicing"]._get_billed_entries(lines)
    for line in lines:
        for when, total in get_coming(terms[line.id], ledger.get(line.id, [])):
            coming[when][0].add(line.order_id.id)
            coming[when][1][line.currency_id] += total
    rows = [
        [
            day(when),
            len(subscriptions),
            " + ".join(amount(total, currency) for currency, total in sums.items()),
        ]
        for when, (subscriptions, sums) in sorted(coming.items())
    ]
    table(
        f"Falls due by {day(HORIZON)} (engine: promised less billed)",
        ["Date", "Subscriptions", "Excl. tax"],
        rows,
    )


def get_coming(terms, entries):
    """The dates and amounts of a line up to the horizon: (date, amount) pairs."""
    billed, seen = list(entries), TODAY
    while when := next_invoice_date(terms, billed, as_of=seen):
        # A change that waits for the next invoice shows nothing on its own day.
        seen = max(when, seen + timedelta(days=1))
        if seen > HORIZON:
            return
        charges = due_charges(terms, billed, seen)
        if charges:
            yield seen, float(sum(charge.charged for charge in charges))
        billed += [
            BilledEntry(charge.kind, charge.period, charge.settled, charge.charged)
            for charge in charges
        ]


# === A document === #


def report_document(run):
    """Render the document that shows most, if possible one in French."""
    moves = env["account.move"].search([("billing_run_id", "=", run.id)])
    french = moves.filtered(lambda move: (move.partner_id.lang or "").startswith("fr"))
    move = max(
        french or moves,
        key=lambda move: (
            move.partner_id.country_id == move.company_id.country_id,
            len(move.invoice_line_ids),
            move.amount_total,
        ),
        default=None,
    )
    if not move:
        return
    content, _kind = env["ir.actions.report"]._render_qweb_pdf(
        "account.account_invoices", move.ids
    )
    path = OUTPUT / f"{move.name.replace('/', '-')}.pdf"
    path.write_bytes(content)
    say(
        f"A document:   {path.relative_to(CHECKOUT)}"
        f"  ({move.partner_id.commercial_partner_id.name},"
        f" {amount(move.amount_total, move.currency_id)} incl. tax)"
    )


# === Words === #


def say(text):
    print(text, flush=True)


def day(value):
    return format_date(env, value)


def amount(value, currency):
    return formatLang(env, value, currency_obj=currency).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def table(title, heads, rows):
    """Print rows under heads: words to the left, numbers and the last amount right."""
    say(f"\n{title}")
    if not rows:
        say("  nothing\n")
        return
    texts = [[str(cell) for cell in row] for row in [heads, *rows]]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [
        isinstance(cell, int) or heads[number] == "Excl. tax"
        for number, cell in enumerate(rows[0])
    ]
    for number, cells in enumerate(texts):
        padded = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(cells, widths, right, strict=True)
        ]
        say("  " + "   ".join(padded).rstrip())
        if not number:
            say("  " + "   ".join("-" * width for width in widths))
    say("")


main()
