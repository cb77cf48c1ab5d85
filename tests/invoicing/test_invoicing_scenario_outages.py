from datetime import date

from odoo import Command
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingScenarioOutages(BillingCommon):
    """Late runs, closed months, mixed orders and totals below zero."""

    def _plan(self, **vals):
        return self.plan_monthly.sudo().copy({"name": "Special", **vals}).sudo(False)

    # === Outage === #

    def test_outage_gives_one_invoice_a_period_of_the_same_date(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        run = self._run_on("2026-04-20")
        self.assertEqual(run.invoice_count, 3)
        self.assertEqual(
            self._bills(order),
            [
                ("2026-01-01", "2026-01-01", "2026-01-31", 100.0),
                ("2026-04-20", "2026-02-01", "2026-02-28", 100.0),
                ("2026-04-20", "2026-03-01", "2026-03-31", 100.0),
                ("2026-04-20", "2026-04-01", "2026-04-30", 100.0),
            ],
        )
        numbers = self._invoices(order).mapped("name")
        self.assertEqual(numbers, sorted(numbers))
        self.assertFalse(self._run_on("2026-04-21"))

    def test_outage_gives_one_invoice_with_a_line_a_period(self):
        order = self._subscribe(
            "2026-01-01", plan=self._plan(catch_up_form="one_document")
        )
        self._run_on("2026-01-01")
        self._run_on("2026-04-20")
        self.assertEqual(
            self._documents(order),
            [
                ("out_invoice", "2026-01-01", 100.0),
                ("out_invoice", "2026-04-20", 300.0),
            ],
        )
        self.assertEqual(
            [
                str(line.billing_period_start)
                for line in self._invoices(order)[-1].invoice_line_ids
            ],
            ["2026-02-01", "2026-03-01", "2026-04-01"],
        )

    def test_missed_periods_bill_the_price_of_their_own_time(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        with self._on("2026-01-02"):
            order.order_line._billing_add_version(date(2026, 3, 1), price_unit=120.0)
        self._run_on("2026-04-20")
        self.assertEqual([bill[3] for bill in self._bills(order)][1:], [100, 120, 120])

    def test_more_missed_periods_than_the_limit_wait_for_a_person(self):
        order = self._subscribe("2026-01-01", plan=self._plan(catch_up_limit=2))
        self._run_on("2026-01-01")
        run = self._run_on("2026-04-20")
        self.assertEqual((run.state, run.parked_count), ("exceptions", 1))
        self.assertEqual(run.item_ids.code, "catch_up_limit")
        self.assertEqual(len(self._invoices(order)), 1)
        with self._on("2026-04-20"):
            self.env["billing.run.launch"].create(
                {"run_date": "2026-03-01"}
            ).action_launch()
            self.env["billing.run.launch"].create(
                {"run_date": "2026-04-20"}
            ).action_launch()
        self.assertEqual(len(self._invoices(order)), 4)
        self.assertEqual(self._invoices(order)[-1].invoice_date, date(2026, 4, 20))
        self.assertFalse(order.billing_is_parked)

    def test_late_run_may_keep_the_scheduled_day_within_the_month(self):
        self.company.sudo().billing_late_date = "scheduled"
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-05")
        self._run_on("2026-03-02")
        self.assertEqual(
            [bill[0] for bill in self._bills(order)],
            # February was missed: its invoice is dated of the run, in March.
            ["2026-01-01", "2026-03-02", "2026-03-01"],
        )

    # === Mixed orders === #

    def test_set_up_fee_and_yearly_line_beside_a_monthly_one(self):
        order = self._subscribe(
            "2026-01-10",
            lines=[
                (self.setup_fee, 1, 450.0),
                (self.support, 2, 31.0),
                (self.licence, 1, 600.0, {"billing_plan_id": self.plan_yearly.id}),
            ],
        )
        for day in ("2026-01-10", "2026-02-01", "2027-01-01", "2027-01-10"):
            self._run_on(day)
        documents = self._documents(order)
        # 22 of 31 days of 62.00, the year's licence and the fee, once.
        self.assertEqual(documents[0], ("out_invoice", "2026-01-10", 1094.0))
        self.assertEqual(documents[1], ("out_invoice", "2026-02-01", 62.0))
        self.assertEqual(documents[-1], ("out_invoice", "2027-01-10", 600.0))
        fees = self._invoices(order).invoice_line_ids.filtered(
            lambda line: line.product_id == self.setup_fee
        )
        self.assertEqual(len(fees), 1)
        self.assertFalse(fees.billing_period_start)

    def test_subscriptions_of_a_customer_share_an_invoice(self):
        orders = self._subscribe("2026-01-01") | self._subscribe("2026-01-01")
        alone = self._subscribe("2026-01-01", plan=self._plan(grouping="apart"))
        self._run_on("2026-01-01")
        shared = self._invoices(orders)
        self.assertEqual(len(shared), 1)
        self.assertEqual(shared.amount_untaxed, 200.0)
        self.assertEqual(self._invoices(alone).amount_untaxed, 100.0)

    # === Closed month === #

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
        self.assertEqual(str(february.invoice_date), "2026-02-01")
        self.assertEqual(january.state, "posted")

    def test_closed_day_itself_parks_with_its_reason(self):
        order = self._subscribe("2026-01-01")
        self.company.sudo().sale_lock_date = date(2026, 1, 31)
        run = self._run_on("2026-01-15")
        self.assertEqual(run.item_ids.code, "period_locked")
        self.assertFalse(self._invoices(order))

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

    # === Below zero === #

    def test_credit_of_a_close_is_a_note_on_the_invoice_it_corrects(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        invoice = self._invoices(order)
        with self._on("2026-01-11"):
            order._billing_close(date(2026, 1, 10), self.reason)
        self._run_on("2026-01-11")
        credit = self._invoices(order) - invoice
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.reversed_entry_id, invoice)
        # 21 of 31 days come back, with a positive price.
        self.assertEqual(credit.amount_untaxed, 67.74)
        self.assertGreater(credit.invoice_line_ids.price_unit, 0)
        self.assertEqual(
            credit.invoice_line_ids.tax_ids, invoice.invoice_line_ids.tax_ids
        )
        self.assertFalse(order.billing_next_date)
        self.assertEqual(order.billing_state, "closed")

    def test_credit_is_carried_over_to_the_next_invoice(self):
        order = self._subscribe(
            "2026-01-01",
            plan=self._plan(credit_policy="carry_over"),
            lines=[(self.support, 1, 310.0)],
        )
        self._run_on("2026-01-01")
        with self._on("2026-01-11"):
            order._billing_pause(date(2026, 1, 11), date(2026, 1, 20))
        run = self._run_on("2026-01-11")
        self.assertFalse(run.invoice_count)
        self.assertEqual(len(self._bills(order)), 1)
        self._run_on("2026-02-01")
        self.assertEqual(
            self._documents(order)[1:], [("out_invoice", "2026-02-01", 210.0)]
        )

    # === A date to come === #

    def test_run_for_a_date_to_come_posts_nothing_before_it(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        with self._on("2026-01-20"):
            self.env["billing.run.launch"].create(
                {
                    "run_date": "2026-02-01",
                    "partner_ids": [Command.set([self.customer.id])],
                }
            ).action_launch()
        invoice = self._invoices(order)[-1]
        self.assertEqual(
            (invoice.state, invoice.auto_post, str(invoice.invoice_date)),
            ("draft", "at_date", "2026-02-01"),
        )
        self.assertFalse(self._run_on("2026-02-01"))
        with self._on("2026-02-01"), self.enter_registry_test_mode():
            self.env.ref(
                "account.ir_cron_auto_post_draft_entry"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(
            invoice.sudo().invoice_line_ids.billing_entry_ids.state, "posted"
        )
