from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .documents import DocumentsCommon


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsMail(DocumentsCommon):
    """The mail of an invoice: one amount, one day, one button; empty parts vanish."""

    def setUp(self):
        super().setUp()
        self.customer.sudo().name = "Madame Morel"
        self.invoice = self._bill("2026-03-01")
        self.template = self.env.ref("recurring_billing.mail_template_invoice").sudo()

    def _mail(self, move=None, on="2026-03-01"):
        """Subject, words of the plain-text part, and the page of a mail."""
        move = move or self.invoice
        with self._on(on):
            values = self.template._generate_template(
                move.ids, ["subject", "body_html"]
            )[move.id]
        body = str(values["body_html"])
        return values["subject"], " ".join(html2plaintext(body).split()), body

    def test_subject_says_number_and_days(self):
        subject, _text, _body = self._mail()
        self.assertEqual(subject, f"Your invoice {self.invoice.name}, March 2026")

    def test_text_says_amount_day_and_how_to_pay(self):
        _subject, text, _body = self._mail()
        total = f"{self.invoice.amount_total:.2f} €"
        self.assertIn(
            f"Hello Madame Morel, here is your invoice {self.invoice.name} of {total} "
            "for March 2026, due on 03/31/2026.",
            text,
        )
        self.assertIn(
            "You pay by bank transfer: the QR code and reference "
            f"{self.invoice.payment_reference} are on the invoice.",
            text,
        )
        self.assertIn("Next invoice on 04/01/2026.", text)
        self.assertIn("A question? Just answer this message.", text)
        self.assertLess(len(text.split()), 120)

    def test_parts_that_are_not_true_vanish(self):
        _subject, text, body = self._mail()
        for word in ("Pay online", "Direct debit", "What changed"):
            self.assertNotIn(word, text)
        for word in ("None", "False"):
            self.assertNotIn(word, text)
        self.assertNotIn("<a", body)

    def test_button_leads_to_the_portal_where_one_pays_online(self):
        moves = type(self.invoice)
        with patch.object(
            moves, "_billing_get_pay_url", lambda self: "https://example.com/pay/7"
        ):
            _subject, text, body = self._mail()
        self.assertIn('href="https://example.com/pay/7"', body)
        self.assertIn("https://example.com/pay/7", text)
        self.assertIn("or by bank transfer: the QR code and reference", text)

    def test_transfer_without_a_code_names_the_reference_alone(self):
        self.bank.allow_out_payment = False
        _subject, text, _body = self._mail()
        self.assertNotIn("QR code", text)
        self.assertIn("You pay by bank transfer: reference", text)

    def test_link_and_transfer_without_a_code(self):
        self.bank.allow_out_payment = False
        moves = type(self.invoice)
        with patch.object(
            moves, "_billing_get_pay_url", lambda self: "https://example.com/pay/7"
        ):
            _subject, text, _body = self._mail()
        self.assertIn("or by bank transfer: reference", text)

    def test_change_is_told(self):
        line = self.invoice.invoice_line_ids.sale_line_ids
        with self._on("2026-03-15"):
            line._billing_add_version(self._day("2026-04-01"), quantity=2)
        self._run_on("2026-04-01")
        _subject, text, _body = self._mail(
            self._invoices(line.order_id)[-1], on="2026-04-01"
        )
        self.assertIn("What changed this time: Support: 2 instead of 1.", text)

    def test_direct_debit_says_that_there_is_nothing_to_do(self):
        method = self.company_data[
            "default_journal_bank"
        ].inbound_payment_method_line_ids[:1]
        self.invoice.sudo().preferred_payment_method_line_id = method
        with patch.object(
            type(self.env["account.payment.method"]),
            "_get_sdd_payment_method_code",
            lambda self: [method.code],
        ):
            _subject, text, _body = self._mail()
        self.assertIn("Direct debit: nothing to do;", text)
        self.assertIn("03/31/2026", text)
        self.assertNotIn("bank transfer", text)

    def test_paid_invoice_asks_for_nothing(self):
        self._pay(self.invoice, "2026-03-05")
        _subject, text, _body = self._mail()
        self.assertIn("It is paid, there is nothing to do.", text)
        self.assertNotIn("due on", text)

    def test_invoice_that_was_taken_back_is_not_called_paid(self):
        self._credit(self.invoice, "2026-03-10", "Error")
        self.assertEqual(self.invoice.payment_state, "reversed")
        _subject, text, _body = self._mail(on="2026-03-10")
        self.assertIn(
            "A credit note has cancelled it since, there is nothing to pay.", text
        )
        self.assertNotIn("It is paid", text)
        self.assertNotIn("due on", text)

    def test_invoice_of_nothing_is_not_called_paid(self):
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.customer,
            amounts=[0.0],
            invoice_date="2026-03-01",
            post=True,
        )
        self.assertIn("There is nothing to pay.", self._mail(invoice)[1])

    def test_credit_note_is_called_one(self):
        credit = self._credit(self.invoice, "2026-03-10", "Error")
        subject, text, _body = self._mail(credit, on="2026-03-10")
        self.assertEqual(subject, f"Your credit note {credit.name}, March 2026")
        self.assertIn(f"here is your credit note {credit.name}", text)

    def test_documents_without_days_name_none(self):
        invoice = self.init_invoice(
            "out_invoice",
            partner=self.customer,
            amounts=[10.0],
            invoice_date="2026-03-01",
            post=True,
        )
        subject, text, _body = self._mail(invoice)
        self.assertEqual(subject, f"Your invoice {invoice.name}")
        self.assertIn(", due on ", text)
        self._pay(invoice, "2026-03-05")
        self.assertIn("It is paid", self._mail(invoice)[1])
        credit = self.init_invoice(
            "out_refund",
            partner=self.customer,
            amounts=[10.0],
            invoice_date="2026-03-01",
            post=True,
        )
        subject, text, _body = self._mail(credit)
        self.assertEqual(subject, f"Your credit note {credit.name}")
        self.assertIn(f"your credit note {credit.name} of", text)

    def test_sender_signs_with_company_and_telephone(self):
        seller = self.invoice.invoice_user_id.sudo()
        seller.name = "Claire Le Goff"
        _subject, text, _body = self._mail()
        self.assertTrue(
            text.endswith("Claire Le Goff, Atelier Exemple SARL · +33 2 99 00 12 34")
        )
        self.company.sudo().phone = False
        seller.phone = False
        self.assertTrue(
            self._mail()[1].endswith("Claire Le Goff, Atelier Exemple SARL")
        )

    def test_markup_in_a_name_stays_text(self):
        self.customer.sudo().name = "<b>Morel</b> & fils"
        _subject, text, body = self._mail()
        self.assertIn("Hello <b>Morel</b> & fils,", text)
        self.assertIn("&lt;b&gt;Morel", body)

    def test_dates_and_amounts_follow_the_customers_language(self):
        self.customer.sudo().lang = "fr_FR"
        _subject, text, _body = self._mail()
        self.assertIn("31/03/2026", text)
        self.assertIn(f"{self.invoice.amount_total:.2f}".replace(".", ","), text)
