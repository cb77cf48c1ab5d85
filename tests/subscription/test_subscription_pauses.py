from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionPauses(BillingCommon):
    """Days that are not served, planned or begun, and the day the service resumes."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-01", lines=[(self.support, 1, 310.0)])

    def _pause(self, on, start, end=None, order=None):
        with self._on(on):
            return (order or self.order)._billing_pause(
                date.fromisoformat(start), end and date.fromisoformat(end)
            )

    def _resume(self, on, day, order=None):
        with self._on(on):
            (order or self.order)._billing_resume(date.fromisoformat(day))

    # === Settled === #

    def test_planned_pause_is_left_out_of_the_invoice_to_come(self):
        self._run_on("2026-01-01")
        self._pause("2026-01-15", "2026-03-11", "2026-03-20")
        self.assertEqual(self.order.billing_state, "running")
        self._run_on("2026-02-01")
        self._run_on("2026-03-01")
        self.assertEqual(
            [bill[3] for bill in self._bills(self.order)], [310.0, 310.0, 210.0]
        )

    def test_pause_inside_what_is_billed_is_credited_when_it_begins(self):
        self._run_on("2026-01-01")
        self._pause("2026-01-05", "2026-01-11", "2026-01-20")
        self.assertEqual(str(self.order.billing_next_date), "2026-01-11")
        self.assertFalse(self._run_on("2026-01-10"))
        self._run_on("2026-01-11")
        self.assertEqual(
            self._documents(self.order)[1:], [("out_refund", "2026-01-11", 100.0)]
        )
        self._run_on("2026-01-21")
        self.assertEqual(len(self._bills(self.order)), 2)

    def test_back_dated_pause_is_credited_at_once(self):
        self._run_on("2026-01-01")
        self._pause("2026-01-25", "2026-01-11", "2026-01-20")
        self._run_on("2026-01-25")
        self.assertEqual(
            self._documents(self.order)[1:], [("out_refund", "2026-01-25", 100.0)]
        )

    def test_month_paused_in_full_has_no_entry(self):
        self._pause("2026-01-01", "2026-02-01", "2026-02-28")
        self._run_on("2026-01-01")
        self.assertEqual(str(self.order.billing_next_date), "2026-03-01")
        self.assertFalse(self._run_on("2026-02-01"))
        self.assertEqual(self.order.billing_state, "paused")
        self._run_on("2026-03-01")
        self.assertEqual(
            [bill[1] for bill in self._bills(self.order)], ["2026-01-01", "2026-03-01"]
        )

    def test_open_pause_bills_nothing_until_the_service_resumes(self):
        self._pause("2026-01-01", "2026-02-01")
        self._run_on("2026-01-01")
        self.assertFalse(self.order.billing_next_date)
        self._run_on("2026-02-01")
        self._run_on("2026-03-01")
        self.assertEqual(len(self._bills(self.order)), 1)
        self._resume("2026-03-10", "2026-03-22")
        self.assertEqual(str(self.order.billing_next_date), "2026-03-22")
        self._run_on("2026-03-22")
        self.assertEqual(
            self._bills(self.order)[1:],
            [("2026-03-22", "2026-03-22", "2026-03-31", 100.0)],
        )

    def test_resumption_in_arrears_is_due_at_the_periods_end(self):
        order = self._subscribe(
            "2026-01-01", self.plan_arrears, [(self.support, 1, 310.0)]
        )
        self._pause("2026-01-11", "2026-01-11", order=order)
        self._resume("2026-01-20", "2026-01-22", order=order)
        self._run_on("2026-01-22")
        self.assertFalse(self._bills(order))
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(order), [("2026-02-01", "2026-01-01", "2026-01-31", 200.0)]
        )

    def test_planned_pause_is_dropped_by_an_earlier_resumption(self):
        self._pause("2026-01-05", "2026-02-01", "2026-02-28")
        self._resume("2026-01-06", "2026-01-20")
        self.assertFalse(self.order.billing_pause_ids)
        self._run_on("2026-01-06")
        self._run_on("2026-02-01")
        self.assertEqual([bill[3] for bill in self._bills(self.order)], [310.0] * 2)

    def test_pause_that_moves_the_end_credits_nothing(self):
        plan = self.plan_monthly.sudo().copy(
            {
                "term_length": 2,
                "term_unit": "month",
                "tacit_renewal": False,
                "extend_on_pause": True,
            }
        )
        order = self._subscribe(
            "2026-01-01", plan.sudo(False), [(self.support, 1, 310.0)]
        )
        self._run_on("2026-01-01")
        self._pause("2026-01-11", "2026-01-11", "2026-01-20", order=order)
        for day in ("2026-01-11", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.assertEqual(order.billing_state, "running")
        self._run_on("2026-03-11")
        self.assertEqual(order.billing_state, "closed")
        self.assertEqual(sum(bill[3] for bill in self._bills(order)), 620.0)

    # === States === #

    def test_states_are_rolled_by_the_daily_job(self):
        self._pause("2026-01-05", "2026-01-11", "2026-01-20")
        for day, state in (
            ("2026-01-10", "running"),
            ("2026-01-11", "paused"),
            ("2026-01-20", "paused"),
            ("2026-01-21", "running"),
        ):
            self._run_on(day)
            self.assertEqual(self.order.billing_state, state, day)

    # === Refused === #

    def test_overlapping_pause_is_refused(self):
        self._pause("2026-01-05", "2026-02-01", "2026-02-10")
        for start, end in (
            ("2026-02-10", "2026-02-12"),
            ("2026-01-20", "2026-02-01"),
            ("2026-01-20", None),
        ):
            with (
                self.subTest(start=start, end=end),
                self.assertRaisesRegex(UserError, "already paused from 02/01/2026"),
            ):
                self._pause("2026-01-05", start, end)
        self._pause("2026-01-05", "2026-02-11")

    def test_pause_needs_a_service_that_has_begun(self):
        with self.assertRaisesRegex(UserError, "starts on 01/01/2026"):
            self._pause("2026-01-05", "2025-12-20")
        with self.assertRaisesRegex(UserError, "confirm it first"):
            self._pause("2026-01-05", "2026-01-20", order=self._quote())

    def test_pause_does_not_end_before_it_begins(self):
        with self.assertRaisesRegex(UserError, "before it begins"):
            self._pause("2026-01-05", "2026-01-20", "2026-01-19")

    def test_resuming_what_is_not_paused_is_refused(self):
        with self.assertRaisesRegex(UserError, "nothing to resume"):
            self._resume("2026-01-05", "2026-01-06")
        self._pause("2026-01-05", "2026-01-11", "2026-01-20")
        with self.assertRaisesRegex(UserError, "nothing to resume"):
            self._resume("2026-02-01", "2026-02-01")

    def test_pauses_are_not_written_by_hand(self):
        pause = self._pause("2026-01-05", "2026-01-11")
        for act in (lambda: pause.write({"end_date": "2026-01-20"}), pause.unlink):
            with self.assertRaisesRegex(UserError, "not edited by hand"):
                act()
