"""The rehearsal: the run's own code, with the verbs that write replaced."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from psycopg2.extras import Json, execute_values

from odoo import models
from odoo.tools import SQL

from ....engine.canonical import digest
from ....engine.entries import BilledEntry
from ....engine.periods import ONE_DAY
from ....engine.reasons import reasons
from ....engine.rehearsing import main_reason
from ...plan.wording import period_text
from ..run.billing_invoicing import Bill

#: Documents that are created together, read and rolled back.
PRICED = 100


class _Priced(Exception):
    """Rolls back documents that were made for their amounts."""


@dataclass
class Priced:
    """The amounts of a document to come, negative for a credit note.

    :param lines: (bill, untaxed, total) of each of its lines.
    :param taxes: ``{tax id: [base, amount]}``; 0 stands for lines without a tax.
    :param core: whether core made the document and rolled it back.
    """

    untaxed: float
    total: float
    taxes: dict[int, list[float]]
    lines: list[tuple[Bill, float, float]]
    core: bool = True


@dataclass
class Told:
    """What the sentence of a rehearsed item is made of."""

    reasons: list
    extra: object


@dataclass
class Note:
    """What was found for one item.

    :param documents: (document, its amounts, the charges of the item on it).
    :param silent: charges that need no document.
    """

    bill: Bill
    documents: list = field(default_factory=list)
    silent: list = field(default_factory=list)

    @property
    def charges(self):
        on_documents = [
            charge for _doc, _priced, own in self.documents for charge in own
        ]
        return on_documents + self.silent


@dataclass(eq=False)
class Notes:
    """What was found for the items of a batch, by item id.

    :param idle: ids of items with nothing due.
    :param periods: spans of days in words.
    :param known: facts that lines share.
    :param taxes: computed taxes by what the lines of a document say.
    :param last: (untaxed amount, ids of the lines) of the last invoice, by order id.
    """

    last: dict
    found: dict = field(default_factory=dict)
    idle: list = field(default_factory=list)
    periods: dict = field(default_factory=dict)
    known: dict = field(default_factory=dict)
    taxes: dict = field(default_factory=dict)


class BillingInvoicingRehearsal(models.AbstractModel):
    """Plans, checks, groups and prices as the run does; nothing of it stays."""

    _name = "billing.invoicing.rehearsal"
    _inherit = "billing.invoicing"
    _description = "Rehearsal Service"

    def _rehearse_items(self, items):
        """Say for each item what the run would bill, or why it would set it aside.

        :param items: ``billing.run.item`` records of one run, whole groups only.
        :raises: the retriable database errors; everything else parks an item.
        """
        self._bill_items(items)

    def _bill_company(self, items):
        # OVERRIDES the run: what is found is noted, for all items at once.
        notes = Notes(self._get_last_invoices(items.order_id))
        service = self.with_context(billing_rehearsal=notes)
        super(BillingInvoicingRehearsal, service)._bill_company(items)
        self._write_notes(items, notes)

    # === The verbs that write === #

    def _make_documents(self, groups, as_of):
        # OVERRIDES the run: amounts instead of documents.
        notes = self.env.context["billing_rehearsal"]
        documents, silent = [], []
        for group in groups:
            found, without = self._split_documents(group)
            documents += found
            silent += without
        priced = self._price_documents(documents, as_of)
        # A member that is tried again is noted anew.
        for group in groups:
            notes.found.update((bill.item.id, Note(bill)) for bill in group)
        for document, amounts in zip(documents, priced, strict=True):
            for bill, charges in document.bills:
                notes.found[bill.item.id].documents.append((document, amounts, charges))
        for bill, charge in silent:
            notes.found[bill.item.id].silent.append(charge)
        # Preparing a document pretends that there is no past one.
        self.env["sale.order.line"].invalidate_model(["invoice_lines"])

    def _park_as(self, item, code, message, trace=False):
        # OVERRIDES the run: only its own item is told; nothing waits, nobody is asked.
        notes = self.env.context["billing_rehearsal"]
        notes.found.pop(item.id, None)
        # Its own bookkeeping: users read the items, the service writes them.
        item.sudo().write(
            {"state": "parked", "code": code, "message": message, "trace": trace}
        )

    def _skip_items(self, items):
        # OVERRIDES the run
        self.env.context["billing_rehearsal"].idle += items.ids

    def _drop_moved(self, bills):
        # OVERRIDES the run: nothing is approved yet.
        return bills

    def _refresh_orders(self, orders, terms=None):
        # OVERRIDES the run: nothing was billed.
        return

    # === Amounts === #

    def _price_documents(self, documents, as_of):
        """The amounts of documents to come, as the run would make them.

        :rtype: list[Priced]
        :raises Parked: when one of them would be refused.
        """
        priced = self._price_complete(documents, as_of)
        rest = [number for number, amounts in enumerate(priced) if not amounts]
        for start in range(0, len(rest), PRICED):
            some = rest[start : start + PRICED]
            made = self._price_with_core([documents[n] for n in some], as_of)
            for number, amounts in zip(some, made, strict=True):
                priced[number] = amounts
        return priced

    def _price_complete(self, documents, as_of):
        """The amounts of documents of the common path, None for the others.

        Computed as for the documents that the run creates complete. What does not
        look right is left for core to make, and to refuse with its reason.
        """
        vals_list = [self._prepare_document_vals(doc, as_of) for doc in documents]
        computed = self._compute_documents(documents, vals_list)
        priced, locked = [], {}
        for document, vals, lines in zip(documents, vals_list, computed, strict=True):
            day = vals["invoice_date"], vals["journal_id"]
            if lines and day not in locked:
                journal = self.env["account.journal"].browse(vals["journal_id"])
                locked[day] = self.env.company._get_violated_lock_dates(
                    vals["invoice_date"], True, journal
                )
            right = lines and not locked[day] and self._is_as_charged(document, lines)
            priced.append(self._read_computed(document, lines) if right else None)
        return priced

    def _compute_taxes(self, line_groups):
        # EXTENDS the run: lines that say the same have the same taxes, and nobody
        # adds to them here. Computed taxes may look at the product.
        known = self.env.context["billing_rehearsal"].taxes
        missing = {}
        for lines in line_groups:
            missing.setdefault(self._get_tax_key(lines), lines)
        for key in known.keys() & missing.keys():
            del missing[key]
        super()._compute_taxes(list(missing.values()))
        for key, lines in missing.items():
            known[key] = [line["tax_details"] for line in lines]
        for lines in line_groups:
            details = known[self._get_tax_key(lines)]
            for line, line_details in zip(lines, details, strict=True):
                line["tax_details"] = line_details

    def _get_tax_key(self, lines):
        return tuple(
            (
                line["tax_ids"]._ids,
                line["price_unit"],
                line["quantity"],
                line["discount"],
                line["product_id"].id,
                line["currency_id"].id,
                line["rate"],
            )
            for line in lines
        )

    def _is_as_charged(self, document, lines):
        """Whether each line comes to what the ledger would say: see the run's check."""
        for (_bill, charge), line in zip(document.rows, lines, strict=True):
            details = line["tax_details"]
            shown = self._get_shown_amount(
                [data["tax"] for data in details["taxes_data"]],
                details["total_excluded_currency"],
                line["quantity"] * line["price_unit"] * (1 - line["discount"] / 100),
            )
            if shown is not None and line["currency_id"].compare_amounts(
                shown, float(charge.charged)
            ):
                return False
        return True

    def _read_computed(self, document, lines):
        """What a computed document comes to, in the document's currency."""
        rows, taxes, untaxed, total = [], {}, 0.0, 0.0
        for (bill, _charge), line in zip(document.rows, lines, strict=True):
            details = line["tax_details"]
            net = details["total_excluded_currency"]
            rows.append((bill, net, details["total_included_currency"]))
            untaxed += net + details["delta_total_excluded_currency"]
            total += net + details["delta_total_excluded_currency"]
            if not details["taxes_data"]:
                taxes.setdefault(0, [0.0, 0.0])[0] += net
            for tax_data in details["taxes_data"]:
                amounts = taxes.setdefault(tax_data["tax"].id, [0.0, 0.0])
                amounts[0] += net
                amounts[1] += tax_data["tax_amount_currency"]
                total += tax_data["tax_amount_currency"]
        currency = lines[0]["currency_id"]
        return Priced(
            untaxed=currency.round(untaxed),
            total=currency.round(total),
            taxes=taxes,
            lines=rows,
            core=False,
        )

    def _price_with_core(self, documents, as_of):
        """Let core make the documents, with their entries; read them; roll back."""
        priced = []
        try:
            with self.env.cr.savepoint():
                moves = self._create_moves(
                    [self._prepare_document_vals(doc, as_of) for doc in documents]
                )
                pairs = list(zip(documents, moves, strict=True))
                self._write_entries(
                    [row for pair in pairs for row in self._match_lines(*pair)]
                )
                for document, move in pairs:
                    self._check_document(document, move)
                bills = [bill for doc in documents for bill, _charges in doc.bills]
                self._check_lock_dates(self._get_moves_to_post(pairs), bills)
                priced = [self._read_amounts(*pair) for pair in pairs]
                raise _Priced
        except _Priced:
            return priced

    def _read_amounts(self, document, move):
        """What a created document comes to, in the document's currency."""
        lines, taxes = [], {}
        created = self._get_created_lines(move)
        for (bill, _source), line in zip(document.rows, created, strict=True):
            untaxed = document.sign * line.price_subtotal
            lines.append((bill, untaxed, document.sign * line.price_total))
            for tax_id in line.tax_ids.flatten_taxes_hierarchy().ids or [0]:
                taxes.setdefault(tax_id, [0.0, 0.0])[0] += untaxed
        for line in move.line_ids.filtered("tax_line_id"):
            amounts = taxes.setdefault(line.tax_line_id.id, [0.0, 0.0])
            # A sale is a credit of the accounts, negative in the books.
            amounts[1] -= line.amount_currency
        return Priced(
            untaxed=document.sign * move.amount_untaxed,
            total=document.sign * move.amount_total,
            taxes=taxes,
            lines=lines,
        )

    # === What is said of an item === #

    def _get_last_invoices(self, orders):
        """``{order id: (untaxed amount, ids of the lines)}`` of the last invoices."""
        self.env["billing.entry"].flush_model()
        self.env["account.move.line"].flush_model(["price_subtotal"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ordered.id,
                       SUM(CASE WHEN move.move_type = 'out_refund'
                                THEN -line.price_subtotal ELSE line.price_subtotal END),
                       ARRAY_AGG(entry.sale_line_id)
                  FROM UNNEST(%s) AS ordered(id)
                  -- the end of its ledger, however long that is
                 CROSS JOIN LATERAL (
                    SELECT line.move_id
                      FROM billing_entry entry
                      JOIN account_move_line line ON line.id = entry.move_line_id
                     WHERE entry.order_id = ordered.id
                       AND entry.state <> 'void' AND entry.kind IN ('charge', 'opening')
                     ORDER BY entry.id DESC LIMIT 1
                  ) AS last
                  JOIN account_move move ON move.id = last.move_id
                  JOIN account_move_line line ON line.move_id = move.id
                  JOIN billing_entry entry ON entry.move_line_id = line.id
                       AND entry.order_id = ordered.id AND entry.state <> 'void'
                 GROUP BY ordered.id
                """,
                orders.ids,
            )
        )
        return {order: (float(untaxed), set(lines)) for order, untaxed, lines in rows}

    def _write_notes(self, items, notes):
        """One UPDATE for all items that can be billed, one for those with nothing."""
        found = notes.found.values()
        notes.known = self._read_ahead(note.bill for note in found)
        rows = [self._prepare_note_row(note, notes) for note in found]
        items.flush_model()
        execute_values(
            self.env.cr._obj,
            """
            UPDATE billing_run_item item
               SET state = 'rehearsed', code = NULL, cause_id = NULL, message = NULL,
                   amount = noted.amount, total_amount = noted.total,
                   difference = noted.difference, reason_kind = noted.reason_kind,
                   reason_text = noted.reason_text, periods_text = noted.periods,
                   documents = noted.documents::jsonb, facts = noted.facts::jsonb,
                   facts_hash = noted.facts_hash, is_made_by_core = noted.core
              FROM (VALUES %s) AS noted(id, amount, total, difference, reason_kind,
                   reason_text, periods, documents, facts, facts_hash, core)
             WHERE item.id = noted.id
            """,
            rows,
            page_size=len(rows) or 1,
        )
        self.env.execute_query(
            SQL(
                "UPDATE billing_run_item SET state = 'skipped' WHERE id = ANY(%s)"
                " RETURNING id",
                notes.idle,
            )
        )
        items.invalidate_model()

    def _prepare_note_row(self, note, notes):
        item, order = note.bill.item, note.bill.order
        untaxed = total = 0.0
        opened = []
        for document, priced, _own in note.documents:
            others = 0.0
            for bill, line_untaxed, line_total in priced.lines:
                if bill is note.bill:
                    untaxed += line_untaxed
                    total += line_total
                others += line_total
            if document.bills[0][0] is note.bill:
                # Rounding of the taxes as a whole: who opens the document bears it.
                total += priced.total - others
                opened.append(self._prepare_document_row(priced))
        currency = order.currency_id
        before, known = notes.last.get(order.id, (0.0, None))
        difference = currency.round(untaxed - before)
        told = self._get_told(note, known)
        why = main_reason(
            told.reasons,
            note.charges,
            is_first=known is None,
            has_extra=bool(told.extra),
            difference=not currency.is_zero(difference),
        )
        if note.bill.charges and not note.charges:
            # A credit that no invoice of this run can absorb.
            why = "proration"
        facts = self._get_facts(note.bill, note.documents, item.group_key, notes.known)
        return (
            item.id,
            currency.round(untaxed),
            currency.round(total),
            difference,
            why,
            self._get_told_text(order, told, note, why),
            self._get_periods_text(note.charges, notes),
            Json(opened),
            Json(facts),
            digest(facts),
            any(priced.core for _document, priced, _own in note.documents),
        )

    def _prepare_document_row(self, priced):
        return {
            "untaxed": priced.untaxed,
            "total": priced.total,
            "taxes": [[tax, *amounts] for tax, amounts in priced.taxes.items()],
            "core": priced.core,
        }

    def _get_told(self, note, known):
        """All that is to be said of the documents of an item, one after the other.

        :param known: ids of the lines of its last invoice, None before the first.
        """
        bill = note.bill
        ledger = {
            line: [*self._get_last_settled(bill, line), *entries]
            for line, entries in bill.billed.items()
        }
        batches = [own for _document, _priced, own in note.documents]
        batches = [*batches[:-1], (batches[-1] if batches else []) + note.silent]
        found = []
        for charges in batches:
            before = None if known is None else [_Line(line) for line in known]
            found += reasons(charges, before=before, terms=bill.terms, billed=ledger)
            for charge in charges:
                ledger.setdefault(charge.line, []).append(charge.entry)
            known = {charge.line for charge in charges}
        # A line that ended is not on the order's running lines; it is told by its end.
        told = [reason for reason in found if reason.line in bill.lines]
        return Told(told, bill.extra_lines if note.documents else ())

    def _get_last_settled(self, bill, line_id):
        """The last period of a line that the run need not read: it is settled."""
        line, since = bill.lines[line_id], bill.lines[line_id].billing_settled_until
        if not since or since <= bill.terms[line_id].start:
            return []
        rule = bill.terms[line_id].rule
        last = rule.period(rule.index_of(min(since, line.billing_until_date) - ONE_DAY))
        return [BilledEntry("charge", last, Decimal(0), Decimal(0))]

    def _get_told_text(self, order, told, note, why):
        """Why an invoice differs from the last one, in a sentence; empty if not."""
        if note.bill.charges and not note.charges:
            return self.env._("The credit waits for an invoice that it can reduce.")
        if why == "regular":
            return self.env._(
                "Regular again: the last invoice was for a part, or carried an "
                "adjustment."
            )
        texts = []
        if why == "catch_up":
            periods = Counter(c.line for c in note.charges if c.kind == "charge")
            texts.append(
                self.env._("%(count)s periods at once", count=max(periods.values()))
            )
        if told.reasons or told.extra:
            texts += order._get_billing_reasons_text(told)
        return "; ".join(texts)

    def _get_periods_text(self, charges, notes):
        spans = [c.period for c in charges if c.kind == "charge"]
        spans = spans or [c.period for c in charges]
        if not spans:
            return ""
        span = (min(s.start for s in spans), max(s.last for s in spans))
        if span not in notes.periods:
            notes.periods[span] = period_text(self.env, *span)
        return notes.periods[span]


@dataclass(frozen=True)
class _Line:
    """A line of the last invoice, as far as :func:`reasons` looks at it."""

    line: int
