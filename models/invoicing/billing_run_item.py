from odoo import api, fields, models
from odoo.exceptions import UserError

#: Stable codes of what sets an item aside, with what a person can do about it.
PARK_CODES = [
    ("no_address", "Billing address missing"),
    ("partner_archived", "Customer archived"),
    ("currency_inactive", "Currency inactive"),
    ("rate_missing", "Exchange rate missing"),
    ("product_archived", "Product archived"),
    ("period_locked", "Accounting period closed"),
    ("catch_up_limit", "Too many missed periods"),
    ("invalid_terms", "Terms that cannot be computed"),
    ("document_differs", "Invoice differs from the computation"),
    ("already_billed", "Days already billed"),
    ("group_held", "Waits for another subscription"),
    ("refused", "Refused by accounting"),
    ("unexpected", "Unexpected failure"),
    ("crashed", "Interrupted three times"),
]


class BillingRunItem(models.Model):
    """A subscription in a run: billed, parked with its reason, or skipped."""

    _name = "billing.run.item"
    _description = "Billing Run Item"
    _order = "run_id desc, id"
    _rec_name = "order_id"

    run_id = fields.Many2one(
        comodel_name="billing.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Subscription",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True
    )
    plan_id = fields.Many2one(related="order_id.billing_plan_id", store=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Owner", help="Who looks after it."
    )
    state = fields.Selection(
        selection=[
            ("pending", "Pending"),
            ("done", "Done"),
            ("parked", "Parked"),
            ("skipped", "Nothing due"),
        ],
        required=True,
        readonly=True,
        default="pending",
    )
    group_key = fields.Char(
        readonly=True, help="Items with the same key share invoices."
    )
    shard = fields.Integer(
        readonly=True, help="Who is invoiced: lanes share customers among them."
    )
    scheduled_date = fields.Date(string="Due on", readonly=True)
    attempts = fields.Integer(readonly=True)
    amount = fields.Monetary(string="Amount excl. tax", readonly=True)
    code = fields.Selection(PARK_CODES, string="Cause", readonly=True)
    message = fields.Char(string="Fact", readonly=True)
    trace = fields.Text(string="Details", readonly=True)
    is_open = fields.Boolean(
        string="Waiting",
        readonly=True,
        index=True,
        help="Parked and not mended yet; one per subscription.",
    )
    parked_since = fields.Date(readonly=True)
    solved_at = fields.Datetime(readonly=True)

    _one_open_per_order = models.UniqueIndex(
        "(order_id) WHERE is_open", "A subscription is set aside once."
    )
    _pending_idx = models.Index(
        "(run_id, attempts, group_key, id) WHERE state = 'pending'"
    )

    def action_retry(self):
        """Bill the parked subscriptions again, now."""
        waiting = self.filtered("is_open")
        if not waiting:
            raise UserError(
                self.env._("Nothing here is waiting any more: it was billed meanwhile.")
            )
        return waiting.order_id._billing_invoice_now()

    def action_open_order(self):
        """Open the subscription."""
        self.ensure_one()
        return self.order_id._get_billing_form_action()

    @api.model
    def _get_open_items(self, orders):
        """``{order id: the open parked item}``."""
        items = self.search([("order_id", "in", orders.ids), ("is_open", "=", True)])
        return {item.order_id.id: item for item in items}
