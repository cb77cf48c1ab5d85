from odoo import fields, models
from odoo.exceptions import AccessError

from ..subscription.figures import convert_sum


class DigestDigest(models.Model):
    """What recurs and what the runs made, in the mail of key figures."""

    _inherit = "digest.digest"

    kpi_billing_recurring = fields.Boolean(
        string="Recurring amount per month",
        help="Untaxed, of the subscriptions that run when the mail leaves.",
    )
    kpi_billing_recurring_value = fields.Monetary(
        compute="_compute_kpi_billing_recurring_value"
    )
    kpi_billing_invoices = fields.Boolean(
        string="Recurring invoices", help="Made by runs in the period."
    )
    kpi_billing_invoices_value = fields.Integer(
        compute="_compute_kpi_billing_invoices_value"
    )

    def _compute_kpi_billing_recurring_value(self):
        self._check_billing_kpi_access()
        _start, _end, companies = self._get_kpi_compute_parameters()
        amounts = dict.fromkeys(companies, 0.0)
        for company, currency, amount in self.env["sale.order"]._read_group(
            [("company_id", "in", companies.ids), ("billing_state", "=", "running")],
            ["company_id", "currency_id"],
            ["billing_monthly_amount:sum"],
        ):
            amounts[company] += convert_sum(
                amount, currency, company.currency_id, company
            )
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_billing_recurring_value = amounts[company]

    def _compute_kpi_billing_invoices_value(self):
        self._check_billing_kpi_access()
        self._calculate_company_based_kpi(
            "account.move",
            "kpi_billing_invoices_value",
            additional_domain=[
                ("billing_run_id", "!=", False),
                ("move_type", "=", "out_invoice"),
                ("state", "!=", "cancel"),
            ],
        )

    def _check_billing_kpi_access(self):
        """Keep the figures from recipients who do not bill: the mail leaves them out.

        :raises AccessError: which core takes for "not for this recipient".
        """
        if not self.env.user.has_group(
            "recurring_billing.recurring_billing_group_user"
        ):
            raise AccessError(
                self.env._(
                    "The figures of recurring billing are for its users. Ask an "
                    "administrator for that right."
                )
            )

    def _compute_kpis_actions(self, company, user):
        # EXTENDS digest
        res = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("recurring_billing.menu_root").id
        for kpi, action in (
            ("kpi_billing_recurring", "subscription_action"),
            ("kpi_billing_invoices", "account_move_action_billing"),
        ):
            res[kpi] = f"recurring_billing.{action}?menu_id={menu}"
        return res
