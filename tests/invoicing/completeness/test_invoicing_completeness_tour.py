from dateutil.relativedelta import relativedelta

from odoo.tests import HttpCase, tagged

from .proofs import CompletenessCommon


@tagged("post_install", "-at_install")
class TestInvoicingCompletenessTour(CompletenessCommon, HttpCase):
    """The completeness map in a real browser, in French, as a billing user."""

    def test_accountant_finds_a_hole_and_bills_it(self):
        self._speak_french(self.user)
        self.user.sudo().password = "clerkclerk"
        today = self.company._billing_today()
        first = today.replace(day=1) - relativedelta(months=3)
        order = self._quote(billing_start_date=first, billing_opening="bill_all")
        order.action_confirm()
        order._billing_invoice_now()
        lost = first + relativedelta(months=2)
        entry = self._entry(order, lost)
        # The catch-up stands on one invoice: the others keep their documents.
        self._execute(
            "UPDATE account_move_line SET billing_period_start = NULL,"
            " billing_period_end = NULL WHERE id = %s",
            entry.move_line_id.id,
        )
        self._delete_entry(entry, with_document=False)
        self.start_tour(
            "/odoo/billing-completeness",
            "recurring_billing_completeness",
            login="clerk",
        )
        self.assertTrue(self._entry(order, lost))
