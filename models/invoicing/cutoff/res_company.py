from odoo import fields, models

#: Deferred and accrued revenue in the charts that name accounts for them.
_CHARTS = {
    "fr": ("pcg_487", "pcg_4181"),
    "be": ("a493", "a491"),
    "ch": ("ch_coa_2301", "ch_coa_1300"),
    "de_skr03": ("account_0990", None),
    "de_skr04": ("chart_skr04_3900", None),
    "generic_coa": ("deferred_revenue", None),
    "it": ("2702", "1509"),
    "lu": ("lu_2011_account_482", None),
}


class ResCompany(models.Model):
    """How a company closes its books."""

    _inherit = "res.company"

    billing_cutoff_basis = fields.Selection(
        selection=[("days", "Days"), ("months", "Months")],
        string="Revenue is spread by",
        default="days",
        required=True,
        help="Days: each day of a period weighs the same. Months: each month weighs "
        "the same, a part of one by its days; a year is twelve equal twelfths.",
    )
    billing_cutoff_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Journal of cut-offs",
        domain="[('type', '=', 'general'), ('company_id', '=', id)]",
    )
    billing_deferred_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Deferred revenue account",
        help="What is billed and not earned yet waits here.",
    )
    billing_accrued_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Accrued revenue account",
        help="What is earned and not billed yet stands here.",
    )

    def _get_billing_cutoff_journal(self):
        """The journal of cut-off entries: the chosen one, else the first general one.

        :rtype: account.journal
        """
        self.ensure_one()
        journals = self.env["account.journal"]
        return self.billing_cutoff_journal_id or journals.search(
            [*journals._check_company_domain(self), ("type", "=", "general")], limit=1
        )

    def _get_billing_cutoff_accounts(self):
        """The accounts of deferred and accrued revenue: the chosen ones, else those
        that the chart of accounts has for them.

        :return: two ``account.account``; empty where there is none.
        """
        self.ensure_one()
        chart = self.chart_template or ""
        ids = _CHARTS.get(chart) or _CHARTS.get(chart.split("_")[0]) or (None, None)
        template = self.env["account.chart.template"].with_company(self)
        none = self.env["account.account"]
        deferred, accrued = (
            (name and template.ref(name, raise_if_not_found=False)) or none
            for name in ids
        )
        return (
            self.billing_deferred_account_id or deferred.filtered("active"),
            self.billing_accrued_account_id or accrued.filtered("active"),
        )
