from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.mentions.reader import Reader

from .common import MentionsCase

PENALTY = (
    "From the next day on, late-payment penalties of 12.15 % a year are due without a "
    "reminder."
)
INDEMNITY = "a fixed indemnity of 40\xa0€ for recovery costs is due."


@tagged("post_install", "-at_install")
class TestInvoicingMentions(MentionsCase):
    """What a document prints is copied onto it when it is posted."""

    def test_a_posted_invoice_carries_its_mentions_in_the_order_of_printing(self):
        invoice = self._post()
        self.assertEqual(
            [
                (told["code"], told["note_code"], told["text"])
                for told in invoice.billing_mentions
            ],
            [
                (
                    "seller",
                    None,
                    f"{self.company.name}, SAS with a share capital of $\xa040,000",
                ),
                ("register", None, "Trade register (RCS) of Rennes: 123 456 782"),
                ("seller_vat", None, "VAT number: FR11123456782"),
                (
                    "late_penalty",
                    "PMD",
                    f"Payment is due on 04/09/2026. {PENALTY}",
                ),
                (
                    "recovery",
                    "PMT",
                    f"In case of late payment, {INDEMNITY}",
                ),
                ("early_payment", "AAB", "No discount for early payment."),
            ],
        )
        self.assertEqual(invoice.billing_late_rate, 12.15)

    def test_mentions_of_september_2026_stand_on_invoices_from_then_on(self):
        self._give_rates()
        before = self._post(day="2026-08-31")
        after = self._post(day="2026-09-01")
        self.assertNotIn("buyer_siren", self._codes(before))
        self.assertEqual(
            self._text(after, "buyer_siren"), "SIREN of the customer: 123 456 782"
        )
        self.assertEqual(self._text(after, "operation"), "Type of operation: services")

    def test_a_consumer_is_told_of_no_penalty(self):
        self.customer.sudo().billing_buyer_kind = "consumer"
        invoice = self._post()
        self.assertEqual(self._codes(invoice), ["seller", "register", "seller_vat"])
        self.assertEqual(invoice.billing_late_rate, 0.0)

    def test_a_public_body_reads_its_own_rule_and_no_figure(self):
        self.customer.sudo().billing_buyer_kind = "public"
        invoice = self._post()
        self.assertIn("eight percentage points", self._text(invoice, "late_penalty"))
        self.assertEqual(invoice.billing_late_rate, 0.0)

    def test_mentions_of_a_posted_invoice_are_not_written_by_hand(self):
        invoice = self._post()
        for vals in ({"billing_mentions": []}, {"billing_late_rate": 0.0}):
            with self.assertRaisesRegex(UserError, "that it was posted with"):
                invoice.write(vals)

    def test_the_rate_of_the_companys_terms_comes_first(self):
        self.company.sudo().billing_late_rate = 9.5
        invoice = self._post()
        self.assertIn("9.50 % a year", self._text(invoice, "late_penalty"))
        self.assertEqual(invoice.billing_late_rate, 9.5)

    def test_without_a_published_rate_no_penalty_is_printed(self):
        invoice = self._post(day="2026-11-24")
        self.assertNotIn("late_penalty", self._codes(invoice))
        self.assertEqual(invoice.billing_late_rate, 0.0)

    def test_a_discount_of_the_payment_term_is_printed_with_its_days(self):
        term = (
            self.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "30 days, 2 % within 8",
                    "early_discount": True,
                    "discount_percentage": 2.0,
                    "discount_days": 8,
                }
            )
        )
        invoice = self._post(invoice_payment_term_id=term.id)
        self.assertEqual(
            self._text(invoice, "early_payment"),
            "Discount for payment within 8 days: 2.00 %.",
        )

    def test_a_discount_of_the_company_is_printed(self):
        self.company.sudo().billing_early_discount = 1.5
        self.assertEqual(
            self._text(self._post(), "early_payment"),
            "Discount for payment before the due date: 1.50 %.",
        )

    def test_a_credit_note_names_the_invoice_that_it_corrects(self):
        invoice = self._post()
        credit = self._post(move_type="out_refund", reversed_entry_id=invoice.id)
        self.assertEqual(
            self._text(credit, "credit_note"),
            f"Credit note for the invoice {invoice.name} of 03/10/2026",
        )
        self.assertNotIn("late_penalty", self._codes(credit))

    def test_a_service_to_a_german_business_is_reverse_charged(self):
        exempt = self.tax.sudo().copy({"amount": 0.0, "name": "0 %"})
        self.customer.sudo().write(
            {"country_id": self.env.ref("base.de").id, "vat": "DE136695976"}
        )
        invoice = self._draft()
        invoice.invoice_line_ids.tax_ids = [Command.set(exempt.ids)]
        invoice.action_post()
        self.assertIn("article 283-2", self._text(invoice, "reverse_charge"))
        self.assertEqual(
            self._text(invoice, "buyer_vat"), "VAT number of the customer: DE136695976"
        )

    def test_goods_that_go_elsewhere_name_the_address(self):
        self._give_rates()
        goods = self._create_service("Router", 80.0, recurring=False)
        goods.sudo().type = "consu"
        depot = self._create_customer("Depot", city="Brest")
        invoice = self._draft(day="2026-09-10", partner_shipping_id=depot.id)
        invoice.invoice_line_ids.product_id = goods
        self.assertEqual(
            self._text(invoice, "delivery"),
            "Delivery address: 12 rue des Lices, 35000 Brest, France",
        )

    def test_a_german_seller_follows_the_general_set(self):
        self.company.sudo().write(
            {
                "country_id": self.env.ref("base.de").id,
                "vat": "DE136695976",
                "currency_id": self.env.ref("base.EUR").id,
            }
        )
        invoice = self._draft()
        self.assertEqual(
            self._codes(invoice), ["seller_vat", "late_penalty", "recovery"]
        )
        self.assertIn("10.15 % a year", self._text(invoice, "late_penalty"))

    # === Kept === #

    def test_a_posted_invoice_keeps_what_it_says_whatever_changes(self):
        invoice = self._post()
        before = invoice.billing_mentions
        self.company.sudo().write(
            {"billing_late_rate": 9.5, "billing_share_capital": 80000}
        )
        self.customer.sudo().billing_buyer_kind = "consumer"
        self.env.ref("recurring_billing.billing_mention_fr_recovery").sudo().write(
            {"text": "Changed", "amount": 50}
        )
        self._give_rates("2026-01-01", ecb=3.0)
        invoice.invalidate_recordset()
        self.assertEqual(invoice.billing_mentions, before)
        self.assertEqual(invoice._billing_get_mentions(), before)
        self.assertEqual(invoice.billing_late_rate, 12.15)

    def test_an_invoice_posted_again_takes_them_anew(self):
        invoice = self._post()
        invoice.button_draft()
        self.company.sudo().billing_late_rate = 9.5
        self.assertIn("9.50 % a year", self._text(invoice, "late_penalty"))
        invoice.action_post()
        self.assertEqual(invoice.billing_late_rate, 9.5)
        self.assertIn("9.50 % a year", self._text(invoice, "late_penalty"))

    def test_a_duplicate_carries_none_of_them(self):
        copy = self._post().copy()
        self.assertFalse(copy.billing_mentions)
        self.assertEqual(copy.billing_late_rate, 0.0)

    def test_a_draft_tells_what_it_would_say_and_keeps_nothing(self):
        draft = self._draft()
        self.assertIn("late_penalty", self._codes(draft))
        self.assertFalse(draft.billing_mentions)

    def test_an_invoice_without_a_date_gets_them_with_its_date(self):
        draft = self._draft(day=False)
        with self._on("2026-03-10"):
            draft.action_post()
        self.assertIn("04/09/2026", self._text(draft, "late_penalty"))
        self.assertTrue(draft.billing_mentions)

    def test_an_invoice_of_a_later_day_gets_them_when_it_is_posted(self):
        draft = self._draft(day="2026-03-20")
        with self._on("2026-03-10"):
            draft._post(soft=True)
        self.assertEqual(draft.state, "draft")
        self.assertFalse(draft.billing_mentions)
        with self._on("2026-03-20"):
            draft._post(soft=True)
        self.assertTrue(draft.billing_mentions)

    def test_a_vendor_bill_carries_none(self):
        bill = self._draft(move_type="in_invoice")
        self.assertEqual(bill._billing_get_mentions(), [])
        bill.action_post()
        self.assertFalse(bill.billing_mentions)

    def test_the_invoices_of_a_run_carry_them(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        invoice = self._invoices(order)
        self.assertEqual(invoice.state, "posted")
        invoice.invalidate_recordset()
        self.assertIn(
            "late_penalty", [told["code"] for told in invoice.billing_mentions]
        )
        self.assertEqual(invoice.billing_late_rate, 12.15)

    # === Languages === #

    def test_each_customer_reads_its_own_language(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        mention = self.env.ref("recurring_billing.billing_mention_fr_late_penalty")
        mention.sudo().with_context(lang="fr_FR").text = "Dû le {due_date}, {rate} %."
        french = self._create_customer(
            "Mairie", is_company=True, company_registry="123456782", lang="fr_FR"
        )
        both = self._draft() | self._draft(partner=french)
        both._post()
        texts = [self._text(move, "late_penalty") for move in both]
        self.assertIn("12.15 % a year", texts[0])
        self.assertEqual(texts[1], "Dû le 09/04/2026, 12,15 %.")
        # The rest of the law is still English here; numbers are written in French.
        self.assertIn("40\xa0000", self._text(both[1], "seller"))

    # === As many queries for many === #

    def _count_queries(self, number):
        customers = self.env["res.partner"]
        for n in range(number):
            customers |= self._create_customer(
                f"Customer {number}-{n}", is_company=True, company_registry="123456782"
            )
        moves = self.env["account.move"].browse(
            self._draft(partner=customer).id for customer in customers
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        moves._billing_note_mentions(Reader(self.env))
        return self.cr.sql_log_count - before

    def test_forty_invoices_cost_no_more_queries_than_four(self):
        self._count_queries(1)
        four = self._count_queries(4)
        self.assertLessEqual(self._count_queries(40), four)
