from datetime import date

from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingScenarioLocks(BillingCommon):
    """Months that accounting closed before they were billed."""

    def _plan(self, **vals):
        return self.plan_monthly.sudo().copy({"name": "Special", **vals}).sudo(False)

    def test_missed_month_that_was_closed_is_booked_on_the_first_open_day(self):
        order = self._subscribe("2026-01-01")
        self.company.sudo().write(
            {"sale_lock_date": "2026-01-31", "billing_late_date": "scheduled"}
        )
        self._run_on("2026-02-02")
        january, february = self._invoices(order)
        self.assertEqual(
            (str(january.invoice_date), str(january.date)), ("2026-02-02", "2026-02-02")
        )
        self.assertEqual(str(january.invoice_line_ids.billing_period_end), "2026-01-31")
        # Caught up together, both carry the run's day.
        self.assertEqual(str(february.invoice_date), "2026-02-02")
        self.assertEqual(january.state, "posted")

    def test_closed_day_itself_parks_with_its_reason(self):
        order = self._subscribe("2026-01-01")
        self.company.sudo().sale_lock_date = date(2026, 1, 31)
        run = self._run_on("2026-01-15")
        self.assertEqual(run.item_ids.code, "period_locked")
        self.assertFalse(self._invoices(order))
        self.assertTrue(order.billing_is_parked)
        # In February a day is open again: nobody has to do anything.
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(order),
            [
                ("2026-02-01", "2026-01-01", "2026-01-31", 100.0),
                ("2026-02-01", "2026-02-01", "2026-02-28", 100.0),
            ],
        )
        self.assertFalse(order.billing_is_parked)

    def test_each_lock_parks_and_its_opening_bills(self):
        for lock in ("sale_lock_date", "tax_lock_date", "fiscalyear_lock_date"):
            with self.subTest(lock=lock):
                order = self._subscribe(
                    "2026-01-01", partner_id=self._create_customer(lock).id
                )
                self.company.sudo()[lock] = date(2026, 1, 31)
                run = self._run_on("2026-01-15")
                self.assertEqual((run.state, run.parked_count), ("exceptions", 1))
                self.assertEqual(run.item_ids.code, "period_locked")
                self.assertFalse(self._bills(order))
                self.company.sudo()[lock] = False
                run = self._run_on("2026-01-16")
                self.assertEqual((run.state, run.parked_count), ("done", 0))
                self.assertEqual(
                    self._bills(order),
                    [("2026-01-16", "2026-01-01", "2026-01-31", 100.0)],
                )

    def test_closed_month_parks_where_the_plan_says_so(self):
        order = self._subscribe("2026-01-01", plan=self._plan(locked_period="park"))
        self.company.sudo().sale_lock_date = date(2026, 1, 31)
        run = self._run_on("2026-01-15")
        self.assertEqual(run.item_ids.code, "period_locked")
        self.assertFalse(self._invoices(order))
        self.assertFalse(self._bills(order))
        self.company.sudo().sale_lock_date = date(2025, 12, 31)
        self._run_on("2026-01-16")
        self.assertEqual(
            self._bills(order), [("2026-01-16", "2026-01-01", "2026-01-31", 100.0)]
        )
