from datetime import date

from odoo import Command
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingScenarioOutages(BillingCommon):
    """Missed periods: how they are billed, up to how many, and on which date."""

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

    def test_outage_in_arrears_of_the_31st_bills_what_has_ended(self):
        order = self._subscribe("2027-12-31", plan=self.plan_arrears)
        self._run_on("2028-04-30")
        self.assertEqual(
            self._bills(order),
            [
                ("2028-04-30", "2027-12-31", "2028-01-30", 100.0),
                ("2028-04-30", "2028-01-31", "2028-02-28", 100.0),
                ("2028-04-30", "2028-02-29", "2028-03-30", 100.0),
                ("2028-04-30", "2028-03-31", "2028-04-29", 100.0),
            ],
        )
        self.assertEqual(len(self._invoices(order)), 4)

    def test_outage_from_the_start_bills_the_fee_on_the_first_document_only(self):
        lines = [(self.setup_fee, 1, 450.0), (self.support, 1, 100.0)]
        for form, amounts in (
            ("per_period", [550.0, 100.0, 100.0]),
            ("one_document", [750.0]),
        ):
            with self.subTest(form=form):
                order = self._subscribe(
                    "2026-01-01",
                    plan=self._plan(catch_up_form=form),
                    lines=lines,
                    partner_id=self._create_customer(form).id,
                )
                self._run_on("2026-03-15")
                self.assertEqual(
                    self._documents(order),
                    [("out_invoice", "2026-03-15", amount) for amount in amounts],
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
                {"run_date": "2026-03-01", "mode": "run"}
            ).action_launch()
            self.env["billing.run.launch"].create(
                {"run_date": "2026-04-20", "mode": "run"}
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
            # February was missed: its invoice and what follows carry the run's day.
            ["2026-01-01", "2026-03-02", "2026-03-02"],
        )

    def test_missed_weeks_carry_one_date_though_the_scheduled_day_is_kept(self):
        self.company.sudo().billing_late_date = "scheduled"
        weekly = self.env.ref("recurring_billing.billing_plan_weekly")
        order = self._subscribe("2026-03-02", plan=weekly)
        self._run_on("2026-03-11")
        self._run_on("2026-03-18")
        self.assertEqual(
            [bill[:2] for bill in self._bills(order)],
            [
                ("2026-03-11", "2026-03-02"),
                ("2026-03-11", "2026-03-09"),
                # Late by two days only.
                ("2026-03-16", "2026-03-16"),
            ],
        )

    # === A date to come === #

    def test_run_for_a_date_to_come_posts_nothing_before_it(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        with self._on("2026-01-20"):
            self.env["billing.run.launch"].create(
                {
                    "run_date": "2026-02-01",
                    "mode": "run",
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
