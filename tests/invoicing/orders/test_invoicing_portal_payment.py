from datetime import date

from lxml import html

from odoo import Command
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .test_invoicing_portal import PortalCase


@tagged("post_install", "-at_install")
class TestInvoicingPortalPayment(PortalCase):
    """A quotation that its customer pays: the first document, and nothing else."""

    def setUp(self):
        super().setUp()
        admin = self.env(su=True)
        method = admin.ref("payment.payment_method_unknown")
        form = admin["ir.ui.view"].create(
            {"name": "Form", "type": "qweb", "arch": '<form action="x" method="post"/>'}
        )
        self.provider = admin["payment.provider"].create(
            {
                "name": "Card",
                "code": "none",
                "state": "test",
                "is_published": True,
                "payment_method_ids": [Command.set(method.ids)],
                "redirect_form_view_id": form.id,
                "company_id": self.company.id,
            }
        )
        method.active = True
        self._create_dummy_payment_method_for_provider(
            provider=self.provider, journal=self.company_data["default_journal_bank"]
        )
        # Without an account for money under way a payment has no entry to reconcile.
        self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        ).payment_account_id = self.inbound_payment_method_line.payment_account_id

    def _paid_quote(self, plan=None, **vals):
        """100.00 a month and 450.00 once, paid on line."""
        quote = self._quote(
            plan,
            lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)],
            require_payment=True,
            require_signature=False,
            **vals,
        )
        self._send(quote)
        return quote

    def _get_amount(self, order, query=""):
        """What the payment form of the page asks for."""
        url = f"/my/orders/{order.id}?access_token={order.access_token}{query}"
        page = html.fromstring(self._open(url).text)
        (form,) = page.xpath("//form[@id='o_payment_form']")
        return float(form.get("data-amount"))

    def _pay(self, order, amount):
        """The transaction that the payment form of the page makes."""
        self.make_jsonrpc_request(
            f"/my/orders/{order.id}/transaction",
            {
                "access_token": order.access_token,
                "provider_id": self.provider.id,
                "payment_method_id": self.provider.payment_method_ids.id,
                "token_id": None,
                "amount": amount,
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": f"/my/orders/{order.id}",
            },
        )
        return order.sudo().transaction_ids.sorted("id")[-1:]

    def _answer(self, transaction, moment=None):
        """The provider says yes; ``moment`` is when the customer paid (UTC)."""
        if moment:
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE payment_transaction SET create_date = %s WHERE id = %s",
                [moment, transaction.id],
            )
            transaction.invalidate_recordset(["create_date"])
        transaction._set_done()
        # As in the portal, where nobody is logged in.
        transaction = transaction.with_user(self.env.ref("base.public_user")).sudo()
        transaction._post_process()
        self.env.invalidate_all()

    def _residuals(self, order):
        return self._invoices(order).mapped("amount_residual")

    # === One amount everywhere === #

    def test_page_asks_for_the_first_document(self):
        # 28 of the 31 days of January, and the fee; 15 % tax.
        order = self._paid_quote(
            self.plan_monthly, billing_start_date="2099-01-04", prepayment_percent=0.3
        )
        first = round((90.32 + 450) * 1.15, 2)
        self.assertAlmostEqual(self._get_amount(order), first, 2)
        url = f"/my/orders/{order.id}?access_token={order.access_token}"
        page = self._open(url).text
        self._check_page(
            page,
            told=(f"{first:,.2f}",),
            untold=("632.50", "o_sale_portal_amount_prepayment_button"),
        )
        # A choice that core's page offers cannot be forced by the address.
        for choice in ("down_payment", "full_amount"):
            query = f"&amount_selection={choice}"
            self.assertAlmostEqual(self._get_amount(order, query), first, 2)

    def test_payment_link_proposes_the_first_document(self):
        order = self._paid_quote(billing_start_date="2099-01-01")
        wizard = (
            self.env["payment.link.wizard"]
            .with_context(active_model="sale.order", active_id=order.id)
            .create({})
        )
        self.assertEqual((wizard.amount, wizard.amount_max), (632.5, 632.5))
        self.assertFalse(wizard.warning_message)
        self.assertEqual(self._get_amount(order, "&payment_amount=632.5"), 632.5)

    def test_payment_link_of_a_billed_subscription_has_nothing_to_ask(self):
        order = self._subscribe("2026-03-01")
        values = order._get_default_payment_link_values()
        self.assertAlmostEqual(values["amount"], 115.0)
        self._run_on("2026-03-01")
        self.assertEqual(order._get_default_payment_link_values()["amount_max"], 0.0)

    @mute_logger("odoo.http")
    def test_amount_of_an_old_page_is_refused_before_money_moves(self):
        order = self._paid_quote(billing_start_date="2099-01-01")
        self.authenticate(None, None)
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._pay(order, 100.0)
        self.assertFalse(order.sudo().transaction_ids)

    @mute_logger("odoo.http")
    def test_quotation_that_cannot_start_is_not_paid(self):
        order = self._paid_quote(billing_start_date="2026-01-01")
        self.authenticate(None, None)
        with self.assertRaisesRegex(JsonRpcException, "ValidationError"):
            self._pay(order, 632.5)

    # === From the payment to the invoices === #

    def test_payment_starts_the_subscription_and_pays_its_first_invoice(self):
        order = self._paid_quote(billing_start_date="2026-12-01")
        self.authenticate(None, None)
        with self._on("2026-11-24"):
            transaction = self._pay(order, 632.5)
            self._answer(transaction, "2026-11-24 09:00:00")
            self.assertEqual(order.billing_state, "running")
        self._run_on("2026-12-01")
        self._run_on("2027-01-01")
        first, second = self._invoices(order)
        self.assertEqual((first.state, first.payment_state), ("posted", "paid"))
        self.assertEqual(transaction.invoice_ids, first)
        self.assertEqual(second.amount_residual, second.amount_total)

    def test_answer_after_midnight_keeps_the_day_of_the_payment(self):
        order = self._paid_quote()
        with self._on("2026-12-31", "22:00:00"):
            amount = order._get_prepayment_required_amount()
            self.authenticate(None, None)
            transaction = self._pay(order, amount)
        # 31 December is one day of a month of 31, and the fee.
        self.assertAlmostEqual(amount, round((3.23 + 450) * 1.15, 2), 2)
        with self._on("2026-12-31", "23:30:00"):
            # Half past midnight in Paris.
            self._answer(transaction, "2026-12-31 22:00:00")
        self.assertEqual(order.billing_state, "running")
        self.assertEqual(order.billing_start_date, date(2026, 12, 31))
        self._run_on("2027-01-01")
        first, second = self._invoices(order)
        self.assertEqual((first.amount_total, first.amount_residual), (amount, 0.0))
        self.assertEqual(
            (second.amount_untaxed, second.amount_residual), (100.0, 115.0)
        )

    def test_answer_after_midnight_where_missed_periods_share_a_document(self):
        plan = self.plan_monthly.sudo().copy({"catch_up_form": "one_document"})
        order = self._paid_quote(plan.sudo(False))
        with self._on("2026-12-31"):
            self.authenticate(None, None)
            transaction = self._pay(order, order._get_prepayment_required_amount())
        with self._on("2027-01-01"):
            self._answer(transaction, "2026-12-31 10:00:00")
        self.assertEqual(order.billing_start_date, date(2026, 12, 31))
        self._run_on("2027-01-01")
        self.assertEqual(self._residuals(order), [115.0])

    def test_payment_that_is_too_small_leaves_the_quotation_as_it_was(self):
        order = self._paid_quote()
        with self._on("2026-12-31"):
            self.authenticate(None, None)
            transaction = self._pay(order, order._get_prepayment_required_amount())
            transaction.amount = 1.0
            self._answer(transaction, "2026-12-31 10:00:00")
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.billing_start_date)
        self.assertFalse(order.billing_opening)

    def test_payment_of_what_can_no_longer_start_waits_for_a_person(self):
        order = self._paid_quote(billing_start_date="2099-01-01")
        self.authenticate(None, None)
        transaction = self._pay(order, 632.5)
        order.billing_start_date = "2026-01-01"
        self._answer(transaction)
        self.assertEqual(order.state, "sent")
        self.assertTrue(transaction.payment_id)
        self.assertEqual(order.activity_ids.user_id, self.user)
        self.assertIn("paid", order.activity_ids.summary)
