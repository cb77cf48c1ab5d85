from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...common import BillingCommon


class CoreInvoicingCommon(BillingCommon):
    """A subscription with a set-up fee and six monthly invoices behind it."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe(
            "2026-01-01",
            lines=[(self.support, 2, 100.0), (self.setup_fee, 1, 450.0)],
        )
        for month in range(1, 7):
            self._run_on(f"2026-{month:02}-01")
        self.line = self.order.order_line.filtered("billing_recurring")

    def _assert_nothing_is_refunded(self):
        self.order.order_line.invalidate_recordset()
        with self.assertRaises(UserError):
            self.order._create_invoices(final=True)
        self.order._force_lines_to_invoice_policy_order()
        self.assertEqual(self.line.qty_to_invoice, 0.0)
        with self.assertRaises(UserError):
            self.order._create_invoices(final=True)
        self.assertFalse(
            self._invoices(self.order).filtered(lambda m: m.move_type == "out_refund")
        )

    def _check_payment_refunds_nothing(self):
        """A card charge that carries the order, with automatic invoicing on."""
        admin = self.env(su=True)
        admin["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        invoice = self._invoices(self.order)[-1]
        provider = admin["payment.provider"].create({"name": "Card", "code": "none"})
        transaction = admin["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": admin.ref("payment.payment_method_unknown").id,
                "reference": "charge",
                "amount": self.order.amount_total,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.customer.id,
                "sale_order_ids": [Command.set(self.order.ids)],
                "invoice_ids": [Command.set(invoice.ids)],
                "state": "done",
            }
        )
        transaction._invoice_sale_orders()
        self.assertEqual(transaction.invoice_ids, invoice)
        transaction.invoice_ids = [Command.clear()]
        transaction._invoice_sale_orders()
        self.assertFalse(
            self._invoices(self.order).filtered(lambda m: m.move_type == "out_refund")
        )


@tagged("post_install", "-at_install")
class TestInvoicingCore(CoreInvoicingCommon):
    """Odoo's own invoicing of the order stays true, and refunds nothing."""

    def test_nothing_is_left_to_invoice_for_core(self):
        for name in (
            "qty_to_invoice",
            "untaxed_amount_to_invoice",
            "amount_to_invoice",
            "amount_to_invoice_at_date",
        ):
            self.assertEqual(self.line[name], 0.0, name)
        self.assertEqual(self.order.amount_to_invoice, 0.0)
        self.assertEqual(self.order.invoice_status, "invoiced")

    def test_what_was_invoiced_is_summed(self):
        self.assertEqual(self.line.qty_invoiced, 12.0)
        self.assertEqual(self.line.qty_invoiced_posted, 12.0)
        self.assertEqual(self.line.untaxed_amount_invoiced, 1200.0)
        total = sum(
            self._invoices(self.order)
            .invoice_line_ids.filtered(lambda line: line.product_id == self.support)
            .mapped("price_total")
        )
        self.assertEqual(self.line.amount_invoiced, total)
        self.assertEqual(
            self.order.amount_invoiced,
            sum(self._invoices(self.order).mapped("amount_total")),
        )

    def test_final_invoice_refunds_nothing(self):
        self._assert_nothing_is_refunded()

    def test_automatic_invoice_of_a_payment_refunds_nothing(self):
        self._check_payment_refunds_nothing()

    def test_status_is_invoiced_from_confirmation_on(self):
        order = self._subscribe("2026-07-01")
        self.assertEqual(order.order_line.invoice_status, "invoiced")
        self.assertEqual(order.invoice_status, "invoiced")

    def test_only_the_fee_counts_as_credit_to_invoice(self):
        self.company.sudo().account_use_credit_limit = True
        customer = self._create_customer("Credit")
        self._subscribe(
            "2026-07-01",
            lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)],
            partner_id=customer.id,
        )
        fee_total = customer.sale_order_ids.order_line.filtered(
            lambda line: line.product_id == self.setup_fee
        ).price_total
        self.assertEqual(customer.sudo().credit_to_invoice, fee_total)

    def test_fee_is_billed_once_by_button_or_run(self):
        lines = [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        for button_first in (True, False):
            with self.subTest(button_first=button_first):
                order = self._subscribe(
                    "2026-07-01",
                    lines=lines,
                    partner_id=self._create_customer("Fee").id,
                )
                if button_first:
                    with self._on("2026-07-01"):
                        order._create_invoices().action_post()
                self._run_on("2026-07-01")
                fees = self._invoices(order).invoice_line_ids.filtered(
                    lambda line: line.product_id == self.setup_fee
                )
                self.assertEqual(sum(fees.mapped("quantity")), 1.0)
                self.assertEqual(
                    sum(self._invoices(order).mapped("amount_untaxed")), 550.0
                )

    def test_delivered_lines_join_each_invoice_if_the_plan_says_so(self):
        hours = self._create_service(
            "Hours", 80.0, recurring=False, invoice_policy="delivery"
        )
        for joins in (True, False):
            with self.subTest(joins=joins):
                plan = self.plan_monthly.sudo().copy({"bill_delivered": joins})
                order = self._subscribe(
                    "2026-07-01",
                    plan=plan.sudo(False),
                    lines=[(self.support, 1, 100.0), (hours, 10, 80.0)],
                    partner_id=self._create_customer("Hours").id,
                )
                order.order_line.filtered(
                    lambda line: line.product_id == hours
                ).qty_delivered = 3.0
                self._run_on("2026-07-01")
                expected = 340.0 if joins else 100.0
                self.assertEqual(self._invoices(order).amount_untaxed, expected)

    def test_down_payment_is_refused_with_the_remedy(self):
        quote = self._quote()
        for method in ("percentage", "fixed"):
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "sale_order_ids": [Command.set(self.order.ids)],
                    "advance_payment_method": method,
                    "amount": 10.0,
                    "fixed_amount": 10.0,
                }
            )
            with self.assertRaisesRegex(UserError, "line of its own"):
                wizard.create_invoices()
        self.assertFalse(quote.invoice_ids)

    def test_thirty_ninth_invoice_costs_no_more_queries_than_the_second(self):
        order = self._subscribe(
            "2026-01-01", partner_id=self._create_customer("Queries").id
        )
        counts = []
        for number in range(39):
            day = f"{2026 + number // 12}-{number % 12 + 1:02}-01"
            with self._on(day):
                run = self.env["billing.run"]._plan_run(order, origin="manual")
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                run._execute_at_once()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(self._invoices(order)), 39)
        self.assertLessEqual(counts[38], counts[1] + 2, counts)

    # === Cancelling and deleting === #

    def test_billed_order_is_neither_cancelled_nor_deleted(self):
        with self.assertRaisesRegex(UserError, "Close it"):
            self.order._action_cancel()
        self.assertEqual(self.order.state, "sale")

    def test_cancelling_one_order_leaves_the_shared_draft_to_the_other(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"}).sudo(False)
        one, two = (self._subscribe("2026-07-01", plan=plan) for _n in range(2))
        self._run_on("2026-07-01")
        draft = self._invoices(one | two)
        self.assertEqual(draft.amount_untaxed, 200.0)
        with self._on("2026-07-02"):
            one._action_cancel()
        self.assertEqual(one.state, "cancel")
        self.assertFalse(one.billing_next_date)
        self.assertEqual((draft.state, draft.amount_untaxed), ("draft", 100.0))
        self.assertEqual(draft.invoice_line_ids.sale_line_ids.order_id, two)

    def test_order_with_void_entries_only_can_be_deleted(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"}).sudo(False)
        order = self._subscribe("2026-07-01", plan=plan)
        self._run_on("2026-07-01")
        with self._on("2026-07-02"):
            order._action_cancel()
            order.sudo().unlink()
        self.assertFalse(order.exists())

    def test_copy_of_an_order_starts_afresh(self):
        copy = self.order.copy()
        self.assertEqual(copy.billing_plan_id, self.order.billing_plan_id)
        self.assertFalse(copy.billing_start_date or copy.billing_next_date)
        self.assertFalse(copy.order_line.billing_version_ids)
        self.assertFalse(any(copy.order_line.mapped("billing_anchor_date")))
        self.assertEqual(copy.billing_state, "draft")


@tagged("post_install", "-at_install", "billing_neighbours")
class TestInvoicingCoreNeighbours(CoreInvoicingCommon):
    """The same where time sheets write the quantity to invoice too."""

    def test_time_sheets_recompute_nothing_on_recurring_lines(self):
        self.assertIn("timesheet_ids", self.line._fields)
        self.line._recompute_qty_to_invoice(False, False)
        self.assertEqual(self.line.qty_to_invoice, 0.0)
        self._assert_nothing_is_refunded()

    def test_automatic_invoice_refunds_nothing_beside_time_sheets(self):
        self._check_payment_refunds_nothing()
