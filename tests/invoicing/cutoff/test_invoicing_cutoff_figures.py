from odoo import Command
from odoo.tests import tagged

from .common import CutoffCommon


@tagged("post_install", "-at_install")
class TestInvoicingCutoffFigures(CutoffCommon):
    """What is deferred and accrued at a date."""

    # === Billed, not earned === #

    def test_year_in_advance_is_deferred_by_days_and_by_months(self):
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)])
        self._run_on("2026-01-01")
        self.assertEqual(self._sums("2026-01-31", basis="months"), (1100.0, 0.0))
        self.assertEqual(self._sums("2026-01-31", basis="days"), (1098.08, 0.0))
        self.assertEqual(self._sums("2026-12-31", basis="days"), (0.0, 0.0))
        # On the day before the invoice nothing is billed, and nothing began.
        self.assertEqual(self._sums("2025-12-31"), (0.0, 0.0))

    def test_calendar_months_leave_nothing_at_the_end_of_a_month(self):
        self._subscribe("2026-01-01")
        self._run_until("2026-01-01", "2026-01-02")
        self.assertEqual(self._sums("2026-01-31"), (0.0, 0.0))
        self.assertEqual(self._sums("2026-01-10"), (67.74, 0.0))

    def test_each_line_names_what_it_is_made_of(self):
        order = self._subscribe("2026-01-15", self.plan_anniversary)
        self._run_on("2026-01-15")
        cutoff = self._cutoff("2026-01-31")
        (line,) = cutoff.line_ids
        self.assertEqual(
            self._figures(cutoff),
            [("deferred", "2026-01-15", "2026-02-14", 100.0, 45.16)],
        )
        self.assertEqual(line.entry_id, order.sudo().billing_entry_ids)
        self.assertEqual(line.partner_id, self.customer)
        self.assertEqual(line.account_id, self.revenue)
        self.assertEqual(line.earned_amount + line.amount, line.charged_amount)
        self.assertEqual(
            line.with_user(self.user).action_open_source()["res_id"], line.entry_id.id
        )

    def test_draft_counts_when_it_is_posted_and_by_its_date_in_the_books(self):
        plan = self.plan_yearly.sudo().copy({"name": "Drafts", "posting": "draft"})
        order = self._subscribe("2026-01-01", plan, [(self.support, 1, 1200.0)])
        self._run_on("2026-01-01")
        self.assertEqual(self._sums("2026-01-31", basis="months"), (0.0, 100.0))
        with self._on("2026-02-20"):
            self._invoices(order).action_post()
        self.assertEqual(self._sums("2026-01-31", basis="months"), (1100.0, 0.0))

    def test_cancelled_draft_counts_for_nothing(self):
        plan = self.plan_yearly.sudo().copy({"name": "Drafts", "posting": "draft"})
        order = self._subscribe("2026-01-01", plan, [(self.support, 1, 1200.0)])
        self._run_on("2026-01-01")
        with self._on("2026-01-05"):
            self._invoices(order).button_cancel()
        self.assertEqual(self._sums("2026-01-31", basis="months"), (0.0, 100.0))

    def _credit(self, invoice, day, rebill="given_up"):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        with self._on(day):
            wizard = wizard.create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": day,
                    "billing_rebill": rebill,
                }
            )
            wizard.refund_moves()
            credit = wizard.new_move_ids
            if credit.state == "draft":
                credit.action_post()
        return credit

    def test_credit_note_of_the_next_month_does_not_change_the_month_before(self):
        order = self._subscribe(
            "2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)]
        )
        self._run_on("2026-01-01")
        before = self._sums("2026-01-31", basis="months")
        self._credit(self._invoices(order), "2026-02-10")
        self.assertEqual(self._sums("2026-01-31", basis="months"), before)
        # Once it is in the books, charge and credit leave nothing.
        self.assertEqual(self._sums("2026-02-28", basis="months"), (0.0, 0.0))

    def test_credited_period_that_is_billed_again_is_accrued_meanwhile(self):
        order = self._subscribe(
            "2026-01-01", self._at_once(), [(self.support, 1, 1200.0)]
        )
        self._run_on("2026-01-01")
        self._credit(self._invoices(order), "2026-02-10", rebill="again")
        self.assertEqual(self._sums("2026-02-28", basis="months"), (0.0, 200.0))
        self._run_on("2026-03-01")
        self.assertEqual(self._sums("2026-02-28", basis="months"), (0.0, 200.0))
        self.assertEqual(self._sums("2026-03-31", basis="months"), (900.0, 0.0))

    def test_given_up_period_is_earned_by_nothing(self):
        plan = self.plan_arrears.sudo().copy({"name": "Drafts", "posting": "draft"})
        order = self._subscribe(
            "2026-01-01", plan, [(self.support, 1, 100.0), (self.licence, 1, 50.0)]
        )
        self._run_on("2026-02-01")
        self.assertEqual(self._sums("2026-01-31"), (0.0, 150.0))
        line = self._invoices(order).invoice_line_ids[0]
        with self._on("2026-02-02"):
            line.with_context(billing_dropped_line="give_up").unlink()
        self.assertEqual(self._sums("2026-01-31"), (0.0, 50.0))

    def _at_once(self):
        """A year in advance, whose changes are billed on their day."""
        return self.plan_yearly.sudo().copy(
            {"name": "At once", "upgrade": "at_once", "downgrade": "at_once"}
        )

    def test_adjustment_is_spread_over_the_days_it_adjusts(self):
        order = self._subscribe(
            "2026-01-01", self._at_once(), [(self.support, 1, 1200.0)]
        )
        self._run_on("2026-01-01")
        with self._on("2026-03-01"):
            order.order_line._billing_add_version(
                self._day("2026-03-01"), price_unit=2400.0
            )
        self._run_on("2026-03-01")
        charge, rise = order.sudo().billing_entry_ids.sorted("id")
        self.assertEqual(str(rise.period_start), "2026-03-01")
        figures = self._figures(self._cutoff("2026-03-31", basis="days"))
        self.assertEqual(figures[0][4], round(charge.charged_amount * 275 / 365, 2))
        self.assertEqual(figures[1][4], round(rise.charged_amount * 275 / 306, 2))
        # The rise was not in the books of February.
        self.assertEqual(self._sums("2026-02-28"), (round(1200.0 * 306 / 365, 2), 0.0))

    def _open(self, invoice_line=None):
        """A year that was billed before the subscription came to us."""
        order = self._subscribe(
            "2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)]
        )
        line = order.order_line
        known = {line.id: invoice_line} if invoice_line else None
        with self._on("2026-01-05"):
            self.env["billing.invoicing"]._open_ledger(
                {line: self._day("2026-12-31")}, known
            )

    def test_opening_without_a_document_is_cut_off_by_the_system_before(self):
        self._open()
        self.assertEqual(self._sums("2026-01-31", basis="months"), (0.0, 0.0))

    def test_opening_is_spread_by_the_invoice_it_was_opened_with(self):
        with self._on("2026-01-02"):
            invoice = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-01-02",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.support.id,
                                "quantity": 1,
                                "price_unit": 1140.0,
                                "tax_ids": [Command.set(self.tax.ids)],
                            }
                        )
                    ],
                }
            )
            invoice.action_post()
        self._open(invoice.invoice_line_ids)
        self.assertEqual(self._sums("2026-01-31", basis="months"), (1045.0, 0.0))

    # === Earned, not billed === #

    def test_arrears_are_accrued_until_their_invoice(self):
        order = self._subscribe("2026-01-01", self.plan_arrears)
        self.assertEqual(self._sums("2026-01-10"), (0.0, 32.26))
        self.assertEqual(self._sums("2026-01-31"), (0.0, 100.0))
        self._run_on("2026-02-01")
        self.assertEqual(str(self._invoices(order).date), "2026-02-01")
        # The invoice is dated in February: at the end of January it was to come.
        self.assertEqual(self._sums("2026-01-31"), (0.0, 100.0))
        self.assertEqual(self._sums("2026-02-28"), (0.0, 100.0))
        (line,) = self._cutoff("2026-01-31").line_ids
        self.assertFalse(line.entry_id)
        self.assertEqual(line.order_id, order)
        self.assertEqual(line.account_id, self.revenue)
        self.assertEqual(line.action_open_source()["res_id"], order.id)

    def test_forgotten_months_are_accrued_whatever_the_catch_up_limit(self):
        plan = self.plan_monthly.sudo().copy({"name": "Two", "catch_up_limit": 2})
        self._subscribe("2026-01-01", plan)
        self.assertEqual(self._sums("2026-12-31"), (0.0, 1200.0))

    def test_pause_is_not_earned(self):
        order = self._subscribe("2026-01-01", self.plan_arrears)
        with self._on("2026-01-05"):
            order._billing_pause(self._day("2026-01-11"))
        self.assertEqual(self._sums("2026-01-31"), (0.0, 32.26))

    def test_price_with_tax_is_accrued_without_it(self):
        tax = self.tax.sudo().copy(
            {"name": "Included", "price_include_override": "tax_included", "amount": 20}
        )
        self._subscribe(
            "2026-01-01",
            self.plan_arrears,
            [(self.support, 1, 120.0, {"tax_ids": [Command.set(tax.ids)]})],
        )
        self.assertEqual(self._sums("2026-01-31"), (0.0, 100.0))
        self._run_on("2026-02-01")
        self.assertEqual(self._sums("2026-01-31"), (0.0, 100.0))

    def _francs(self):
        currency = self.env["res.currency"].sudo().with_context(active_test=False)
        francs = currency.search([("name", "=", "CHF")])
        francs.active = True
        francs.rate_ids.unlink()
        francs.rate_ids.create(
            [
                {"name": day, "currency_id": francs.id, "rate": rate}
                for day, rate in (("2025-01-01", 2.0), ("2026-01-31", 4.0))
            ]
        )
        pricelist = self.env["product.pricelist"].sudo()
        return pricelist.create({"name": "CHF", "currency_id": francs.id})

    def test_deferred_takes_the_rate_of_the_invoice_and_accrued_that_of_the_day(self):
        pricelist = self._francs()
        self._subscribe(
            "2026-01-01",
            self.plan_yearly,
            [(self.support, 1, 1200.0)],
            pricelist_id=pricelist.id,
        )
        self._subscribe("2026-01-01", self.plan_arrears, pricelist_id=pricelist.id)
        self._run_on("2026-01-01")
        self.assertEqual(self._sums("2026-01-31", basis="months"), (550.0, 25.0))

    # === Whose, and on which account === #

    def test_totals_are_by_account_and_analytic_and_by_customer_when_asked(self):
        plans = self.env["account.analytic.plan"].sudo()
        axis = plans.create({"name": "Sites"})
        accounts = self.env["account.analytic.account"].sudo()
        site = accounts.create({"name": "Rennes", "plan_id": axis.id})
        other = self._create_customer("Le Goff")
        for customer, distribution in (
            (self.customer, {str(site.id): 100}),
            (self.customer, False),
            (other, False),
        ):
            self._subscribe(
                "2026-01-01",
                self.plan_yearly,
                [(self.support, 1, 1200.0, {"analytic_distribution": distribution})],
                partner_id=customer.id,
            )
        self._run_on("2026-01-01")
        cutoff = self._cutoff("2026-01-31", basis="months")
        self.assertEqual(
            sorted(
                (total.analytic_text or "", total.amount, total.line_count)
                for total in cutoff.deferred_total_ids
            ),
            [("", 2200.0, 2), ("Rennes", 1100.0, 1)],
        )
        self.assertFalse(cutoff.accrued_total_ids)
        cutoff.by_partner = True
        totals = cutoff.deferred_total_ids
        self.assertEqual(len(totals), 3)
        for total in totals:
            lines = self.env["billing.cutoff.line"].search(
                total.action_open_lines()["domain"]
            )
            self.assertEqual(sum(lines.mapped("amount")), total.amount)
            self.assertEqual(lines.partner_id, total.partner_id)

    def test_lines_of_both_kinds_add_up_to_what_the_entry_does_to_revenue(self):
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)])
        self._run_on("2026-01-01")
        self._subscribe("2026-01-01", self.plan_arrears)
        cutoff = self._cutoff("2026-01-31")
        both = cutoff.action_open_lines()
        lines = self.env["billing.cutoff.line"].search(both["domain"])
        self.assertTrue(cutoff.accrued_amount and cutoff.deferred_amount)
        self.assertAlmostEqual(
            sum(lines.mapped("revenue_amount")),
            cutoff.accrued_amount - cutoff.deferred_amount,
        )
        views = {name: view_id for view_id, name in both["views"]}
        arch = lines.get_view(views["list"], "list")["arch"]
        self.assertEqual(arch.count('sum="Total"'), 1)
        self.assertIn("revenue_amount", arch)

    def test_revenue_that_is_not_on_an_income_account_is_left_alone(self):
        product = self._create_service(
            "Deferred by hand",
            100.0,
            property_account_income_id=self.deferred_account.id,
        )
        self._subscribe("2026-01-01", self.plan_yearly, [(product, 1, 1200.0)])
        self._run_on("2026-01-01")
        self.assertEqual(self._sums("2026-01-31"), (0.0, 0.0))

    def test_subscription_that_cannot_be_computed_is_named(self):
        order = self._subscribe("2026-01-01", self.plan_arrears)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_line_version SET start_date = '2026-06-01'"
            " WHERE sale_line_id = %s",
            [order.order_line.id],
        )
        self.env.invalidate_all()
        self._subscribe("2026-01-01", self.plan_arrears)
        cutoff = self._cutoff("2026-01-31")
        self.assertIn(order.name, cutoff.fault_text)
        self.assertEqual(cutoff.accrued_amount, 100.0)
