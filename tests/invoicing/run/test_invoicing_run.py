from datetime import date

from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingRun(BillingCommon):
    """The scheduled action, as the accountant sees its result."""

    def test_first_run_bills_the_prorated_first_month(self):
        order = self._subscribe("2026-03-10", lines=[(self.support, 1, 1000.0)])
        run = self._run_on("2026-03-10")
        self.assertEqual(run.state, "done")
        self.assertEqual(
            self._bills(order), [("2026-03-10", "2026-03-10", "2026-03-31", 709.68)]
        )
        invoice = self._invoices(order)
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.amount_untaxed, 709.68)
        self.assertIn("22/31", invoice.invoice_line_ids.name)
        self.assertEqual(str(order.billing_next_date), "2026-04-01")
        self.assertEqual(str(order.billing_until_date), "2026-03-31")

    def test_second_run_of_the_day_creates_nothing(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.assertFalse(self._run_on("2026-03-01"))
        self.assertEqual(len(self._invoices(order)), 1)

    def test_upgrade_rides_on_the_next_invoice(self):
        order = self._subscribe("2026-04-01", lines=[(self.support, 10, 30.0)])
        self._run_on("2026-04-01")
        with self._on("2026-04-16"):
            order.order_line._billing_add_version(date(2026, 4, 16), quantity=15)
        self._run_on("2026-04-16")
        self.assertEqual(len(self._invoices(order)), 1)
        self._run_on("2026-05-01")
        self.assertEqual(
            self._bills(order)[1:],
            [
                ("2026-05-01", "2026-04-16", "2026-04-30", 75.0),
                ("2026-05-01", "2026-05-01", "2026-05-31", 450.0),
            ],
        )
        self.assertEqual(self._invoices(order)[-1].amount_untaxed, 525.0)
