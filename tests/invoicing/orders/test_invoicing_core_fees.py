from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingCoreFees(BillingCommon):
    """What is not recurring on a subscription is billed once, by run or button."""

    def setUp(self):
        super().setUp()
        self.hours = self._create_service(
            "Hours", 80.0, recurring=False, invoice_policy="delivery"
        )
        self.with_fee = [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        self.with_hours = [(self.support, 1, 100.0), (self.hours, 10, 80.0)]

    def _deliver(self, order, quantity):
        self._line(order, self.hours).qty_delivered = quantity

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _press_button(self, order, **vals):
        """Core's Create Invoice, as the form offers it."""
        wizard = self.env["sale.advance.payment.inv"].create(
            {"sale_order_ids": [Command.set(order.ids)], **vals}
        )
        wizard.create_invoices()
        return self._invoices(order)[-1]

    def _amounts(self, order):
        return self._invoices(order).mapped("amount_untaxed")

    # === The fee === #

    def test_fee_billed_by_button_does_not_ride_on_the_run(self):
        order = self._subscribe("2026-03-01", lines=self.with_fee)
        with self._on("2026-03-01"):
            invoice = self._press_button(order)
        self.assertEqual(invoice.invoice_line_ids.product_id, self.setup_fee)
        self._run_on("2026-03-01")
        self.assertEqual(self._amounts(order), [450.0, 100.0])

    def test_fee_billed_by_run_leaves_the_button_nothing(self):
        order = self._subscribe("2026-03-01", lines=self.with_fee)
        self._run_on("2026-03-01")
        with self._on("2026-03-01"), self.assertRaisesRegex(UserError, "No items"):
            self._press_button(order)
        self._run_on("2026-04-01")
        self.assertEqual(self._amounts(order), [550.0, 100.0])

    def test_fee_in_arrears_goes_out_with_the_first_period(self):
        order = self._subscribe("2026-01-10", self.plan_arrears, lines=self.with_fee)
        self._run_on("2026-01-10")
        self.assertFalse(self._invoices(order))
        self._run_on("2026-02-10")
        self.assertEqual(self._amounts(order), [550.0])

    def test_discounted_fee_keeps_its_discount(self):
        discounted = (self.setup_fee, 1, 450.0, {"discount": 10.0})
        order = self._subscribe(
            "2026-03-01", lines=[(self.support, 1, 100.0), discounted]
        )
        self._run_on("2026-03-01")
        self.assertEqual(self._amounts(order), [505.0])

    def test_fee_on_a_draft_of_the_run_is_not_billed_again(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"}).sudo(False)
        order = self._subscribe("2026-03-01", plan, lines=self.with_fee)
        self._run_on("2026-03-01")
        with self._on("2026-03-01"), self.assertRaisesRegex(UserError, "No items"):
            self._press_button(order)
        self._run_on("2026-04-01")
        self.assertEqual(self._amounts(order), [550.0, 100.0])

    def test_fee_of_a_cancelled_draft_rides_on_the_next_run(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"}).sudo(False)
        order = self._subscribe("2026-03-01", plan, lines=self.with_fee)
        self._run_on("2026-03-01")
        with self._on("2026-03-02"):
            self._invoices(order).button_cancel()
        self._run_on("2026-03-02")
        self.assertEqual(self._amounts(order), [550.0, 550.0])
        self.assertEqual(self._line(order, self.setup_fee).qty_invoiced, 1.0)

    def test_fee_sold_later_rides_on_the_next_invoice(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        with self._on("2026-03-10"):
            order.order_line = [
                Command.create({"product_id": self.setup_fee.id, "price_unit": 450.0})
            ]
        self.assertFalse(self._run_on("2026-03-10"))
        self._run_on("2026-04-01")
        self._run_on("2026-05-01")
        self.assertEqual(self._amounts(order), [100.0, 550.0, 100.0])

    def test_button_bills_the_fee_with_its_own_section_only(self):
        order = self._subscribe("2026-03-01", lines=self.with_fee)
        recurring, fee = order.order_line
        order.write(
            {
                "order_line": [
                    Command.create(
                        {"display_type": kind, "name": name, "sequence": number}
                    )
                    for kind, name, number in (
                        ("line_section", "Each month", 1),
                        ("line_section", "Once", 3),
                    )
                ]
            }
        )
        recurring.sequence, fee.sequence = 2, 4
        order.invalidate_recordset()
        with self._on("2026-03-01"):
            invoice = self._press_button(order)
        self.assertEqual(
            invoice.invoice_line_ids.sorted("sequence").mapped("display_type"),
            ["line_section", "product"],
        )
        self.assertEqual(invoice.invoice_line_ids[0].name, "Once")

    def test_button_on_recurring_lines_only_is_refused(self):
        order = self._subscribe("2026-03-01")
        with self._on("2026-03-01"), self.assertRaisesRegex(UserError, "No items"):
            self._press_button(order)
        self.assertFalse(self._invoices(order))

    # === What was delivered === #

    def test_hours_of_each_month_join_its_invoice(self):
        order = self._subscribe("2026-03-01", lines=self.with_hours)
        for day, delivered in (("03", 3.0), ("04", 3.0), ("05", 5.5)):
            self._deliver(order, delivered)
            self._run_on(f"2026-{day}-01")
        self.assertEqual(self._amounts(order), [340.0, 100.0, 300.0])
        self.assertEqual(self._line(order, self.hours).qty_invoiced, 5.5)

    def test_hours_stay_with_the_button_where_the_plan_says_so(self):
        plan = self.plan_monthly.sudo().copy({"bill_delivered": False}).sudo(False)
        order = self._subscribe(
            "2026-03-01", plan, [*self.with_hours, (self.setup_fee, 1, 450.0)]
        )
        self._deliver(order, 3.0)
        self._run_on("2026-03-01")
        self._run_on("2026-04-01")
        self.assertEqual(self._amounts(order), [550.0, 100.0])
        with self._on("2026-04-02"):
            invoice = self._press_button(order)
        self.assertEqual(invoice.invoice_line_ids.product_id, self.hours)
        self.assertEqual(invoice.amount_untaxed, 240.0)

    def test_hours_alone_make_no_invoice_between_two_periods(self):
        order = self._subscribe("2026-03-01", lines=self.with_hours)
        self._run_on("2026-03-01")
        self._deliver(order, 2.0)
        self.assertFalse(self._run_on("2026-03-15"))
        self.assertEqual(self._amounts(order), [100.0])

    def test_hours_taken_back_are_refunded_alone(self):
        order = self._subscribe("2026-03-01", lines=self.with_hours)
        self._deliver(order, 3.0)
        self._run_on("2026-03-01")
        self._deliver(order, 2.0)
        self._run_on("2026-04-01")
        self.assertEqual(self._amounts(order), [340.0, 100.0])
        with self._on("2026-04-02"):
            refund = self._press_button(order, deduct_down_payments=True)
        self.assertEqual(refund.move_type, "out_refund")
        self.assertEqual(refund.amount_untaxed, 80.0)
        self.assertEqual(refund.invoice_line_ids.product_id, self.hours)

    def test_missed_months_bill_the_hours_once(self):
        order = self._subscribe("2026-01-01", lines=self.with_hours)
        self._deliver(order, 3.0)
        self._run_on("2026-03-01")
        self.assertEqual(self._amounts(order), [340.0, 100.0, 100.0])

    def test_several_orders_at_once_bill_their_fees_only(self):
        orders = self._subscribe("2026-03-01", lines=self.with_fee)
        orders |= self._subscribe("2026-03-01", lines=self.with_fee)
        with self._on("2026-03-01"):
            invoice = self._press_button(orders)
        self.assertEqual(invoice.amount_untaxed, 900.0)
        self.assertEqual(invoice.invoice_line_ids.product_id, self.setup_fee)
