from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class BillingStatement(models.TransientModel):
    """Which customers, which company and which days a statement of account is for."""

    _name = "billing.statement"
    _description = "Statement of Account"

    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="billing_statement_partner_rel",
        column1="statement_id",
        column2="partner_id",
        string="Customers",
        required=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    start_date = fields.Date(
        string="From",
        required=True,
        help="What was open before this day is the opening balance.",
    )
    end_date = fields.Date(string="To", required=True, help="Last day, included.")

    @api.model
    def default_get(self, fields_list):
        # EXTENDS base: the customers that were ticked, this year until today.
        values = super().default_get(fields_list)
        today = self.env.company._billing_today()
        values.setdefault("end_date", today)
        values.setdefault("start_date", today.replace(month=1, day=1))
        if self.env.context.get("active_model") == "res.partner":
            ticked = self.env["res.partner"].browse(self.env.context["active_ids"])
            # Contacts of one customer share one account.
            customers = ticked.commercial_partner_id
            values["partner_ids"] = [Command.set(customers.ids)]
        return values

    def action_print(self):
        """The statements as one PDF.

        :raises UserError: when the days are in the wrong order.
        """
        self.ensure_one()
        if self.start_date > self.end_date:
            raise UserError(
                self.env._(
                    "The statement would end before it starts. Choose a last day that "
                    "follows the first."
                )
            )
        return self.env.ref("recurring_billing.action_report_statement").report_action(
            self
        )

    def _get_span_text(self):
        """ "From 01/01/2026 to 31/03/2026", in the language of the page."""
        return self.env._(
            "From %(start)s to %(end)s",
            start=format_date(self.env, self.start_date),
            end=format_date(self.env, self.end_date),
        )

    def _get_closing_text(self):
        """ "Balance on 31/03/2026", in the language of the page."""
        return self.env._(
            "Balance on %(date)s", date=format_date(self.env, self.end_date)
        )

    def _get_pages(self):
        """What is printed: ``(customer, accounts)``, in the customer's language.

        Read for all customers at once.

        :return: list of (``res.partner``, list of accounts, one a currency).
        """
        self.ensure_one()
        customers = self.partner_ids.commercial_partner_id
        accounts = customers._billing_get_statements(
            self.company_id, self.start_date, self.end_date
        )
        return [(customer, accounts[customer]) for customer in customers]
