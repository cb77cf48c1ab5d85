from odoo import api, fields, models
from odoo.tools import SQL, frozendict

from ..engine.ageing import bands

#: The engine's bands; a pivot sorts its columns by the key, so it begins with the rank.
BANDS = [
    ("0_not_due", "Not due"),
    ("1_1_30", "1–30 days"),
    ("2_31_60", "31–60 days"),
    ("3_61_90", "61–90 days"),
    ("4_over_90", "Over 90 days"),
    ("5_credit", "Credits"),
]


class BillingAgeingItem(models.Model):
    """What customers owe at a date, by age: a row for each instalment and credit.

    The date comes with the context as ``billing_ageing_on``; today's without it. What
    was paid or credited afterwards is open at that date.
    """

    _name = "billing.ageing.item"
    _description = "Ageing Balance"
    _auto = False
    _order = "date_maturity, id"
    _rec_name = "move_id"
    _depends = frozendict(
        {
            "account.move.line": ["balance", "date", "date_maturity", "parent_state"],
            "account.partial.reconcile": ["amount", "max_date"],
            "account.account": ["account_type"],
            "res.partner": ["commercial_partner_id"],
        }
    )

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    move_id = fields.Many2one(
        comodel_name="account.move", string="Document", readonly=True
    )
    move_line_id = fields.Many2one(comodel_name="account.move.line", readonly=True)
    salesperson_id = fields.Many2one(comodel_name="res.users", readonly=True)
    document_date = fields.Date(string="Date", readonly=True)
    date_maturity = fields.Date(string="Due date", readonly=True)
    days_late = fields.Integer(
        readonly=True, aggregator="max", help="Negative while it is not due."
    )
    band = fields.Selection(BANDS, string="Age", readonly=True)
    amount = fields.Monetary(string="Open amount", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)

    @api.model
    def _get_day(self):
        """The date that is looked at."""
        asked = self.env.context.get("billing_ageing_on")
        return fields.Date.to_date(asked) or self.env.company._billing_today()

    @property
    def _table_query(self):
        day = self._get_day()
        return SQL(
            """
            SELECT line.id, line.id AS move_line_id, line.move_id, line.company_id,
                   line.company_currency_id AS currency_id,
                   COALESCE(partner.commercial_partner_id, line.partner_id)
                       AS partner_id,
                   move.invoice_user_id AS salesperson_id,
                   line.date AS document_date,
                   COALESCE(line.date_maturity, line.date) AS date_maturity,
                   %(day)s - COALESCE(line.date_maturity, line.date) AS days_late,
                   CASE WHEN left_over.amount < 0 THEN '5_credit'
                        %(cases)s END AS band,
                   left_over.amount
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN res_partner partner ON partner.id = line.partner_id
        CROSS JOIN LATERAL (
                   SELECT line.balance
                          - COALESCE((SELECT SUM(part.amount)
                              FROM account_partial_reconcile part
                             WHERE part.debit_move_id = line.id
                               AND part.max_date <= %(day)s), 0)
                          + COALESCE((SELECT SUM(part.amount)
                              FROM account_partial_reconcile part
                             WHERE part.credit_move_id = line.id
                               AND part.max_date <= %(day)s), 0) AS amount
                   ) left_over
             WHERE account.account_type = 'asset_receivable'
               AND line.parent_state = 'posted' AND line.date <= %(day)s
               AND left_over.amount <> 0
            """,
            day=day,
            cases=self._get_cases(day),
        )

    @api.model
    def _get_cases(self, day):
        """The engine's bands as conditions on the age, the youngest first."""
        late = SQL("%s - COALESCE(line.date_maturity, line.date)", day)
        keyed = [(f"{rank}_{band.key}", band.last) for rank, band in enumerate(bands())]
        return SQL(" ").join(
            SQL("ELSE %s", key)
            if last is None
            else SQL("WHEN %s <= %s THEN %s", late, last, key)
            for key, last in keyed
        )

    def action_open_document(self):
        """The document of this row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
