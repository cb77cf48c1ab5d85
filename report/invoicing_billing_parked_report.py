from odoo import fields, models
from odoo.tools import SQL


class BillingParkedReport(models.Model):
    """How long subscriptions were set aside, and why."""

    _name = "billing.parked.report"
    _description = "Parked Time"
    _auto = False
    _order = "parked_since desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    plan_id = fields.Many2one(comodel_name="billing.plan", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Owner", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    code = fields.Selection(
        selection=lambda self: (
            self.env["billing.run.item"]
            ._fields["code"]
            ._description_selection(self.env)
        ),
        string="Cause",
        readonly=True,
    )
    is_open = fields.Boolean(string="Waiting", readonly=True)
    parked_since = fields.Date(string="Set aside on", readonly=True)
    solved_date = fields.Date(string="Mended on", readonly=True)
    days = fields.Float(
        string="Days set aside",
        aggregator="avg",
        readonly=True,
        digits=(16, 1),
        help="Until it was mended, or until today.",
    )
    case_count = fields.Integer(string="Exceptions", readonly=True)

    @property
    def _table_query(self):
        # A retry that fails leaves an item without an end: the last one tells all.
        return SQL(
            """
            SELECT item.id, item.order_id, item.partner_id, item.plan_id, item.user_id,
                   item.company_id, item.code, item.is_open, item.parked_since,
                   item.solved_at::date AS solved_date,
                   GREATEST(COALESCE(item.solved_at::date, CURRENT_DATE)
                            - item.parked_since, 0) AS days,
                   1 AS case_count
              FROM billing_run_item item
             WHERE item.parked_since IS NOT NULL
               AND (item.is_open OR item.solved_at IS NOT NULL)
            """
        )
