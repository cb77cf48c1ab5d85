from odoo.tests import tagged

from .documents import DocumentsCommon


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsCredit(DocumentsCommon):
    """A credit note says what it takes back, for which days, and why."""

    def test_credit_note_names_invoice_reason_and_days(self):
        invoice = self._bill("2026-03-01")
        credit = self._credit(invoice, "2026-03-10", "Billed by mistake")
        page = self._get_page(credit)
        self.assertEqual(
            self._get_text(page, "billing_credit"),
            f"It corrects invoice {invoice.name} of 03/01/2026. "
            "Reason: Billed by mistake Credited: March 2026",
        )
        self.assertIn("Credit Note", self._get_text(page))
        # Core's "Reversal of: …" would say it twice.
        self.assertFalse(page.xpath("//*[@name='billing_reference']"))

    def test_credit_note_asks_for_no_payment_and_announces_nothing(self):
        credit = self._credit(self._bill("2026-03-01"), "2026-03-10", "Error")
        page = self._get_page(credit)
        self.assertFalse(page.xpath("//*[@name='billing_payment']"))
        self.assertFalse(page.xpath("//*[@name='billing_next']"))
        self.assertFalse(page.xpath("//*[@name='billing_qr']"))

    def test_credit_of_a_run_says_that_the_subscription_ends(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        with self._on("2026-03-10"):
            order._billing_close(self._day("2026-03-15"), self.reason)
        self._run_on("2026-04-01")
        credit = self._invoices(order)[-1]
        self.assertEqual(credit.move_type, "out_refund")
        page = self._get_page(credit)
        self.assertIn(
            f"Reason: Subscription {order.name} ends on 03/15/2026.",
            self._get_text(page, "billing_credit"),
        )
        # Why the customer left is the company's own note.
        self.assertNotIn(self.reason.name, self._get_text(page))

    def test_credit_of_a_run_without_an_end_says_what_was_adjusted(self):
        plan = self.plan_monthly.sudo().copy({"downgrade": "at_once"})
        order = self._subscribe("2026-03-01", plan, [(self.support, 5, 100.0)])
        self._run_on("2026-03-01")
        with self._on("2026-03-10"):
            order.order_line._billing_add_version(self._day("2026-03-16"), quantity=1)
        self._run_on("2026-03-16")
        credit = self._invoices(order)[-1]
        self.assertEqual(credit.move_type, "out_refund")
        self.assertIn(
            "Reason: Support: adjustment for 16–31 March 2026",
            self._get_text(self._get_page(credit), "billing_credit"),
        )

    def test_credit_note_without_an_invoice_is_printed(self):
        credit = self.init_invoice(
            "out_refund",
            partner=self.customer,
            amounts=[10.0],
            invoice_date="2026-03-01",
            post=True,
        )
        facts = credit._billing_get_document_facts()
        self.assertEqual(facts["credit"]["periods"], [])
        self.assertFalse(facts["credit"]["corrects"])
        self.assertNotIn("It corrects", self._get_text(self._get_page(credit)))

    def test_plain_copy_forgets_the_reason(self):
        credit = self._credit(self._bill("2026-03-01"), "2026-03-10", "Error")
        self.assertEqual(credit.billing_credit_reason, "Error")
        self.assertFalse(credit.copy().billing_credit_reason)
