from odoo import Command
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingCorePayments(BillingCommon):
    """Payments of the quote and card charges: which invoice they belong to."""

    def setUp(self):
        super().setUp()
        self.provider = (
            self.env["payment.provider"]
            .sudo()
            .create(
                {
                    "name": "Card",
                    "code": "none",
                    "state": "test",
                    "company_id": self.company.id,
                }
            )
        )
        self._create_dummy_payment_method_for_provider(
            provider=self.provider, journal=self.company_data["default_journal_bank"]
        )
        # Without an account for money under way a payment has no entry to reconcile.
        self.provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == self.provider
        ).payment_account_id = self.inbound_payment_method_line.payment_account_id
        self.numbers = iter(range(1, 100))

    def _charge(self, orders, amount, **vals):
        """A card payment that carries orders, confirmed by its provider."""
        return (
            self.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": self.provider.id,
                    "payment_method_id": self.env.ref(
                        "payment.payment_method_unknown"
                    ).id,
                    "reference": f"card-{next(self.numbers)}",
                    "operation": "online_direct",
                    "amount": amount,
                    "currency_id": orders.currency_id.id,
                    "partner_id": self.customer.id,
                    "sale_order_ids": [Command.set(orders.ids)],
                    "state": "done",
                    **vals,
                }
            )
        )

    def _post_process(self, transaction, day):
        with self._on(day):
            transaction.with_context(skip_sale_auto_invoice_send=True)._post_process()

    def _invoice_automatically(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "sale.automatic_invoice", "True"
        )

    def _refunds(self, order):
        return self._invoices(order).filtered(lambda m: m.move_type == "out_refund")

    # === The payment of the quote === #

    def test_payment_of_the_quote_pays_the_first_invoice_only(self):
        order = self._subscribe("2026-03-01")
        payment = self._charge(order, 100.0)
        self._post_process(payment, "2026-03-01")
        self._run_on("2026-03-01")
        self._run_on("2026-04-01")
        first, second = self._invoices(order)
        self.assertEqual(payment.invoice_ids, first)
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 100.0))

    def test_unconfirmed_payment_follows_the_first_invoice_only(self):
        order = self._subscribe("2026-03-01")
        payment = self._charge(order, 100.0, state="pending")
        self._run_on("2026-03-01")
        self._run_on("2026-04-01")
        self.assertEqual(payment.invoice_ids, self._invoices(order)[0])

    def test_payment_goes_over_to_what_replaces_a_cancelled_first_invoice(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"}).sudo(False)
        order = self._subscribe("2026-03-01", plan)
        payment = self._charge(order, 100.0, state="pending")
        self._run_on("2026-03-01")
        with self._on("2026-03-02"):
            self._invoices(order).button_cancel()
        self._run_on("2026-03-02")
        self.assertIn(self._invoices(order)[1], payment.invoice_ids)
        self._run_on("2026-04-01")
        self.assertNotIn(self._invoices(order)[2], payment.invoice_ids)

    def test_missed_months_do_not_share_the_payment(self):
        order = self._subscribe("2026-01-01")
        payment = self._charge(order, 100.0, state="pending")
        self._run_on("2026-03-01")
        self.assertEqual(len(self._invoices(order)), 3)
        self.assertEqual(payment.invoice_ids, self._invoices(order)[0])

    def test_payment_of_each_member_follows_the_shared_invoice(self):
        one, two = (self._subscribe("2026-03-01") for _number in range(2))
        payments = self._charge(one, 100.0, state="pending")
        payments |= self._charge(two, 100.0, state="pending")
        self._run_on("2026-03-01")
        invoice = self._invoices(one | two)
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.transaction_ids, payments)

    def test_payment_of_a_new_member_is_not_lost_behind_an_old_one(self):
        old = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        new = self._subscribe("2026-04-01")
        payment = self._charge(new, 100.0)
        self._post_process(payment, "2026-04-01")
        self._run_on("2026-04-01")
        shared = self._invoices(new)
        self.assertEqual(shared, self._invoices(old)[-1])
        self.assertEqual(payment.invoice_ids, shared)
        self.assertEqual(shared.amount_residual, 100.0)

    # === Charges, with automatic invoicing on === #

    def test_charge_of_an_invoice_pays_it_and_refunds_nothing(self):
        self._invoice_automatically()
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self._run_on("2026-04-01")
        _first, second = self._invoices(order)
        charge = self._charge(order, 100.0, invoice_ids=[Command.set(second.ids)])
        self._post_process(charge, "2026-04-02")
        self.assertEqual(charge.invoice_ids, second)
        self.assertEqual(second.amount_residual, 0.0)
        self.assertFalse(self._refunds(order))

    def test_charge_that_names_the_order_only_refunds_nothing(self):
        self._invoice_automatically()
        order = self._subscribe("2026-03-01", lines=[(self.support, 2, 100.0)])
        for day in ("2026-03-01", "2026-04-01", "2026-05-01"):
            self._run_on(day)
        charge = self._charge(order, 200.0)
        self._post_process(charge, "2026-05-02")
        self.assertEqual(len(self._invoices(order)), 3)
        self.assertFalse(charge.invoice_ids)
        self.assertEqual(charge.payment_id.amount, 200.0)
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)

    def test_part_payment_makes_no_down_payment(self):
        self._invoice_automatically()
        order = self._subscribe("2026-03-01")
        charge = self._charge(order, 50.0)
        self._post_process(charge, "2026-03-01")
        self.assertFalse(self._invoices(order))
        self._run_on("2026-03-01")
        invoice = self._invoices(order)
        self.assertEqual(charge.invoice_ids, invoice)
        self.assertEqual(invoice.amount_residual, 50.0)

    def test_payment_in_full_waits_for_the_first_invoice_with_its_fee(self):
        self._invoice_automatically()
        order = self._subscribe(
            "2026-03-01", lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        )
        charge = self._charge(order, order.amount_total)
        self._post_process(charge, "2026-03-01")
        self.assertFalse(charge.invoice_ids)
        self._run_on("2026-03-01")
        self._run_on("2026-04-01")
        first, second = self._invoices(order)
        self.assertEqual((first.amount_untaxed, second.amount_untaxed), (550.0, 100.0))
        self.assertEqual(charge.invoice_ids, first)
        self.assertEqual((first.amount_residual, second.amount_residual), (0.0, 100.0))

    def test_ordinary_order_is_invoiced_by_its_payment_as_ever(self):
        self._invoice_automatically()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.setup_fee.id})],
            }
        )
        order.action_confirm()
        charge = self._charge(order, order.amount_total)
        self._post_process(charge, "2026-03-01")
        self.assertEqual(charge.invoice_ids.amount_untaxed, 450.0)
        self.assertEqual(charge.invoice_ids.amount_residual, 0.0)
