from odoo import Command
from odoo.tests import HttpCase, tagged

from ..delivery.delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestInvoicingIssuedTour(DeliveryCommon, HttpCase):
    """From posting to the archive, as a person sees it in the browser."""

    def _get_addresses(self):
        return [address for address, _content in self.server.received]

    def test_posted_invoice_is_sent_kept_and_verified(self):
        self.user.sudo().password = "clerkclerk"
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": "2026-03-02",
                "invoice_line_ids": [
                    Command.create({"product_id": self.support.id, "price_unit": 100.0})
                ],
            }
        )
        url = f"/odoo/action-account.action_move_out_invoice_type/{move.id}"
        self.start_tour(url, "recurring_billing_issued_post", login="clerk")
        self.assertEqual(move.state, "posted")
        # Core tells the clerk that the password was changed.
        self.assertNotIn(self.customer.email, self._get_addresses())
        self._deliver()
        self.assertEqual(self._get_addresses().count(self.customer.email), 1)
        self._job("ir_cron_archive")
        self.start_tour(url, "recurring_billing_issued_follow", login="clerk")
        archive = self.env["billing.archive"].search(
            [("move_id", "=", move.id), ("kind", "=", "document")]
        )
        self.assertEqual((archive.state, archive.integrity), ("sealed", "intact"))
