from odoo import Command
from odoo.tests import tagged

from .documents import DocumentsCommon


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsOnline(DocumentsCommon):
    """A link to the page where the customer pays, when there is a way to pay there."""

    def setUp(self):
        super().setUp()
        admin = self.env(su=True)
        admin["ir.config_parameter"].set_param(
            "account_payment.enable_portal_payment", "True"
        )
        self.invoice = self._bill("2026-03-01")
        method = admin.ref("payment.payment_method_unknown")
        self.offered = admin["payment.provider"].create(
            {
                "name": "Card",
                "code": "none",
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.set(method.ids)],
                "company_id": self.company.id,
            }
        )
        method.active = True

    def _box(self):
        return self.invoice._billing_get_payment_box()

    def test_link_leads_to_the_invoice_on_the_portal(self):
        url = self._box()["pay_url"]
        self.assertIn(f"/my/invoices/{self.invoice.id}?access_token=", url)
        self.assertTrue(url.startswith("http"))

    def test_transfer_keeps_its_code_beside_the_link(self):
        self.assertEqual(self._box()["qr_pays"], "transfer")

    def test_code_leads_to_the_link_where_no_transfer_can_be_coded(self):
        self.bank.allow_out_payment = False
        self.assertEqual(self._box()["qr_pays"], "link")

    def test_no_link_without_a_way_to_pay(self):
        self.offered.state = "disabled"
        self.assertIsNone(self._box()["pay_url"])

    def test_no_link_where_the_company_wants_none(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "account_payment.enable_portal_payment", "False"
        )
        self.assertIsNone(self._box()["pay_url"])
