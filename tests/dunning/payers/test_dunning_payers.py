from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningPayers(DunningCommon):
    """When customers usually pay, read from their invoices."""

    def _look(self, day, partner=None):
        with self._on(day):
            self.env["billing.payers"]._refresh(partner or self.customer)
        return self.env["billing.payer"].search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", self.company.id),
            ]
        )

    def _bill_and_pay(self, due, late, **vals):
        move = self._bill(due, **vals)
        day = date.fromisoformat(due) + timedelta(days=late)
        self._pay(move, day.isoformat())
        return move

    def test_payments_days_after_the_due_date_make_a_habit(self):
        for month, late in ((1, 12), (2, 9), (3, 12), (4, 16), (5, 12)):
            self._bill_and_pay(f"2026-{month:02}-10", late)
        payer = self._look("2026-07-01")
        self.assertEqual((payer.usual_days, payer.habit), (12, "late"))
        self.assertEqual((payer.invoice_count, payer.open_count), (5, 0))
        self.assertEqual(
            payer.sentence,
            "Pays 12 days after the due date; 8 times out of 10 between 9 and 16 days "
            "after (5 invoices).",
        )

    def test_open_invoices_are_told_and_not_taken_for_paid(self):
        for month in (1, 2, 3, 4, 5):
            self._bill_and_pay(f"2026-{month:02}-10", 0)
        self._bill("2026-06-10")
        payer = self._look("2026-07-01")
        self.assertEqual((payer.invoice_count, payer.open_count), (6, 1))
        self.assertIn("6 invoices, 1 still open", payer.sentence)

    def test_customer_with_few_payments_has_no_habit(self):
        self._bill_and_pay("2026-01-10", 3)
        payer = self._look("2026-07-01")
        self.assertEqual(payer.payer_class, "unknown")
        self.assertEqual(payer.sentence, "Too few payments to say (1 invoice).")

    def test_credit_note_is_no_payment(self):
        self._credit(self._bill("2026-01-10"), "2026-01-15")
        self.assertFalse(self._look("2026-07-01"))

    def test_last_payment_of_an_invoice_counts(self):
        move = self._bill("2026-01-10", 100.0)
        self._pay(move, "2026-01-12", 40.0)
        self._pay(move, "2026-01-30")
        with self._on("2026-07-01"):
            bills = self.env["billing.payers"]._read_bills(
                self.customer, date(2026, 7, 1)
            )
        self.assertEqual(
            bills[self.customer.id], [(date(2026, 1, 10), date(2026, 1, 30), 100)]
        )

    def test_difference_of_exchange_is_no_payment(self):
        currency = self.env.ref("base.CHF")
        # Currencies are kept by others than the clerk.
        currency.sudo().active = True
        self.env["res.currency.rate"].sudo().create(
            [
                {"currency_id": currency.id, "name": day, "rate": rate}
                for day, rate in (("2025-01-01", 2.0), ("2026-01-20", 1.0))
            ]
        )
        move = self._bill("2026-01-10", currency_id=currency.id)
        self._pay(move, "2026-01-25")
        self.assertTrue(
            move.line_ids.matched_credit_ids.exchange_move_id, "no difference to test"
        )
        bills = self.env["billing.payers"]._read_bills(self.customer, date(2026, 7, 1))
        self.assertEqual(
            bills[self.customer.id], [(date(2026, 1, 10), date(2026, 1, 25), 100)]
        )

    def test_returned_payment_leaves_the_invoice_open(self):
        move = self._bill("2026-01-10")
        payment = self._pay(move, "2026-01-12")
        payment.move_id._reverse_moves([{"date": "2026-01-20"}], cancel=True)
        bills = self.env["billing.payers"]._read_bills(self.customer, date(2026, 7, 1))
        self.assertEqual(bills[self.customer.id], [(date(2026, 1, 10), None, 100)])

    def test_contacts_of_a_customer_are_one_payer(self):
        contact = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        self._bill_and_pay("2026-01-10", 3, partner=contact)
        payer = self._look("2026-07-01")
        self.assertEqual(payer.invoice_count, 1)
        self.assertEqual(contact.billing_payer_class, "unknown")

    def test_looking_again_rewrites_and_forgets(self):
        move = self._bill("2026-01-10")
        first = self._look("2026-07-01")
        self.assertEqual(self._look("2026-07-02"), first)
        self._credit(move, "2026-07-03")
        self.assertFalse(self._look("2026-07-04"))

    def test_queries_do_not_grow_with_the_customers(self):
        partners = self.env["res.partner"]
        for number in range(6):
            partner = self._create_customer(f"Customer {number}")
            self._bill("2026-01-10", partner=partner)
            partners |= partner
        service = self.env["billing.payers"]

        def count(some):
            before = self.env.cr.sql_log_count
            service._refresh(some)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self._on("2026-07-01"):
            count(partners)
            self.assertEqual(count(partners[:1]), count(partners))

    def test_scheduled_action_looks_at_all_customers(self):
        self._bill_and_pay("2026-01-10", 3)
        with self._on("2026-07-01"), self._scheduler_mode():
            # The scheduler runs as the system.
            self.env.ref(
                "recurring_billing.ir_cron_payers"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.customer.billing_payer_class, "unknown")
        self.assertIn("1 invoice", self.customer.billing_payer_sentence)

    def test_customers_are_found_by_their_class(self):
        self._bill("2026-01-10")
        self._look("2026-07-01")
        partners = self.env["res.partner"]
        self.assertIn(
            self.customer, partners.search([("billing_payer_class", "=", "unknown")])
        )
        self.assertNotIn(
            self.customer, partners.search([("billing_payer_class", "=", "risky")])
        )

    # === Who may === #

    def test_nobody_writes_a_habit(self):
        self._bill("2026-01-10")
        payer = self._look("2026-07-01")
        with self.assertRaisesRegex(UserError, "read from its invoices"):
            payer.sudo().write({"usual_days": 1})
        with self.assertRaisesRegex(UserError, "read from its invoices"):
            payer.sudo().unlink()

    def test_another_company_sees_nothing(self):
        self._bill("2026-01-10")
        payer = self._look("2026-07-01")
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            payer.with_user(stranger).read(["usual_days"])
        self.assertFalse(self.customer.with_user(stranger).billing_payer_class)
