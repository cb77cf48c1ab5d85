from datetime import date, timedelta
from itertools import pairwise

from odoo.tests import tagged

from ...common import BillingCommon


def span(*days):
    """[(first day, last day)] of periods whose boundaries are ``days``."""
    return [
        (first, (date.fromisoformat(following) - timedelta(days=1)).isoformat())
        for first, following in pairwise(days)
    ]


def in_advance(amount, *boundaries):
    """Bills of ``amount`` on the first day of each period."""
    return [(first, first, last, amount) for first, last in span(*boundaries)]


def in_arrears(amount, *boundaries):
    """Bills of ``amount`` on the first day after each period."""
    return [
        (following, first, last, amount)
        for (first, last), following in zip(
            span(*boundaries), boundaries[1:], strict=True
        )
    ]


@tagged("post_install", "-at_install")
class TestInvoicingScenarioPlans(BillingCommon):
    """Fourteen months of each plan that comes with the module."""

    def _subscribe_apart(self, start, plan, price):
        """A subscription of a customer of its own, so that nothing is grouped."""
        return self._subscribe(
            start,
            plan=self.env.ref(f"recurring_billing.billing_plan_{plan}"),
            lines=[(self.support, 1, price)],
            partner_id=self._create_customer(plan).id,
        )

    def _check_documents(self, expected):
        """One posted invoice a bill, on its day, with its period and amount."""
        for order, bills in expected.items():
            invoices = self._invoices(order)
            self.assertEqual(set(invoices.mapped("state")), {"posted"})
            self.assertEqual(
                [
                    (
                        str(line.move_id.invoice_date),
                        str(line.billing_period_start),
                        str(line.billing_period_end),
                        line.move_id.amount_untaxed,
                    )
                    for line in invoices.invoice_line_ids.sorted("id")
                ],
                bills,
            )

    def test_each_plan_bills_its_own_days_and_no_other(self):
        mondays = [
            (date(2027, 2, 1) + timedelta(weeks=number)).isoformat()
            for number in range(62)
        ]
        self.assertEqual(mondays[60], "2028-03-27")
        expected = {
            self._subscribe_apart("2027-02-01", "weekly", 10.0): in_advance(
                10.0, *mondays
            ),
            # The 31st is the month's last day, and comes back after February.
            self._subscribe_apart("2027-01-31", "monthly_advance", 99.0): in_advance(
                99.0,
                "2027-01-31",
                "2027-02-28",
                "2027-03-31",
                "2027-04-30",
                "2027-05-31",
                "2027-06-30",
                "2027-07-31",
                "2027-08-31",
                "2027-09-30",
                "2027-10-31",
                "2027-11-30",
                "2027-12-31",
                "2028-01-31",
                "2028-02-29",
                "2028-03-31",
                "2028-04-30",
            ),
            self._subscribe_apart("2027-02-10", "monthly_arrears", 40.0): in_arrears(
                40.0,
                "2027-02-10",
                "2027-03-10",
                "2027-04-10",
                "2027-05-10",
                "2027-06-10",
                "2027-07-10",
                "2027-08-10",
                "2027-09-10",
                "2027-10-10",
                "2027-11-10",
                "2027-12-10",
                "2028-01-10",
                "2028-02-10",
                "2028-03-10",
            ),
            self._subscribe_apart("2027-02-15", "monthly_first", 80.0): [
                # 14 of the 28 days of February.
                ("2027-02-15", "2027-02-15", "2027-02-28", 40.0),
                *in_advance(
                    80.0,
                    "2027-03-01",
                    "2027-04-01",
                    "2027-05-01",
                    "2027-06-01",
                    "2027-07-01",
                    "2027-08-01",
                    "2027-09-01",
                    "2027-10-01",
                    "2027-11-01",
                    "2027-12-01",
                    "2028-01-01",
                    "2028-02-01",
                    "2028-03-01",
                    "2028-04-01",
                ),
            ],
            self._subscribe_apart("2027-02-28", "quarterly", 300.0): in_advance(
                300.0,
                "2027-02-28",
                "2027-05-28",
                "2027-08-28",
                "2027-11-28",
                "2028-02-28",
                "2028-05-28",
            ),
            self._subscribe_apart("2027-03-31", "half_yearly", 600.0): in_advance(
                600.0,
                "2027-03-31",
                "2027-09-30",
                "2028-03-31",
                "2028-09-30",
            ),
            self._subscribe_apart("2027-03-01", "yearly", 1200.0): in_advance(
                1200.0,
                "2027-03-01",
                "2028-03-01",
                "2029-03-01",
            ),
        }
        self._follow(expected, "2028-03-31")
        self._check_documents(expected)

    def test_month_in_arrears_from_the_31st_ends_before_the_31st(self):
        order = self._subscribe_apart("2028-01-31", "monthly_arrears", 62.0)
        expected = {
            order: in_arrears(
                62.0,
                "2028-01-31",
                "2028-02-29",
                "2028-03-31",
                "2028-04-30",
                "2028-05-31",
            ),
        }
        self._follow(expected, "2028-05-31")
        self._check_documents(expected)
        self.assertEqual(str(order.billing_next_date), "2028-06-30")
        self.assertEqual(str(order.billing_until_date), "2028-05-30")

    def test_year_from_a_leap_day_comes_back_to_it_in_leap_years(self):
        order = self._subscribe_apart("2024-02-29", "yearly", 366.0)
        expected = {
            order: in_advance(
                366.0,
                "2024-02-29",
                "2025-02-28",
                "2026-02-28",
                "2027-02-28",
                "2028-02-29",
                "2029-02-28",
            ),
        }
        self._follow(expected, "2028-03-31")
        self._check_documents(expected)
        self.assertEqual(str(order.billing_next_date), "2029-02-28")

    def test_month_from_a_leap_day_keeps_the_29th(self):
        boundaries = (
            "2024-02-29",
            "2024-03-29",
            "2024-04-29",
            "2024-05-29",
            "2024-06-29",
            "2024-07-29",
            "2024-08-29",
            "2024-09-29",
            "2024-10-29",
            "2024-11-29",
            "2024-12-29",
            "2025-01-29",
            "2025-02-28",
            "2025-03-29",
        )
        expected = {
            self._subscribe_apart("2024-02-29", "monthly_advance", 29.0): in_advance(
                29.0, *boundaries, "2025-04-29"
            ),
            self._subscribe_apart("2024-02-29", "monthly_arrears", 31.0): in_arrears(
                31.0, *boundaries
            ),
        }
        self._follow(expected, "2025-03-31")
        self._check_documents(expected)

    def test_leap_day_is_one_of_the_days_of_a_prorated_february(self):
        order = self._subscribe_apart("2028-02-20", "monthly_first", 290.0)
        # 10 of 29 days.
        expected = {
            order: [
                ("2028-02-20", "2028-02-20", "2028-02-29", 100.0),
                *in_advance(290.0, "2028-03-01", "2028-04-01", "2028-05-01"),
            ]
        }
        self._follow(expected, "2028-04-30")
        self._check_documents(expected)
