from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.recurring_billing.models.invoicing.delivery.billing_delivery import (
    delivery_writer,
)

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingDoors(BillingCommon):
    """What happens to entries when their document is deleted, cancelled or edited."""

    def setUp(self):
        super().setUp()
        self.plan_draft = self.plan_monthly.sudo().copy(
            {"name": "Drafts", "posting": "draft"}
        )

    def _bill(self, plan=None, lines=None, day="2026-03-01"):
        order = self._subscribe(day, plan or self.plan_draft, lines)
        self._run_on(day)
        return order, self._invoices(order)

    def _entries(self, order):
        return self.env["billing.entry"].search(
            [("order_id", "=", order.id)], order="id"
        )

    def _balance(self, order):
        """Settled and charged of the live entries of a subscription."""
        live = self._entries(order).filtered(lambda entry: entry.state != "void")
        return sum(live.mapped("settled_amount")), sum(live.mapped("charged_amount"))

    # === Draft === #

    def test_deleted_draft_frees_its_period(self):
        order, invoice = self._bill()
        self.assertEqual(self._entries(order).state, "draft")
        with self._on("2026-03-02"):
            invoice.unlink()
            self.assertFalse(self._entries(order))
            self.assertEqual(str(order.billing_next_date), "2026-03-01")
        self._run_on("2026-03-02")
        self.assertEqual(
            self._bills(order), [("2026-03-02", "2026-03-01", "2026-03-31", 100.0)]
        )

    def test_draft_posted_by_hand_posts_its_entries(self):
        order, invoice = self._bill()
        with self._on("2026-03-03"):
            invoice.action_post()
        self.assertEqual(self._entries(order).state, "posted")
        self.assertEqual(self._entries(order).untaxed_amount, 100.0)

    def test_line_of_a_draft_is_not_deleted_without_an_answer(self):
        order, invoice = self._bill()
        with self.assertRaisesRegex(UserError, "billed later or given up"):
            invoice.write({"invoice_line_ids": [(2, invoice.invoice_line_ids.id)]})
        self.assertEqual(len(self._entries(order)), 1)

    def test_line_removed_for_later_is_billed_by_the_next_run(self):
        lines = [(self.support, 1, 100.0), (self.licence, 1, 50.0)]
        order, invoice = self._bill(lines=lines)
        with self._on("2026-03-02"):
            self._drop(invoice, self.licence, "later")
        self.assertEqual(invoice.amount_untaxed, 100.0)
        self.assertEqual(self._balance(order), (100.0, 100.0))
        self._run_on("2026-03-02")
        self.assertEqual(self._balance(order), (150.0, 150.0))
        self.assertEqual(self._invoices(order)[-1].amount_untaxed, 50.0)

    def test_line_given_up_is_never_billed(self):
        lines = [(self.support, 1, 100.0), (self.licence, 1, 50.0)]
        order, invoice = self._bill(lines=lines)
        with self._on("2026-03-02"):
            self._drop(invoice, self.licence, "give_up")
        self.assertEqual(self._balance(order), (150.0, 100.0))
        kinds = self._entries(order).filtered(
            lambda entry: entry.product_id == self.licence
        )
        self.assertEqual(sorted(kinds.mapped("kind")), ["charge", "waiver"])
        self.assertFalse(self._run_on("2026-03-02"))

    def _drop(self, invoice, product, answer):
        line = invoice.invoice_line_ids.filtered(
            lambda line: line.product_id == product
        )
        self.env["billing.line.drop"].create(
            {"move_id": invoice.id, "line_id": line.id, "answer": answer}
        ).action_apply()

    def test_price_edited_on_a_draft_is_a_concession(self):
        order, invoice = self._bill()
        with self._on("2026-03-02"):
            with Form(invoice) as form, form.invoice_line_ids.edit(0) as line:
                line.price_unit = 80.0
            entry = self._entries(order)
            self.assertEqual(entry.settled_amount, 100.0)
            self.assertEqual(entry.charged_amount, 80.0)
            self.assertEqual(entry.concession_amount, 20.0)
            self.assertEqual(entry.concession_user_id, self.user)
            invoice.action_post()
        self.assertFalse(self._run_on("2026-03-02"))
        self.assertEqual(self._entries(order).untaxed_amount, 80.0)

    def test_credit_after_a_concession_gives_back_what_was_charged(self):
        order, invoice = self._bill()
        invoice.invoice_line_ids.price_unit = 80.0
        with self._on("2026-03-02"):
            invoice.action_post()
        with self._on("2026-03-16"):
            order._billing_close(date(2026, 3, 15), self.reason)
        self._run_on("2026-03-16")
        credit = self._entries(order)[-1]
        self.assertEqual(credit.settled_amount, -51.61)
        self.assertEqual(credit.charged_amount, -41.29)
        self.assertEqual(credit.move_id.move_type, "out_refund")
        self.assertEqual(credit.move_id.amount_untaxed, 41.29)

    def test_line_added_by_hand_has_no_entry(self):
        order, invoice = self._bill()
        invoice.write(
            {
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.setup_fee.id, "price_unit": 10.0})
                ]
            }
        )
        self.assertEqual(len(self._entries(order)), 1)
        self.assertEqual(self._balance(order), (100.0, 100.0))

    # === Cancelled and reset === #

    def test_cancelled_draft_is_void_and_its_period_free(self):
        order, invoice = self._bill()
        with self._on("2026-03-02"):
            invoice.button_cancel()
        entry = self._entries(order)
        self.assertEqual(entry.state, "void")
        self.assertFalse(entry.move_line_id)
        self.assertTrue(entry.document_name)
        self.assertEqual(str(order.billing_next_date), "2026-03-01")
        self._run_on("2026-03-02")
        self.assertEqual(self._balance(order), (100.0, 100.0))

    def test_cancelled_draft_comes_back_while_its_days_are_free(self):
        order, invoice = self._bill()
        with self._on("2026-03-02"):
            invoice.button_cancel()
            invoice.button_draft()
        entry = self._entries(order)
        self.assertEqual((entry.state, entry.move_id), ("draft", invoice))
        self.assertFalse(self._run_on("2026-03-02"))

    def test_cancelled_draft_stays_so_when_its_days_were_billed(self):
        order, invoice = self._bill()
        with self._on("2026-03-02"):
            invoice.button_cancel()
        self._run_on("2026-03-02")
        with self._on("2026-03-03"):
            with self.assertRaisesRegex(UserError, "was billed on"):
                invoice.button_draft()
            invoice.invalidate_recordset()
            self.assertEqual(self._balance(order), (100.0, 100.0))

    def test_cancelled_draft_can_still_be_deleted(self):
        order, invoice = self._bill()
        with self._on("2026-03-02"):
            invoice.button_cancel()
            invoice.unlink()
        self.assertFalse(invoice.exists())
        self.assertEqual(self._entries(order).state, "void")

    def test_posted_unsent_invoice_goes_back_to_draft_with_its_entries(self):
        order, invoice = self._bill(self.plan_monthly)
        with self._on("2026-03-02"):
            invoice.button_draft()
            self.assertEqual(self._entries(order).state, "draft")
            invoice.action_post()
        self.assertEqual(self._entries(order).state, "posted")
        self.assertEqual(self._balance(order), (100.0, 100.0))

    def test_sent_invoice_is_not_reset(self):
        order, invoice = self._bill(self.plan_monthly)
        # Core's mark says that there is a PDF, not that it left.
        invoice.is_move_sent = True
        delivery_writer(self.env["billing.delivery"]).create(
            {
                "move_id": invoice.id,
                "company_id": self.company.id,
                "customer_id": self.customer.id,
                "channel": "email",
                "email": "a@example.com",
                "state": "sent",
            }
        )
        with self.assertRaisesRegex(UserError, "it was sent"):
            invoice.button_draft()
        self.assertEqual(self._entries(order).state, "posted")

    def test_invoice_of_a_closed_period_is_not_reset(self):
        _order, invoice = self._bill(self.plan_monthly)
        self.company.sudo().sale_lock_date = date(2026, 3, 31)
        with (
            self._on("2026-04-02"),
            self.assertRaisesRegex(UserError, "its period is closed"),
        ):
            invoice.button_draft()

    def test_duplicate_carries_neither_period_nor_entry(self):
        order, invoice = self._bill(self.plan_monthly)
        copy = invoice.copy()
        self.assertFalse(copy.invoice_line_ids.billing_period_start)
        self.assertFalse(copy.invoice_line_ids.billing_origin_line_id)
        self.assertFalse(copy.billing_run_id)
        self.assertEqual(len(self._entries(order)), 1)
