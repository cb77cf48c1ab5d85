from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionLife(BillingCommon):
    """Confirming, changing, pausing and closing a subscription."""

    def test_customers_own_day_is_fixed_at_confirmation(self):
        self.customer.sudo().with_company(self.company).billing_day = 25
        order = self._subscribe("2026-01-10", plan=self.plan_anniversary)
        self._run_on("2026-01-10")
        self.customer.sudo().with_company(self.company).billing_day = 5
        self._run_on("2026-01-25")
        self.assertEqual(
            [bill[:3] for bill in self._bills(order)],
            [
                ("2026-01-10", "2026-01-10", "2026-01-24"),
                ("2026-01-25", "2026-01-25", "2026-02-24"),
            ],
        )

    def test_goods_are_not_recurring(self):
        with self.assertRaises(ValidationError):
            self.support.sudo().type = "consu"

    def test_recurring_product_without_a_plan_is_not_confirmed(self):
        quote = self._quote()
        quote.billing_plan_id = False
        with self.assertRaisesRegex(UserError, "its plan is empty"):
            quote.action_confirm()

    def test_start_in_the_past_asks_and_opens_the_ledger(self):
        with self._on("2026-04-10"):
            quote = self._quote(billing_start_date="2026-01-01")
            with self.assertRaisesRegex(UserError, "Past periods"):
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

    def test_running_terms_are_refused_and_move_on_by_themselves(self):
        order = self._subscribe("2026-01-01")
        line = order.order_line
        for name, value in (
            ("price_unit", 1.0),
            ("product_uom_qty", 9),
            ("discount", 5),
        ):
            with self.assertRaisesRegex(UserError, "are not overwritten"):
                line[name] = value
        with self._on("2026-01-05"):
            line._billing_add_version(date(2026, 2, 1), quantity=3)
        self.assertEqual(line.product_uom_qty, 1.0)
        self._run_on("2026-02-01")
        self.assertEqual(line.product_uom_qty, 3.0)

    def test_later_version_refuses_an_earlier_change(self):
        order = self._subscribe("2026-01-01")
        with self._on("2026-01-05"):
            order.order_line._billing_add_version(date(2026, 3, 1), quantity=3)
            with self.assertRaisesRegex(UserError, "already sets the quantity"):
                order.order_line._billing_add_version(date(2026, 2, 1), quantity=2)
            with self.assertRaisesRegex(UserError, "choose a date from then on"):
                order.order_line._billing_add_version(date(2025, 12, 1), quantity=2)

    def test_open_pause_credits_and_resumption_is_due_on_its_day(self):
        order = self._subscribe("2026-01-01", lines=[(self.support, 1, 310.0)])
        self._run_on("2026-01-01")
        with self._on("2026-01-11"):
            order._billing_pause(date(2026, 1, 11))
            self.assertEqual(order.billing_state, "paused")
        self._run_on("2026-01-11")
        with self._on("2026-01-20"):
            order._billing_resume(date(2026, 1, 22))
        self._run_on("2026-01-22")
        self.assertEqual(order.billing_state, "running")
        self.assertEqual(
            [(bill[0], bill[3]) for bill in self._bills(order)],
            [("2026-01-01", 310.0), ("2026-01-11", -210.0), ("2026-01-22", 100.0)],
        )

    def test_line_added_later_starts_on_its_day(self):
        order = self._subscribe("2026-01-01")
        with self._on("2026-01-16"):
            self.env["billing.subscription.change"].create(
                {
                    "order_id": order.id,
                    "operation": "add",
                    "effective_date": "2026-01-17",
                    "product_id": self.licence.id,
                    "quantity": 1,
                    "price_unit": 62.0,
                }
            ).action_apply()
        self._run_on("2026-01-17")
        self.assertIn(
            ("2026-01-17", "2026-01-17", "2026-01-31", 30.0), self._bills(order)
        )

    def test_term_without_renewal_ends_the_subscription(self):
        plan = self.plan_monthly.sudo().copy(
            {"term_length": 2, "term_unit": "month", "tacit_renewal": False}
        )
        order = self._subscribe("2026-01-01", plan=plan.sudo(False))
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.assertEqual(len(self._bills(order)), 2)
        self.assertEqual(order.billing_state, "closed")

    def test_close_needs_a_reason_and_can_be_taken_back(self):
        order = self._subscribe("2026-01-01")
        with self._on("2026-01-05"):
            with self.assertRaisesRegex(UserError, "choose why"):
                order._billing_close(date(2026, 1, 31), self.reason.browse())
            order._billing_close(date(2026, 1, 31), self.reason)
            order._billing_reopen()
            self.assertFalse(order.billing_end_date)
        self._run_on("2026-02-01")
        self.assertEqual(len(self._bills(order)), 2)
