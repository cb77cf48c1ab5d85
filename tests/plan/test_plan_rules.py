import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestPlanRules(BillingCommon):
    """What a plan may say, and how it says it."""

    def _plan(self, **vals):
        return self.env["billing.plan"].sudo().create({"name": "Trial", **vals})

    # === What is refused === #

    def test_values_without_meaning_are_refused_by_the_database(self):
        for vals in (
            {"interval": 0},
            {"catch_up_limit": 0},
            {"timing": "in_arrears", "lead_days": 2},
            {"term_length": -1},
            {"notice_days": -1},
        ):
            with (
                self.subTest(**vals),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.CheckViolation),
                self.cr.savepoint(),
            ):
                self._plan(**vals)

    def test_arrears_may_leave_on_the_last_day_or_later(self):
        self.assertTrue(self._plan(timing="in_arrears", lead_days=1))
        self.assertTrue(self._plan(timing="in_arrears", lead_days=-5))

    def test_day_that_no_month_has_is_refused(self):
        for day in (0, 32, -1):
            with (
                self.subTest(day=day),
                self.assertRaisesRegex(ValidationError, "from 1 to 31"),
            ):
                self._plan(alignment="calendar", billing_day=day)

    def test_customers_own_day_lies_in_a_month(self):
        for day in (32, -1):
            with (
                self.subTest(day=day),
                self.assertRaisesRegex(ValidationError, "no day"),
            ):
                self.customer.sudo().billing_day = day
        self.customer.sudo().billing_day = 31

    def test_goods_are_neither_made_recurring_nor_recurring_made_goods(self):
        goods = self._create_service("Box", 10.0, recurring=False, type="consu")
        with self.assertRaisesRegex(ValidationError, "goods are delivered once"):
            goods.sudo().billing_recurring = True
        with self.assertRaisesRegex(ValidationError, "goods are delivered once"):
            self._create_service("Box", 10.0, type="consu")

    # === What it says === #

    def _next_dates(self, day, plan):
        with self._on(day):
            plan.invalidate_recordset(["next_dates_text"])
            return plan.next_dates_text.splitlines()

    def test_next_dates_keep_the_last_day_of_the_month(self):
        self.assertEqual(
            self._next_dates("2026-01-31", self.plan_anniversary),
            [
                "On 01/31/2026: from 01/31/2026 to 02/27/2026",
                "On 02/28/2026: from 02/28/2026 to 03/30/2026",
                "On 03/31/2026: from 03/31/2026 to 04/29/2026",
                "On 04/30/2026: from 04/30/2026 to 05/30/2026",
            ],
        )

    def test_next_dates_begin_with_the_days_before_the_calendar_day(self):
        self.assertEqual(
            self._next_dates("2026-03-10", self.plan_monthly)[:2],
            [
                "On 03/10/2026: from 03/10/2026 to 03/31/2026",
                "On 04/01/2026: from 04/01/2026 to 04/30/2026",
            ],
        )

    def test_next_dates_in_arrears_follow_their_period(self):
        self.assertEqual(
            self._next_dates("2026-03-10", self.plan_arrears)[0],
            "On 04/10/2026: from 03/10/2026 to 04/09/2026",
        )

    def test_next_dates_of_calendar_quarters_leave_ahead_of_time(self):
        plan = self._plan(
            interval=3, alignment="calendar", billing_month="1", lead_days=10
        )
        self.assertEqual(
            self._next_dates("2026-02-15", plan)[:2],
            [
                "On 02/05/2026: from 02/15/2026 to 03/31/2026",
                "On 03/22/2026: from 04/01/2026 to 06/30/2026",
            ],
        )

    def test_next_dates_of_a_week_day(self):
        plan = self._plan(unit="week", alignment="calendar", billing_weekday="3")
        self.assertEqual(
            self._next_dates("2026-03-10", plan)[:2],
            [
                "On 03/10/2026: from 03/10/2026 to 03/10/2026",
                "On 03/11/2026: from 03/11/2026 to 03/17/2026",
            ],
        )

    def test_rhythm_in_words(self):
        self.assertEqual(self.plan_monthly.rhythm_text, "per month")
        self.assertEqual(self._plan(interval=3).rhythm_text, "every 3 months")
        self.assertEqual(self._plan(unit="week").rhythm_text, "per week")
