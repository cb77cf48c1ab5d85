from odoo.exceptions import AccessError
from odoo.tests import tagged

from .documents import DocumentsCommon

LETTER = "recurring_billing.action_report_letter"
CERTIFICATE = "recurring_billing.action_report_certificate"


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsLetter(DocumentsCommon):
    """The cover letter of an invoice, the certificate of a subscription."""

    def setUp(self):
        super().setUp()
        self.invoice = self._bill("2026-03-01")
        self.order = self.invoice.invoice_line_ids.sale_line_ids.order_id

    def _letter(self, move=None):
        with self._on("2026-03-02"):
            return self._get_text(self._get_page(move or self.invoice, LETTER))

    def _certificate(self, day="2026-03-02"):
        with self._on(day):
            return self._get_text(self._get_page(self.order, CERTIFICATE))

    def test_letter_names_document_amount_and_day(self):
        text = self._letter()
        self.assertIn("Rennes, March 2, 2026", text)
        self.assertIn(f"Your invoice {self.invoice.name}, March 2026", text)
        self.assertIn(
            f"our invoice {self.invoice.name} of 03/01/2026, "
            f"{self.invoice.amount_total:.2f} €.",
            text,
        )
        self.assertIn("It is due on 03/31/2026;", text)
        self.assertIn(f"Enclosed: {self.invoice.name}", text)

    def test_window_is_where_the_countrys_envelopes_have_it(self):
        self.assertEqual(self.invoice._billing_get_letter()["window"], "right")
        self.company.sudo().country_id = self.env.ref("base.de")
        self.assertEqual(self.invoice._billing_get_letter()["window"], "left")

    def test_letter_of_a_paid_invoice_asks_for_nothing(self):
        self._pay(self.invoice, "2026-03-02")
        self.assertIn("It is paid, there is nothing to do.", self._letter())

    def test_letter_of_a_credit_note_calls_it_one(self):
        credit = self._credit(self.invoice, "2026-03-02", "Error")
        text = self._letter(credit)
        self.assertIn(f"our credit note {credit.name} of 03/02/2026", text)
        self.assertNotIn("due on", text)

    def test_letter_speaks_the_customers_language(self):
        self.customer.sudo().lang = "fr_FR"
        self.assertIn("Rennes, 2 mars 2026", self._letter())

    def test_certificate_names_customer_services_and_amount(self):
        text = self._certificate()
        self.assertIn(
            f"certify that {self.customer.name} has held subscription "
            f"{self.order.name} since 03/01/2026.",
            text,
        )
        self.assertIn("On 03/02/2026 it is running.", text)
        self.assertIn("Support 1 03/01/2026", text)
        self.assertIn("100.00 € excl. tax per month", text)

    def test_certificate_says_until_when(self):
        with self._on("2026-03-02"):
            self.order._billing_close(self._day("2026-04-30"), self.reason)
        self.assertIn("since 03/01/2026, until 04/30/2026.", self._certificate())
        self._run_on("2026-05-02")
        text = self._certificate("2026-05-02")
        self.assertIn("held subscription", text)
        self.assertIn("from 03/01/2026 until 04/30/2026.", text)
        self.assertIn("it is closed.", text)
        self.assertNotIn("per month", text)

    def test_certificate_follows_the_calendar_and_not_a_job(self):
        with self._on("2026-03-02"):
            self.order._billing_close(self._day("2026-04-30"), self.reason)
        self.assertIn("it is closed.", self._certificate("2026-05-01"))

    def test_certificate_of_what_has_not_begun_says_so(self):
        with self._on("2026-03-02"):
            self.order = self._quote(billing_start_date="2026-04-15")
            self.order.action_confirm()
        text = self._certificate()
        self.assertIn(
            f"has taken out subscription {self.order.name}, which begins on "
            "04/15/2026.",
            text,
        )
        self.assertIn("On 03/02/2026 it has not begun yet.", text)
        self.assertNotIn("running", text)
        self.assertIn("Support 1 04/15/2026", text)
        self.assertIn("100.00 € excl. tax per month", text)
        self.assertIn("has held", self._certificate("2026-04-15"))

    def test_certificate_of_what_has_not_begun_says_when_it_ends(self):
        with self._on("2026-03-02"):
            self.order = self._quote(billing_start_date="2026-04-15")
            self.order.action_confirm()
            self.order._billing_close(self._day("2026-12-31"), self.reason)
        self.assertIn(
            "begins on 04/15/2026 and ends on 12/31/2026.", self._certificate()
        )

    def test_certificate_counts_what_it_lists(self):
        with self._on("2026-03-02"):
            self.order = self._subscribe(
                "2026-03-01", lines=[(self.support, 1, 100.0), (self.support, 2, 7.0)]
            )
            self.order.order_line[1]._billing_end_line(self._day("2026-03-31"))
        text = self._certificate("2026-04-02")
        self.assertIn("100.00 € excl. tax per month", text)

    def test_quotation_is_certified_by_nobody(self):
        quote = self._quote()
        self.assertIsNone(quote._billing_get_certificate())
        action = self.env.ref(CERTIFICATE).sudo()
        shown = action.get_valid_action_reports("sale.order", quote.ids)
        self.assertNotIn(action.id, shown)
        self.assertIn(
            action.id, action.get_valid_action_reports("sale.order", self.order.ids)
        )
        self.assertIn(
            "is no subscription", self._get_text(self._get_page(quote, CERTIFICATE))
        )

    def test_stranger_prints_neither(self):
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            self.invoice.with_user(stranger)._billing_get_letter()
        with self.assertRaises(AccessError):
            self.order.with_user(stranger)._billing_get_certificate()
