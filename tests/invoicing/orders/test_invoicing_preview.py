from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingPreview(BillingCommon):
    """What is announced is what the runs then bill."""

    def _announced(self, order, count=4):
        previews = self.env["billing.preview"]._get_previews(order, count)[order]
        return [(str(p.day), p.untaxed, p.total) for p in previews]

    # === Quotation === #

    def test_quote_announces_the_days_of_the_first_month_and_the_fee(self):
        with self._on("2026-11-24"):
            quote = self._quote(
                lines=[(self.support, 1, 1070.0), (self.setup_fee, 1, 450.0)],
                billing_start_date="2026-12-15",
            )
            self.assertEqual(
                quote._get_billing_first_text(),
                "First invoice on 12/15/2026: $\N{NO-BREAK SPACE}1,036.77 excl. tax "
                "(15–31 December 2026 $\N{NO-BREAK SPACE}586.77, "
                "Set-up $\N{NO-BREAK SPACE}450.00)",
            )
            quote.action_confirm()
        self._run_on("2026-12-15")
        self.assertEqual(self._invoices(quote).amount_untaxed, 1036.77)

    def test_quote_tells_rhythms_apart_and_never_adds_them_up(self):
        with self._on("2026-11-24"):
            quote = self._quote(
                lines=[
                    (self.support, 25, 38.0),
                    (
                        self.licence,
                        25,
                        24.0,
                        {"billing_plan_id": self.plan_yearly.id},
                    ),
                    (self.setup_fee, 1, 450.0),
                ],
            )
            totals = quote._get_billing_totals()
            summary = quote._get_billing_summary()
        self.assertEqual(
            [(row["label"], row["untaxed"], row["recurring"]) for row in totals],
            [
                ("per month", 950.0, True),
                ("per year", 600.0, True),
                ("One-off", 450.0, False),
            ],
        )
        self.assertIn("1,000.00 per month on average", summary["average"])

    def test_quote_of_one_monthly_line_needs_no_average(self):
        with self._on("2026-11-24"):
            summary = self._quote()._get_billing_summary()
        self.assertFalse(summary["average"])
        self.assertFalse(summary["once"])

    def test_what_was_billed_elsewhere_is_left_out(self):
        with self._on("2026-11-24"):
            quote = self._quote(
                billing_start_date="2026-01-01",
                billing_opening="already_billed",
                billing_opened_until="2026-11-30",
            )
            self.assertEqual(self._announced(quote, 1), [("2026-12-01", 100.0, 100.0)])

    def test_draft_of_the_screen_is_computed_while_it_is_typed(self):
        quote = self.env["sale.order"].new(
            {
                "partner_id": self.customer.id,
                "billing_plan_id": self.plan_anniversary.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.support.id, "product_uom_qty": 2.0}
                    )
                ],
            }
        )
        with self._on("2026-11-24"):
            self.assertIn("200.00", str(quote.billing_summary))

    # === Running === #

    def test_the_runs_make_what_was_announced(self):
        order = self._subscribe(
            "2026-01-15", lines=[(self.support, 3, 33.33), (self.licence, 1, 50.0)]
        )
        with self._on("2026-01-15"):
            announced = self._announced(order)
        for day, _untaxed, _total in announced:
            self._run_on(day)
        made = [
            (str(move.invoice_date), move.amount_untaxed, move.amount_total)
            for move in self._invoices(order)
        ]
        self.assertEqual(made, announced)

    def test_tax_included_prices_are_announced_without_tax(self):
        included = self.tax.sudo().copy(
            {"name": "incl.", "amount": 20, "price_include_override": "tax_included"}
        )
        taxed = {"tax_ids": [Command.set(included.ids)]}
        order = self._subscribe("2026-01-01", lines=[(self.support, 1, 120.0, taxed)])
        with self._on("2026-01-01"):
            self.assertEqual(self._announced(order, 1), [("2026-01-01", 100.0, 120.0)])
            self.assertEqual(order.billing_next_untaxed, 100.0)

    def test_list_shows_the_fee_that_the_headline_counts(self):
        order = self._subscribe(
            "2026-12-01", lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        )
        with self._on("2026-11-24"):
            self.assertIn("550.00 excl. tax", order.billing_headline)
            self.assertEqual(order.billing_next_untaxed, 550.0)

    def test_headline_says_date_amounts_and_period(self):
        taxed = {"tax_ids": [Command.set(self.tax.ids)]}
        order = self._subscribe("2026-12-01", lines=[(self.support, 1, 1070.0, taxed)])
        with self._on("2026-11-24"):
            self.assertEqual(
                order.billing_headline,
                "Next invoice on 12/01/2026: $\N{NO-BREAK SPACE}1,070.00 excl. tax "
                "($\N{NO-BREAK SPACE}1,230.50 incl. tax) for December 2026.",
            )

    def test_headline_of_a_pause_tells_when_it_resumes(self):
        order = self._subscribe("2026-10-01")
        self._run_on("2026-10-01")
        with self._on("2026-11-01"):
            order._billing_pause(
                self._day("2026-11-01"), self._day("2026-12-31"), "Works"
            )
        with self._on("2026-11-24"):
            self.assertEqual(
                order.billing_headline,
                "Paused since 11/01/2026, resumes on 01/01/2027: next invoice on "
                "01/01/2027, $\N{NO-BREAK SPACE}100.00 excl. tax.",
            )

    def test_headline_of_an_open_pause_says_that_nothing_is_invoiced(self):
        order = self._subscribe("2026-10-01")
        self._run_on("2026-10-01")
        with self._on("2026-11-01"):
            order._billing_pause(self._day("2026-11-01"))
            self.assertEqual(
                order.billing_headline,
                "Paused since 11/01/2026: nothing is invoiced until it resumes.",
            )

    def test_headline_of_a_closed_one_says_that_all_is_billed(self):
        order = self._subscribe("2026-10-01")
        self._run_on("2026-10-01")
        with self._on("2026-10-31"):
            order._billing_close(self._day("2026-10-31"), self.reason)
        with self._on("2026-11-01"):
            self.env["sale.order"]._billing_roll_day()
            order.invalidate_recordset()
            self.assertEqual(
                order.billing_headline, "Closed on 10/31/2026; everything is billed."
            )

    def test_headline_without_a_price_says_so(self):
        order = self._subscribe("2026-10-01", lines=[(self.support, 1, 0.0)])
        with self._on("2026-10-02"):
            self.assertEqual(
                order.billing_headline, "Nothing to invoice: no line has a price."
            )

    def test_coming_tells_the_difference_and_why(self):
        order = self._subscribe("2026-10-01", lines=[(self.support, 10, 38.0)])
        self._run_on("2026-10-01")
        with self._on("2026-10-02"):
            order.order_line._billing_add_version(self._day("2026-12-01"), quantity=15)
            previews = self.env["billing.preview"]._get_previews(order, 3)[order]
            rows = order._get_billing_coming_rows(previews)
        self.assertEqual(
            [(row["date"], row["difference"], row["why"]) for row in rows],
            [
                ("11/01/2026", None, []),
                (
                    "12/01/2026",
                    "+$\N{NO-BREAK SPACE}190.00",
                    ["Support: 15 instead of 10"],
                ),
                ("01/01/2027", None, []),
            ],
        )

    def test_late_subscription_warns_and_invoices_from_the_warning(self):
        order = self._subscribe("2026-10-01", billing_opening="bill_all")
        with self._on("2026-12-02"):
            alerts = order.billing_alerts
            self.assertEqual(alerts["late"]["message"], "3 invoices are to be made.")
            model, method, record = alerts["late"]["action_call"]
            getattr(self.env[model].browse(record), method)()
            order.invalidate_recordset()
            self.assertFalse(order.billing_alerts)
        self.assertEqual(len(self._invoices(order)), 3)

    def test_planned_change_is_told_in_blue(self):
        order = self._subscribe("2026-10-01", lines=[(self.support, 1, 38.0)])
        with self._on("2026-10-02"):
            version = order.order_line._billing_add_version(
                self._day("2027-03-01"), price_unit=42.0
            )
            alert = order.billing_alerts[f"version_{version.id}"]
        self.assertEqual(
            (alert["level"], alert["message"]),
            (
                "info",
                (
                    "From 03/01/2027: Support: $\N{NO-BREAK SPACE}42.00 instead of "
                    "$\N{NO-BREAK SPACE}38.00."
                ),
            ),
        )

    def test_share_of_periods_billed_counts_days(self):
        order = self._subscribe("2026-10-01")
        self._run_on("2026-10-01")
        with self._on("2026-11-01"):
            order.invalidate_recordset()
            self.assertEqual(order.billing_covered_percent, 100 * 31 // 61)
        self._run_on("2026-11-01")
        with self._on("2026-11-01"):
            order.invalidate_recordset()
            self.assertEqual(order.billing_covered_percent, 100)

    # === The document === #

    def test_next_document_is_shown_and_nothing_of_it_stays(self):
        order = self._subscribe("2026-12-01", lines=[(self.support, 1, 1070.0)])
        moves, runs = self.env["account.move"], self.env["billing.run"]
        before = (moves.search_count([]), runs.search_count([]))
        with self._on("2026-11-24"):
            action = order.action_billing_see_next()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertIn("1,070.00", str(wizard.document))
            self.assertIn("12/01/2026", str(wizard.document))
        self.assertEqual((moves.search_count([]), runs.search_count([])), before)
        self.assertFalse(order.billing_entry_ids)

    def test_document_that_cannot_be_made_says_why(self):
        order = self._subscribe("2026-12-01")
        self.customer.sudo().write({"street": False, "city": False})
        with self._on("2026-11-24"), self.assertRaisesRegex(UserError, "address"):
            order.action_billing_see_next()
            self.env["billing.invoicing"]._render_next_document(order)

    # === The list === #

    def test_sentence_above_the_list_counts_and_adds_up(self):
        order = self._subscribe("2026-10-01", lines=[(self.support, 1, 300.0)])
        self._subscribe("2026-12-01", self.plan_yearly)
        with self._on("2026-11-24"):
            told = self.env["sale.order"].get_billing_headline(
                [("partner_id", "=", self.customer.id)]
            )
            self.assertEqual(
                told,
                # The yearly one comes to 8.33 a month.
                "2 running, $\N{NO-BREAK SPACE}308.33 a month, 1 in backlog.",
            )
            order._billing_pause(self._day("2026-11-24"))
            told = self.env["sale.order"].get_billing_headline([("id", "=", order.id)])
        self.assertTrue(told.startswith("0 running, 1 paused"))

    def test_sentence_of_an_empty_list_is_empty(self):
        self.assertEqual(
            self.env["sale.order"].get_billing_headline([("id", "=", 0)]), ""
        )

    def test_what_is_due_is_due_by_the_companys_clock(self):
        order = self._subscribe("2026-04-01")
        with self._on("2026-03-31", "21:30:00"):
            self.assertFalse(order.billing_is_due, "half past eleven in Paris")
        order.invalidate_recordset(["billing_is_due", "billing_starts_in_past"])
        with self._on("2026-03-31", "22:30:00"):
            self.assertTrue(order.billing_is_due, "half past midnight in Paris")
            self.assertFalse(order.billing_starts_in_past)
