from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingClock(BillingCommon):
    """Days are the company's, whatever the server's clock says."""

    def _live_in(self, zone):
        self.company.partner_id.sudo().tz = zone
        return self._subscribe("2026-02-01")

    def _dates(self, order):
        return [day for _kind, day, _amount in self._documents(order)]

    def test_fourteen_hours_ahead_the_month_begins_the_morning_before(self):
        order = self._live_in("Pacific/Kiritimati")
        self._run_on("2026-02-01")
        self._run_on("2026-02-28", "09:59:59")
        self.assertEqual(self._dates(order), ["2026-02-01"])
        self._run_on("2026-02-28", "10:00:00")
        self.assertEqual(self._dates(order), ["2026-02-01", "2026-03-01"])
        self.assertEqual(set(self._invoices(order).mapped("state")), {"posted"})

    def test_eleven_hours_behind_it_begins_when_others_have_lunch(self):
        order = self._live_in("Pacific/Pago_Pago")
        self._run_on("2026-02-01", "12:00:00")
        self._run_on("2026-03-01", "10:59:59")
        self.assertEqual(self._dates(order), ["2026-02-01"])
        self._run_on("2026-03-01", "11:00:00")
        self.assertEqual(self._dates(order), ["2026-02-01", "2026-03-01"])

    def test_night_of_the_clock_change_bills_each_day_once(self):
        # 29 March 2026: in Paris two o'clock is three o'clock.
        plan = self.plan_monthly.sudo().copy(
            {"name": "Daily", "unit": "day", "billing_day": 0, "first_period": "full"}
        )
        order = self._subscribe("2026-03-28", plan=plan.sudo(False))
        for day in ("2026-03-28", "2026-03-29", "2026-03-30"):
            for time in ("00:30:00", "01:30:00", "02:30:00", "23:30:00"):
                self._run_on(day, time)
        periods = [start for _day, start, _end, _amount in self._bills(order)]
        self.assertEqual(
            periods, ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]
        )

    def test_server_clock_one_day_back_bills_nothing_new_and_loses_nothing(self):
        order = self._subscribe("2026-02-01")
        for day in ("2026-02-01", "2026-03-01"):
            self._run_on(day)
        before = self._bills(order)
        state = order.billing_state, order.billing_next_date, order.billing_until_date
        self.assertFalse(self._run_on("2026-02-28"))
        self.assertEqual(self._bills(order), before)
        self.assertEqual(
            (order.billing_state, order.billing_next_date, order.billing_until_date),
            state,
        )
        self._run_on("2026-04-01")
        self.assertEqual(self._dates(order), ["2026-02-01", "2026-03-01", "2026-04-01"])
