from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Stable codes of what sets an item aside; their remedies are
#: ``billing.exception.cause`` records.
PARK_CODES = [
    ("no_address", "Billing address missing"),
    ("partner_archived", "Customer archived"),
    ("tax_number_missing", "Tax number of the customer missing"),
    ("currency_inactive", "Currency inactive"),
    ("rate_missing", "Exchange rate missing"),
    ("product_archived", "Product archived"),
    ("account_missing", "Income account missing"),
    ("account_archived", "Income account archived"),
    ("position_account", "Fiscal position without account"),
    ("tax_inactive", "Tax inactive"),
    ("tax_missing", "Line without tax"),
    ("journal_closed", "Sales journal closed"),
    ("period_locked", "Accounting period closed"),
    ("catch_up_limit", "Too many missed periods"),
    ("invalid_terms", "Terms that cannot be computed"),
    ("credit_without_invoice", "Credit without an invoice"),
    ("document_differs", "Invoice differs from the computation"),
    ("already_billed", "Days already billed"),
    ("group_held", "Waits for another subscription"),
    ("refused", "Refused by accounting"),
    ("database_refused", "Refused by the database"),
    ("unexpected", "Unexpected failure"),
    ("crashed", "Interrupted three times"),
]


class BillingRunItem(models.Model):
    """A subscription in a run: billed, parked with its reason, or skipped."""

    _name = "billing.run.item"
    _description = "Billing Run Item"
    _inherit = ("mail.thread", "mail.activity.mixin")
    _order = "run_id desc, id"
    _rec_name = "order_id"
    # Who sees an exception may speak of it.
    _mail_post_access = "read"

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
    attempts = fields.Integer(string="Tries", readonly=True)
    amount = fields.Monetary(string="Amount excl. tax", readonly=True)
    code = fields.Selection(PARK_CODES, readonly=True)
    message = fields.Char(string="Fact", readonly=True)
    trace = fields.Text(
        string="Details",
        readonly=True,
        groups="recurring_billing.recurring_billing_group_manager",
    )
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
    _to_rehearse_idx = models.Index(
        "(run_id, attempts, group_key, id) WHERE state = 'to_rehearse'"
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A run makes thousands of items a night: no thread is opened for them."""
        items = super(BillingRunItem, self.with_context(tracking_disable=True)).create(
            vals_list
        )
        return items.with_env(self.env)

    def write(self, vals):
        """People give an exception an owner; the rest is the service's.

        :raises AccessError: for any other field.
        """
        if not self.env.su and not all(_is_of_people(name) for name in vals):
            raise AccessError(
                self.env._(
                    "The items of a run are written by the run. Mend the cause, then "
                    "retry."
                )
            )
        done = super().write(vals)
        if "user_id" in vals and not self.env.su:
            self.filtered("is_open")._give_activity_to_owner()
        return done

    def action_open_order(self):
        """Open the subscription."""
        self.ensure_one()
        return self.order_id._get_billing_form_action()

    @api.model
    def _get_open_items(self, orders):
        """``{order id: the open parked item}``."""
        items = self.search([("order_id", "in", orders.ids), ("is_open", "=", True)])
        return {item.order_id.id: item for item in items}


def _is_of_people(name):
    """Whether a person may write the field: the owner, messages and activities."""
    return name == "user_id" or name.startswith(("activity_", "message_"))
