from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.mrr import monthly_amount
from ..plan.numbers import as_decimal
from .guards import changes, promise_writer, writes_promise

#: Written by the subscription's own methods once it runs.
PROMISE_DATES = (
    "billing_start_date",
    "billing_anchor_date",
    "billing_end_date",
    "billing_term_end_date",
    "billing_next_date",
    "billing_until_date",
    "company_id",
)

#: Set when the subscription starts or ends, empty on a quotation.
FIXED_BY_START = (
    "billing_anchor_date",
    "billing_end_date",
    "billing_term_end_date",
    "billing_next_date",
    "billing_until_date",
    "billing_close_reason_id",
)


class SaleOrder(models.Model):
    """A confirmed order with a plan is a subscription."""

    _inherit = "sale.order"

    billing_plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Plan",
        compute="_compute_billing_plan_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        help="With a plan the order is a subscription: confirmed once, it invoices "
        "itself for each billing period.",
    )
    is_billing_subscription = fields.Boolean(
        string="Subscription",
        compute="_compute_is_billing_subscription",
        store=True,
        index=True,
    )
    billing_state = fields.Selection(
        selection=[
            ("draft", "Quotation"),
            ("running", "Running"),
            ("paused", "Paused"),
            ("closed", "Closed"),
        ],
        string="State of the subscription",
        compute="_compute_billing_state",
        store=True,
        copy=False,
        tracking=True,
        index=True,
    )
    billing_start_date = fields.Date(
        string="Start",
        copy=False,
        help="First day of the subscription; empty: the day it is confirmed.",
    )
    billing_anchor_date = fields.Date(string="Anchor", copy=False, readonly=True)
    billing_end_date = fields.Date(
        string="Last day", copy=False, readonly=True, tracking=True
    )
    billing_term_end_date = fields.Date(
        string="End of the term", copy=False, readonly=True
    )
    billing_close_reason_id = fields.Many2one(
        comodel_name="billing.close.reason",
        string="Close reason",
        copy=False,
        readonly=True,
        tracking=True,
    )
    billing_pause_ids = fields.One2many(
        comodel_name="billing.pause",
        inverse_name="order_id",
        string="Pauses",
        copy=False,
    )
    billing_next_date = fields.Date(
        string="Next invoice", copy=False, readonly=True, index="btree_not_null"
    )
    billing_until_date = fields.Date(string="Billed until", copy=False, readonly=True)
    billing_recurring_amount = fields.Monetary(
        string="Recurring",
        compute="_compute_billing_amounts",
        store=True,
        help="Untaxed amount of one period of each recurring line.",
    )
    billing_monthly_amount = fields.Monetary(
        string="Per month", compute="_compute_billing_amounts", store=True
    )

    @api.depends("order_line.product_id", "sale_order_template_id")
    def _compute_billing_plan_id(self):
        for order in self:
            if order.billing_plan_id or order.state not in ("draft", "sent"):
                continue
            order.billing_plan_id = order._get_billing_usual_plan()

    def _get_billing_usual_plan(self):
        """The plan of the quotation template, else of the products."""
        self.ensure_one()
        plan = self.sale_order_template_id.billing_plan_id
        return plan or self.order_line.product_id.billing_plan_id[:1]

    @api.onchange("sale_order_template_id")
    def _onchange_sale_order_template_id(self):
        # EXTENDS sale_management: the plan comes with the lines of the template.
        res = super()._onchange_sale_order_template_id()
        if self.sale_order_template_id:
            plan = self._get_billing_usual_plan()
            if plan or not any(self.order_line.product_id.mapped("billing_recurring")):
                self.billing_plan_id = plan
        return res

    @api.depends("billing_plan_id", "state")
    def _compute_is_billing_subscription(self):
        for order in self:
            order.is_billing_subscription = bool(
                order.billing_plan_id and order.state == "sale"
            )

    @api.depends("billing_plan_id", "state")
    def _compute_billing_state(self):
        for order in self:
            if not order.billing_plan_id or order.state == "cancel":
                order.billing_state = False
            elif order.state != "sale":
                order.billing_state = "draft"
            elif order.billing_state in (False, "draft"):
                order.billing_state = "running"
            else:
                # From here on the first job of the company's day rolls it.
                order.billing_state = order.billing_state

    @api.depends(
        "order_line.price_subtotal",
        "order_line.billing_recurring",
        "order_line.billing_plan_id",
        "order_line.billing_start_date",
        "order_line.billing_end_date",
        "billing_plan_id",
    )
    def _compute_billing_amounts(self):
        for order in self:
            recurring = monthly = 0
            for line in order.order_line.filtered("billing_recurring"):
                if not line._is_billing_in_force():
                    continue
                amount = as_decimal(line.price_subtotal)
                unit, interval = line._get_billing_rhythm()
                recurring += amount
                monthly += monthly_amount(amount, unit=unit, interval=interval)
            order.billing_recurring_amount = order.currency_id.round(float(recurring))
            order.billing_monthly_amount = order.currency_id.round(float(monthly))

    @api.onchange("partner_id")
    def _onchange_partner_id_billing_contact(self):
        contact = self.partner_id.commercial_partner_id.billing_contact_id
        if self.billing_plan_id and contact:
            self.partner_invoice_id = contact

    # === CRUD === #

    def write(self, vals):
        if any(
            order.is_billing_subscription and changes(order, vals, ["billing_plan_id"])
            for order in self
        ):
            raise UserError(
                self.env._(
                    "The plan of a running subscription does not change: its billing "
                    "periods would overlap. End the line and add one on the other plan."
                )
            )
        if not writes_promise(self.env):
            for order in self.filtered("billing_anchor_date"):
                if changes(order, vals, PROMISE_DATES):
                    raise UserError(
                        self.env._(
                            "%(order)s runs: its company and dates are not "
                            "overwritten. Use Close to end it.",
                            order=order.name,
                        )
                    )
        return super().write(vals)

    def _get_update_prices_lines(self):
        # EXTENDS sale: a running line has the price of its version.
        lines = super()._get_update_prices_lines()
        return lines.filtered(lambda line: not line.billing_anchor_date)

    # === CONFIRMING === #

    def _confirmation_error_message(self):
        # EXTENDS sale
        message = super()._confirmation_error_message()
        return message or self._get_billing_confirmation_error()

    def _get_billing_confirmation_error(self):
        """Why this quote cannot start as a subscription, or False."""
        self.ensure_one()
        if not self.billing_plan_id:
            stray = self.order_line.filtered(
                lambda line: line.product_id.billing_recurring and not line.display_type
            )[:1]
            if stray:
                return self.env._(
                    "Line '%(line)s' is recurring but its plan is empty; choose a "
                    "plan on the line or on the quote.",
                    line=stray.product_id.display_name,
                )
            return False
        if not self.order_line.filtered("billing_recurring"):
            return self.env._(
                "%(order)s has a plan but no recurring line. Add a recurring product "
                "or remove the plan.",
                order=self.name,
            )
        self.order_line.filtered("billing_recurring")._check_billing_promise()
        return False

    def _action_confirm(self):
        # EXTENDS sale
        res = super()._action_confirm()
        self.filtered("billing_plan_id")._billing_start()
        return res

    def action_draft(self):
        # EXTENDS sale: a cancelled subscription is a quotation again.
        self.filtered(
            lambda order: order.state == "cancel" and order.billing_anchor_date
        )._billing_forget_start()
        return super().action_draft()

    def _billing_forget_start(self):
        """Take back what confirming fixed; nothing of it was billed."""
        orders = promise_writer(self)
        orders.billing_pause_ids.unlink()
        for order in orders:
            lines = order.order_line.filtered("billing_anchor_date")
            lines._billing_forget_start(order.billing_start_date)
        orders.write(dict.fromkeys(FIXED_BY_START, False))

    def _billing_start(self):
        """Start the subscriptions: anchor, term, first versions, next invoice date."""
        for order in self:
            start = order._get_billing_start()
            plan = order.billing_plan_id
            vals = {"billing_start_date": start}
            if plan.term_length:
                vals["billing_term_end_date"] = order._get_billing_term_end(start)
                if not plan.tacit_renewal:
                    vals["billing_end_date"] = vals["billing_term_end_date"]
            order.write(vals)
            order.order_line.filtered("billing_recurring")._billing_start_lines()
            promise_writer(order).billing_anchor_date = start
        self._billing_promise_changed()

    def _get_billing_start(self):
        self.ensure_one()
        return self.billing_start_date or self.company_id._billing_today()

    # === What the stages below add to === #

    def _billing_promise_changed(self):
        """Called after any change of what is promised, with the order locked.

        The stage of invoicing recomputes here when the next invoice is due.
        """

    def _billing_lock(self):
        """Lock the orders against the run and other writers of their promise.

        :raises LockError: when they are being billed or changed right now.
        """
        self.lock_for_update()
