from odoo.tests import Form, tagged

from ..common import BillingCommon

#: Values of a calendar plan, and what its sentence says on 24/11/2026.
RHYTHMS = [
    (
        {"billing_day": 31},
        (
            "on the last day of the month for the month that starts; a start on "
            "12/15 pays 16 days of 31"
        ),
    ),
    (
        {"billing_day": 15},
        (
            "on day 15 of the month for the month that starts; a start on 12/18 "
            "pays 28 days of 31"
        ),
    ),
    (
        {"interval": 3},
        (
            "on January 1, April 1, July 1, October 1 each year for the 3 months "
            "that start; a start on 12/15 pays 17 days of 92"
        ),
    ),
    (
        {"interval": 5},
        (
            "on the 1st every 5 months for the 5 months that start; a start on "
            "12/15 pays 48 days of 153"
        ),
    ),
    (
        {"unit": "year", "billing_month": "7"},
        (
            "on July 1 each year for the year that starts; a start on 12/15 pays "
            "198 days of 365"
        ),
    ),
    (
        {"unit": "year", "interval": 2},
        (
            "on January 1 every 2 years for the 2 years that start; a start on "
            "12/15 pays 382 days of 730"
        ),
    ),
    (
        {"unit": "week"},
        "on a Monday for the week that starts; a start on Thursday pays 4 days of 7",
    ),
    (
        {"unit": "week", "interval": 2},
        (
            "on a Monday every 2 weeks for the 2 weeks that start; a start on "
            "Thursday pays 11 days of 14"
        ),
    ),
]


