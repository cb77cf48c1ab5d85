import json

from psycopg2.extras import Json, execute_values

from odoo import api, fields, models

#: Rows of one INSERT.
_PAGE = 1000
_COLUMNS = (
    "cutoff_id",
    "company_id",
    "kind",
    "account_id",
    "analytic_distribution",
    "analytic_key",
    "partner_id",
    "order_id",
    "sale_line_id",
    "product_id",
    "entry_id",
    "period_start",
    "period_end",
    "charged_amount",
    "earned_amount",
    "amount",
    "revenue_amount",
)


class BillingCutoffLine(models.Model):
    """What one ledger entry, or one period that was not billed, adds to a cut-off."""

    _name = "billing.cutoff.line"
    _description = "Cut-off Line"
    _inherit = ("analytic.mixin",)
    _order = "kind desc, period_start, id"
    _rec_name = "order_id"

    cutoff_id = fields.Many2one(
        comodel_name="billing.cutoff",
        string="Cut-off",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        selection=[
            ("deferred", "Billed, not earned"),
            ("accrued", "Earned, not billed"),
        ],
        required=True,
        readonly=True,
    )
    account_id = fields.Many2one(
        comodel_name="account.account",
        string="Revenue account",
        required=True,
        readonly=True,
    )
    analytic_key = fields.Char(
        readonly=True, help="The distribution as text: equal ones are booked together."
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", readonly=True
    )
    sale_line_id = fields.Many2one(
        comodel_name="sale.order.line", string="Line", readonly=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    entry_id = fields.Many2one(
        comodel_name="billing.entry",
        string="Ledger entry",
        readonly=True,
        index="btree_not_null",
    )
    move_id = fields.Many2one(related="entry_id.move_id", string="Invoice")
    document_name = fields.Char(related="entry_id.move_id.name", string="Number")
    period_start = fields.Date(string="From", required=True, readonly=True)
    period_end = fields.Date(
        string="To", required=True, readonly=True, help="Last day, included."
    )
    charged_amount = fields.Monetary(
        string="Amount excl. tax",
        readonly=True,
        help="Of the whole period, billed or still to be billed.",
    )
    earned_amount = fields.Monetary(string="Earned", readonly=True)
    amount = fields.Monetary(
        string="To cut off",
        readonly=True,
        help="What is deferred of the period, or accrued for it.",
    )
    revenue_amount = fields.Monetary(
        string="Effect on revenue",
        compute="_compute_revenue_amount",
        store=True,
        help="Of the cut-off's entry: what is accrued, less what is deferred. Both "
        "kinds add up.",
    )

    @api.depends("kind", "amount")
    def _compute_revenue_amount(self):
        # Lines are inserted with it; here for those that were there before it was.
        for line in self:
            line.revenue_amount = _on_revenue(line.kind, line.amount)

    def action_open_source(self):
        """The ledger entry; where nothing was billed, the subscription."""
        self.ensure_one()
        source = self.entry_id or self.order_id
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "view_mode": "form",
        }

    def _insert_lines(self, rows):
        """Write computed lines, a statement a thousand of them.

        :param rows: dicts of all columns but ``analytic_key`` and ``revenue_amount``.
        """
        execute_values(
            self.env.cr._obj,
            f"INSERT INTO billing_cutoff_line ({', '.join(_COLUMNS)}) VALUES %s",
            map(_as_values, rows),
            page_size=_PAGE,
        )


def _on_revenue(kind, amount):
    """What the entry does to revenue: what is deferred leaves it."""
    return -amount if kind == "deferred" else amount


def _as_values(row):
    distribution = row["analytic_distribution"] or None
    row = {
        **row,
        "analytic_distribution": distribution and Json(distribution),
        "analytic_key": distribution and json.dumps(distribution, sort_keys=True),
        "revenue_amount": _on_revenue(row["kind"], row["amount"]),
    }
    return tuple(row[name] for name in _COLUMNS)
