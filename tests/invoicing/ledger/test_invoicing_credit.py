from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingCredit(BillingCommon):
    """Credit notes of billed periods: given up, billed again, or replaced."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.invoice = self._invoices(self.order)

    def _wizard(self, rebill=None):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        )
        return wizard.create(
            {
                "journal_id": self.invoice.journal_id.id,
                "date": "2026-03-05",
                "billing_rebill": rebill,
            }
        )

    def _credit(self, rebill):
        with self._on("2026-03-05"):
            wizard = self._wizard(rebill)
            wizard.refund_moves()
            return wizard.new_move_ids

    def _amounts(self):
        entries = self.env["billing.entry"].search(
            [("order_id", "=", self.order.id), ("state", "!=", "void")], order="id"
        )
        return [(e.kind, e.settled_amount, e.charged_amount) for e in entries]

    def test_credit_note_asks_before_it_is_made(self):
        with self._on("2026-03-05"):
            wizard = self._wizard()
            self.assertIn(self.order.name, wizard.billing_periods_text)
            with self.assertRaisesRegex(UserError, "billed again or given up"):
                wizard.refund_moves()

    def test_draft_credit_note_moves_nothing(self):
        self._credit("again")
        self.assertEqual(self._amounts(), [("charge", 100.0, 100.0)])

    def test_period_to_bill_again_is_an_adjustment_of_the_next_run(self):
        with self._on("2026-03-05"):
            self._credit("again").action_post()
        self.assertEqual(
            self._amounts(), [("charge", 100.0, 100.0), ("adjustment", -100.0, -100.0)]
        )
        self._run_on("2026-04-01")
        self.assertEqual(
            self._amounts()[2:],
            [("adjustment", 100.0, 100.0), ("charge", 100.0, 100.0)],
        )
        self.assertEqual(self._invoices(self.order)[-1].amount_untaxed, 200.0)

    def test_period_given_up_is_waived(self):
        with self._on("2026-03-05"):
            self._credit("given_up").action_post()
        self.assertEqual(
            self._amounts(),
            [
                ("charge", 100.0, 100.0),
                ("adjustment", -100.0, -100.0),
                ("waiver", 100.0, 0.0),
            ],
        )
        self._run_on("2026-04-01")
        self.assertEqual(self._invoices(self.order)[-1].amount_untaxed, 100.0)

    def test_partial_credit_note_takes_back_its_own_amount(self):
        credit = self._credit("given_up")
        with self._on("2026-03-05"):
            with Form(credit) as form, form.invoice_line_ids.edit(0) as line:
                line.price_unit = 30.0
            credit.action_post()
        self.assertEqual(
            self._amounts()[1:], [("adjustment", -30.0, -30.0), ("waiver", 30.0, 0.0)]
        )

    def test_credit_note_reset_to_draft_gives_nothing_back(self):
        credit = self._credit("given_up")
        with self._on("2026-03-05"):
            credit.action_post()
            credit.button_draft()
            self.assertEqual(self._amounts(), [("charge", 100.0, 100.0)])
            credit.action_post()
        self.assertEqual(len(self._amounts()), 3)

    def test_cancelled_credit_note_back_in_draft_moves_nothing_until_posted(self):
        credit = self._credit("given_up")
        with self._on("2026-03-05"):
            credit.action_post()
            credit.button_cancel()
            self.assertEqual(self._amounts(), [("charge", 100.0, 100.0)])
            credit.button_draft()
            self.assertEqual(self._amounts(), [("charge", 100.0, 100.0)])
            credit.invoice_line_ids.price_unit = 40.0
            credit.action_post()
        self.assertEqual(
            self._amounts()[1:], [("adjustment", -40.0, -40.0), ("waiver", 40.0, 0.0)]
        )

    def test_credit_note_posted_without_an_answer_is_refused(self):
        credit = self._credit("again")
        credit.billing_rebill = False
        with (
            self._on("2026-03-05"),
            self.assertRaisesRegex(UserError, "billed again or given up"),
        ):
            credit.action_post()

    def test_replacing_draft_takes_the_period_over(self):
        with self._on("2026-03-05"):
            wizard = self._wizard()
            wizard.modify_moves()
            draft = wizard.new_move_ids
            self.assertEqual(
                self._amounts(),
                [
                    ("charge", 100.0, 100.0),
                    ("adjustment", -100.0, -100.0),
                    ("adjustment", 100.0, 100.0),
                ],
            )
            draft.invoice_line_ids.price_unit = 90.0
            draft.action_post()
        self.assertEqual(self._amounts()[-1], ("adjustment", 100.0, 90.0))
        self.assertFalse(self._run_on("2026-03-06"))

    def test_corrected_invoice_is_not_reset(self):
        with self._on("2026-03-05"):
            self._credit("given_up").action_post()
            with self.assertRaisesRegex(UserError, "another document corrects it"):
                self.invoice.button_draft()
