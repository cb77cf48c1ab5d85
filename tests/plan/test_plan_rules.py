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

    def test_rhythm_in_words(self):
        self.assertEqual(self.plan_monthly.rhythm_text, "per month")
        self.assertEqual(self._plan(interval=3).rhythm_text, "every 3 months")
        self.assertEqual(self._plan(unit="week").rhythm_text, "per week")
