"""A payment plan stops reminders as long as its instalments come."""

from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .pledges_common import PledgesCommon


@tagged("post_install", "-at_install")
class TestDunningPledgesPlan(PledgesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(900)
        cls.later = cls._invoice(100, "2026-02-14")

    def _running(self, **vals):
        plan = self._plan(**vals)
        with self._on("2026-02-10"):
            plan.action_accept()
        return plan

    def _schedule(self, plan):
        return [(str(part.due_on), part.amount) for part in plan.instalment_ids]

    # === What is agreed on === #

    def test_what_is_overdue_is_split_in_three(self):
        plan = self._plan()
        self.assertEqual(plan.item_ids.move_id, self.invoice)
        self.assertEqual(
            self._schedule(plan),
            [("2026-02-20", 300), ("2026-03-20", 300), ("2026-04-20", 300)],
        )

    def test_no_cent_is_lost_and_months_end(self):
        plan = self._plan(count=7, first_on="2026-03-31")
        self.assertEqual(
            self._schedule(plan)[:3],
            [("2026-03-31", 128.58), ("2026-04-30", 128.57), ("2026-05-31", 128.57)],
        )
        self.assertAlmostEqual(sum(plan.instalment_ids.mapped("amount")), 900)

    def test_the_form_shows_the_schedule_before_saving(self):
        with (
            self._on("2026-02-10"),
            Form(self.env["billing.dunning.plan"]) as form,
        ):
            form.partner_id = self.customer
            form.count = 2
            self.assertEqual(len(form.item_ids), 1)
            with form.instalment_ids.edit(0) as part:
                self.assertEqual(part.amount, 450)
                part.amount = 600
            with form.instalment_ids.edit(1) as part:
                part.amount = 300
        self.assertEqual(
            [amount for _day, amount in self._schedule(form.record)], [600, 300]
        )

    def test_another_number_splits_anew(self):
        plan = self._plan()
        plan.count = 2
        self.assertEqual([amount for _day, amount in self._schedule(plan)], [450, 450])

    def test_invoices_may_be_chosen(self):
        plan = self._plan(
            item_ids=[
                Command.create(
                    {
                        "move_id": self.later.id,
                        "date_maturity": "2026-02-14",
                        "amount": 80,
                    }
                )
            ],
            count=2,
        )
        self.assertEqual(plan.total_amount, 80)
        self.assertEqual([amount for _day, amount in self._schedule(plan)], [40, 40])

    def test_more_than_what_is_open_is_refused(self):
        plan = self._plan()
        with self.assertRaisesRegex(ValidationError, "no more than that"):
            plan.item_ids.amount = 901

    def test_instalments_add_up_to_the_invoices(self):
        plan = self._plan()
        plan.instalment_ids[0].amount = 200
        with self.assertRaisesRegex(ValidationError, "Change the last instalment"):
            plan.action_offer()

    def test_a_plan_without_invoices_is_refused(self):
        plan = self._plan(item_ids=[])
        with self.assertRaisesRegex(ValidationError, "needs invoices"):
            plan.action_accept()

    def test_an_invoice_is_in_one_plan(self):
        self._running()
        with self.assertRaisesRegex(UserError, "already"):
            self._running()

    # === What it does === #

    def test_a_draft_stops_nothing(self):
        self._plan()
        self.assertEqual(self._parts("2026-02-11"), {})

    def test_an_offer_stops_reminders_until_its_first_day(self):
        plan = self._plan()
        plan.action_offer()
        kept = {(self.invoice.name, "2026-01-31"): [("planned", 900, "2026-02-20")]}
        self.assertEqual(self._parts("2026-02-11"), kept)
        self._refresh("2026-02-23")
        self.assertEqual(plan.state, "offered")
        self._refresh("2026-02-24")
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(self._parts("2026-02-24"), {})

    def test_who_pays_the_first_instalment_accepts(self):
        plan = self._plan()
        plan.action_offer()
        self._pay(self.invoice, 300, "2026-02-19")
        self._refresh("2026-02-20")
        self.assertEqual(
            (plan.state, plan.accepted_on, plan.paid_count),
            ("running", date(2026, 2, 20), 1),
        )

    def test_a_running_plan_says_what_comes_next(self):
        plan = self._running()
        self.assertEqual((plan.next_on, plan.next_amount), (date(2026, 2, 20), 300))
        self.assertRegex(plan.summary, r"300\.00 on 02/20/2026")

    def test_it_replaces_promises(self):
        promise = self._promise(900)
        self._running()
        self.assertEqual(promise.state, "withdrawn")

    # === What becomes of it === #

    def test_instalments_that_come_keep_it_running(self):
        plan = self._running()
        self._pay(self.invoice, 350, "2026-02-20")
        self._refresh("2026-02-24")
        self.assertEqual(
            (plan.state, plan.paid_count, plan.next_on, plan.next_amount),
            ("running", 1, date(2026, 3, 20), 250),
        )
        self.assertEqual(
            [(part.paid_amount, part.is_paid) for part in plan.instalment_ids],
            [(300, True), (50, False), (0, False)],
        )
        self.assertEqual(
            self._parts("2026-02-24"),
            {(self.invoice.name, "2026-01-31"): [("planned", 550, "2026-03-20")]},
        )

    def test_the_last_instalment_keeps_it(self):
        plan = self._running()
        self._pay(self.invoice, 900, "2026-02-20")
        self._refresh("2026-02-20")
        self.assertEqual((plan.state, plan.paid_count), ("kept", 3))

    def test_an_instalment_that_does_not_come_breaks_it(self):
        plan = self._running()
        self._refresh("2026-02-23")
        self.assertEqual(plan.state, "running")
        self._refresh("2026-02-24")
        self.assertEqual((plan.state, plan.broken_on), ("broken", date(2026, 2, 24)))
        self.assertEqual(self._parts("2026-02-24"), {})

    def test_who_catches_up_is_back_in_the_plan(self):
        plan = self._running()
        self._refresh("2026-02-24")
        self._pay(self.invoice, 300, "2026-02-25")
        self._refresh("2026-02-25")
        self.assertEqual((plan.state, plan.broken_on), ("running", False))

    def test_a_payment_of_another_invoice_does_not_count(self):
        plan = self._running()
        self._pay(self.later, 100, "2026-02-20")
        self._refresh("2026-02-20")
        self.assertEqual(plan.paid_amount, 0)

    def test_a_cancelled_plan_stops_nothing(self):
        plan = self._running()
        plan.action_cancel()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(self._parts("2026-02-11"), {})
        with self.assertRaisesRegex(UserError, "over"):
            plan.action_cancel()

    def test_what_is_agreed_on_stays(self):
        plan = self._running()
        with self.assertRaisesRegex(UserError, "Enter a new one"):
            plan.count = 2
        with self.assertRaisesRegex(UserError, "agreed on"):
            plan.instalment_ids[0].amount = 1
        with self.assertRaisesRegex(UserError, "agreed on"):
            plan.item_ids.unlink()
        plan.user_id = self.user
        self.assertEqual(plan.state, "running")
