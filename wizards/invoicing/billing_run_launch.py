from odoo import api, fields, models
from odoo.tools.misc import format_date


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
    salesperson_ids = fields.Many2many(
        comodel_name="res.users",
        string="Salespeople",
        domain="[('share', '=', False)]",
    )
    mode = fields.Selection(
        selection=[("rehearse", "Rehearse first"), ("run", "Run at once")],
        required=True,
        default="rehearse",
    )
    due_count = fields.Integer(string="Subscriptions due", compute="_compute_due")
    next_date_text = fields.Char(string="Next date", compute="_compute_due")

    @api.depends("run_date", "plan_ids", "partner_ids", "salesperson_ids")
    def _compute_due(self):
        for wizard in self:
            wizard.due_count = len(wizard._get_orders())
            following = not wizard.due_count and wizard._get_next_date()
            wizard.next_date_text = following and self.env._(
                "Nothing falls due up to this date. The next invoice falls due on "
                "%(date)s.",
                date=format_date(self.env, following),
            )

    def _get_scope(self):
        """What the run is limited to, as ids."""
        self.ensure_one()
        return {
            "companies": self.env.companies.ids,
            "plans": self.plan_ids.ids,
            "customers": self.partner_ids.ids,
            "people": self.salesperson_ids.ids,
        }

    def _get_orders(self):
        if not self.run_date:
            return self.env["sale.order"]
        return self.env["billing.run"]._get_scope_orders(
            self._get_scope(), self.run_date
        )

    def _get_next_date(self):
        return self.env["billing.run"]._get_next_due_date(self._get_scope())

    def _get_scope_text(self):
        names = [
            *self.plan_ids.mapped("name"),
            *self.partner_ids.mapped("name"),
            *self.salesperson_ids.mapped("name"),
        ]
        return ", ".join(names) or False

    def action_launch(self):
        """Rehearse or bill, and show the run."""
        self.ensure_one()
        runs = self.env["billing.run"]
        if self.mode == "rehearse":
            run = runs._plan_rehearsal(
                self.run_date, self._get_scope(), self._get_scope_text()
            )
            run._rehearse()
            return run._get_form_action()
        orders = self._get_orders()
        runs._check_any_due(orders, self._get_scope())
        run = runs._plan_run(
            orders,
            origin="manual",
            run_date=self.run_date,
            scope=self._get_scope_text(),
        )
        run._begin()
        return run._get_form_action()
