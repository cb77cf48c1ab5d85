from odoo.tests import tagged

from ..orders.test_invoicing_portal import PortalCase


@tagged("post_install", "-at_install")
class TestInvoicingExplainPortal(PortalCase):
    """The customer's page of an invoice says how its amounts were reached."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-03-10", lines=[(self.support, 3, 33.33)])
        self._run_on("2026-03-10")
        self.invoice = self._invoices(self.order)
        self.told = ("How was this computed?", "22 days of 31")

    def test_customer_reads_how_each_line_was_computed(self):
        page = self._open(f"/my/invoices/{self.invoice.id}", "buyer").text
        self._check_page(page, told=(*self.told, "Price of the version of"))

    def test_who_has_the_link_reads_it_too(self):
        page = self._open(self.invoice.get_portal_url()).text
        self._check_page(page, told=self.told)

    def test_other_customer_sees_nothing(self):
        answer = self._open(f"/my/invoices/{self.invoice.id}", "stranger")
        self.assertEqual(answer.status_code, 303)
        self._check_page(answer.text, untold=self.told)

    def test_facts_and_names_of_the_company_stay_inside(self):
        plan = self.plan_monthly.sudo().copy({"name": "Drafts", "posting": "draft"})
        order = self._subscribe("2026-04-01", plan=plan)
        self._run_on("2026-04-01")
        invoice = self._invoices(order)
        with self._on("2026-04-02"):
            invoice.invoice_line_ids.with_context(
                billing_concession_reason="Angry customer"
            ).price_unit = 80.0
            invoice.action_post()
        page = self._open(f"/my/invoices/{invoice.id}", "buyer").text
        self._check_page(
            page,
            told=("Less a concession of",),
            untold=("Angry customer", "facts", "settled_before"),
        )

    def test_ordinary_invoice_has_no_explanation(self):
        invoice = self.init_invoice(
            "out_invoice", partner=self.customer, amounts=[10.0], post=True
        )
        page = self._open(invoice.get_portal_url()).text
        self._check_page(page, untold=self.told[:1])

    def test_draft_explains_nothing_to_a_customer(self):
        plan = self.plan_monthly.sudo().copy({"name": "Drafts", "posting": "draft"})
        order = self._subscribe("2026-04-01", plan=plan)
        self._run_on("2026-04-01")
        invoice = self._invoices(order)
        self.assertEqual(invoice._get_billing_portal_explanations(), [])
