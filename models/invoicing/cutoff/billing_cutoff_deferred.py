"""Deferred revenue: what the books billed by a date, and what of it is not earned."""

from odoo import models
from odoo.tools import SQL

from ....engine.cutoff import portion
from ....engine.periods import Period
from ...plan.numbers import as_decimal

#: Entries that are read together: memory stays flat whatever their number.
BATCH = 5000

#: An entry whose document stands in the books on a date: posted, with an accounting
#: date that has come. Joins: ``entry``, ``line``, ``move``.
IN_THE_BOOKS = SQL("entry.state = 'posted' AND move.state = 'posted' AND move.date <= ")


class BillingCutoff(models.Model):
    _inherit = "billing.cutoff"

    def _iter_deferred(self):
        """The values of a line for each entry that is billed and not wholly earned.

        :return: yields a list a batch.
        """
        step = as_decimal(self.currency_id.rounding)
        last = 0
        while rows := self._read_deferrable(last):
            last = rows[-1]["entry_id"]
            found = [self._prepare_deferred(row, step) for row in rows]
            yield [row for row in found if row["amount"]]

    def _read_deferrable(self, after):
        """The next entries whose days are not over: with what accounting booked.

        The company's currency, without tax; an adjustment is spread over the period it
        adjusts, a waiver stands on no account, an opening counts with the invoice line
        that it was opened with.
        """
        self.env.flush_all()
        query = SQL(
            """
            SELECT entry.id AS entry_id, line.account_id, line.analytic_distribution,
                   line.partner_id, entry.order_id, entry.sale_line_id,
                   entry.product_id, entry.period_start, entry.period_end,
                   -line.balance AS charged
              FROM billing_entry entry
              JOIN account_move_line line ON line.id = entry.move_line_id
              JOIN account_move move ON move.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
             WHERE entry.company_id = %(company)s AND entry.id > %(after)s
               AND entry.kind <> 'waiver' AND entry.period_end > %(date)s
               AND %(in_the_books)s %(date)s
               AND account.account_type IN ('income', 'income_other')
          ORDER BY entry.id
             LIMIT %(batch)s
            """,
            company=self.company_id.id,
            after=after,
            date=self.date,
            in_the_books=IN_THE_BOOKS,
            batch=BATCH,
        )
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _prepare_deferred(self, row, step):
        charged = as_decimal(row.pop("charged"))
        found = portion(
            charged,
            Period.inclusive(row["period_start"], row["period_end"]),
            self.date,
            basis=self.basis,
            step=step,
        )
        return {
            **row,
            "cutoff_id": self.id,
            "company_id": self.company_id.id,
            "kind": "deferred",
            "charged_amount": charged,
            "earned_amount": found.earned,
            "amount": found.deferred,
        }
