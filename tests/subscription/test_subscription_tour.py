from odoo.tests import HttpCase, new_test_user, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionTour(BillingCommon, HttpCase):
    """The daily path in a real browser, in French, as a billing user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._speak_french(cls.user)
        cls.user.sudo().password = "clerkclerk"

    def test_clerk_sells_invoices_and_reads_the_ledger(self):
        self.customer.sudo().name = "Tour client"
        self._quote(self.plan_monthly)
        self.start_tour(
            "/odoo/action-recurring_billing.subscription_quotation_action",
            "recurring_billing_subscription",
            login="clerk",
        )
        order = self.env["sale.order"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(order.billing_state, "running")
        self.assertEqual(order.invoice_ids.state, "posted")

    def test_every_screen_opens_for_a_manager(self):
        new_test_user(
            self.env(su=True),
            login="chief",
            password="chiefchief",
            groups="recurring_billing.recurring_billing_group_manager,base.group_system",
            lang="fr_FR",
        )
        self.start_tour(
            "/odoo/action-recurring_billing.subscription_action",
            "recurring_billing_screens",
            login="chief",
        )
