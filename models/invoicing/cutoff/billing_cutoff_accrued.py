"""Accrued revenue: what is promised for days that are over, and stands on no document
of the books.
"""

from odoo import models
from odoo.tools import SQL, split_every

from ....engine.cutoff import Portion, unbilled
from ....engine.entries import BilledEntry
from ....engine.errors import BillingError
from ....engine.money import converted
from ....engine.periods import Period
from ...plan.numbers import as_decimal
from ..run.billing_invoicing_complete import CommonPath
from .billing_cutoff_deferred import IN_THE_BOOKS

#: Subscription lines that are computed together.
BATCH = 500
#: Subscriptions named when they cannot be computed.
_NAMED = 5


class BillingCutoff(models.Model):
    _inherit = "billing.cutoff"

    def _iter_accrued(self, faults):
        """The values of a line for each period that is earned and not billed.

        :param set faults: filled with the orders that could not be computed.
        :return: yields a list a batch.
        """
        for batch in split_every(BATCH, self._read_candidates(), list):
            rows, sick = self._accrue(batch)
            faults.update(sick)
            yield rows

    def _has_figures(self, company, date):
        """Whether a cut-off of that day would book anything.

        :param company: a ``res.company``.
        :param datetime.date date: last day that is earned.
        """
        probe = self.with_company(company).new(
            {
                "company_id": company.id,
                "date": date,
                "basis": company.billing_cutoff_basis,
            }
        )
        return any(probe._iter_deferred()) or any(probe._iter_accrued(set()))

    def _read_candidates(self):
        """The lines that may have something earned and not billed.

        All others are settled beyond the date by entries of the books. What has no
        document counts whatever the day: nothing will be billed for it.

        :return: (line id, day from which to look, first and last opened day) tuples.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                WITH later AS (
                    SELECT entry.sale_line_id, MIN(entry.period_start) AS first
                      FROM billing_entry entry
                      JOIN account_move_line line ON line.id = entry.move_line_id
                      JOIN account_move move ON move.id = line.move_id
                     WHERE entry.company_id = %(company)s AND entry.state <> 'void'
                       AND entry.period_start <= %(date)s
                       AND NOT (%(in_the_books)s %(date)s)
                  GROUP BY entry.sale_line_id
                ), opened AS (
                    SELECT sale_line_id, MIN(period_start) AS first,
                           MAX(period_end) AS last
                      FROM billing_entry
                     WHERE company_id = %(company)s AND kind = 'opening'
                       AND state <> 'void'
                  GROUP BY sale_line_id
                )
                SELECT line.id,
                       LEAST(COALESCE(line.billing_settled_until,
                                      line.billing_start_date), later.first),
                       opened.first, opened.last
                  FROM sale_order_line line
                  JOIN sale_order ordered ON ordered.id = line.order_id
             LEFT JOIN later ON later.sale_line_id = line.id
             LEFT JOIN opened ON opened.sale_line_id = line.id
                 WHERE ordered.company_id = %(company)s AND ordered.state = 'sale'
                   AND line.billing_anchor_date IS NOT NULL
                   AND line.billing_start_date <= %(date)s
                   AND (later.first IS NOT NULL
                        OR COALESCE(line.billing_settled_until,
                                    line.billing_start_date) <= %(date)s)
              ORDER BY line.id
                """,
                company=self.company_id.id,
                date=self.date,
                in_the_books=IN_THE_BOOKS,
            )
        )

    def _accrue(self, candidates):
        """The rows of some lines, and the orders that could not be computed."""
        lines = self.env["sale.order.line"].browse(row[0] for row in candidates)
        read_terms = lines._get_billing_terms_reader()
        terms, sinces, sick = {}, {}, set()
        for line, (_id, since, first, last) in zip(lines, candidates, strict=True):
            try:
                terms[line] = read_terms(line)
            except BillingError:
                sick.add(line.order_id)
                continue
            sinces[line.id] = _boundary(terms[line].rule, since, first, last)
        billed = self._read_in_the_books(sinces)
        pricing, rows = _Pricing(self), []
        for line, promise in terms.items():
            since = sinces[line.id]
            found = unbilled(
                promise,
                billed.get(line.id, ()),
                self.date,
                basis=self.basis,
                since=since,
            )
            account = found and pricing.get_account(line)
            if found and not account:
                sick.add(line.order_id)
                continue
            rows += [
                self._prepare_accrued(line, row, account, pricing) for row in found
            ]
        return [row for row in rows if row["amount"]], sick

    def _read_in_the_books(self, sinces):
        """The ledger of lines as the books know it at the date.

        :param dict sinces: the day from which to read, by line id.
        :return: ``{line id: [BilledEntry]}``
        """
        found = {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.sale_line_id, entry.kind, entry.period_start,
                       entry.period_end, entry.settled_amount, entry.charged_amount
                  FROM unnest(%(lines)s, %(sinces)s::date[]) AS wanted(line_id, since)
                  JOIN billing_entry entry ON entry.sale_line_id = wanted.line_id
                   AND entry.period_start >= wanted.since
             LEFT JOIN account_move_line line ON line.id = entry.move_line_id
             LEFT JOIN account_move move ON move.id = line.move_id
                 WHERE entry.state <> 'void'
                   AND (move.id IS NULL OR %(in_the_books)s %(date)s)
              ORDER BY entry.sale_line_id, entry.id
                """,
                lines=list(sinces),
                sinces=list(sinces.values()),
                in_the_books=IN_THE_BOOKS,
                date=self.date,
            )
        )
        for line_id, kind, first, last, settled, charged in rows:
            found.setdefault(line_id, []).append(
                BilledEntry(
                    kind,
                    Period.inclusive(first, last),
                    as_decimal(settled),
                    as_decimal(charged),
                )
            )
        return found

    def _prepare_accrued(self, line, row, account, pricing):
        charge = row.charge
        net = pricing.get_net(line, charge.charged)
        found = Portion.of(net, row.share, step=pricing.step)
        order = line.order_id
        return {
            "cutoff_id": self.id,
            "company_id": self.company_id.id,
            "kind": "accrued",
            "account_id": account,
            "analytic_distribution": line.analytic_distribution,
            "partner_id": order.partner_invoice_id.commercial_partner_id.id,
            "order_id": order.id,
            "sale_line_id": line.id,
            "product_id": line.product_id.id,
            "entry_id": None,
            "period_start": charge.period.start,
            "period_end": charge.period.last,
            "charged_amount": found.charged,
            "earned_amount": found.earned,
            "amount": found.earned,
        }

    def _get_fault_text(self, orders):
        if not orders:
            return False
        names = sorted(order.name for order in orders)
        listed = ", ".join(names[:_NAMED])
        if len(names) <= _NAMED:
            return self.env._(
                "%(orders)s: not computed, their dates, their plan or their product's "
                "account do not fit together. Mend them and compute again.",
                orders=listed,
            )
        return self.env._(
            "%(orders)s and %(count)s others: not computed, their dates, their plan or "
            "their product's account do not fit together. Mend them and compute again.",
            orders=listed,
            count=len(names) - _NAMED,
        )


def _boundary(rule, since, opened_first, opened_last):
    """The first day of the unit in which ``since`` lies: units are read whole."""
    start = rule.period(rule.index_of(since)).start
    if opened_last and start <= opened_last:
        start = min(start, rule.period(rule.index_of(opened_first)).start)
    return start


class _Pricing:
    """What a document to come would book: account, net amount, company currency.

    Each is looked up once for what it depends on.
    """

    def __init__(self, cutoff):
        self.cutoff = cutoff
        self.step = as_decimal(cutoff.currency_id.rounding)
        self.common = CommonPath(cutoff.env)
        self.rates = {}
        self.in_price = {}

    def get_account(self, line):
        """The id of the income account, as the run finds it; False without one."""
        order = line.order_id
        account = self.common._get_account(
            line.product_id.id, order.fiscal_position_id.id
        )
        if account:
            return account
        journal = order.journal_id or order.billing_plan_id.journal_id
        service = self.cutoff.env["billing.invoicing"]
        journal = journal or service._find_sales_journal(self.cutoff.company_id)
        return journal.default_account_id.id

    def get_net(self, line, amount):
        """An amount without tax, at the rate of the day of the cut-off, rounded."""
        currency = line.order_id.currency_id
        if self._has_tax_in_price(line.tax_ids):
            taxes = line.tax_ids.compute_all(
                float(amount),
                currency=currency,
                product=line.product_id,
                partner=line.order_id.partner_invoice_id,
                is_refund=amount < 0,
            )
            amount = as_decimal(taxes["total_excluded"])
        if currency not in self.rates:
            self.rates[currency] = as_decimal(
                currency._get_conversion_rate(
                    currency,
                    self.cutoff.currency_id,
                    self.cutoff.company_id,
                    self.cutoff.date,
                )
            )
        return converted(amount, self.rates[currency], self.step)

    def _has_tax_in_price(self, taxes):
        if taxes not in self.in_price:
            flat = taxes.flatten_taxes_hierarchy()
            self.in_price[taxes] = any(flat.mapped("price_include"))
        return self.in_price[taxes]
