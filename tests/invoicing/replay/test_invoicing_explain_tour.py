from odoo.tests import HttpCase, tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingExplainTour(BillingCommon, HttpCase):
    """Explain and replay in a real browser, in French, as a billing user."""

    def test_clerk_reads_how_an_amount_was_reached_and_replays_it(self):
        self._speak_french(self.user)
        self.user.sudo().password = "clerkclerk"
        order = self._subscribe("2026-03-01", lines=[(self.support, 25, 38.0)])
        self._run_on("2026-03-01")
        invoice = self._invoices(order)
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}",
            "recurring_billing_explain",
            login="clerk",
        )
        self.assertEqual(invoice.state, "posted")
