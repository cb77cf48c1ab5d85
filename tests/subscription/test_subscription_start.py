from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionStart(BillingCommon):
    """What is fixed when a quotation is confirmed, and what a line adds to it."""

    def _periods(self, orders):
        return [bill[:3] for bill in self._bills(orders)]

    # === The customer's own wishes === #

    def test_own_day_moves_the_calendar_plan_of_that_customer_only(self):
        other = self._create_customer("Atelier Nord")
        self.customer.sudo().billing_day = 15
        order = self._subscribe("2026-01-10")
        beside = self._subscribe("2026-01-10", partner_id=other.id)
        self.assertEqual(order.order_line.billing_day, 15)
        self.assertEqual(beside.order_line.billing_day, 1)
        self._run_on("2026-01-10")
        self.assertEqual(
            self._periods(order), [("2026-01-10", "2026-01-10", "2026-01-14")]
        )

    def test_own_day_is_fixed_at_confirmation(self):
        self.customer.sudo().billing_day = 25
        order = self._subscribe("2026-01-10", self.plan_anniversary)
        self._run_on("2026-01-10")
        self.customer.sudo().billing_day = 5
        self._run_on("2026-01-25")
        self.assertEqual(
            self._periods(order),
            [
                ("2026-01-10", "2026-01-10", "2026-01-24"),
                ("2026-01-25", "2026-01-25", "2026-02-24"),
            ],
        )

    def test_own_day_leaves_weeks_alone(self):
        self.customer.sudo().billing_day = 15
        plan = self.env.ref("recurring_billing.billing_plan_weekly")
        order = self._subscribe("2026-01-10", plan)
        self._run_on("2026-01-10")
        self.assertEqual(
            self._periods(order), [("2026-01-10", "2026-01-10", "2026-01-16")]
        )

    def test_another_customer_on_a_running_order_keeps_the_grid(self):
        self.customer.sudo().billing_day = 15
        other = self._create_customer("Atelier Nord", billing_day=20)
        order = self._subscribe("2026-01-15")
        order.write({"partner_id": other.id, "partner_invoice_id": other.id})
        self._run_on("2026-01-15")
        self._run_on("2026-02-15")
        self.assertEqual(
            self._periods(order),
            [
                ("2026-01-15", "2026-01-15", "2026-02-14"),
                ("2026-02-15", "2026-02-15", "2026-03-14"),
            ],
        )

    def test_customer_wants_one_invoice_per_subscription(self):
        self.customer.sudo().billing_grouping = "apart"
        orders = self._subscribe("2026-01-01") | self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        self.assertEqual(self._invoices(orders).mapped("amount_untaxed"), [100.0] * 2)

    def test_customer_wants_one_invoice_per_reference(self):
        self.customer.sudo().billing_grouping = "reference"
        orders = self.env["sale.order"]
        for reference in ("PO 1", "PO 2", "PO 1"):
            orders |= self._subscribe("2026-01-01", client_order_ref=reference)
        self._run_on("2026-01-01")
        self.assertEqual(
            sorted((move.ref, move.amount_untaxed) for move in self._invoices(orders)),
            [("PO 1", 200.0), ("PO 2", 100.0)],
        )

    # === A line of its own === #

    def test_line_on_its_own_plan_keeps_its_own_rhythm(self):
        lines = [
            (self.support, 1, 100.0),
            (self.licence, 1, 600.0, {"billing_plan_id": self.plan_yearly.id}),
        ]
        order = self._subscribe("2026-01-01", lines=lines)
        self.assertEqual(order.billing_recurring_amount, 700.0)
        self.assertEqual(order.billing_monthly_amount, 150.0)
        self._run_on("2026-01-01")
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(order),
            [
                ("2026-01-01", "2026-01-01", "2026-01-31", 100.0),
                ("2026-01-01", "2026-01-01", "2026-12-31", 600.0),
                ("2026-02-01", "2026-02-01", "2026-02-28", 100.0),
            ],
        )

    def test_line_with_its_own_dates_is_billed_for_its_days(self):
        dates = {"billing_start_date": "2026-01-16", "billing_end_date": "2026-02-14"}
        lines = [(self.support, 1, 100.0), (self.licence, 1, 62.0, dates)]
        order = self._subscribe("2026-01-01", lines=lines)
        for day in ("2026-01-01", "2026-01-16", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        licence = self.env["billing.entry"].search(
            [("order_id", "=", order.id), ("product_id", "=", self.licence.id)],
            order="id",
        )
        self.assertEqual(
            [
                (str(e.period_start), str(e.period_end), e.charged_amount)
                for e in licence
            ],
            [("2026-01-16", "2026-01-31", 32.0), ("2026-02-01", "2026-02-14", 31.0)],
        )

    def test_line_added_to_a_running_order_starts_today(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        with self._on("2026-01-22"):
            order.order_line = [
                Command.create({"product_id": self.licence.id, "price_unit": 62.0})
            ]
            self.assertEqual(str(order.billing_next_date), "2026-01-22")
        self._run_on("2026-01-22")
        self.assertEqual(
            self._bills(order)[1:], [("2026-01-22", "2026-01-22", "2026-01-31", 20.0)]
        )

    def test_one_off_line_added_later_goes_out_with_the_next_invoice(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        with self._on("2026-01-22"):
            order.order_line = [
                Command.create({"product_id": self.setup_fee.id, "price_unit": 450.0})
            ]
        self._run_on("2026-01-22")
        self._run_on("2026-02-01")
        self.assertEqual(self._invoices(order).mapped("amount_untaxed"), [100.0, 550.0])

    # === The start, and the end of the term === #

    def test_start_to_come_is_due_on_its_day(self):
        with self._on("2026-01-05"):
            order = self._quote(billing_start_date="2026-02-10")
            order.action_confirm()
            self.assertEqual(str(order.billing_next_date), "2026-02-10")
        self.assertFalse(self._run_on("2026-02-09"))
        self._run_on("2026-02-10")
        self.assertEqual(
            self._periods(order), [("2026-02-10", "2026-02-10", "2026-02-28")]
        )

    def test_empty_start_is_the_day_of_confirmation(self):
        with self._on("2026-01-05"):
            order = self._quote()
        with self._on("2026-01-20"):
            order.action_confirm()
        self.assertEqual(str(order.billing_start_date), "2026-01-20")

    def test_start_in_the_past_asks_and_opens_the_ledger(self):
        with self._on("2026-04-10"):
            quote = self._quote(billing_start_date="2026-01-01")
            with self.assertRaisesRegex(UserError, "4 periods of .* Past periods"):
                quote.action_confirm()
            quote.write(
                {
                    "billing_opening": "already_billed",
                    "billing_opened_until": "2026-03-31",
                }
            )
            quote.action_confirm()
            self.assertEqual(str(quote.billing_next_date), "2026-04-01")
        self._run_on("2026-04-10")
        self.assertEqual(
            self._bills(quote),
            [
                ("", "2026-01-01", "2026-03-31", 0.0),
                ("2026-04-10", "2026-04-01", "2026-04-30", 100.0),
            ],
        )
        self.assertEqual(quote.billing_entry_ids.sorted("id")[0].kind, "opening")

    def test_start_in_the_past_bills_all_periods_if_told_so(self):
        with self._on("2026-03-10"):
            order = self._quote(
                billing_start_date="2026-01-01", billing_opening="bill_all"
            )
            order.action_confirm()
        self._run_on("2026-03-10")
        self.assertEqual(
            self._bills(order),
            [
                ("2026-03-10", "2026-01-01", "2026-01-31", 100.0),
                ("2026-03-10", "2026-02-01", "2026-02-28", 100.0),
                ("2026-03-10", "2026-03-01", "2026-03-31", 100.0),
            ],
        )

    def test_start_in_the_running_period_asks_nothing(self):
        with self._on("2026-01-20"):
            order = self._quote(billing_start_date="2026-01-05")
            order.action_confirm()
            self.assertEqual(str(order.billing_next_date), "2026-01-05")

    def test_opened_until_the_middle_of_a_period_bills_its_rest(self):
        with self._on("2026-04-10"):
            order = self._quote(
                lines=[(self.support, 1, 300.0)],
                billing_start_date="2026-01-01",
                billing_opening="already_billed",
                billing_opened_until="2026-04-20",
            )
            order.action_confirm()
            self.assertEqual(str(order.billing_until_date), "2026-04-20")
        self._run_on("2026-04-10")
        self._run_on("2026-05-01")
        self.assertEqual(
            [bill[1:] for bill in self._bills(order)],
            [
                ("2026-01-01", "2026-04-20", 0.0),
                ("2026-04-21", "2026-04-30", 100.0),
                ("2026-05-01", "2026-05-31", 300.0),
            ],
        )

    def test_term_with_tacit_renewal_goes_on(self):
        order = self._subscribe("2025-02-01", self.plan_yearly)
        self.assertEqual(order.billing_term_end_date, date(2026, 1, 31))
        self._run_on("2025-02-01")
        self._run_on("2026-02-01")
        self.assertEqual(order.billing_state, "running")
        self.assertEqual(len(self._bills(order)), 2)

    def test_term_without_renewal_ends_the_subscription(self):
        plan = self.plan_monthly.sudo().copy(
            {"term_length": 2, "term_unit": "month", "tacit_renewal": False}
        )
        order = self._subscribe("2026-01-01", plan.sudo(False))
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.assertEqual(
            [bill[2] for bill in self._bills(order)], ["2026-01-31", "2026-02-28"]
        )
        self.assertEqual(order.billing_state, "closed")

    # === What cannot start === #

    def test_recurring_product_without_a_plan_is_not_confirmed(self):
        quote = self._quote()
        quote.billing_plan_id = False
        with self.assertRaisesRegex(UserError, "its plan is empty"):
            quote.action_confirm()

    def test_plan_without_a_recurring_line_is_not_confirmed(self):
        quote = self._quote(lines=[(self.setup_fee, 1, 450.0)])
        with self.assertRaisesRegex(UserError, "no recurring line"):
            quote.action_confirm()

    def test_order_cancelled_before_its_first_invoice_starts_afresh(self):
        order = self._subscribe("2026-01-01")
        with self._on("2026-01-01"):
            order._action_cancel()
            order.action_draft()
            self.assertEqual(order.billing_state, "draft")
            order.order_line.price_unit = 80.0
            order.billing_start_date = "2026-02-01"
            order.action_confirm()
        self.assertFalse(self._run_on("2026-01-02"))
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(order), [("2026-02-01", "2026-02-01", "2026-02-28", 80.0)]
        )
