from odoo import fields
from odoo.tests import HttpCase, tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingSteeringTour(BillingCommon, HttpCase):
    """Change, pause and close in a real browser, in French, as a billing user."""

    def test_clerk_sees_each_effect_before_applying_it(self):
        self._speak_french(self.user)
        self.user.sudo().password = "clerkclerk"
        self.customer.sudo().name = "Tour client"
        today = self.company._billing_today()
        order = self._quote(
            lines=[(self.support, 10, 30.0)],
            billing_start_date=fields.Date.start_of(today, "month"),
        )
        order.action_confirm()
        order._billing_invoice_now()
        self.start_tour(
            "/odoo/action-recurring_billing.subscription_action",
            "recurring_billing_steering",
            login="clerk",
        )
        version = order.order_line.billing_version_ids.sorted("id")[-1]
        self.assertEqual((version.start_date, version.quantity), (today, 15.0))
        self.assertEqual(order.billing_pause_ids.start_date, today)
        self.assertEqual(order.billing_end_date, today)
        self.assertEqual(order.billing_close_reason_id, self.reason)
