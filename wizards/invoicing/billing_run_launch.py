from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingRunLaunch(models.TransientModel):
    """Launch a run by hand, for a date and a scope."""

    _name = "billing.run.launch"
    _description = "Launch a Billing Run"

    run_date = fields.Date(
        string="Bill what is due by",
        required=True,
        default=lambda self: self.env.company._billing_today(),
        help="With a date to come, the invoices are made now and posted on that date.",
    )
    plan_ids = fields.Many2many(comodel_name="billing.plan", string="Plans")
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Customers")
    due_count = fields.Integer(string="Subscriptions due", compute="_compute_due_count")

    @api.depends("run_date", "plan_ids", "partner_ids")
    def _compute_due_count(self):
        for wizard in self:
            wizard.due_count = len(wizard._get_orders())

    def _get_orders(self):
        self.ensure_one()
        domain = [("company_id", "in", self.env.companies.ids)]
        if self.plan_ids:
            domain.append(("billing_plan_id", "in", self.plan_ids.ids))
        if self.partner_ids:
            domain.append(("partner_id", "child_of", self.partner_ids.ids))
        return self.env["billing.run"]._get_due_orders(self.run_date, domain)

    def _get_scope(self):
        names = [*self.plan_ids.mapped("name"), *self.partner_ids.mapped("name")]
        return ", ".join(names) or False

    def action_launch(self):
        """Bill now and show the run."""
        self.ensure_one()
        orders = self._get_orders()
        if not orders:
            raise UserError(self.env._("Nothing falls due up to this date."))
        run = self.env["billing.run"]._plan_run(
            orders,
            origin="manual",
            run_date=self.run_date,
            scope=self._get_scope(),
        )
        run._execute_at_once()
        return run._get_form_action()
