"""Replay: compute entries again from their stored facts, and compare."""

from odoo import models
from odoo.tools import SQL, split_every

from ....engine.periods import Period
from ....engine.printing import PrintedLine
from ....engine.recorded import Recorded
from ....engine.verdicts import judge
from ...plan.numbers import as_decimal

#: Entries read together: memory stays flat whatever the number of entries.
BATCH = 2000
#: Differences of one replay whose moved fact is looked for; who finds more has another
#: question than which fact it was.
NAMED = 200


class BillingReplay(models.AbstractModel):
    """The replay service: reads the ledger in plain SQL, asks the engine, writes
    nothing. No setting, plan, version or price is looked at.
    """

    _name = "billing.replay"
    _description = "Replay Service"

    def _replay(self, ids):
        """Replay entries.

        :param ids: of ``billing.entry``; the caller has checked who may read them.
        :return: ``{entry id: Verdict}``
        """
        verdicts, differing = {}, 0
        for batch in split_every(BATCH, ids, list):
            for entry_id, recorded in self._read_recorded(batch):
                verdict = judge(recorded, name=differing < NAMED)
                differing += not verdict.identical
                verdicts[entry_id] = verdict
        return verdicts

    def _read_recorded(self, ids):
        """The entries as the engine judges them, with what their documents say.

        :rtype: Iterator[tuple[int, Recorded]]
        """
        for model in ("billing.entry", "account.move.line", "account.move"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.id, entry.kind, entry.period_start, entry.period_end,
                       entry.settled_amount, entry.charged_amount,
                       entry.concession_amount, entry.untaxed_amount,
                       entry.facts, entry.facts_digest,
                       line.quantity, line.price_unit, line.discount,
                       line.price_subtotal, move.move_type, move.name
                  FROM billing_entry entry
             LEFT JOIN account_move_line line
                    ON line.id = entry.move_line_id AND entry.kind <> 'waiver'
             LEFT JOIN account_move move ON move.id = line.move_id
                 WHERE entry.id = ANY(%s)
                 ORDER BY entry.id
                """,
                ids,
            )
        )
        for row in rows:
            yield row[0], self._as_recorded(*row[1:])

    def _as_recorded(
        self,
        kind,
        first,
        last,
        settled,
        charged,
        conceded,
        untaxed,
        facts,
        seal,
        quantity,
        price,
        discount,
        subtotal,
        move_type,
        name,
    ):
        credit = move_type == "out_refund"
        printed = None
        if move_type:
            printed = PrintedLine(
                quantity=as_decimal(quantity or 0),
                price=as_decimal(price or 0),
                discount=as_decimal(discount or 0),
                credit=credit,
                name=name or "",
            )
        # Copied when the document was posted; a draft has none yet.
        known = printed and untaxed is not None
        return Recorded(
            kind=kind,
            period=Period.inclusive(first, last),
            settled=as_decimal(settled),
            charged=as_decimal(charged),
            conceded=as_decimal(conceded or 0),
            facts=facts,
            seal=seal or "",
            printed=printed,
            untaxed=as_decimal(untaxed) if known else None,
            printed_untaxed=as_decimal(-subtotal if credit else subtotal)
            if known
            else None,
        )
