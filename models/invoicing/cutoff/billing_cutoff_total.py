from odoo import api, fields, models
from odoo.tools import SQL, frozendict


class BillingCutoffTotal(models.Model):
    """The lines of a cut-off added up as its entry books them."""

    _name = "billing.cutoff.total"
    _description = "Cut-off Total"
    _auto = False
    _order = "kind desc, account_id, id"
    _rec_name = "account_id"
    _depends = frozendict(
        {
            "billing.cutoff": ["by_partner"],
            "billing.cutoff.line": [
                "cutoff_id",
                "company_id",
                "kind",
                "account_id",
                "analytic_distribution",
                "analytic_key",
                "partner_id",
                "amount",
            ],
        }
    )

    cutoff_id = fields.Many2one(
        comodel_name="billing.cutoff", string="Cut-off", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        selection=[
            ("deferred", "Billed, not earned"),
            ("accrued", "Earned, not billed"),
        ],
        readonly=True,
    )
    account_id = fields.Many2one(
        comodel_name="account.account", string="Revenue account", readonly=True
    )
    analytic_distribution = fields.Json(readonly=True)
    analytic_key = fields.Char(readonly=True)
    analytic_text = fields.Char(string="Analytic", compute="_compute_analytic_text")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    line_count = fields.Integer(string="Periods", readonly=True)
    amount = fields.Monetary(string="Amount excl. tax", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT MIN(line.id) AS id, line.cutoff_id, line.company_id, line.kind,
                   line.account_id, line.analytic_distribution, line.analytic_key,
                   CASE WHEN cutoff.by_partner THEN line.partner_id END AS partner_id,
                   COUNT(*) AS line_count, SUM(line.amount) AS amount
              FROM billing_cutoff_line line
              JOIN billing_cutoff cutoff ON cutoff.id = line.cutoff_id
          GROUP BY line.cutoff_id, line.company_id, line.kind, line.account_id,
                   line.analytic_distribution, line.analytic_key,
                   CASE WHEN cutoff.by_partner THEN line.partner_id END
            """
        )

    @api.depends("analytic_distribution")
    def _compute_analytic_text(self):
        distributions = [total.analytic_distribution or {} for total in self]
        keys = {
            int(i) for found in distributions for key in found for i in key.split(",")
        }
        names = {
            account.id: account.display_name
            for account in self.env["account.analytic.account"].browse(keys).exists()
        }
        for total, distribution in zip(self, distributions, strict=True):
            parts = []
            for key, percent in distribution.items():
                text = ", ".join(names.get(int(i), "–") for i in key.split(","))
                parts.append(text if percent == 100 else f"{text} {percent:g} %")
            total.analytic_text = "; ".join(parts)

    def action_open_lines(self):
        """The lines that this figure is the sum of."""
        self.ensure_one()
        domain = [
            ("cutoff_id", "=", self.cutoff_id.id),
            ("kind", "=", self.kind),
            ("account_id", "=", self.account_id.id),
            ("analytic_key", "=", self.analytic_key),
        ]
        if self.cutoff_id.by_partner:
            domain.append(("partner_id", "=", self.partner_id.id))
        # Of one kind: its own sum is the figure.
        own = self.env.ref("recurring_billing.billing_cutoff_line_view_list")
        return {
            **self.cutoff_id.action_open_lines(),
            "name": self.account_id.display_name,
            "domain": domain,
            "views": [(own.id, "list"), (False, "pivot")],
        }
