from odoo.tests import tagged

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryLanguage(DeliveryCommon):
    """The scheduler has no language: what it notes is read in the company's."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.company.sudo().partner_id.lang = "fr_FR"

    def test_what_is_missing_to_send_is_told_in_the_company_s_language(self):
        self.customer.sudo().email = False
        move = self._make_invoices()
        self._prepare()
        self.assertIn("n'a pas d'adresse", self._rows(move).answer)

    def test_the_customer_is_written_to_in_their_own(self):
        self.customer.sudo().lang = "en_US"
        move = self._make_invoices()
        self._deliver()
        message = self._rows(move).sudo().mail_message_id
        self.assertIn(f"Your invoice {move.name}", message.subject)
