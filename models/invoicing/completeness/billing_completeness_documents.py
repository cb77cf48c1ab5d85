"""Whether the documents say what the ledger says: what only the database can tell."""

from odoo import models
from odoo.tools import SQL

from ....engine.findings import FAULTS
from ....engine.periods import Period
from ...plan.numbers import as_decimal
from ..ledger.billing_invoicing_doors import charged_on
from .billing_completeness import Fault

#: Live entries of lines with what is wrong with their document, NULL when nothing is.
_WRONG_ENTRIES = """
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
              AND move.payment_state IS DISTINCT FROM 'invoicing_legacy'
             THEN 'cancelled'
             WHEN (move.state = 'posted'
                   OR move.payment_state IS NOT DISTINCT FROM 'invoicing_legacy')
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
"""
#: Invoice lines that charge days of lines and have no live entry for them.
_FORGOTTEN_LINES = """
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
            WHERE entry.move_line_id = line.id
              AND entry.state <> 'void'
              AND (entry.kind = 'opening'
                   OR entry.period_start <= line.billing_period_start
                  AND entry.period_end >= line.billing_period_end))
     ORDER BY line.id
"""


class BillingCompleteness(models.AbstractModel):
    _inherit = "billing.completeness"

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
                and fault.kind in (*FAULTS, "document")
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
                fault.reason = fault.reason or reason
                if document and document not in fault.documents:
                    fault.documents.append(document)

    def _get_wrong_entries(self, lines, span):
        """Live entries whose document is gone, or says something else.

        :return: rows of line, first and last day, amount, document, reason.
        """
        rows = self.env.execute_query(
            SQL(
                _WRONG_ENTRIES,
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
                _FORGOTTEN_LINES,
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
