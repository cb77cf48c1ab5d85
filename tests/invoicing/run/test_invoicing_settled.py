from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingSettled(BillingCommon):
    """A run looks at what is not settled yet; whoever changes that makes it look."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-01", plan=self.plan_monthly)
        for month in ("01", "02", "03"):
            self._run_on(f"2026-{month}-01")
        self.line = self.order.order_line

    def _get_settled(self):
        return str(self.line.billing_settled_until)

    def test_billed_periods_are_settled(self):
        self.assertEqual(self._get_settled(), "2026-04-01")

    def test_run_reads_the_rest_of_the_ledger_only(self):
        service = self.env["billing.invoicing"]
        self.assertEqual(service._get_billed_entries(self.line, settled=False), {})
        self.assertEqual(len(service._get_billed_entries(self.line)[self.line.id]), 3)

    def test_back_dated_change_is_found(self):
        with self._on("2026-03-10"):
            self.line._billing_add_version(self._day("2026-02-01"), price_unit=130.0)
        self.assertEqual(self._get_settled(), "2026-02-01")
        # A rise waits for the next invoice.
        self._run_on("2026-04-01")
        self.assertIn(
            ("2026-04-01", "2026-02-01", "2026-02-28", 30.0), self._bills(self.order)
        )
        self.assertEqual(self._get_settled(), "2026-05-01")

    def test_credit_note_is_found(self):
        with self._on("2026-03-10"):
            move = self._invoices(self.order)[1]
            wizard = self.env["account.move.reversal"].create(
                {
                    "move_ids": move.ids,
                    "journal_id": move.journal_id.id,
                    "billing_rebill": "again",
                }
            )
            wizard.refund_moves()
            wizard.new_move_ids.action_post()
        self.assertEqual(self._get_settled(), "2026-02-01")

    def test_plan_that_lets_pauses_move_the_end_is_found(self):
        self.plan_monthly.sudo().extend_on_pause = True
        self.env.invalidate_all()
        self.assertFalse(self.line.billing_settled_until)
        self._run_on("2026-04-01")
        self.assertEqual(self._get_settled(), "2026-05-01")

    def test_deleted_draft_is_found(self):
        self.plan_monthly.sudo().posting = "draft"
        self._run_on("2026-04-01")
        self.assertEqual(self._get_settled(), "2026-05-01")
        self._invoices(self.order)[-1].unlink()
        self.assertEqual(self._get_settled(), "2026-04-01")
