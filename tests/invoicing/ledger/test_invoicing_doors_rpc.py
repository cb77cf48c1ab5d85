from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingDoorsRpc(BillingCommon, HttpCase):
    """The doors of the ledger, tried by a billing user over the wire."""

    def setUp(self):
        super().setUp()
        self.user.sudo().password = "clerkclerk"
        self.authenticate("clerk", "clerkclerk")

    def _bill(self, posting):
        plan = self.plan_monthly.sudo().copy({"posting": posting}).sudo(False)
        order = self._subscribe("2026-03-01", plan=plan)
        self._run_on("2026-03-01")
        return order, self._invoices(order)

    def _call(self, records, method, *args, **kwargs):
        result = self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{records._name}/{method}",
            {
                "model": records._name,
                "method": method,
                "args": [records.ids, *args],
                "kwargs": kwargs,
            },
        )
        self.env.invalidate_all()
        return result

    def _check_refused(self, records, method, *args, **kwargs):
        with (
            mute_logger("odoo.http"),
            self.assertRaises(JsonRpcException),
        ):
            self._call(records, method, *args, **kwargs)
        self.env.invalidate_all()

    def _states(self, order):
        entries = self.env["billing.entry"].search([("order_id", "=", order.id)])
        return sorted(entries.mapped("state"))

    def test_entries_are_not_written_with_any_context(self):
        order, _invoice = self._bill("post")
        entry = self.env["billing.entry"].search([("order_id", "=", order.id)])
        forged = {"billing_ledger_writer": True, "billing_promise_writer": True}
        self._check_refused(entry, "write", {"charged_amount": 0}, context=forged)
        self._check_refused(entry, "unlink", context=forged)
        self._check_refused(
            order.order_line, "write", {"price_unit": 1}, context=forged
        )
        self._check_refused(order, "write", {"billing_end_date": "2026-03-02"})
        self.assertEqual(entry.charged_amount, 100.0)

    def test_private_methods_of_the_service_are_out_of_reach(self):
        order, _invoice = self._bill("post")
        service = self.env["billing.invoicing"]
        self._check_refused(service, "_insert_entries", [])
        self._check_refused(order, "_billing_close", "2026-03-02", self.reason.id)

    def test_deleted_draft_frees_its_period(self):
        order, draft = self._bill("draft")
        self._call(draft, "unlink")
        self.assertEqual(self._states(order), [])

    def test_line_of_a_draft_needs_an_answer(self):
        order, draft = self._bill("draft")
        line = draft.invoice_line_ids
        self._check_refused(draft, "write", {"invoice_line_ids": [[2, line.id, 0]]})
        self.assertEqual(self._states(order), ["draft"])
        self._call(line, "unlink", context={"billing_dropped_line": "give_up"})
        self.assertEqual(self._states(order), ["posted", "posted"])

    def test_price_of_a_draft_is_a_concession(self):
        order, draft = self._bill("draft")
        line = draft.invoice_line_ids
        self._call(
            draft, "write", {"invoice_line_ids": [[1, line.id, {"price_unit": 90.0}]]}
        )
        entry = self.env["billing.entry"].search([("order_id", "=", order.id)])
        self.assertEqual((entry.charged_amount, entry.concession_amount), (90.0, 10.0))

    def test_cancelled_draft_is_void_and_comes_back(self):
        order, draft = self._bill("draft")
        self._call(draft, "button_cancel")
        self.assertEqual(self._states(order), ["void"])
        self._call(draft, "button_draft")
        self.assertEqual(self._states(order), ["draft"])

    def test_posted_invoice_is_credited_with_an_answer_only(self):
        order, invoice = self._bill("post")
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create(
            {"journal_id": invoice.journal_id.id, "date": "2026-03-05"}
        )
        self._check_refused(wizard, "refund_moves")
        self._call(wizard, "modify_moves")
        self.assertEqual(self._states(order), ["draft", "posted", "posted"])

    def test_duplicate_carries_no_period(self):
        order, invoice = self._bill("post")
        copy_id = self._call(invoice, "copy")
        copy = self.env["account.move"].browse(copy_id)
        self.assertFalse(copy.invoice_line_ids.billing_period_start)
        self.assertEqual(self._states(order), ["posted"])
