from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingCoreOrders(BillingCommon):
    """Cancelling, deleting and copying the order of a subscription; down payments."""

    def setUp(self):
        super().setUp()
        self.plan_draft = (
            self.plan_monthly.sudo().copy({"posting": "draft"}).sudo(False)
        )

    def _pair(self):
        """Two subscriptions of one customer on one draft."""
        one, two = (
            self._subscribe("2026-03-01", self.plan_draft, lines)
            for lines in ([(self.support, 1, 100.0)], [(self.licence, 1, 50.0)])
        )
        self._run_on("2026-03-01")
        draft = self._invoices(one | two)
        self.assertEqual((len(draft), draft.amount_untaxed), (1, 150.0))
        return one, two, draft

    def _entries(self, orders):
        return self.env["billing.entry"].search([("order_id", "in", orders.ids)])

    # === Cancelling === #

    def test_cancelled_member_leaves_the_draft_to_the_other(self):
        one, two, draft = self._pair()
        with self._on("2026-03-02"):
            one.action_cancel()
        self.assertEqual((one.state, draft.state), ("cancel", "draft"))
        self.assertEqual(draft.invoice_line_ids.product_id, self.licence)
        self.assertEqual(self._entries(one | two).order_id, two)
        with self._on("2026-03-02"):
            draft.action_post()
        self.assertEqual(self._entries(two).state, "posted")
        self._run_on("2026-04-01")
        self.assertEqual(
            self._bills(one | two),
            [
                ("2026-03-01", "2026-03-01", "2026-03-31", 50.0),
                ("2026-04-01", "2026-04-01", "2026-04-30", 50.0),
            ],
        )

    def test_last_member_cancelled_takes_the_draft_along(self):
        one, two, draft = self._pair()
        with self._on("2026-03-02"):
            one.action_cancel()
            two.action_cancel()
        self.assertEqual(draft.state, "cancel")
        self.assertEqual(self._entries(two).state, "void")
        self.assertFalse((one | two).filtered("billing_next_date"))
        self.assertFalse(self._run_on("2026-04-01"))

    def test_both_members_cancelled_at_once_leave_nothing_to_bill(self):
        one, two, draft = self._pair()
        with self._on("2026-03-02"):
            (one | two)._action_cancel()
        self.assertEqual(set((one | two).mapped("state")), {"cancel"})
        self.assertNotEqual(draft.exists().state, "posted")
        self.assertFalse(
            self._entries(one | two).filtered(lambda entry: entry.state != "void")
        )
        self.assertFalse(self._run_on("2026-04-01"))

    def test_fee_of_a_cancelled_member_leaves_the_shared_draft_too(self):
        one = self._subscribe(
            "2026-03-01",
            self.plan_draft,
            [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)],
        )
        two = self._subscribe("2026-03-01", self.plan_draft, [(self.licence, 1, 50.0)])
        self._run_on("2026-03-01")
        draft = self._invoices(one | two)
        self.assertEqual(draft.amount_untaxed, 600.0)
        with self._on("2026-03-02"):
            one.action_cancel()
        self.assertEqual((draft.state, draft.amount_untaxed), ("draft", 50.0))

    def test_order_with_a_posted_invoice_keeps_its_draft_when_refused(self):
        order = self._subscribe("2026-03-01", self.plan_draft)
        self._run_on("2026-03-01")
        with self._on("2026-03-02"):
            self._invoices(order).action_post()
        self._run_on("2026-04-01")
        with self._on("2026-04-02"), self.assertRaisesRegex(UserError, "Close it"):
            order.action_cancel()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self._invoices(order).mapped("state"), ["posted", "draft"])

    def test_cancelling_many_refuses_the_billed_one_by_name(self):
        billed = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        fresh = self._subscribe("2026-05-01")
        wizard = self.env["sale.mass.cancel.orders"].create(
            {"sale_order_ids": [Command.set((fresh | billed).ids)]}
        )
        with self.assertRaisesRegex(UserError, billed.name):
            wizard.action_mass_cancel()

    def test_order_credited_in_full_is_closed_not_cancelled(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        with self._on("2026-03-02"):
            self.env["account.move.reversal"].with_context(
                active_model="account.move", active_ids=self._invoices(order).ids
            ).create(
                {
                    "journal_id": self._invoices(order).journal_id.id,
                    "billing_rebill": "given_up",
                }
            ).refund_moves()
            self._invoices(order)[-1].action_post()
            with self.assertRaisesRegex(UserError, "Close it"):
                order.action_cancel()

    def test_cancelled_before_any_invoice_it_is_never_billed(self):
        order = self._subscribe("2026-03-01")
        with self._on("2026-03-01"):
            order.action_cancel()
        self.assertFalse(order.billing_state or order.billing_next_date)
        self.assertFalse(self._run_on("2026-03-01"))

    # === Deleting === #

    def test_order_with_void_traces_is_deleted_with_them(self):
        order = self._subscribe("2026-03-01", self.plan_draft)
        self._run_on("2026-03-01")
        with self._on("2026-03-02"):
            order.action_cancel()
        void = self._entries(order)
        self.assertEqual(void.state, "void")
        order.sudo().unlink()
        self.assertFalse(order.exists() or void.exists())

    def test_billed_order_is_not_deleted_whatever_its_state(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        # Another module could write the state past the refusal of cancelling.
        order.sudo().state = "cancel"
        with self.assertRaisesRegex(UserError, "was billed and cannot be deleted"):
            order.sudo().unlink()
        self.assertTrue(order.exists())

    # === Copying === #

    def test_copy_of_a_closed_subscription_starts_afresh(self):
        order = self._subscribe(
            "2026-01-15",
            lines=[(self.support, 1, 100.0, {"billing_end_date": "2026-12-31"})],
        )
        self._run_on("2026-01-15")
        with self._on("2026-01-20"):
            order.order_line._billing_add_version(date(2026, 1, 20), quantity=3)
            order._billing_close(date(2026, 1, 31), self.reason)
        self._run_on("2026-02-01")
        copy = order.copy()
        self.assertEqual(copy.billing_state, "draft")
        self.assertEqual(copy.billing_plan_id, order.billing_plan_id)
        for name in order._fields:
            if name.startswith("billing_") and order._fields[name].type == "date":
                self.assertFalse(copy[name], name)
        for name in copy.order_line._fields:
            field = copy.order_line._fields[name]
            if name.startswith("billing_") and field.type == "date":
                self.assertFalse(copy.order_line[name], name)
        self.assertFalse(copy.billing_close_reason_id or copy.billing_entry_ids)
        self.assertFalse(copy.order_line.billing_unit or copy.order_line.billing_day)
        self.assertFalse(copy.order_line.billing_version_ids)
        self.assertFalse(copy.order_line.billing_root_line_id)
        self.assertEqual(copy.order_line.qty_invoiced, 0.0)
        self.assertEqual(copy.order_line.product_uom_qty, 3.0)

    def test_copy_is_billed_from_its_own_start(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        copy = order.copy({"billing_start_date": "2026-02-10"})
        with self._on("2026-02-10"):
            copy.action_confirm()
        self._run_on("2026-02-10")
        self.assertEqual(
            self._bills(copy), [("2026-02-10", "2026-02-10", "2026-02-28", 67.86)]
        )

    # === Down payments === #

    def _ask_down_payment(self, order, method):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": method,
                "amount": 10.0,
                "fixed_amount": 30.0,
            }
        )
        wizard.create_invoices()

    def test_down_payment_of_a_subscription_or_its_quote_is_refused(self):
        lines = [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        for order in (self._quote(lines=lines), self._subscribe("2026-03-01")):
            for method in ("percentage", "fixed"):
                with self.subTest(state=order.state, method=method):
                    with self.assertRaisesRegex(UserError, "not recurring"):
                        self._ask_down_payment(order, method)
                    self.assertFalse(order.order_line.filtered("is_downpayment"))

    def test_down_payment_of_an_ordinary_order_stays_possible(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": self.setup_fee.id}),
                ],
            }
        )
        order.action_confirm()
        self._ask_down_payment(order, "percentage")
        self.assertEqual(order.invoice_ids.amount_untaxed, 45.0)
