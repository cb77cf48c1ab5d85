from odoo import fields, models
from odoo.tools import SQL


class BillingEntryReport(models.Model):
    """The ledger as figures: what was billed, in the company's currency."""

    _name = "billing.entry.report"
    _description = "Billed Amounts"
    _auto = False
    _order = "period_start desc, id desc"
    _rec_name = "order_id"

    entry_id = fields.Many2one(comodel_name="billing.entry", readonly=True)
    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    plan_id = fields.Many2one(comodel_name="billing.plan", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Salesperson", readonly=True
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales team", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", readonly=True
    )
    kind = fields.Selection(
        selection=[("charge", "Period"), ("adjustment", "Adjustment")], readonly=True
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("posted", "Posted")], readonly=True
    )
    period_start = fields.Date(string="Start of the period", readonly=True)
    period_end = fields.Date(string="End of the period", readonly=True)
    invoice_date = fields.Date(string="Date of the invoice", readonly=True)
    days = fields.Integer(readonly=True)
    untaxed_amount = fields.Monetary(
        string="Amount excl. tax",
        readonly=True,
        help="In the currency of the company, at the rate of the invoice.",
    )

    @property
    def _table_query(self):
        # The balance is what accounting booked: the company's currency, no tax.
        return SQL(
            """
            SELECT entry.id, entry.id AS entry_id, entry.order_id, entry.partner_id,
                   entry.product_id, entry.plan_id, ordered.user_id, ordered.team_id,
                   entry.company_id, company.currency_id, line.move_id, entry.kind,
                   entry.state, entry.period_start, entry.period_end,
                   move.invoice_date,
                   entry.period_end - entry.period_start + 1 AS days,
                   -line.balance AS untaxed_amount
              FROM billing_entry entry
              JOIN sale_order ordered ON ordered.id = entry.order_id
              JOIN res_company company ON company.id = entry.company_id
              JOIN account_move_line line ON line.id = entry.move_line_id
              JOIN account_move move ON move.id = line.move_id
             WHERE entry.kind IN ('charge', 'adjustment') AND entry.state <> 'void'
            """
        )

    def action_open_invoice(self):
        """Open the document of this amount."""
        self.ensure_one()
        return self.entry_id.action_open_invoice()
