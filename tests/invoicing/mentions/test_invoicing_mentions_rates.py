import psycopg2

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import MentionsCase


@tagged("post_install", "-at_install")
class TestInvoicingMentionsRates(MentionsCase):
    """The rates of the law, half-year by half-year, each with its source."""

    def _rate(self, day):
        return self.rates._get_of_day(self._day(day))

    def test_the_published_rates_are_there_with_their_sources(self):
        shown = {
            str(rate.date_from): (
                rate.ecb_rate_percent,
                rate.late_rate_percent,
                rate.public_rate_percent,
                rate.legal_professional_percent,
                rate.legal_consumer_percent,
            )
            for rate in self.rates.search([("date_from", "<", "2026-07-01")])
        }
        self.assertEqual(
            shown,
            {
                "2023-01-01": (2.5, 12.5, 10.5, 2.06, 4.47),
                "2023-07-01": (4.0, 14.0, 12.0, 4.22, 6.82),
                "2024-01-01": (4.5, 14.5, 12.5, 5.07, 8.01),
                "2024-07-01": (4.25, 14.25, 12.25, 4.92, 8.16),
                "2025-01-01": (3.15, 13.15, 11.15, 3.71, 7.21),
                "2025-07-01": (2.15, 12.15, 10.15, 2.76, 6.65),
                "2026-01-01": (2.15, 12.15, 10.15, 2.62, 6.67),
            },
        )
        sources = self.rates.search([("date_from", "<", "2026-07-01")])
        self.assertTrue(all(r.ecb_source and r.legal_source for r in sources))

    def test_the_state_follows_the_calendar_and_the_sources(self):
        with self._on("2026-06-30"):
            self.assertEqual(self._rate("2026-06-30").state, "current")
            self.assertEqual(self._rate("2025-12-31").state, "past")
            self.assertEqual(self._rate("2026-07-01").state, "coming")
        self.rates.invalidate_model(["state"])
        with self._on("2026-07-01"):
            self.assertEqual(self._rate("2026-06-30").state, "past")
            self.assertEqual(self._rate("2026-07-01").state, "missing")

    def test_a_figure_without_a_source_is_refused(self):
        rate = self._rate("2026-07-01")
        with self.assertRaisesRegex(ValidationError, "a figure has no source"):
            rate.ecb_rate_percent = 2.0
        with self.assertRaisesRegex(ValidationError, "a figure has no source"):
            rate.legal_consumer_percent = 6.0

    @mute_logger("odoo.sql_db")
    def test_rates_hold_from_january_or_july_and_once(self):
        for day in ("2030-02-01", "2030-01-02", "2026-01-01"):
            with self.assertRaises(psycopg2.Error), self.cr.savepoint():
                self.rates.create({"date_from": day})
                self.env.flush_all()

    def test_published_rates_never_overwrite_what_was_entered(self):
        rate = self._give_rates(ecb=2.4)
        row = {
            "date_from": "2026-07-01",
            "ecb_rate_percent": 9.9,
            "ecb_source": "https://example.org/other",
        }
        self.rates._load_published([row, {"date_from": "2031-01-01"}])
        self.assertEqual(rate.ecb_rate_percent, 2.4)
        self.assertEqual(self._rate("2031-02-01").date_from, self._day("2031-01-01"))

    def test_published_rates_fill_what_was_missing(self):
        row = {
            "date_from": "2026-07-01",
            "ecb_rate_percent": 9.9,
            "ecb_source": "https://example.org/other",
        }
        self.rates._load_published([row])
        self.assertEqual(self._rate("2026-07-01").ecb_rate_percent, 9.9)
        self.assertFalse(self._rate("2026-07-01").legal_source)

    # === The alert === #

    def _tell_managers(self):
        boss = new_test_user(
            self.admin_env,
            login="boss",
            groups="recurring_billing.recurring_billing_group_manager",
        )
        with self._on("2026-11-24"):
            self.rates._cron_check_current()
        return self._rate("2026-07-01").activity_ids.filtered(
            lambda activity: activity.user_id == boss
        )

    def test_managers_are_reminded_once_of_a_missing_half_year(self):
        activity = self._tell_managers()
        self.assertEqual(len(activity), 1)
        self.assertIn(
            "Rate for the second half of 2026 is missing; invoices warn, interest "
            "stops on 06/30/2026.",
            activity.note,
        )
        with self._on("2026-11-25"):
            self.rates._cron_check_current()
        self.assertEqual(
            len(self._rate("2026-07-01").activity_ids),
            len(self._rate("2026-07-01").activity_ids.user_id),
        )

    def test_entered_figures_clear_the_reminders(self):
        self._tell_managers()
        with self._on("2026-11-24"):
            self._give_rates()
        self.assertFalse(self._rate("2026-07-01").activity_ids)

    def test_the_check_opens_the_row_of_a_new_half_year(self):
        with self._on("2027-01-01"):
            self.rates._cron_check_current()
        self.assertTrue(self._rate("2027-01-01").activity_ids)

    def test_a_known_half_year_reminds_nobody(self):
        with self._on("2026-03-01"):
            self.rates._cron_check_current()
        self.assertFalse(self._rate("2026-01-01").activity_ids)

    def test_the_list_says_first_whether_the_rates_are_known(self):
        with self._on("2026-11-24"):
            self.assertEqual(
                self.rates.get_billing_headline([]),
                "Rate for the second half of 2026 is missing; invoices warn, interest "
                "stops on 06/30/2026.",
            )
            self._give_rates()
            self.assertEqual(
                self.rates.get_billing_headline([]),
                "The rates of the second half of 2026 are known.",
            )

    def test_a_missing_legal_rate_alone_is_told_as_such(self):
        self._rate("2026-07-01").write(
            {"ecb_rate_percent": 2.15, "ecb_source": "https://example.org/ecb"}
        )
        with self._on("2026-11-24"):
            self.assertIn(
                "The legal interest rate of the second half of 2026 is missing",
                self.rates.get_billing_headline([]),
            )

    # === The company's own rate === #

    def test_an_own_rate_below_three_times_the_legal_one_is_refused(self):
        with (
            self._on("2026-11-24"),
            self.assertRaisesRegex(ValidationError, r"7.00 % is below 7.86 %"),
        ):
            self.company.sudo().billing_late_rate = 7.0
        with self._on("2026-11-24"):
            self.company.sudo().billing_late_rate = 7.86

    def test_a_negative_rate_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "cannot be negative"):
            self.company.sudo().billing_early_discount = -1.0

    def test_a_seller_elsewhere_sets_its_own_rate(self):
        self.company.sudo().country_id = self.env.ref("base.ch")
        self.company.sudo().billing_late_rate = 5.0
        self.assertEqual(
            float(self.company._get_billing_late_rate(self._day("2026-03-01"))), 5.0
        )
