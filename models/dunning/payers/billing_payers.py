"""Reading how customers pay: all invoices of all customers at once."""

from collections import defaultdict

from psycopg2.extras import Json, execute_values

from odoo import api, models
from odoo.tools import SQL

from ....engine.payer import Look, payer_clock
from ...plan.numbers import as_decimal
from .billing_payer import payer_writer

#: Customers written in one transaction.
BATCH = 1000
_LOOK = Look()
_COLUMNS = (
    *("company_id", "partner_id", "as_of", "payer_class", "habit", "usual_days"),
    *("has_span", "low_days", "high_days", "unpaid_days", "invoice_count"),
    *("open_count", "curve"),
)
_UPSERT = (
    f"INSERT INTO billing_payer ({', '.join(_COLUMNS)}) VALUES %s"
    " ON CONFLICT (partner_id, company_id) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in _COLUMNS[2:])
)


class BillingPayers(models.AbstractModel):
    """The only writer of payers."""

    _name = "billing.payers"
    _description = "Payment Habits Service"

    @api.model
    def _cron_refresh(self):
        """Look at all customers of all companies, a batch a transaction."""
        cron = self.env["ir.cron"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            service = self.with_company(company)
            ids = service._get_customers()
            for first in range(0, len(ids), BATCH):
                service._refresh(self.env["res.partner"].browse(ids[first:][:BATCH]))
                if not cron._commit_progress(BATCH, remaining=len(ids) - first):
                    return
            cron._commit_progress(remaining=0)

    @api.model
    def _get_customers(self):
        """Ids of the customers that have, or had, invoices in this company."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT commercial_partner_id FROM account_move
                 WHERE company_id = %(company)s AND move_type = 'out_invoice'
                   AND state = 'posted' AND commercial_partner_id IS NOT NULL
                 UNION
                SELECT partner_id FROM billing_payer WHERE company_id = %(company)s
                """,
                company=self.env.company.id,
            )
        )
        return sorted(row[0] for row in rows)

    @api.model
    def _refresh(self, partners):
        """Look again at how customers pay this company.

        :param partners: commercial partners.
        """
        company = self.env.company
        today = company._billing_today()
        bills = self._read_bills(partners, today)
        payers = self.env["billing.payer"]
        values = [
            {
                "company_id": company.id,
                "partner_id": partner_id,
                "as_of": today,
                **payers._from_clock(payer_clock(found, on=today, look=_LOOK)),
            }
            for partner_id, found in bills.items()
        ]
        self._write(values)
        gone = set(partners.ids) - set(bills)
        payer_writer(payers).search(
            [("company_id", "=", company.id), ("partner_id", "in", sorted(gone))]
        ).unlink()

    @api.model
    def _read_bills(self, partners, today):
        """What was asked for and when it was paid, by instalment.

        A credit note pays nothing: what it took back alone is left out. Differences of
        exchange pay nothing either. A returned payment leaves its invoice open.

        :return: ``{commercial partner id: [(due, paid on or None, amount)]}``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT move.commercial_partner_id, line.date_maturity,
                       CASE WHEN line.reconciled THEN paid.day END,
                       line.amount_currency
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
             LEFT JOIN LATERAL (
                       SELECT MAX(counter.date) AS day
                         FROM account_partial_reconcile part
                         JOIN account_move_line counter
                           ON counter.id = part.credit_move_id
                         JOIN account_move other ON other.id = counter.move_id
                        WHERE part.debit_move_id = line.id
                          AND part.debit_amount_currency <> 0
                          AND other.move_type <> 'out_refund') paid ON TRUE
                 WHERE move.company_id = %(company)s
                   AND move.commercial_partner_id = ANY(%(partners)s)
                   AND move.move_type = 'out_invoice' AND move.state = 'posted'
                   AND account.account_type = 'asset_receivable'
                   AND line.amount_currency > 0
                   AND line.date_maturity BETWEEN
                       %(today)s - %(days)s::integer AND %(today)s
                   AND (NOT line.reconciled OR paid.day IS NOT NULL)
                """,
                company=self.env.company.id,
                partners=partners.ids,
                today=today,
                days=_LOOK.days,
            )
        )
        bills = defaultdict(list)
        for partner_id, due, paid_on, amount in rows:
            bills[partner_id].append((due, paid_on, as_decimal(amount)))
        return bills

    @api.model
    def _write(self, values):
        """Write what was found, a statement a thousand customers."""
        execute_values(self.env.cr._obj, _UPSERT, map(_as_row, values), page_size=BATCH)
        self.env["billing.payer"].invalidate_model()


def _as_row(values):
    return tuple(
        Json(values[name]) if name == "curve" else values[name] for name in _COLUMNS
    )
