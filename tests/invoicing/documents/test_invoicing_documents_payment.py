from unittest.mock import patch

from odoo.tests import tagged

from .documents import DocumentsCommon


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsPayment(DocumentsCommon):
    """The payment box: what is to be paid, when, where, with a code or without."""

    def setUp(self):
        super().setUp()
        self.invoice = self._bill("2026-03-01")

    def _box(self, move=None):
        return (move or self.invoice)._billing_get_payment_box()

    def _payload(self, move=None):
        """What the code of the box says."""
        told = []
        with patch(
            "odoo.addons.recurring_billing.models.invoicing.documents."
            "account_move_payment.qr_picture",
            side_effect=lambda payload: told.append(payload) or "picture",
        ):
            self._box(move)
        return told[0] if told else None

    def test_box_names_amount_day_account_and_reference(self):
        box = self._box()
        self.assertEqual(box["state"], "open")
        self.assertEqual(box["amount"], f"{self.invoice.amount_total:.2f}\N{NBSP}€")
        self.assertEqual(box["due"], "03/31/2026")
        self.assertEqual(box["headline"], f"To pay: {box['amount']} by 03/31/2026")
        self.assertEqual(box["iban"], "FR76 3000 6000 0112 3456 7890 189")
        self.assertEqual(box["holder"], "Atelier Exemple SARL")
        self.assertEqual(box["reference"], self.invoice.payment_reference)
        self.assertFalse(box["instalments"])
        self.assertIsNone(box["pay_url"])

    def test_code_asks_for_a_transfer_of_what_is_open(self):
        self._pay(self.invoice, "2026-03-10", 15.0)
        open_amount = self.invoice.amount_residual
        self.assertEqual(open_amount, self.invoice.amount_total - 15)
        self.assertEqual(
            self._payload().split("\n"),
            [
                *("BCD", "002", "1", "SCT", "", "Atelier Exemple SARL"),
                "FR7630006000011234567890189",
                f"EUR{open_amount:.2f}",
                *("", "", self.invoice.payment_reference),
            ],
        )

    def test_structured_reference_stands_where_banks_look_for_it(self):
        self.invoice.journal_id.sudo().invoice_reference_model = "euro"
        invoice = self._bill("2026-04-01", apart=True)
        self.assertRegex(invoice.payment_reference, r"^RF\d\d ")
        lines = self._payload(invoice).split("\n")
        self.assertEqual(lines[9], invoice.payment_reference.replace(" ", ""))
        self.assertEqual(len(lines), 10)

    def test_bic_is_carried_when_it_is_known(self):
        bank = self.env(su=True)["res.bank"].create(
            {"name": "Crédit du Nord", "bic": "AGRIFRPP"}
        )
        self.bank.bank_id = bank
        self.assertEqual(self._box()["bic"], "AGRIFRPP")
        self.assertEqual(self._payload().split("\n")[4], "AGRIFRPP")

    def test_account_holder_wins_over_the_companys_name(self):
        self.bank.acc_holder_name = "Atelier Exemple, compte principal"
        self.assertEqual(self._payload().split("\n")[5], self.bank.acc_holder_name)

    def test_no_code_on_an_account_that_nobody_trusts(self):
        self.bank.allow_out_payment = False
        self.assertIsNone(self._box()["qr"])
        self.assertTrue(self._box()["iban"])

    def test_account_of_a_bank_journal_is_trusted(self):
        journal = self.company_data["default_journal_bank"].sudo()
        journal.bank_account_id = self.bank
        self.bank.allow_out_payment = False
        self.assertTrue(self._box()["qr"])

    def test_no_code_for_an_account_without_iban(self):
        bank = self._create_account(self.company, "12345678")
        self.invoice.sudo().partner_bank_id = bank
        box = self._box()
        self.assertEqual((box["iban"], box["is_iban"]), ("12345678", False))
        self.assertIsNone(box["qr"])

    def test_no_code_in_another_currency(self):
        prices = self._create_franc_prices()
        invoice = self._bill("2026-04-01", apart=True, pricelist_id=prices.id)
        box = self._box(invoice)
        self.assertEqual(invoice.currency_id.name, "CHF")
        self.assertIn("CHF", box["amount"])
        self.assertIsNone(box["qr"])

    def test_name_longer_than_the_standard_is_cut(self):
        self.bank.acc_holder_name = "A" * 90
        self.assertEqual(self._payload().split("\n")[5], "A" * 70)

    def test_amount_beyond_the_standard_has_no_code(self):
        lines = [(self.support, 1, 2_000_000_000.0)]
        invoice = self._bill("2026-04-01", lines, apart=True)
        self.assertIsNone(self._box(invoice)["qr"])

    def test_several_payments_are_listed_and_the_code_asks_for_the_next(self):
        invoice = self._bill(
            "2026-04-01",
            [(self.support, 10, 100.0)],
            apart=True,
            payment_term_id=self._create_term(50, 30, 20).id,
        )
        total = invoice.amount_total
        box = self._box(invoice)
        self.assertEqual(
            [part[:2] for part in box["instalments"]],
            [(1, "04/01/2026"), (2, "05/01/2026"), (3, "05/31/2026")],
        )
        self.assertEqual(box["due"], "04/01/2026")
        self.assertIn(f"EUR{total / 2:.2f}", self._payload(invoice))
        # The first is paid: the second is next.
        self._pay(invoice, "2026-04-02", total / 2)
        box = self._box(invoice)
        self.assertEqual([part[0] for part in box["instalments"]], [1, 2])
        self.assertEqual(box["due"], "05/01/2026")
        self.assertIn(
            f"EUR{invoice.currency_id.round(total * 0.3):.2f}", self._payload(invoice)
        )

    def test_paid_invoice_asks_for_nothing(self):
        self._pay(self.invoice, "2026-03-10")
        box = self._box()
        self.assertEqual((box["state"], box["qr"]), ("paid", None))

    def test_credit_note_has_no_box(self):
        credit = self._credit(self.invoice, "2026-03-10", "Error")
        self.assertIsNone(self._box(credit))

    def test_invoice_of_zero_has_no_box(self):
        plan = self.plan_monthly.sudo().copy({"zero_invoice": True})
        invoice = self._bill(
            "2026-04-01", [(self.support, 1, 0.0)], apart=True, plan=plan
        )
        self.assertEqual(invoice.amount_total, 0)
        self.assertIsNone(self._box(invoice))

    def test_draft_names_the_account_but_carries_no_code(self):
        plan = self.plan_monthly.sudo().copy({"posting": "draft"})
        draft = self._bill("2026-04-01", apart=True, plan=plan)
        box = self._box(draft)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(box["iban"], "FR76 3000 6000 0112 3456 7890 189")
        self.assertIsNone(box["qr"])

    def test_direct_debit_asks_nothing_of_the_customer(self):
        journal = self.company_data["default_journal_bank"]
        method = journal.inbound_payment_method_line_ids[:1]
        self.invoice.sudo().preferred_payment_method_line_id = method
        methods = type(self.env["account.payment.method"])
        with patch.object(
            methods, "_get_sdd_payment_method_code", lambda self: [method.code]
        ):
            box = self._box()
        self.assertEqual(box["state"], "debit")
        self.assertIn("will be collected from your account on", box["headline"])
        self.assertIsNone(box["qr"])
        self.assertNotIn("iban", box)

    def test_stranger_may_not_ask(self):
        stranger = self._create_stranger()
        with self.assertRaisesRegex(Exception, "access"):
            self.invoice.with_user(stranger)._billing_get_payment_box()
