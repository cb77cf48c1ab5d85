from odoo import fields, models
from odoo.tools import SQL, frozendict

from ..engine.cutoff import MONTH


class BillingDeferredSchedule(models.Model):
    """When what was billed is earned: a row for each entry and month of its period.

    The same weights and the same single rounding as ``engine/cutoff.py``, in whole
    numbers: what is earned up to a month's end, less what was earned up to the month's
    begin.
    """

    _name = "billing.deferred.schedule"
    _description = "Deferred Revenue"
    _auto = False
    _order = "month, id"
    _rec_name = "order_id"
    _depends = frozendict(
        {
            "billing.entry": ["kind", "state", "period_start", "period_end"],
            "account.move": ["state", "date"],
            "account.move.line": ["account_id", "partner_id", "balance"],
            "account.account": ["account_type"],
            "res.company": ["billing_cutoff_basis", "currency_id"],
            "res.currency": ["rounding"],
        }
    )

    month = fields.Date(readonly=True, help="First day of the month of the revenue.")
    amount = fields.Monetary(
        string="Earned in the month",
        readonly=True,
        help="Excluding tax, in the currency of the company, at the invoice's rate.",
    )
    accounting_date = fields.Date(string="Date in the books", readonly=True)
    entry_id = fields.Many2one(
        comodel_name="billing.entry", string="Ledger entry", readonly=True
    )
    kind = fields.Selection(
        selection=[
            ("charge", "Period"),
            ("adjustment", "Adjustment"),
            ("opening", "Opening"),
        ],
        readonly=True,
    )
    account_id = fields.Many2one(
        comodel_name="account.account", string="Revenue account", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    plan_id = fields.Many2one(comodel_name="billing.plan", readonly=True)
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", readonly=True
    )
    period_start = fields.Date(string="From", readonly=True)
    period_end = fields.Date(string="To", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)

    @property
    def _table_query(self):
        # OFFSET 0 keeps what is computed once from being computed at each mention.
        return SQL(
            """
            SELECT entry.id::bigint * 4096 + month.number AS id,
                   month.start::date AS month,
                   CASE WHEN part.begun = booked.first AND part.over = booked.after
                        THEN booked.steps
                        ELSE %(until_over)s - %(until_begun)s
                        END * currency.rounding AS amount,
                   move.date AS accounting_date, entry.id AS entry_id, entry.kind,
                   line.account_id, line.partner_id, entry.order_id,
                   entry.product_id, entry.plan_id, line.move_id,
                   entry.period_start, entry.period_end, entry.company_id,
                   currency.id AS currency_id
              FROM billing_entry entry
              JOIN res_company company ON company.id = entry.company_id
              JOIN res_currency currency ON currency.id = company.currency_id
              JOIN account_move_line line ON line.id = entry.move_line_id
              JOIN account_move move ON move.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
             CROSS JOIN LATERAL (
                   SELECT round(-line.balance / currency.rounding) AS steps,
                          %(first)s AS first, %(after)s AS after
                   OFFSET 0
                   ) AS booked
             CROSS JOIN LATERAL generate_series(
                   date_trunc('month', entry.period_start),
                   date_trunc('month', entry.period_end),
                   '1 month'
                   ) WITH ORDINALITY AS month(start, number)
             CROSS JOIN LATERAL (
                   SELECT GREATEST(booked.first, %(begun)s) AS begun,
                          LEAST(booked.after, %(over)s) AS over
                   OFFSET 0
                   ) AS part
             WHERE entry.kind <> 'waiver' AND entry.state = 'posted'
               AND move.state = 'posted'
               AND account.account_type IN ('income', 'income_other')
            """,
            first=self._get_position(SQL("entry.period_start")),
            after=self._get_position(SQL("(entry.period_end + 1)")),
            begun=self._get_position(SQL("month.start::date")),
            over=self._get_position(SQL("(month.start + interval '1 month')::date")),
            until_over=self._get_earned(SQL("part.over")),
            until_begun=self._get_earned(SQL("part.begun")),
        )

    def _get_position(self, day):
        """SQL of :func:`engine.cutoff.position` of a date, a whole number."""
        return SQL(
            """
            CASE company.billing_cutoff_basis WHEN 'days'
                 THEN (%(day)s - DATE '0001-01-01')::bigint
                 ELSE (12 * EXTRACT(YEAR FROM %(day)s)
                       + EXTRACT(MONTH FROM %(day)s))::bigint * %(month)s
                      + (EXTRACT(DAY FROM %(day)s)::bigint - 1)
                      * (%(month)s / EXTRACT(DAY FROM date_trunc('month', %(day)s)
                                    + interval '1 month - 1 day')::bigint)
                 END
            """,
            day=day,
            month=MONTH,
        )

    def _get_earned(self, position):
        """SQL of what is earned before a position, in steps of the currency.

        Rounded once, halves away from zero.
        """
        return SQL(
            """
            sign(booked.steps) * div(
                2 * abs(booked.steps) * (%(position)s - booked.first)
                + (booked.after - booked.first),
                2 * (booked.after - booked.first)
            )
            """,
            position=position,
        )

    def action_open_entry(self):
        """The ledger entry behind a row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.entry",
            "res_id": self.entry_id.id,
            "view_mode": "form",
        }
