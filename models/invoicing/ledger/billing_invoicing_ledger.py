"""How entries are written and read: a fixed number of statements a batch."""

from psycopg2.extras import Json, execute_values

from odoo import models
from odoo.tools import SQL

from ....engine.charging import BilledEntry, due_charges
from ....engine.entries import COVERING
from ....engine.errors import BillingError, CatchUpLimitExceeded
from ....engine.next_dates import next_charge_date, next_invoice_date
from ....engine.periods import Period
from ....engine.settled import settled_until
from ...plan.numbers import as_decimal
from ...subscription.sale_order_line import LEDGER_CACHE
from .billing_entry_explain import sealed

_COLUMNS = (
    "company_id",
    "currency_id",
    "order_id",
    "sale_line_id",
    "partner_id",
    "product_id",
    "plan_id",
    "kind",
    "state",
    "period_start",
    "period_end",
    "scheduled_date",
    "settled_amount",
    "charged_amount",
    "untaxed_amount",
    "facts",
    "facts_digest",
    "fraction",
    "move_line_id",
    "run_item_id",
)


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _get_billed_entries(self, lines, *, settled=True):
        """The ledger of lines, as the engine reads it: ``{line id: [BilledEntry]}``.

        :param bool settled: whether to read what is settled, too.
        """
        entries = self.env["billing.entry"]
        entries.flush_model()
        found = {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.sale_line_id, entry.kind, entry.period_start,
                       entry.period_end, entry.settled_amount, entry.charged_amount,
                       entry.state
                  FROM billing_entry entry
                  JOIN sale_order_line line ON line.id = entry.sale_line_id
                 WHERE entry.sale_line_id = ANY(%(lines)s) AND entry.state <> 'void'
                   AND entry.period_start >= CASE WHEN %(settled)s THEN '-infinity'
                       ELSE COALESCE(line.billing_settled_until, '-infinity') END
                 ORDER BY entry.sale_line_id, entry.id
                """,
                lines=lines.ids,
                settled=settled,
            )
        )
        for line_id, kind, first, last, settled_amount, charged, state in rows:
            found.setdefault(line_id, []).append(
                BilledEntry(
                    kind,
                    Period.inclusive(first, last),
                    as_decimal(settled_amount),
                    as_decimal(charged),
                    state,
                )
            )
        return found

    def _write_entries(self, rows):
        """Write the entries of charges.

        :param rows: (bill, charge, invoice line or None) triples.
        """
        if not rows:
            return
        values = [
            self._prepare_entry_row(bill.lines[charge.line], charge, line, bill.item)
            for bill, charge, line in rows
        ]
        self._insert_entries(values)
        self._mark_versions_used(
            [(charge.line, charge.period.last) for _bill, charge, _line in rows]
        )

    def _prepare_entry_row(self, line, charge, move_line, item):
        posted, untaxed = True, None
        if move_line:
            posted = move_line.parent_state == "posted"
            sign = move_line.move_id._get_billing_sign()
            untaxed = sign * move_line.price_subtotal if posted else None
        return {
            **self._prepare_row(line, charge.entry, move_line),
            # Without a document there is nothing to wait for.
            "state": "posted" if posted else "draft",
            "untaxed_amount": untaxed,
            "scheduled_date": charge.scheduled,
            "facts": charge.facts,
            "fraction": str(charge.fraction),
            "run_item_id": item.id or None,
        }

    def _prepare_row(self, line, entry, move_line):
        """What the ledger keeps of an entry of the engine, whatever made it.

        :param BilledEntry entry: kind, days and amounts.
        :param move_line: the ``account.move.line`` it stands on, or nothing.
        """
        order = line.order_id
        return {
            "company_id": order.company_id.id,
            "currency_id": order.currency_id.id,
            "order_id": order.id,
            "sale_line_id": line.id,
            "partner_id": order.partner_id.commercial_partner_id.id,
            "product_id": line.product_id.id,
            "plan_id": line._get_billing_plan().id,
            "kind": entry.kind,
            "state": entry.state,
            "period_start": entry.period.start,
            "period_end": entry.period.last,
            "settled_amount": entry.settled,
            "charged_amount": entry.charged,
            "move_line_id": move_line.id if move_line else None,
        }

    def _insert_entries(self, values):
        """One INSERT for all rows; the database's constraints are the guard."""
        user = self.env.uid
        rows = [
            tuple(row.get(column) for column in _COLUMNS) + (user, user)
            for row in map(self._seal_row, values)
        ]
        execute_values(
            self.env.cr._obj,
            f"INSERT INTO billing_entry ({', '.join(_COLUMNS)}, create_uid, write_uid,"
            " create_date, write_date) VALUES %s",
            rows,
            template="("
            + "%s, " * (len(_COLUMNS) + 2)
            + "now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')",
        )
        self.env["billing.entry"].invalidate_model()
        self.env["account.move.line"].invalidate_model(["billing_entry_ids"])
        self.env["sale.order"].invalidate_model(["billing_entry_ids"])

    def _seal_row(self, row):
        """The row with the digest of its facts, as SQL takes it."""
        row = sealed(row)
        return {**row, "facts": Json(row["facts"]) if row.get("facts") else None}

    def _mark_versions_used(self, line_days):
        """Versions that an entry was computed with never change again."""
        self.env["billing.line.version"].flush_model()
        execute_values(
            self.env.cr._obj,
            """
            UPDATE billing_line_version version SET is_used = TRUE
              FROM (VALUES %s) AS used(line_id, last_day)
             WHERE version.sale_line_id = used.line_id
               AND version.start_date <= used.last_day::date
               AND version.is_used IS NOT TRUE
            """,
            line_days,
        )
        self.env["billing.line.version"].invalidate_model(["is_used"])

    # === The cache: next invoice, billed and settled until === #

    def _refresh_orders(self, orders, terms=None):
        """Derive the dates shown on orders and lines from promise and ledger.

        :param dict terms: promises by line id that have not changed since the dates
            were derived last: only what was not settled then is looked at.
        """
        lines = orders.order_line.filtered("billing_anchor_date")
        if not lines:
            return
        known = terms or {}
        unknown = lines.filtered(lambda line: line.id not in known)
        read_terms = unknown._get_billing_terms_reader()
        billed = self._get_billed_entries(lines, settled=terms is None)
        line_rows, order_dates = [], {order.id: [] for order in lines.order_id}
        for line in lines:
            entries = billed.get(line.id, [])
            since = (terms is not None and line.billing_settled_until) or None
            until = max(
                (e.period.last for e in entries if e.kind in COVERING),
                default=(since and line.billing_until_date) or None,
            )
            following, since = self._get_next_date(
                line,
                lambda line: known.get(line.id) or read_terms(line),
                entries,
                since,
            )
            line_rows.append((line.id, following, until, since))
            order_dates[line.order_id.id].append((following, until))
        self._write_dates("sale_order_line", LEDGER_CACHE, line_rows)
        order_rows = [(order, *self._sum_dates(d)) for order, d in order_dates.items()]
        self._write_dates("sale_order", LEDGER_CACHE[:2], order_rows)
        self._solve_settled({order_id: day for order_id, day, _until in order_rows})

    def _solve_settled(self, next_dates):
        """What was set aside waits no longer where nothing is due any more.

        :param dict next_dates: next invoice date, or None, by order id.
        """
        orders = self.env["sale.order"].browse(next_dates)
        # Its own bookkeeping: users read the items, the service writes them.
        items = self.env["billing.run.item"].sudo()
        settled = {}
        for order_id, item in items._get_open_items(orders).items():
            today = item.company_id._billing_today()
            following = next_dates[order_id]
            if not following or following > max(today, item.run_id.run_date):
                settled[order_id] = item
        self._close_items(settled)

    def _get_next_date(self, line, read_terms, entries, since):
        """The day a run must look at the line (today when something is due), and the
        day before which promise and ledger agree.

        :param entries: the line's ledger from ``since`` on.
        """
        today = line.company_id._billing_today()
        try:
            terms = read_terms(line)
            since = settled_until(terms, entries, since=since)
            entries = [entry for entry in entries if entry.period.start >= since]
            due = due_charges(terms, entries, today, since=since)
        except CatchUpLimitExceeded:
            # A run for an earlier date, which bills a part, must find it.
            return next_charge_date(terms, entries, since=since), since
        except BillingError:
            # Waits for a person; the run says so each day until it is mended.
            return today, since
        if due and all(charge.charged < 0 for charge in due):
            plan = line.order_id.billing_plan_id
            following = next_charge_date(terms, entries, since=since)
            if plan.credit_policy == "carry_over" and following:
                # A credit that is carried over waits for that invoice.
                return max(following, today), since
        if due:
            return min(charge.scheduled for charge in due), since
        return next_invoice_date(terms, entries, as_of=today, since=since), since

    def _sum_dates(self, dates):
        """Next and billed-until of an order from those of its lines."""
        following = min((day for day, _until in dates if day), default=None)
        going_on = [until for day, until in dates if day]
        if going_on and all(going_on):
            return following, min(going_on)
        if going_on:
            return following, None
        return following, max((until for _day, until in dates if until), default=None)

    def _write_dates(self, table, names, rows):
        """Write dates in one statement.

        :param names: columns of the table, of type date.
        :param rows: (id, a date or None for each column) tuples.
        """
        self.env.flush_all()
        execute_values(
            self.env.cr._obj,
            f"""
            UPDATE {table} record
               SET {", ".join(f"{name} = dates.{name}::date" for name in names)}
              FROM (VALUES %s) AS dates(id, {", ".join(names)})
             WHERE record.id = dates.id
            """,
            rows,
        )
        self.env[table.replace("_", ".")].invalidate_model(names)

    # === Matching created lines with their source === #

    def _get_created_lines(self, move):
        """The lines of a new document in the order they were prepared in."""
        return move.invoice_line_ids.sorted("id")

    def _match_lines(self, document, move):
        """(bill, charge, invoice line) of each charge on the document."""
        lines = self._get_created_lines(move)
        return [
            (bill, source, line)
            for (bill, source), line in zip(document.rows, lines, strict=True)
            if not isinstance(source, models.BaseModel)
        ]
