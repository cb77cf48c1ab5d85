"""The proof that each contracted day is billed exactly once: read, examine, tell.

Nothing is written. Promise and ledger of many subscriptions are read a batch at a time
and compared by the engine; whether the documents say the same is asked of the database.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL, split_every

from ....engine.completeness import Examination, examine
from ....engine.errors import BillingError
from ....engine.faithful import Record, is_faithful
from ....engine.findings import overlaps
from ...plan.numbers import as_decimal

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
