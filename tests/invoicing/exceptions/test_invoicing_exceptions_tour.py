from odoo import fields
from odoo.tests import HttpCase, tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingExceptionsTour(BillingCommon, HttpCase):
    """The screen of exceptions in a real browser, in French, as a billing user."""

    def test_clerk_mends_the_customer_and_bills_again(self):
        self._speak_french(self.user)
        # Who mends customers may write them.
        self.user.sudo().group_ids += self.env.ref("base.group_partner_manager")
        self.user.sudo().password = "clerkclerk"
        partner = self._create_customer("Garage Aubry", street=False, city=False)
        today = self.company._billing_today()
        order = self._quote(
            partner_id=partner.id,
            billing_start_date=fields.Date.start_of(today, "month"),
        )
        order.action_confirm()
        self.env["billing.run"]._plan_run(order)._execute_at_once()
        self.start_tour(
            "/odoo/action-recurring_billing.billing_run_item_action_exceptions",
            "recurring_billing_exceptions",
            login="clerk",
        )
        self.assertEqual(self._invoices(order).state, "posted")
        self.assertFalse(order.billing_is_parked)
