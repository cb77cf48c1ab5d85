from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionClose(BillingCommon):
    """The end of a subscription, and taking it back."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-01", lines=[(self.support, 1, 310.0)])

    def _close(self, on, last_day, order=None):
        with self._on(on):
            (order or self.order)._billing_close(
                date.fromisoformat(last_day), self.reason
            )

    def _reopen(self, on, order=None):
        with self._on(on):
            (order or self.order)._billing_reopen()

    def test_close_inside_what_is_billed_gives_a_credit_note(self):
        self._run_on("2026-01-01")
        self._close("2026-01-16", "2026-01-15")
        self.assertEqual(self.order.billing_state, "closed")
        self.assertEqual(self.order.billing_close_reason_id, self.reason)
        self._run_on("2026-01-16")
        self.assertEqual(
            self._documents(self.order)[1:], [("out_refund", "2026-01-16", 160.0)]
        )
        self.assertFalse(self.order.billing_next_date)
        self.assertFalse(self._run_on("2026-02-01"))

    def test_close_to_come_runs_until_its_day(self):
        self._run_on("2026-01-01")
        self._close("2026-01-05", "2026-02-14")
        self._run_on("2026-02-01")
        self.assertEqual(self.order.billing_state, "running")
        self.assertEqual(
            self._bills(self.order)[1:],
            [("2026-02-01", "2026-02-01", "2026-02-14", 155.0)],
        )
        self._run_on("2026-02-14")
        self.assertEqual(self.order.billing_state, "running")
        self._run_on("2026-02-15")
        self.assertEqual(self.order.billing_state, "closed")

    def test_close_before_the_first_invoice_bills_the_days_served(self):
        self._close("2026-01-01", "2026-01-10")
        self._run_on("2026-01-01")
        self.assertEqual(
            self._bills(self.order), [("2026-01-01", "2026-01-01", "2026-01-10", 100.0)]
        )

    def test_close_ends_every_line_whatever_its_plan(self):
        lines = [
            (self.support, 1, 310.0),
            (self.licence, 1, 365.0, {"billing_plan_id": self.plan_yearly.id}),
        ]
        order = self._subscribe("2026-01-01", lines=lines)
        self._run_on("2026-01-01")
        self._close("2026-01-16", "2026-01-15", order)
        self._run_on("2026-01-16")
        self.assertEqual(
            [bill[3] for bill in self._bills(order)], [310.0, 365.0, -160.0, -350.0]
        )

    def test_close_is_refused_without_a_day_it_ran(self):
        with self.assertRaisesRegex(UserError, "starts on 01/01/2026"):
            self._close("2026-01-05", "2025-12-31")
        with self.assertRaisesRegex(UserError, "confirm it first"):
            self._close("2026-01-05", "2026-01-31", self._quote())

    def test_reopened_after_its_credit_bills_the_days_again(self):
        self._run_on("2026-01-01")
        self._close("2026-01-16", "2026-01-15")
        self._run_on("2026-01-16")
        self._reopen("2026-01-20")
        self.assertEqual(self.order.billing_state, "running")
        self.assertFalse(self.order.billing_close_reason_id)
        self._run_on("2026-01-20")
        self._run_on("2026-02-01")
        january = [b[3] for b in self._bills(self.order) if b[1] < "2026-02-01"]
        self.assertEqual(january, [310.0, -160.0, 160.0])
        self.assertEqual(self._bills(self.order)[-1][1:3], ("2026-02-01", "2026-02-28"))

    def test_reopened_contract_without_renewal_ends_with_its_term_again(self):
        plan = self.plan_monthly.sudo().copy(
            {"term_length": 3, "term_unit": "month", "tacit_renewal": False}
        )
        order = self._subscribe("2026-01-01", plan.sudo(False))
        self._close("2026-01-05", "2026-01-31", order)
        self._reopen("2026-01-06", order)
        self.assertEqual(str(order.billing_end_date), "2026-03-31")

    def test_quotation_is_not_reopened(self):
        quote = self._quote()
        with self.assertRaisesRegex(UserError, "confirm it first"):
            self._reopen("2026-01-05", quote)
        self.assertEqual(quote.billing_state, "draft")

    def test_ended_line_comes_off_the_next_invoice(self):
        order = self._subscribe(
            "2026-01-01", lines=[(self.support, 1, 310.0), (self.licence, 1, 62.0)]
        )
        self._run_on("2026-01-01")
        with self._on("2026-01-20"):
            order.order_line[1]._billing_end_line(date(2026, 1, 31))
        self._run_on("2026-02-01")
        self.assertEqual([bill[3] for bill in self._bills(order)], [310.0, 62.0, 310.0])
        with self._on("2026-02-05"):
            order.order_line[1]._billing_end_line(False)
        self._run_on("2026-02-05")
        self.assertEqual(
            self._bills(order)[3:], [("2026-02-05", "2026-02-01", "2026-02-28", 62.0)]
        )

    def test_line_does_not_end_before_it_starts(self):
        with self.assertRaisesRegex(UserError, "starts on 01/01/2026"):
            self.order.order_line._billing_end_line(date(2025, 12, 31))
