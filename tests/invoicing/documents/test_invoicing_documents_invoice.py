from psycopg2.extras import Json

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .documents import DocumentsCommon


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsInvoice(DocumentsCommon):
    """What the page of an invoice says, and what it costs to print it."""

    def _rows(self, page):
        """The cells of each line, as texts."""
        rows = page.xpath("//tbody[@class='invoice_tbody']/tr")
        return [[" ".join(c.text_content().split()) for c in row] for row in rows]

    # === Lines === #

    def test_line_says_its_days_under_what_is_sold(self):
        page = self._get_page(self._bill("2026-03-01"))
        self.assertEqual(
            self._get_text(page, "billing_period"), "From 03/01/2026 to 03/31/2026"
        )
        (cell,) = page.xpath("//td[@name='account_invoice_line_name']")
        self.assertEqual(self._get_text(cell.find("span")), "Support")

    def test_part_of_a_period_says_its_share(self):
        page = self._get_page(self._bill("2026-03-10"))
        self.assertEqual(
            self._get_text(page, "billing_period"),
            "From 03/10/2026 to 03/31/2026 (22/31 days of the period)",
        )

    def test_days_stay_when_a_person_rewrote_the_description(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"})
        order = self._subscribe("2026-03-01", plan)
        self._run_on("2026-03-01")
        draft = self._invoices(order)
        draft.invoice_line_ids.name = "Care of the machines"
        page = self._get_page(draft)
        self.assertEqual(self._get_text(page, "billing_period"), "March 2026")

    def test_line_without_days_says_none(self):
        invoice = self._bill(
            "2026-03-01", [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        )
        page = self._get_page(invoice)
        self.assertEqual(len(page.xpath("//*[@name='billing_period']")), 1)

    def test_price_has_six_decimals_at_most_and_no_amount_a_currency(self):
        # 3 × 33.33 × 22/31 = 70.96, of which the price is a third.
        page = self._get_page(
            self._bill(
                "2026-03-10", [(self.support, 3, 33.33), (self.licence, 1, 50.0)]
            )
        )
        self.assertEqual(
            [(row[1], row[2], row[-1]) for row in self._rows(page)],
            [("3.00", "23.653333", "70.96"), ("1.00", "35.48", "35.48")],
        )
        head = self._get_text(page, "th_subtotal")
        self.assertEqual(head, "Amount excl. tax (€)")

    def test_company_with_prices_including_tax_prints_amounts_with_it(self):
        self.company.sudo().account_price_include = "tax_included"
        invoice = self._bill("2026-03-01")
        page = self._get_page(invoice)
        self.assertEqual(self._get_text(page, "th_subtotal"), "Amount incl. tax (€)")
        self.assertEqual(
            self._rows(page)[0][-1], f"{invoice.invoice_line_ids.price_total:.2f}"
        )

    # === Head and foot === #

    def test_subscription_and_customers_reference_are_named(self):
        invoice = self._bill("2026-03-01", client_order_ref="PO-77")
        page = self._get_page(invoice)
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        self.assertIn(order.name, self._get_text(page, "billing_subscriptions"))
        self.assertIn("PO-77", self._get_text(page, "billing_reference"))
        self.assertFalse(page.xpath("//*[@name='reference' or @name='origin']"))

    def test_order_number_is_no_reference_of_the_customer(self):
        page = self._get_page(self._bill("2026-03-01"))
        self.assertFalse(page.xpath("//*[@name='billing_reference']"))

    def test_total_is_said_in_words(self):
        invoice = self._bill("2026-03-01", [(self.support, 1, 80.0)])
        invoice_total = invoice.amount_total
        self.assertEqual(invoice_total, 80.0 * (1 + self.tax.amount / 100))
        page = self._get_page(invoice)
        self.assertEqual(
            self._get_text(page, "billing_words"),
            "In words: Ninety-two euros incl. tax.",
        )

    def test_words_are_those_of_the_customers_language(self):
        self.customer.sudo().lang = "fr_FR"
        invoice = self._bill("2026-03-01", [(self.support, 1, 80.0)])
        self.assertIn(
            "Quatre-vingt-douze euros",
            self._get_text(self._get_page(invoice), "billing_words"),
        )

    def test_next_invoice_is_announced_as_the_run_will_make_it(self):
        invoice = self._bill("2026-03-10")
        with self._on("2026-03-10"):
            following = invoice._billing_get_next()
            page = self._get_page(invoice)
        self._run_on("2026-04-01")
        made = self._invoices(invoice.invoice_line_ids.sale_line_ids.order_id)[-1]
        self.assertEqual(following["date"], "04/01/2026")
        self.assertIn(f"{made.amount_total:.2f}", following["amount"])
        self.assertEqual(
            self._get_text(page, "billing_next"),
            f"Next invoice: 04/01/2026, {made.amount_total:.2f} € incl. tax",
        )

    def test_nothing_is_announced_after_the_end(self):
        order = self._subscribe("2026-03-01")
        with self._on("2026-03-01"):
            order._billing_close(self._day("2026-03-31"), self.reason)
        self._run_on("2026-03-01")
        page = self._get_page(self._invoices(order))
        self.assertFalse(page.xpath("//*[@name='billing_next']"))

    def test_first_invoice_tells_no_change(self):
        page = self._get_page(self._bill("2026-03-10"))
        self.assertFalse(page.xpath("//*[@name='billing_changes']"))

    def test_change_since_the_invoice_before_is_told(self):
        invoice = self._bill("2026-03-01")
        line = invoice.invoice_line_ids.sale_line_ids
        with self._on("2026-03-15"):
            line._billing_add_version(self._day("2026-04-01"), quantity=2)
        self._run_on("2026-04-01")
        after = self._invoices(line.order_id)[-1]
        self.assertEqual(after._billing_get_changes(), ["Support: 2 instead of 1"])
        page = self._get_page(after)
        self.assertEqual(
            self._get_text(page, "billing_changes"),
            "What changed: Support: 2 instead of 1",
        )
        # A later one at the same terms has nothing to tell, the earlier still does.
        self._run_on("2026-05-01")
        self.assertEqual(self._invoices(line.order_id)[-1]._billing_get_changes(), [])
        self.assertEqual(after._billing_get_changes(), ["Support: 2 instead of 1"])

    def test_mentions_are_printed_as_they_were_posted(self):
        invoice = self._bill("2026-03-01")
        mentions = ["Late payment: 40 €.", "No discount for early payment."]
        told = [{"code": "x", "note_code": None, "text": text} for text in mentions]
        # As a posting of that day would have left it: nobody writes it afterwards.
        self.env.cr.execute(
            "UPDATE account_move SET billing_mentions = %s WHERE id = %s",
            [Json(told), invoice.id],
        )
        invoice.invalidate_recordset(["billing_mentions"])
        page = self._get_page(invoice)
        (block,) = page.xpath("//*[@name='billing_mentions']")
        self.assertEqual([one.text_content() for one in block], mentions)

    def test_payment_is_told_once(self):
        page = self._get_page(self._bill("2026-03-01"))
        self.assertEqual(len(page.xpath("//*[@name='billing_payment']")), 1)
        self.assertFalse(page.xpath("//*[@name='payment_communication']"))
        (code,) = page.xpath("//*[@name='billing_qr']//img/@src")
        self.assertTrue(code.startswith("data:image/png;base64,"))

    def test_vendor_bill_is_cores(self):
        bill = self.init_invoice(
            "in_invoice",
            partner=self.customer,
            amounts=[10.0],
            invoice_date="2026-03-01",
        )
        self.assertIsNone(bill._billing_get_document_facts())
        page = self._get_page(bill)
        self.assertEqual(self._get_text(page, "th_subtotal"), "Amount")
        self.assertFalse(page.xpath("//*[@name='billing_foot']"))

    def test_ordinary_invoice_is_printed_too(self):
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.customer,
            amounts=[10.0],
            invoice_date="2026-03-01",
            post=True,
        )
        page = self._get_page(invoice)
        self.assertTrue(page.xpath("//*[@name='billing_payment']"))
        self.assertFalse(page.xpath("//*[@name='billing_next']"))
        self.assertFalse(page.xpath("//*[@name='billing_subscriptions']"))

    def test_stranger_prints_nothing(self):
        invoice = self._bill("2026-03-01")
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            invoice.with_user(stranger)._billing_get_document_facts()

    # === Cost === #

    def _count_queries(self, invoice):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._get_page(invoice)
        return self.env.cr.sql_log_count - before

    def test_sixty_lines_cost_no_more_queries_than_one(self):
        few = self._bill("2026-03-01")
        many = self._bill(
            "2026-04-01", [(self.support, 1, 10.0 + n) for n in range(60)], apart=True
        )
        self.assertEqual(len(many.invoice_line_ids), 60)
        # What is read once for all pages is read before.
        self._count_queries(few)
        few_queries = self._count_queries(few)
        self.assertLessEqual(self._count_queries(many), few_queries + 2)

    def test_grouped_subscriptions_are_named_together(self):
        one, two = self._quote(), self._quote()
        with self._on("2026-03-01"):
            for order in (one, two):
                order.billing_start_date = "2026-03-01"
                order.action_confirm()
        self._run_on("2026-03-01")
        invoice = self._invoices(one)
        self.assertEqual(invoice, self._invoices(two))
        facts = invoice._billing_get_document_facts()
        self.assertEqual(set(facts["subscriptions"].split(", ")), {one.name, two.name})
        with self._on("2026-03-01"):
            following = invoice._billing_get_next()
        # Both, on one day.
        self.assertIn(f"{invoice.amount_total:.2f}", following["amount"])

    def test_sections_and_notes_are_printed(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"})
        order = self._subscribe("2026-03-01", plan)
        self._run_on("2026-03-01")
        draft = self._invoices(order)
        draft.invoice_line_ids = [
            Command.create({"display_type": "line_section", "name": "Services"}),
            Command.create({"display_type": "line_note", "name": "Thank you"}),
        ]
        text = self._get_text(self._get_page(draft))
        self.assertIn("Services", text)
        self.assertIn("Thank you", text)