@tagged("post_install", "-at_install")
class TestPlanWords(BillingCommon):
    """What a plan says of its rule, and of a start today."""

    def _plan(self, **vals):
        vals = {"name": "Trial", "alignment": "calendar", **vals}
        return self.env["billing.plan"].sudo().create(vals)

    # === For a start today === #

    def _next_dates(self, day, plan):
        with self._on(day):
            plan.invalidate_recordset(["next_dates_text"])
            return plan.next_dates_text.splitlines()

    def test_next_dates_keep_the_last_day_of_the_month(self):
        self.assertEqual(
            self._next_dates("2026-01-31", self.plan_anniversary),
            [
                "On 01/31/2026 for 01/31/2026 – 02/27/2026.",
                "On 02/28/2026 for 02/28/2026 – 03/30/2026.",
                "On 03/31/2026 for 03/31/2026 – 04/29/2026.",
                "On 04/30/2026 for 04/30/2026 – 05/30/2026.",
            ],
        )

    def test_next_dates_begin_with_the_days_before_the_calendar_day(self):
        self.assertEqual(
            self._next_dates("2026-03-10", self.plan_monthly)[:2],
            [
                "On 03/10/2026 for 10–31 March 2026: 22 of 31 days.",
                "On 04/01/2026 for April 2026.",
            ],
        )

    def test_next_dates_in_arrears_follow_their_period(self):
        self.assertEqual(
            self._next_dates("2026-03-10", self.plan_arrears)[0],
            "On 04/10/2026 for 03/10/2026 – 04/09/2026.",
        )

    def test_next_dates_of_calendar_quarters_leave_ahead_of_time(self):
        plan = self._plan(interval=3, lead_days=10)
        self.assertEqual(
            self._next_dates("2026-02-15", plan)[:2],
            [
                "On 02/05/2026 for 02/15/2026 – 03/31/2026: 45 of 90 days.",
                "On 03/22/2026 for 04/01/2026 – 06/30/2026.",
            ],
        )

    def test_next_dates_of_a_week_day(self):
        plan = self._plan(unit="week", billing_weekday="3")
        self.assertEqual(
            self._next_dates("2026-03-10", plan)[:2],
            [
                "On 03/10/2026 for 10 March 2026: 1 of 7 days.",
                "On 03/11/2026 for 11–17 March 2026.",
            ],
        )

    def test_next_dates_tell_that_the_first_days_are_free(self):
        self.assertEqual(
            self._next_dates("2026-03-10", self._plan(first_period="free"))[:2],
            ["10–31 March 2026: free.", "On 04/01/2026 for April 2026."],
        )

    def test_next_dates_tell_that_the_first_days_are_paid_in_full(self):
        for vals in ({"first_period": "full"}, {"proration_basis": "none"}):
            with self.subTest(**vals):
                self.assertEqual(
                    self._next_dates("2026-03-10", self._plan(**vals))[0],
                    "On 03/10/2026 for 10–31 March 2026, in full.",
                )

    def test_next_dates_merge_the_first_days_with_the_next_period(self):
        self.assertEqual(
            self._next_dates("2026-03-10", self._plan(first_period="merged"))[:2],
            [
                "On 04/01/2026 for 03/10/2026 – 04/30/2026, together.",
                "On 05/01/2026 for May 2026.",
            ],
        )

    # === The rule in one sentence === #

    def _summary(self, **vals):
        with self._on("2026-11-24"):
            return self._plan(**vals).summary

    def test_month_in_advance_says_what_a_start_pays(self):
        with self._on("2026-11-24"):
            self.plan_monthly.invalidate_recordset(["summary"])
            self.assertEqual(
                self.plan_monthly.summary,
                "Invoiced on the 1st for the month that starts; a start on 12/15 pays "
                "17 days of 31.",
            )

    def test_sentence_follows_timing_and_days_ahead(self):
        for vals, moment in (
            ({"timing": "in_arrears"}, "on the 1st for the month that ends"),
            (
                {"timing": "in_arrears", "lead_days": 1},
                "1 day before the 1st for the month that ends",
            ),
            ({"lead_days": 10}, "10 days before the 1st for the month that starts"),
            ({"lead_days": -1}, "1 day after the 1st for the month that starts"),
            ({"lead_days": -5}, "5 days after the 1st for the month that starts"),
        ):
            with self.subTest(**vals):
                self.assertEqual(
                    self._summary(**vals),
                    f"Invoiced {moment}; a start on 12/15 pays 17 days of 31.",
                )

    def test_sentence_follows_the_rhythm(self):
        for vals, sentence in RHYTHMS:
            with self.subTest(**vals):
                self.assertEqual(self._summary(**vals), f"Invoiced {sentence}.")

    def test_sentence_follows_the_day_count(self):
        for basis, end in (
            ("30_360", "pays 16 days of 30."),
            ("actual_30", "pays 17 days of 30."),
            ("none", "pays the period in full."),
        ):
            with self.subTest(basis=basis):
                self.assertIn(
                    f"a start on 12/15 {end}", self._summary(proration_basis=basis)
                )

    def test_sentence_follows_the_first_period(self):
        for first, end in (
            ("full", "pays the period in full."),
            ("free", "has 17 days free."),
            ("merged", "pays 17 days of 31 with the next period."),
        ):
            with self.subTest(first=first):
                self.assertIn(
                    f"a start on 12/15 {end}", self._summary(first_period=first)
                )

    def test_anniversary_has_a_shorter_sentence(self):
        for vals, moment in (
            ({}, "when each month starts"),
            ({"timing": "in_arrears"}, "when each month is over"),
            ({"interval": 3}, "when each span of 3 months starts"),
            ({"unit": "year", "lead_days": 30}, "30 days before each year starts"),
            (
                {"timing": "in_arrears", "lead_days": 1},
                "on the last day of each month",
            ),
            (
                {"timing": "in_arrears", "lead_days": -3},
                "3 days after each month is over",
            ),
            ({"unit": "day", "interval": 10}, "when each span of 10 days starts"),
        ):
            with self.subTest(**vals):
                self.assertEqual(
                    self._summary(alignment="anniversary", **vals),
                    f"Invoiced {moment}, counted from the day of the start.",
                )

    def test_every_plan_has_a_sentence_on_every_day_of_a_leap_year(self):
        plans = self.env["billing.plan"]
        for unit in ("day", "week", "month", "year"):
            for day in (1, 2, 14, 15, 16, 30, 31):
                plans |= self._plan(
                    unit=unit, billing_day=day, billing_weekday=str(day % 7 + 1)
                )
        with self._on("2028-02-29"):
            plans.invalidate_recordset()
            self.assertTrue(all(plan.summary for plan in plans))
            self.assertFalse([p.summary for p in plans if " 1 days" in p.summary])

    def test_half_typed_plan_says_nothing(self):
        with Form(self.env["billing.plan"].sudo()) as form:
            form.name = "Trial"
            form.timing = "in_arrears"
            form.lead_days = 5
            self.assertFalse(form.next_dates_text)
            form.lead_days = 0
            self.assertTrue(form.next_dates_text)
