from datetime import date

from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingScenarioMixed(BillingCommon):
    """Several lines, several subscriptions, and totals below zero."""

    def _plan(self, **vals):
        return self.plan_monthly.sudo().copy({"name": "Special", **vals}).sudo(False)

    # === Mixed orders === #

    def test_set_up_fee_and_yearly_line_beside_a_monthly_one(self):
        order = self._subscribe(
            "2027-01-10",
            lines=[
                (self.setup_fee, 1, 450.0),
                (self.support, 2, 31.0),
                (self.licence, 1, 600.0, {"billing_plan_id": self.plan_yearly.id}),
            ],
        )
        months = [(2027, month) for month in range(2, 13)] + [(2028, 1), (2028, 2)]
        firsts = [date(year, month, 1).isoformat() for year, month in months]
        lasts = [f"2027-{month}" for month in ("02-28", "03-31", "04-30", "05-31")]
        lasts += [f"2027-{month}" for month in ("06-30", "07-31", "08-31", "09-30")]
        lasts += ["2027-10-31", "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29"]
        bills = [
            # 22 of the 31 days of January.
            ("2027-01-10", "2027-01-10", "2027-01-31", 44.0),
            ("2027-01-10", "2027-01-10", "2028-01-09", 600.0),
            *(
                (first, first, last, 62.0)
                for first, last in zip(firsts, lasts, strict=True)
            ),
        ]
        bills.insert(-1, ("2028-01-10", "2028-01-10", "2029-01-09", 600.0))
        self._follow({order: bills}, "2028-02-29")
        self.assertEqual(
            self._documents(order),
            [
                # With the fee, once.
                ("out_invoice", "2027-01-10", 1094.0),
                *(("out_invoice", first, 62.0) for first in firsts[:-1]),
                ("out_invoice", "2028-01-10", 600.0),
                ("out_invoice", "2028-02-01", 62.0),
            ],
        )
        fees = self._invoices(order).invoice_line_ids.filtered(
            lambda line: line.product_id == self.setup_fee
        )
        self.assertEqual(len(fees), 1)
        self.assertFalse(fees.billing_period_start)

    def test_fee_of_a_free_first_period_is_billed_without_it(self):
        order = self._subscribe(
            "2026-01-10",
            plan=self._plan(first_period="free"),
            lines=[(self.setup_fee, 1, 450.0), (self.support, 1, 100.0)],
        )
        self._run_on("2026-01-10")
        self._run_on("2026-02-01")
        self.assertEqual(
            self._documents(order),
            [
                ("out_invoice", "2026-01-10", 450.0),
                ("out_invoice", "2026-02-01", 100.0),
            ],
        )
        entries = self.env["billing.entry"].search([("order_id", "=", order.id)])
        self.assertEqual(
            sorted(
                (str(entry.period_start), entry.kind, entry.charged_amount)
                for entry in entries
            ),
            [
                ("2026-01-10", "charge", 0.0),
                ("2026-01-10", "waiver", 0.0),
                ("2026-02-01", "charge", 100.0),
            ],
        )

    def test_subscriptions_of_a_customer_share_an_invoice(self):
        orders = self._subscribe("2026-01-01") | self._subscribe("2026-01-01")
        alone = self._subscribe("2026-01-01", plan=self._plan(grouping="apart"))
        self._run_on("2026-01-01")
        shared = self._invoices(orders)
        self.assertEqual(len(shared), 1)
        self.assertEqual(shared.amount_untaxed, 200.0)
        self.assertEqual(self._invoices(alone).amount_untaxed, 100.0)

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

    def test_credit_carried_over_waits_for_an_invoice_that_holds_it(self):
        yearly = self.plan_yearly.sudo().copy({"downgrade": "at_once"})
        order = self._subscribe(
            "2026-01-01",
            plan=self._plan(credit_policy="carry_over"),
            lines=[
                (self.support, 1, 100.0),
                (self.licence, 12, 100.0, {"billing_plan_id": yearly.id}),
            ],
        )
        self._run_on("2026-01-01")
        licence = order.order_line.filtered(
            lambda line: line.product_id == self.licence
        )
        with self._on("2026-06-30"):
            licence._billing_add_version(date(2026, 7, 1), quantity=6)
        for month in range(2, 13):
            self._run_on(f"2026-{month:02}-01")
        self.assertEqual({amount for *_, amount in self._documents(order)[1:]}, {100.0})
        self._run_on("2027-01-01")
        # 100 + 600 less 6 licences for 184 of 365 days.
        self.assertEqual(
            self._documents(order)[-1], ("out_invoice", "2027-01-01", 397.53)
        )

    def test_credit_carried_over_becomes_a_note_at_the_close(self):
        order = self._subscribe(
            "2026-01-01", plan=self._plan(credit_policy="carry_over")
        )
        self._run_on("2026-01-01")
        invoice = self._invoices(order)
        with self._on("2026-01-11"):
            order._billing_close(date(2026, 1, 10), self.reason)
        self._run_on("2026-01-11")
        self.assertEqual(
            self._documents(order)[1:], [("out_refund", "2026-01-11", 67.74)]
        )
        self.assertEqual(self._invoices(order)[-1].reversed_entry_id, invoice)
