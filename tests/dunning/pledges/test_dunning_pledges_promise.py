"""A promise stops reminders until its day, and is kept or broken by what is paid."""

from datetime import date

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .pledges_common import PledgesCommon


@tagged("post_install", "-at_install")
class TestDunningPledgesPromise(PledgesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(1240)
        cls.later = cls._invoice(600, "2026-02-14")

    # === What is promised === #

    def test_what_is_overdue_is_proposed(self):
        self.assertEqual(self._promise().amount, 1240)

    def test_an_invoice_is_proposed_whole(self):
        promise = self._promise(move_id=self.later.id)
        self.assertEqual(promise.amount, 600)
        self.assertEqual(promise.partner_id, self.customer)

    def test_an_invoice_tells_customer_and_currency(self):
        euro = self.env.ref("base.EUR")
        self.env["res.currency"].sudo().browse(euro.id).active = True
        foreign = self._invoice(300, currency_id=euro.id)
        with self._on("2026-02-10"):
            promise = self.env["billing.dunning.promise"].create(
                {"move_id": foreign.id, "until": "2026-02-20"}
            )
        self.assertEqual(
            (promise.partner_id, promise.currency_id, promise.amount),
            (self.customer, euro, 300),
        )

    def test_the_balance_is_in_the_currency_that_was_due_first(self):
        euro = self.env.ref("base.EUR").sudo()
        euro.active = True
        abroad = self._create_customer("Grachten")
        self._invoice(300, partner=abroad, currency_id=euro.id)
        promise = self._promise(partner_id=abroad.id)
        self.assertEqual((promise.currency_id.name, promise.amount), ("EUR", 300))

    def test_a_contact_speaks_for_the_company(self):
        contact = self._create_customer("Claire", parent_id=self.customer.id)
        self.assertEqual(
            self._promise(100, partner_id=contact.id).partner_id, self.customer
        )

    def test_more_than_what_is_open_is_refused(self):
        with self.assertRaises(ValidationError) as refusal:
            self._promise(2000)
        self.assertRegex(
            str(refusal.exception),
            r"The promise \(\$.?2,000\.00\) exceeds what is open \(\$.?1,840\.00\)\.",
        )

    def test_what_falls_due_after_the_day_is_not_promised(self):
        with self.assertRaises(ValidationError):
            self._promise(1840, until="2026-02-13")
        self.assertTrue(self._promise(1840, until="2026-02-14"))

    def test_what_we_owe_the_customer_is_not_promised(self):
        self._credit(self.later, 600, "2026-02-01")
        self._pay(self.invoice, 240, "2026-02-01")
        with self.assertRaises(ValidationError):
            self._promise(1001)

    def test_an_unmatched_credit_lessens_what_may_be_promised(self):
        note = self._invoice(240, move_type="out_refund")
        self.assertEqual(note.amount_residual, 240)
        self.assertEqual(self._promise().amount, 1000)

    def test_another_customers_invoice_is_refused(self):
        foreign = self._invoice(50, partner=self._create_customer("Tilleuls"))
        with self.assertRaisesRegex(ValidationError, "Tilleuls"):
            self._promise(50, move_id=foreign.id)

    def test_a_day_on_which_nothing_falls_due_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "01/31/2026"):
            self._promise(50, move_id=self.invoice.id, date_maturity="2026-02-01")

    def test_a_due_date_needs_its_invoice(self):
        with self.assertRaisesRegex(ValidationError, "Choose the invoice"):
            self._promise(50, date_maturity="2026-01-31")

    def test_an_instalment_alone_may_be_promised(self):
        split = self._invoice_in_two(1000)
        promise = self._promise(move_id=split.id, date_maturity="2026-01-31")
        self.assertEqual(promise.amount, 500)

    @mute_logger("odoo.sql_db")
    def test_a_promise_is_for_a_later_day(self):
        with self.assertRaisesRegex(CheckViolation, "until_later"):
            self._promise(100, until="2026-02-09")

    # === What it does === #

    def test_reminders_leave_the_oldest_out(self):
        self._promise(1500)
        self.assertEqual(
            self._parts("2026-02-11"),
            {
                (self.invoice.name, "2026-01-31"): [("promised", 1240, "2026-02-20")],
                (self.later.name, "2026-02-14"): [("promised", 260, "2026-02-20")],
            },
        )

    def test_the_form_says_until_when(self):
        promise = self._promise(1240)
        self.assertRegex(
            promise.summary, r"No reminder asks for \$.?1,240\.00 until 02/20/2026\."
        )
        self.assertRegex(promise.display_name, r"\$.?1,240\.00 for 02/20/2026")

    def test_an_own_invoice_is_promised_first(self):
        self._promise(100)
        self._promise(600, move_id=self.later.id)
        self.assertEqual(
            self._parts("2026-02-11"),
            {
                (self.invoice.name, "2026-01-31"): [("promised", 100, "2026-02-20")],
                (self.later.name, "2026-02-14"): [("promised", 600, "2026-02-20")],
            },
        )

    # === What becomes of it === #

    def test_it_is_kept_when_all_is_paid(self):
        promise = self._promise(1240)
        self._pay(self.invoice, 1240, "2026-02-15")
        self._refresh("2026-02-15")
        self.assertEqual((promise.state, promise.paid_amount), ("kept", 1240))
        self.assertEqual(self._parts("2026-02-15"), {})

    def test_a_part_paid_leaves_the_rest_promised(self):
        promise = self._promise(1240)
        self._pay(self.invoice, 240, "2026-02-15")
        self._refresh("2026-02-15")
        self.assertEqual(promise.state, "open")
        self.assertEqual(
            self._parts("2026-02-15"),
            {(self.invoice.name, "2026-01-31"): [("promised", 1000, "2026-02-20")]},
        )

    def test_it_is_broken_once_a_transfer_would_be_seen(self):
        promise = self._promise(1240)
        self._refresh("2026-02-23")
        self.assertEqual(promise.state, "open")
        self._refresh("2026-02-24")
        self.assertEqual(promise.state, "broken")
        self.assertEqual(self._parts("2026-02-24"), {})

    def test_it_is_partly_kept(self):
        promise = self._promise(1240)
        self._pay(self.invoice, 240, "2026-02-20")
        self._refresh("2026-02-24")
        self.assertEqual(promise.state, "partly")
        self.assertIn("Reminders go on", promise.summary)

    def test_what_comes_too_late_keeps_no_promise(self):
        promise = self._promise(1240)
        self._refresh("2026-02-24")
        self._pay(self.invoice, 1240, "2026-02-25")
        self._refresh("2026-02-25")
        self.assertEqual((promise.state, promise.paid_amount), ("broken", 0))

    def test_a_payment_entered_late_mends_it(self):
        promise = self._promise(1240)
        self._refresh("2026-03-02")
        self.assertEqual(promise.state, "broken")
        self._pay(self.invoice, 1240, "2026-02-19")
        self._refresh("2026-03-03")
        self.assertEqual(promise.state, "kept")

    def test_a_returned_debit_opens_it_again(self):
        promise = self._promise(1240)
        payment = self._pay(self.invoice, 1240, "2026-02-15")
        self._refresh("2026-02-15")
        payment.move_id._reverse_moves([{"date": "2026-02-18"}], cancel=True)
        self.env.invalidate_all()
        self._refresh("2026-02-18")
        self.assertEqual((promise.state, promise.paid_amount), ("open", 0))

    def test_a_returned_debit_breaks_it_after_its_day(self):
        promise = self._promise(1240)
        payment = self._pay(self.invoice, 1240, "2026-02-15")
        self._refresh("2026-02-15")
        payment.move_id._reverse_moves([{"date": "2026-03-18"}], cancel=True)
        self.env.invalidate_all()
        self._refresh("2026-03-18")
        self.assertEqual(promise.state, "broken")

    def test_what_was_paid_the_same_morning_does_not_count(self):
        self._pay(self.invoice, 240, "2026-02-10")
        promise = self._promise(1000)
        self._refresh("2026-02-10")
        self.assertEqual((promise.state, promise.paid_amount), ("open", 0))
        self._pay(self.invoice, 1000, "2026-02-10")
        self._refresh("2026-02-10")
        self.assertEqual((promise.state, promise.paid_amount), ("kept", 1000))

    def test_a_payment_of_a_younger_invoice_does_not_count(self):
        promise = self._promise(1240, until="2026-02-28")
        younger = self._invoice(90, "2026-02-25", invoice_date="2026-02-12")
        self._pay(younger, 90, "2026-02-25")
        self._refresh("2026-02-25")
        self.assertEqual(promise.paid_amount, 0)

    def test_a_credit_note_takes_off_what_need_not_be_paid(self):
        promise = self._promise(1240, move_id=self.invoice.id)
        self._credit(self.invoice, 240, "2026-02-12")
        self._pay(self.invoice, 1000, "2026-02-15")
        self._refresh("2026-02-15")
        self.assertEqual((promise.state, promise.paid_amount), ("kept", 1000))

    def test_a_credit_note_of_all_withdraws_it(self):
        promise = self._promise(1240, move_id=self.invoice.id)
        self._credit(self.invoice, 1240, "2026-02-12")
        self._refresh("2026-02-12")
        self.assertEqual(promise.state, "withdrawn")

    def test_an_invoice_under_correction_decides_nothing(self):
        promise = self._promise(1240, move_id=self.invoice.id)
        self.invoice.sudo().button_draft()
        self._refresh("2026-02-12")
        self.assertEqual(promise.state, "open")

    def test_refreshing_again_changes_nothing(self):
        promise = self._promise(1240)
        self._pay(self.invoice, 240, "2026-02-15")
        self._refresh("2026-02-24")
        before = promise.read(), len(promise.message_ids)
        self._refresh("2026-02-24")
        self.assertEqual((promise.read(), len(promise.message_ids)), before)

    # === The last word === #

    def test_a_new_promise_replaces_the_old_one(self):
        old = self._promise(1240)
        new = self._promise(1000, until="2026-02-27", on="2026-02-12")
        self.assertEqual((old.state, new.state), ("withdrawn", "open"))

    def test_a_promise_of_all_replaces_that_of_an_invoice(self):
        old = self._promise(1240, move_id=self.invoice.id)
        self._promise(1500)
        self.assertEqual(old.state, "withdrawn")

    def test_a_promise_of_an_invoice_leaves_that_of_another(self):
        one = self._promise(1240, move_id=self.invoice.id)
        self._promise(600, move_id=self.later.id)
        self.assertEqual(one.state, "open")

    def test_of_two_entered_together_the_last_counts(self):
        vals = {
            "partner_id": self.customer.id,
            "amount": 100,
            "given_on": date(2026, 2, 10),
            "until": date(2026, 2, 20),
        }
        first, last = self.env["billing.dunning.promise"].create([vals, vals])
        self.assertEqual((first.state, last.state), ("withdrawn", "open"))

    def test_it_is_withdrawn_by_hand(self):
        promise = self._promise(1240)
        promise.action_withdraw()
        self.assertEqual(promise.state, "withdrawn")
        self.assertEqual(self._parts("2026-02-11"), {})
        with self.assertRaisesRegex(UserError, "over"):
            promise.action_withdraw()

    def test_what_is_over_stays_as_it_was(self):
        promise = self._promise(1240)
        promise.action_withdraw()
        with self.assertRaisesRegex(UserError, "Enter a new one"):
            promise.amount = 5
        promise.note = "He called back."
        self.assertEqual(promise.amount, 1240)

    def test_an_open_promise_may_be_put_off_when_a_part_is_paid(self):
        promise = self._promise(1240)
        self._pay(self.invoice, 1000, "2026-02-12")
        self._refresh("2026-02-12")
        promise.until = "2026-02-27"
        self.assertEqual(promise.until, date(2026, 2, 27))
