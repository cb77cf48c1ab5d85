from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ....engine.invoice_dates import due_periods
from ...subscription.guards import promise_writer


class SaleOrder(models.Model):
    """How a subscription is invoiced, and what core's own invoicing may still do."""

    _inherit = "sale.order"

    billing_entry_ids = fields.One2many(
        comodel_name="billing.entry", inverse_name="order_id", string="Ledger"
    )
    billing_entry_count = fields.Integer(compute="_compute_billing_counts")
    billing_open_item_id = fields.Many2one(
        comodel_name="billing.run.item",
        string="Parked",
        compute="_compute_billing_counts",
    )
    billing_parked_message = fields.Char(
        string="Why it is parked", compute="_compute_billing_counts"
    )
    billing_is_parked = fields.Boolean(
        string="In exception",
        compute="_compute_billing_counts",
        search="_search_billing_is_parked",
    )
    billing_opening = fields.Selection(
        selection=[
            ("bill_all", "Bill all periods since the start"),
            ("already_billed", "Already billed elsewhere until"),
        ],
        string="Past periods",
        copy=False,
        help="For a subscription that starts in the past.",
    )
    billing_opened_until = fields.Date(
        string="Already billed until",
        copy=False,
        help="Last day that another system billed.",
    )

    @api.depends("billing_entry_ids")
    def _compute_billing_counts(self):
        counts = dict(
            self.env["billing.entry"]._read_group(
                [("order_id", "in", self.ids), ("state", "!=", "void")],
                ["order_id"],
                ["__count"],
            )
        )
        open_items = self.env["billing.run.item"]._get_open_items(self)
        for order in self:
            order.billing_entry_count = counts.get(order._origin, 0)
            order.billing_open_item_id = open_items.get(order._origin.id)
            order.billing_is_parked = bool(order.billing_open_item_id)
            order.billing_parked_message = order.billing_open_item_id.message

    def _search_billing_is_parked(self, operator, value):
        if operator != "in":
            return NotImplemented
        parked = self.env["billing.run.item"]._search([("is_open", "=", True)])
        ids = parked.select("order_id")
        return [("id", "in" if True in value else "not in", ids)]

    # === Core's paths === #

    def _get_invoiceable_lines(self, final=False):
        # EXTENDS sale: the one gate of every native path, whatever wrote the quantity.
        lines = super()._get_invoiceable_lines(final=final)
        return lines.filtered(lambda line: not line.billing_recurring)

    def _force_lines_to_invoice_policy_order(self):
        # EXTENDS sale: it writes the quantity past our compute.
        super()._force_lines_to_invoice_policy_order()
        self.order_line.filtered("billing_recurring").qty_to_invoice = 0.0

    def _create_invoices(self, grouped=False, final=False, date=None):
        # EXTENDS sale: a run that is billing the order would bill the same fee.
        subscriptions = self.filtered("is_billing_subscription")
        subscriptions._billing_lock()
        return super()._create_invoices(grouped=grouped, final=final, date=date)

    def _generate_downpayment_invoices(self):
        # EXTENDS sale
        recurring = self.filtered(
            lambda order: any(order.order_line.mapped("billing_recurring"))
        )
        # A payment of a subscription waits for its first invoice instead.
        return super(SaleOrder, self - recurring)._generate_downpayment_invoices()

    def _prepare_invoice(self):
        # EXTENDS sale: the payment of the quote belongs to the first invoice only.
        vals = super()._prepare_invoice()
        if self.is_billing_subscription:
            payments = self._get_billing_first_payments()
            vals["transaction_ids"] = [Command.set(payments.ids)]
        return vals

    def _get_billing_first_payments(self):
        """What was paid with the quotation and stands on no invoice yet."""
        # Payments are no secret to who may invoice the order.
        return self.sudo().transaction_ids.filtered(
            lambda tx: (
                tx.state in ("pending", "authorized", "done")
                and all(move.state == "cancel" for move in tx.invoice_ids)
            )
        )

    def _action_cancel(self):
        # EXTENDS sale: it would cancel drafts that other subscriptions share.
        subscriptions = self.filtered("billing_anchor_date")
        subscriptions._check_billing_cancellable()
        for order in subscriptions:
            order._billing_leave_shared_drafts()
        res = super()._action_cancel()
        promise_writer(subscriptions).billing_next_date = False
        service = self.env["billing.invoicing"]
        service._solve_settled(dict.fromkeys(subscriptions.ids))
        return res

    def _billing_leave_shared_drafts(self):
        """Take the lines of this order out of drafts that invoice other orders too."""
        self.ensure_one()
        shared = self.order_line.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "draft"
                and line.move_id.line_ids.sale_line_ids.order_id - self
            )
        )
        shared.with_context(billing_dropped_line="later").unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        # Whether there is an entry is no secret to who may delete the order.
        entries = self.sudo().billing_entry_ids
        billed = entries.filtered(lambda entry: entry.state != "void")[:1]
        if billed:
            raise UserError(
                self.env._(
                    "%(order)s was billed and cannot be deleted. Close it instead.",
                    order=billed.order_id.name,
                )
            )
        self.env["billing.invoicing"]._forget_void_entries(entries)

    def _check_billing_cancellable(self):
        for order in self:
            # Whether there is an entry is no secret to who may cancel the order.
            if order.sudo().billing_entry_ids.filtered(lambda e: e.state == "posted"):
                raise UserError(
                    self.env._(
                        "%(order)s was billed and cannot be cancelled. Close it: what "
                        "was paid and not served is credited.",
                        order=order.name,
                    )
                )

    # === Confirming with a past === #

    def _get_billing_confirmation_error(self):
        # EXTENDS the stage of subscriptions: a start in the past is no outage.
        message = super()._get_billing_confirmation_error()
        if message or not self.billing_plan_id or self.billing_opening:
            return message
        today = self.company_id._billing_today()
        for line in self.order_line.filtered("billing_recurring"):
            due = due_periods(line._get_billing_quote_terms(), today)
            if len(due) > 1:
                return self.env._(
                    "%(order)s starts on %(date)s: %(count)s periods of '%(line)s' lie "
                    "in the past. Choose under Past periods whether to bill them or "
                    "until when they were billed.",
                    order=self.name,
                    date=format_date(self.env, due[0].period.start),
                    count=len(due),
                    line=line.product_id.display_name,
                )
        return False

    def _billing_start(self):
        # EXTENDS the stage of subscriptions
        super()._billing_start()
        opened = self.filtered(lambda order: order.billing_opening == "already_billed")
        untils, move_lines = {}, {}
        for line in opened.order_line.filtered("billing_anchor_date"):
            until = line._get_billing_opened_until()
            if until:
                untils[line] = until
        for order in opened:
            move_lines |= order._get_billing_opening_lines()
        if untils:
            self.env["billing.invoicing"]._open_ledger(untils, move_lines)

    def _get_billing_opening_lines(self):
        """The posted invoice line that paid for the opened days, by order line id.

        Linked before the order was confirmed: by Make recurring.
        """
        self.ensure_one()
        found = {}
        for line in self.order_line:
            paid = line.invoice_lines.filtered(
                lambda move_line: (
                    move_line.parent_state == "posted"
                    and move_line.move_id.move_type == "out_invoice"
                )
            )
            if len(paid) == 1:
                found[line.id] = paid
        return found

    def _billing_promise_changed(self):
        # EXTENDS the stage of subscriptions
        super()._billing_promise_changed()
        self.env["billing.invoicing"]._refresh_orders(self)

    # === Runs === #

    def action_billing_invoice_now(self):
        """Bill what is due today, and show it."""
        return self._billing_invoice_now()

    def _billing_invoice_now(self):
        """Bill what is due today for these subscriptions, in this transaction.

        :return: the action that shows the invoices, or what was set aside.
        """
        run = self.env["billing.run"]._plan_run(self, origin="manual")
        run._execute_at_once()
        parked = run.item_ids.filtered("is_open")
        if parked and len(run.item_ids) == 1:
            raise UserError(parked.message)
        if run.invoice_count:
            return run.action_open_invoices()
        return run._get_form_action()

    def _get_billing_group_key(self):
        """Orders with the same key share their invoices."""
        self.ensure_one()
        plan = self.billing_plan_id
        customer = self.partner_id.commercial_partner_id.with_company(self.company_id)
        grouping = customer.billing_grouping or plan.grouping
        parts = [
            self.company_id.id,
            self.partner_invoice_id.id,
            self.partner_shipping_id.id,
            self.currency_id.id,
            (self.journal_id or plan.with_company(self.company_id).journal_id).id,
            self.fiscal_position_id.id,
            self.payment_term_id.id,
            self.preferred_payment_method_line_id.id,
            plan.posting,
            (self.client_order_ref or "") if grouping == "reference" else "",
            self.id if grouping == "apart" else "",
        ]
        return "|".join(str(part or "") for part in parts)

    def _billing_schedule_parked_activity(self, message):
        """One activity for the owner, not one a night."""
        self.ensure_one()
        kind = "recurring_billing.mail_activity_parked"
        if not self.activity_search([kind]):
            # It waits in the owner's list; a mail a night would be noise.
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                kind, note=message, user_id=(self.user_id or self.env.user).id
            )

    def _billing_clear_parked_activity(self):
        self.activity_unlink(["recurring_billing.mail_activity_parked"])

    # === Actions === #

    def _get_billing_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.id,
            "views": [
                (
                    self.env.ref("recurring_billing.sale_order_view_form_billing").id,
                    "form",
                )
            ],
        }

    def action_billing_open_parked(self):
        """Why this subscription is set aside."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.run.item",
            "res_id": self.billing_open_item_id.id,
            "views": [(False, "form")],
        }

    def action_open_billing_periods(self):
        """The ledger of this subscription by month: which days are billed."""
        return {
            **self.action_open_billing_entries(),
            "context": {"group_by": ["period_start:month"]},
        }

    def action_open_billing_entries(self):
        """The ledger of this subscription."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_entry_action"
        )
        return {**action, "domain": [("order_id", "=", self.id)], "context": {}}
