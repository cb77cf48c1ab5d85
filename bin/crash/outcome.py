"""What a run left behind, told so that two runs of the same database can be compared.

Without ids, numbers and times of the clock: those may differ between two good runs. The
numbers of a journal are told as a set, apart from the documents that carry them.
"""

import ast
import collections

QUERIES = {
    "numbers": """
        SELECT move.company_id, move.journal_id, move.name FROM account_move move
    """,
    "documents": """
        SELECT partner.name, currency.name, move.move_type, move.state,
               move.invoice_date::text, move.date::text, move.invoice_date_due::text,
               move.invoice_origin, move.ref,
               move.amount_untaxed::text, move.amount_tax::text,
               move.amount_total::text, move.amount_residual::text,
               move.amount_total_signed::text, move.payment_state,
               move.billing_run_id IS NOT NULL
          FROM account_move move
          JOIN res_partner partner ON partner.id = move.partner_id
          JOIN res_currency currency ON currency.id = move.currency_id
    """,
    "journal items": """
        SELECT move.invoice_origin, line.display_type,
               replace(line.name, move.name, '#'), line.account_id,
               line.product_id, line.quantity::text, line.price_unit::text,
               line.balance::text, line.amount_currency::text,
               line.amount_residual::text, line.date_maturity::text,
               line.billing_period_start::text, line.billing_period_end::text,
               line.parent_state, line.move_name = move.name,
               (SELECT array_agg(tax.account_tax_id ORDER BY tax.account_tax_id)
                  FROM account_move_line_account_tax_rel tax
                 WHERE tax.account_move_line_id = line.id),
               (SELECT array_agg(link.order_line_id ORDER BY link.order_line_id)
                  FROM sale_order_line_invoice_rel link
                 WHERE link.invoice_line_id = line.id)
          FROM account_move_line line JOIN account_move move ON move.id = line.move_id
    """,
    "ledger": """
        SELECT entry.sale_line_id, entry.kind, entry.state, entry.period_start::text,
               entry.period_end::text, entry.scheduled_date::text,
               entry.settled_amount::text, entry.charged_amount::text,
               entry.untaxed_amount::text, entry.fraction, entry.facts::text,
               entry.partner_id, entry.plan_id, entry.company_id,
               entry.sale_line_id IN (
                   SELECT link.order_line_id FROM sale_order_line_invoice_rel link
                    WHERE link.invoice_line_id = entry.move_line_id)
          FROM billing_entry entry
    """,
    "items": """
        SELECT item.order_id, item.state, item.code, item.is_open, item.amount::text,
               item.group_key
          FROM billing_run_item item
    """,
    "runs": """
        SELECT run.origin, run.state, run.run_date::text, run.ended_at IS NOT NULL
          FROM billing_run run
    """,
    "subscriptions": """
        SELECT id, billing_state, billing_next_date::text, billing_until_date::text,
               invoice_status
          FROM sale_order
    """,
    "lines of subscriptions": """
        SELECT id, billing_next_date::text, billing_until_date::text,
               qty_invoiced::text, qty_to_invoice::text, invoice_status,
               untaxed_amount_invoiced::text
          FROM sale_order_line
    """,
}


def read(cr):
    """``{name: sorted rows}``.

    :param cr: a cursor of the database, Odoo's or psycopg2's.
    """
    outcome = {}
    for name, query in QUERIES.items():
        cr.execute(query)
        outcome[name] = sorted(map(repr, cr.fetchall()))
    return outcome


def find_holes(outcome):
    """Sentences about numbers that are missing or stand twice, by journal."""
    journals = {}
    for row in outcome["numbers"]:
        company, journal, name = ast.literal_eval(row)
        prefix, _slash, number = (name or "").rpartition("/")
        journals.setdefault((company, journal, prefix), []).append(number)
    for key, numbers in sorted(journals.items(), key=str):
        if not all(map(str.isdigit, numbers)):
            yield f"journal {key}: {numbers} are not all numbers"
        elif sorted(map(int, numbers)) != list(range(1, len(numbers) + 1)):
            yield f"journal {key}: {len(numbers)} numbers up to {max(numbers)}"


def differences(expected, found, ignored=None):
    """Sentences about what differs; none when the two are equal.

    :param dict ignored: by name, the first values of rows that may differ.
    """
    for name in expected:
        left_out = tuple(f"({value}, " for value in (ignored or {}).get(name, ()))
        rows = collections.Counter(
            row for row in expected[name] if not row.startswith(left_out)
        )
        rows.subtract(row for row in found[name] if not row.startswith(left_out))
        for row, count in sorted(rows.items()):
            if count:
                yield f"{name}: {'missing' if count > 0 else 'too much'}: {row}"
    yield from find_holes(found)
