from datetime import date
from decimal import Decimal

from odoo.tests import tagged

from .common import PolicyCommon


@tagged("post_install", "-at_install")
class TestDunningPolicyCalendar(PolicyCommon):
    """The days on which a customer is left in peace, and the policy as a value."""

    def setUp(self):
        super().setUp()
        self.policy = self.policies["standard"]
        self.france = self.env.ref("base.fr")

    def _calendar(self, country=None, policy=None, year=2026):
        return (policy or self.policy)._billing_get_calendar(
            date(year, 1, 1), date(year, 12, 31), country, self.company
        )

    def _rest(self, day, **vals):
        days = self.env["billing.rest.day"].with_user(self.manager)
        return days.create({"name": "Closed", "date": day, **vals})

    def test_french_holidays_are_rest_days(self):
        calendar = self._calendar(self.france)
        # New Year, Easter Monday, 1 and 8 May, Ascension, Whit Monday, 14 July,
        # Assumption, All Saints, Armistice, Christmas.
        self.assertEqual(
            sorted(calendar.holidays),
            [
                date(2026, 1, 1),
                date(2026, 4, 6),
                date(2026, 5, 1),
                date(2026, 5, 8),
                date(2026, 5, 14),
                date(2026, 5, 25),
                date(2026, 7, 14),
                date(2026, 8, 15),
                date(2026, 11, 1),
                date(2026, 11, 11),
                date(2026, 12, 25),
            ],
        )

    def test_the_day_after_a_long_weekend_is_the_next_open_one(self):
        calendar = self._calendar(self.france)
        # Good Friday is a working day, Easter Monday is none.
        self.assertTrue(calendar.is_open(date(2026, 4, 3)))
        self.assertEqual(calendar.next_open(date(2026, 4, 4)), date(2026, 4, 7))

    def test_the_customers_country_counts(self):
        germany = self._calendar(self.env.ref("base.de"))
        self.assertIn(date(2026, 10, 3), germany.holidays)
        self.assertNotIn(date(2026, 7, 14), germany.holidays)

    def test_a_customer_without_country_rests_with_the_company(self):
        self.assertEqual(self._calendar(None), self._calendar(self.france))

    def test_a_country_that_is_not_known_has_no_holiday(self):
        islands = self.env["res.country"].sudo().create({"name": "Isles", "code": "XZ"})
        self.assertEqual(self._calendar(islands).holidays, frozenset())

    def test_holidays_are_those_of_each_year_asked_for(self):
        calendar = self.policy._billing_get_calendar(
            date(2026, 12, 20), date(2027, 1, 10), self.france, self.company
        )
        self.assertIn(date(2026, 12, 25), calendar.holidays)
        self.assertIn(date(2027, 1, 1), calendar.holidays)

    def test_a_policy_may_work_on_holidays(self):
        policy = self._create_policy(use_holidays=False, rest_days="none")
        calendar = self._calendar(self.france, policy)
        self.assertTrue(calendar.is_open(date(2026, 7, 14)))
        self.assertTrue(calendar.is_open(date(2026, 7, 19)))

    def test_rest_on_sundays_leaves_saturdays_open(self):
        policy = self._create_policy(rest_days="sunday")
        calendar = self._calendar(self.france, policy)
        self.assertTrue(calendar.is_open(date(2026, 7, 18)))
        self.assertFalse(calendar.is_open(date(2026, 7, 19)))

    def test_own_rest_days_count_for_their_company_and_country(self):
        self._rest("2026-08-03")
        self._rest("2026-08-04", company_id=False)
        self._rest("2026-08-05", country_id=self.env.ref("base.de").id)
        other = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        self.env["billing.rest.day"].sudo().create(
            {"name": "Theirs", "date": "2026-08-06", "company_id": other.id}
        )
        found = self._calendar(self.france).holidays
        self.assertEqual(
            {day for day in found if day.month == 8 and day.day < 10},
            {date(2026, 8, 3), date(2026, 8, 4)},
        )

    def test_a_policy_is_the_engines_value(self):
        value = self.policy._billing_to_engine()
        self.assertEqual(
            [level.delay for level in value.levels], [-5, 3, 10, 20, 30, 45]
        )
        self.assertEqual((value.grace, value.smallest), (2, Decimal(10)))
        self.assertEqual((value.contacts_a_week, value.first_shift), (1, 5))
        self.assertEqual(value.calendar.weekdays_off, {6, 7})
        notice = value.levels[4]
        self.assertEqual((notice.channel, notice.formal), ("registered", True))
        self.assertFalse(notice.automatic)
        self.assertTrue(value.levels[1].automatic)

    def test_the_conditions_of_a_step_reach_the_engine(self):
        policy = self._create_policy(
            levels=[{"amount_from": 50, "invoices_from": 2, "payer_class": "risky"}]
        )
        [level] = policy._billing_to_engine(self._calendar()).levels
        self.assertEqual((level.amount_from, level.invoices_from), (Decimal(50), 2))
        self.assertEqual(level.payer_classes, {"risky"})
