from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionMirror(BillingCommon):
    """The native fields of a running line show its version, and nobody else's wish."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe(
            "2026-01-01",
            lines=[
                (self.support, 2, 90.0, {"discount": 10.0}),
                (self.setup_fee, 1, 400.0),
            ],
        )
        self.line = self.order.order_line[0]

    def _shown(self):
        line = self.line
        return line.product_uom_qty, line.price_unit, line.discount

    # === Refused === #

    def test_terms_of_a_running_line_are_not_overwritten(self):
        for name, value in (
            ("product_uom_qty", 9.0),
            ("price_unit", 1.0),
            ("discount", 5.0),
            ("product_id", self.licence.id),
            ("billing_plan_id", self.plan_yearly.id),
            ("billing_start_date", "2026-02-01"),
            ("billing_end_date", "2026-02-01"),
            ("billing_day", 5),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, "overwritten"):
                self.line.write({name: value})
            with self.subTest(name), self.assertRaisesRegex(UserError, "overwritten"):
                self.order.order_line = [Command.update(self.line.id, {name: value})]
        self.assertEqual(self._shown(), (2.0, 90.0, 10.0))

    def test_dates_and_plan_of_a_running_order_are_not_overwritten(self):
        for name, value, message in (
            ("billing_start_date", "2026-02-01", "not overwritten"),
            ("billing_end_date", "2026-02-01", "not overwritten"),
            ("billing_next_date", "2026-02-01", "not overwritten"),
            ("billing_plan_id", self.plan_yearly.id, "does not change"),
            ("billing_plan_id", False, "does not change"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, message):
                self.order.write({name: value})

    def test_running_line_is_not_deleted(self):
        with self.assertRaises(UserError):
            self.line.unlink()

    def test_writing_what_is_shown_already_is_no_change(self):
        self.line.write({"product_uom_qty": 2, "price_unit": 90, "name": "Hotline"})
        self.assertEqual(self.line.name, "Hotline")

    def test_one_off_line_of_a_running_order_stays_free(self):
        self.order.order_line[1].price_unit = 380.0
        self.assertEqual(self.order.order_line[1].price_unit, 380.0)

    # === Prices from outside === #

    def test_update_prices_leaves_running_lines_alone(self):
        self.support.sudo().list_price = 120.0
        self.setup_fee.sudo().list_price = 500.0
        self.order.action_update_prices()
        self.assertEqual(self._shown(), (2.0, 90.0, 10.0))
        self.assertEqual(self.order.order_line[1].price_unit, 500.0)

    def test_pricelist_of_a_running_order_stays(self):
        pricelist = self.env["product.pricelist"].sudo().create({"name": "Friends"})
        with self.assertRaisesRegex(UserError, "cannot change the pricelist"):
            self.order.pricelist_id = pricelist.sudo(False)

    def test_update_prices_of_a_quotation_changes_recurring_lines_too(self):
        quote = self._quote()
        self.support.sudo().list_price = 120.0
        quote.action_update_prices()
        self.assertEqual(quote.order_line.price_unit, 120.0)

    # === Moving on === #

    def test_daily_job_shows_the_version_that_begins(self):
        with self._on("2026-01-05"):
            self.line._billing_add_version(
                date(2026, 2, 1), quantity=3, price_unit=95.0, discount=0.0
            )
        self._run_on("2026-01-31")
        self.assertEqual(self._shown(), (2.0, 90.0, 10.0))
        self._run_on("2026-02-01")
        self.assertEqual(self._shown(), (3.0, 95.0, 0.0))
        self.assertEqual(self.order.billing_recurring_amount, 285.0)

    def test_locked_order_moves_on_too(self):
        self.order.locked = True
        with self._on("2026-01-05"):
            self.line._billing_add_version(date(2026, 2, 1), quantity=3)
        self._run_on("2026-02-01")
        self.assertEqual(self._shown(), (3.0, 90.0, 10.0))

    def test_correction_of_a_first_day_to_come_shows_on_that_day(self):
        plan = self.plan_monthly.sudo().copy({"lead_days": 10}).sudo(False)
        with self._on("2026-01-05"):
            self.order = self._quote(plan, billing_start_date="2026-02-01")
            self.order.action_confirm()
        self.line = self.order.order_line
        self._run_on("2026-01-22")
        with self._on("2026-01-23"):
            self.line._billing_add_version(date(2026, 2, 1), quantity=3)
        self.assertEqual(self.line.product_uom_qty, 1.0)
        self._run_on("2026-02-01")
        self.assertEqual(self.line.product_uom_qty, 3.0)

    def test_missed_daily_job_bills_right_all_the_same(self):
        self._run_on("2026-01-01")
        with self._on("2026-01-05"):
            self.line._billing_add_version(date(2026, 2, 1), quantity=3)
        self._run_on("2026-03-01")
        self.assertEqual([b[3] for b in self._bills(self.order)], [162, 243, 243])

    def test_amounts_count_what_runs_today(self):
        order = self._subscribe(
            "2026-01-01", lines=[(self.support, 1, 100.0), (self.licence, 1, 50.0)]
        )
        with self._on("2026-01-02"):
            order.order_line[1]._billing_end_line(self._day("2026-03-31"))
            self.assertEqual(order.billing_monthly_amount, 150.0)
        for day, amount in (("2026-03-31", 150.0), ("2026-06-30", 100.0)):
            with self._on(day):
                self.env["sale.order"]._billing_roll_day()
                order.invalidate_recordset()
                self.assertEqual(order.billing_monthly_amount, amount, day)

    def test_a_line_that_begins_later_counts_from_its_day_on(self):
        order = self._subscribe("2026-01-01")
        with self._on("2026-01-02"):
            order.order_line.create(
                {
                    "order_id": order.id,
                    "product_id": self.licence.id,
                    "price_unit": 50.0,
                    "billing_start_date": "2026-02-01",
                }
            )
            self.assertEqual(order.billing_recurring_amount, 100.0)
        with self._on("2026-02-01"):
            self.env["sale.order"]._billing_roll_day()
            order.invalidate_recordset()
            self.assertEqual(order.billing_recurring_amount, 150.0)
