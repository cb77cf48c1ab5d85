"""The proof that each contracted day is billed exactly once: read, examine, tell.

Nothing is written. Promise and ledger of many subscriptions are read a batch at a time
and compared by the engine; whether the documents say the same is asked of the database.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL, split_every

from ...engine.completeness import Examination, examine
from ...engine.errors import BillingError
from ...engine.faithful import Record, is_faithful
from ...engine.findings import FAULTS, overlaps
from ...engine.periods import Period
from ..plan.numbers import as_decimal
from .billing_invoicing_doors import charged_on

#: Subscriptions that are read together.
BATCH = 500


@dataclass
class Fault:
    """Something that a person should know of a line's days.

    :param line: id of the ``sale.order.line``.
    :param kind: of the engine's findings, or ``document``: the document says something
        else; ``terms``: the promise cannot be computed.
    :param days: how many of its days lie in the span.
    :param amount: in the subscription's currency.
    :param reason: for a document, what is wrong with it.
    :param documents: names of the documents it is about.
    """

    line: int
    kind: str
    start: date
    last: date
    days: int
    amount: Decimal
    reason: str = ""
    documents: list[str] = field(default_factory=list)

    @property
    def is_fault(self):
        return self.kind != "adjustment"

    @property
    def is_billable(self):
        """Whether a run makes it good: no document charges these days already."""
        return self.kind == "hole" and self.reason != "no_entry"


@dataclass
class Proof:
    """What was found of one subscription.

    :param order: id of the ``sale.order``.
    :param currency: id of its currency.
    :param lines: the examination of each running line, by id.
    :param faults: in the order of their days.
    """

    order: int
    currency: int
    lines: dict[int, Examination] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def has_fault(self):
        return any(fault.is_fault for fault in self.faults)


class BillingCompleteness(models.AbstractModel):
    """The completeness service."""

    _name = "billing.completeness"
    _description = "Completeness Service"

    def _get_as_of(self):
        """The last day whose run had its turn: what falls due later is no hole."""
        company = self.env.company
        today = company._billing_today()
        run = self.env["billing.run"].search(
            [("origin", "=", "daily"), ("ended_at", "!=", False)], limit=1
        )
        if run:
            zoned = self.with_context(tz=company._billing_timezone())
            ended = fields.Datetime.context_timestamp(zoned, run.ended_at).date()
            if ended >= today:
                return today
        return fields.Date.subtract(today, days=1)

    def _search_orders(self, domain=(), order="partner_id, id", **options):
        """The subscriptions of the company, running or closed."""
        return self.env["sale.order"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("is_billing_subscription", "=", True),
                *domain,
            ],
            order=order,
            **options,
        )

    def _stream(self, orders, span, as_of):
        """Examine any number of subscriptions in flat memory.

        :return: yields a :class:`Proof` of each, in order.
        """
        batches = list(split_every(BATCH, orders.ids, orders.browse))
        for batch in batches:
            yield from self._examine(batch, span, as_of)
            if len(batches) > 1:
                self.env.invalidate_all()

    def _examine(self, orders, span, as_of):
        """Compare promise, ledger and documents of subscriptions.

        :param Period span: the days to look at.
        :param datetime.date as_of: what falls due later is no hole.
        :return: a :class:`Proof` of each order, in their order.
        """
        self.env.flush_all()
        proofs = {o.id: Proof(o.id, o.currency_id.id) for o in orders}
        lines = orders.order_line.filtered("billing_anchor_date")
        billed = self.env["billing.invoicing"]._get_billed_entries(lines)
        read_terms = lines._get_billing_terms_reader()
        for line in lines:
            proof = proofs[line.order_id.id]
            try:
                terms = read_terms(line)
                seen = examine(terms, billed.get(line.id, ()), span, as_of)
            except BillingError:
                proof.faults.append(
                    Fault(line.id, "terms", span.start, span.last, 0, Decimal(0))
                )
                continue
            proof.lines[line.id] = seen
        self._decide(proofs.values(), billed)
        for proof in proofs.values():
            self._collect(proof, lines, span)
        self._check_documents(proofs, lines, span)
        self._name_documents(proofs.values())
        for proof in proofs.values():
            proof.faults.sort(key=lambda fault: (fault.start, fault.line))
        return list(proofs.values())

    def _collect(self, proof, lines, span):
        """Gather the findings of an order's lines, and where lines overlap."""
        for line, seen in proof.lines.items():
            proof.faults += [self._as_fault(line, found) for found in seen.findings]
        chains = {}
        for line in lines.browse(proof.lines):
            root = line.billing_root_line_id or line
            chains.setdefault(root, []).append(line.id)
        for chain in chains.values():
            if len(chain) > 1:
                chain.sort(key=lambda line: proof.lines[line].terms.start)
                terms = [proof.lines[line].terms for line in chain]
                proof.faults += [
                    self._as_fault(chain[position], found)
                    for position, found in overlaps(terms, span)
                ]

    def _as_fault(self, line, found):
        return Fault(
            line,
            found.kind,
            found.period.start,
            found.period.last,
            found.days,
            found.amount,
        )

    # === What the facts of an entry say === #

    def _decide(self, proofs, billed):
        """Let the facts of suspect entries decide what is a fault."""
        suspects = [
            line
            for proof in proofs
            for line, seen in proof.lines.items()
            if seen.suspects
        ]
        records = self._get_records(suspects, billed) if suspects else {}
        for proof in proofs:
            for line, seen in proof.lines.items():
                if seen.suspects:
                    proof.lines[line] = seen.decide(
                        is_faithful(
                            seen.terms, [records[id(e)] for e in suspect.unit.entries]
                        )
                        for suspect in seen.suspects
                    )

    def _get_records(self, line_ids, billed):
        """The entries of lines with their facts: ``{id(BilledEntry): Record}``.

        :param dict billed: what ``_get_billed_entries`` gave, in the same snapshot.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sale_line_id, id, facts, COALESCE(concession_amount, 0)
                  FROM billing_entry
                 WHERE sale_line_id = ANY(%s) AND state <> 'void'
                 ORDER BY sale_line_id, id
                """,
                list(line_ids),
            )
        )
        rows_by_line = {}
        for line, *row in rows:
            rows_by_line.setdefault(line, []).append(row)
        found = {}
        for line, kept in rows_by_line.items():
            entries = dict(zip((row[0] for row in kept), billed[line], strict=True))
            for entry_id, facts, concession in kept:
                entry = entries[entry_id]
                found[id(entry)] = Record(
                    entry,
                    facts,
                    entries.get((facts or {}).get("corrects")),
                    as_decimal(concession),
                )
        return found

    # === What the documents say === #

    def _check_documents(self, proofs, lines, span):
        """Add what is wrong with documents to the faults of their days."""
        rows = self._get_wrong_entries(lines, span)
        rows += self._get_forgotten_lines(lines, span)
        order_of = {line.id: line.order_id.id for line in lines}
        for line, start, last, amount, document, reason in rows:
            faults = proofs[order_of[line]].faults
            known = [
                fault
                for fault in faults
                if fault.line == line
                and fault.kind in FAULTS
                and fault.start <= last
                and fault.last >= start
            ]
            if not known:
                seen = Period.inclusive(start, last).intersect(span)
                fault = Fault(
                    line, "document", start, last, seen.days, as_decimal(amount)
                )
                faults.append(fault)
                known = [fault]
            for fault in known:
                fault.reason = reason
                if document and document not in fault.documents:
                    fault.documents.append(document)

    def _get_wrong_entries(self, lines, span):
        """Live entries whose document is gone, or says something else.

        :return: rows of line, first and last day, amount, document, reason.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH said AS (
                    SELECT move_line_id, SUM(charged_amount) AS amount
                      FROM billing_entry
                     WHERE sale_line_id = ANY(%(lines)s) AND state <> 'void'
                     GROUP BY move_line_id
                )
                SELECT entry.sale_line_id, entry.period_start, entry.period_end,
                       entry.charged_amount, move.name,
                       CASE
                         WHEN line.id IS NULL THEN 'line_gone'
                         WHEN move.state = 'cancel'
                          AND move.payment_state <> 'invoicing_legacy'
                         THEN 'cancelled'
                         WHEN (move.state = 'posted'
                               OR move.payment_state = 'invoicing_legacy')
                              <> (entry.state = 'posted') THEN 'state'
                         WHEN entry.kind = 'charge'
                          AND (line.billing_period_start, line.billing_period_end)
                              IS DISTINCT FROM (entry.period_start, entry.period_end)
                         THEN 'period'
                         WHEN ABS(said.amount - on_line.amount)
                              > 0.49 * currency.rounding THEN 'amount'
                       END AS reason,
                       line.id
                  FROM billing_entry entry
                  JOIN res_currency currency ON currency.id = entry.currency_id
                  LEFT JOIN account_move_line line ON line.id = entry.move_line_id
                  LEFT JOIN account_move move ON move.id = line.move_id
                  LEFT JOIN said ON said.move_line_id = entry.move_line_id
                  LEFT JOIN LATERAL (
                      SELECT line.quantity * line.price_unit
                             * (1 - COALESCE(line.discount, 0) / 100)
                             * CASE WHEN move.move_type = 'out_refund'
                                    THEN -1 ELSE 1 END AS amount
                  ) on_line ON TRUE
                 WHERE entry.sale_line_id = ANY(%(lines)s)
                   AND entry.state <> 'void'
                   AND entry.period_start <= %(last)s
                   AND entry.period_end >= %(first)s
                   AND (entry.move_line_id IS NOT NULL
                        OR entry.kind IN ('charge', 'adjustment')
                           AND entry.charged_amount <> 0)
                 ORDER BY entry.id
                """,
                lines=lines.ids,
                first=span.start,
                last=span.last,
            )
        )
        wrong = [row for row in rows if row[5]]
        exact = self._get_exact_amounts([row[6] for row in wrong if row[5] == "amount"])
        return [
            tuple(row[:6]) for row in wrong if row[5] != "amount" or row[6] in exact
        ]

    def _get_exact_amounts(self, line_ids):
        """Those of invoice lines that differ from their entries to the cent.

        The database compares floats: a tie of rounding is looked at again here.
        """
        found = set()
        # What a document says is no secret to who may read its ledger entry.
        for line in self.env["account.move.line"].sudo().browse(line_ids):
            entries = line.billing_entry_ids.filtered(lambda e: e.state != "void")
            said = sum(as_decimal(entry.charged_amount) for entry in entries)
            if said != charged_on(line):
                found.add(line.id)
        return found

    def _get_forgotten_lines(self, lines, span):
        """Invoice lines that charge days of which the ledger knows nothing."""
        return self.env.execute_query(
            SQL(
                """
                SELECT rel.order_line_id, line.billing_period_start,
                       line.billing_period_end, 0, move.name, 'no_entry'
                  FROM sale_order_line_invoice_rel rel
                  JOIN account_move_line line ON line.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = line.move_id
                 WHERE rel.order_line_id = ANY(%(lines)s)
                   AND line.billing_period_start <= %(last)s
                   AND line.billing_period_end >= %(first)s
                   AND line.billing_origin_line_id IS NULL
                   AND move.state <> 'cancel'
                   AND COALESCE(move.payment_state, '') <> 'reversed'
                   AND NOT EXISTS (
                       SELECT FROM billing_entry entry
                        WHERE entry.move_line_id = line.id AND entry.state <> 'void')
                 ORDER BY line.id
                """,
                lines=lines.ids,
                first=span.start,
                last=span.last,
            )
        )

    def _name_documents(self, proofs):
        """Name the documents of days that are billed twice, outside or edited."""
        faults = [
            fault
            for proof in proofs
            for fault in proof.faults
            if fault.kind in ("double", "outside", "edited") and not fault.documents
        ]
        if not faults:
            return
        entries = self.env["billing.entry"].search(
            [
                ("sale_line_id", "in", [fault.line for fault in faults]),
                ("state", "!=", "void"),
                ("kind", "in", ("charge", "opening")),
            ],
            order="id",
        )
        by_line = entries.grouped(lambda entry: entry.sale_line_id.id)
        for fault in faults:
            for entry in by_line.get(fault.line, ()):
                if entry.period_start <= fault.last and entry.period_end >= fault.start:
                    name = entry.move_id.name
                    if name and name not in fault.documents:
                        fault.documents.append(name)
