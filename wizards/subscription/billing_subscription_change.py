from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingSubscriptionChange(models.TransientModel):
    """Change a line of a running subscription from a day on."""

    _name = "billing.subscription.change"
    _description = "Change a Subscription"

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    operation = fields.Selection(
        selection=[
            ("terms", "Change a line"),
            ("add", "Add a line"),
            ("end", "End a line"),
        ],
        string="What",
        required=True,
        default="terms",
    )
    effective_date = fields.Date(
        string="From", required=True, help="First day of the new terms."
    )
    line_id = fields.Many2one(
        comodel_name="sale.order.line",
        domain="[('order_id', '=', order_id), ('billing_recurring', '=', True)]",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        domain="[('billing_recurring', '=', True), ('sale_ok', '=', True)]",
    )
    quantity = fields.Float(digits="Product Unit", default=1)
    price_unit = fields.Float(string="Unit price", min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    reason = fields.Char()

    @api.model
    def default_get(self, fields_list):
        vals = super().default_get(fields_list)
        order = self.env["sale.order"].browse(
            vals.get("order_id") or self.env.context.get("active_id")
        )
        vals.setdefault("order_id", order.id)
        vals.setdefault(
            "effective_date", (order.company_id or self.env.company)._billing_today()
        )
        lines = order.order_line.filtered("billing_anchor_date")
        if len(lines) == 1:
            vals.setdefault("line_id", lines.id)
        return vals

    @api.onchange("operation", "line_id", "effective_date")
    def _onchange_line_id(self):
        if self.operation != "add" and self.line_id and self.effective_date:
            version = self.line_id._get_billing_version_on(self.effective_date)
            self.quantity = version.quantity
            self.price_unit = version.price_unit
            self.discount = version.discount

    @api.onchange("operation", "product_id")
    def _onchange_product_id(self):
        if self.operation == "add":
            self.quantity = 1.0
            self.discount = 0.0
            self.price_unit = self._get_product_price()

    def _get_product_price(self):
        """The price of the product in the pricelist and currency of the order."""
        if not self.product_id:
            return 0.0
        return self.order_id.pricelist_id._get_product_price(
            self.product_id,
            self.quantity,
            currency=self.currency_id,
            date=self.effective_date,
        )

    def action_apply(self):
        """Apply the change; the next run settles what was invoiced."""
        self.ensure_one()
        if self.operation == "add":
            self._add_line()
        elif not self.line_id:
            raise UserError(self.env._("Choose the line to change."))
        elif self.operation == "end":
            last_day = fields.Date.subtract(self.effective_date, days=1)
            self.line_id._billing_end_line(last_day)
        else:
            self.line_id._billing_add_version(
                self.effective_date,
                quantity=self.quantity,
                price_unit=self.price_unit,
                discount=self.discount,
                reason=self.reason,
            )
        return {"type": "ir.actions.act_window_close"}

    def _add_line(self):
        if not self.product_id:
            raise UserError(self.env._("Choose the product of the new line."))
        self.env["sale.order.line"].create(self._prepare_line_vals())

    def _prepare_line_vals(self):
        """The values of the line to add."""
        return {
            "order_id": self.order_id.id,
            "product_id": self.product_id.id,
            "product_uom_qty": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "billing_start_date": self.effective_date,
        }
