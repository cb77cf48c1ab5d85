from odoo.tests import HttpCase, tagged

from .test_invoicing_make_recurring import MakeRecurringCommon


@tagged("post_install", "-at_install")
class TestInvoicingMakeRecurringTour(MakeRecurringCommon, HttpCase):
    """The dialog in a browser, in French: what it proposes comes back as shown."""

    def test_clerk_makes_an_invoice_recurring(self):
        self._speak_french(self.user)
        self.user.sudo().password = "clerkclerk"
        self.support.sudo().name = "Tour support"
        self.licence.sudo().name = "Tour licence"
        # The browser lives in the present, however long after the invoice that is.
        self.plan_anniversary.sudo().catch_up_limit = 1000
        move = self._invoice(lines=[(self.support, 1, 100.0), (self.licence, 1, 50.0)])
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{move.id}",
            "recurring_billing_make_recurring",
            login="clerk",
        )
        order = move.billing_made_order_id
        self.assertEqual(order.order_line.product_id, self.support)
        self.assertEqual(
            self._bills(order), [("2026-11-01", "2026-11-01", "2026-11-30", 100.0)]
        )
