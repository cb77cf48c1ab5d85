from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..dunning_common import DunningCommon


@tagged("post_install", "-at_install")
class TestDunningCases(DunningCommon):
    """What customers owe, what comes next, and why not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = new_test_user(
            cls.env(su=True),
            login="officer",
            groups="recurring_billing.recurring_billing_group_officer",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.customer.sudo().is_company = True
        cls.policy = cls.env.ref("recurring_billing.billing_dunning_policy_standard")

    def _look(self, day, partner=None):
        """The customer's case as it is looked at on a day."""
        partner = partner or self.customer
        with self._on(day):
            self.env["billing.dunning"]._refresh(partner)
        return self.env["billing.dunning.case"].search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company.id)]
        )

    # === What is owed === #

    def test_overdue_invoice_calls_for_the_first_reminder(self):
        self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-05")
        self.assertEqual((case.state, case.overdue_net), ("open", 1000.0))
        self.assertEqual(case.policy_id, self.policy)
        self.assertEqual(case.next_level_id.delay, 3)
        self.assertEqual(str(case.next_on), "2026-11-05")
        self.assertEqual(case.reason_code, "sending_off")
        self.assertEqual(case.reason_text, "Sending is not switched on")

    def test_invoice_that_is_not_due_waits_for_its_notice(self):
        self._bill("2026-11-30", 1000.0)
        case = self._look("2026-11-05")
        self.assertEqual((case.overdue_net, case.owed_net), (0.0, 1000.0))
        self.assertEqual(case.reason_code, "not_due")
        self.assertEqual(case.reason_text, "Not due before 11/30/2026")
        self.assertEqual(str(case.next_on), "2026-11-25")

    def test_credit_note_that_covers_all_keeps_silence_and_is_named(self):
        self._bill("2026-11-02", 1000.0)
        note = self._bill("2026-11-10", 1000.0, move_type="out_refund", days=8)
        case = self._look("2026-11-20")
        self.assertEqual((case.overdue_net, case.reason_code), (0.0, "covered"))
        self.assertEqual(
            case.reason_text, f"Covered by {note.name}: net $\N{NO-BREAK SPACE}0.00"
        )
        self.assertFalse(case.next_on)

    def test_part_payment_leaves_the_rest_to_ask_for(self):
        move = self._bill("2026-11-02", 1000.0)
        self._pay(move, "2026-11-04", 400.0)
        case = self._look("2026-11-09")
        self.assertEqual(case.overdue_net, 600.0)
        self.assertEqual(case.open_item_ids.left, 600.0)

    def test_instalments_are_items_of_their_own(self):
        term = (
            self.env["account.payment.term"]
            .sudo()
            .create(
                {
                    "name": "Half and half",
                    "line_ids": [
                        Command.create(
                            {"value": "percent", "value_amount": 50, "nb_days": days}
                        )
                        for days in (0, 60)
                    ],
                }
            )
        )
        self._bill("2026-11-02", 1000.0, days=1, invoice_payment_term_id=term.id)
        case = self._look("2026-11-20")
        self.assertEqual(
            [(str(i.date_maturity), i.amount, i.verdict) for i in case.open_item_ids],
            [("2026-11-01", 500.0, "due"), ("2026-12-31", 500.0, "not_due")],
        )

    def test_currencies_are_summed_at_the_days_rate(self):
        currency = self.env.ref("base.CHF")
        # Currencies are kept by others than the clerk.
        currency.sudo().active = True
        self.env["res.currency.rate"].sudo().create(
            {"currency_id": currency.id, "name": "2026-01-01", "rate": 2.0}
        )
        self._bill("2026-11-02", 100.0)
        self._bill("2026-11-02", 100.0, currency_id=currency.id)
        self.assertEqual(self._look("2026-11-20").overdue_net, 150.0)

    def test_payment_closes_the_case_and_its_return_opens_it_again(self):
        move = self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-20")
        payment = self._pay(move, "2026-11-20")
        self.assertEqual(self._look("2026-11-21"), case)
        self.assertEqual((case.state, case.next_text), ("closed", "Nothing is owed."))
        self.assertEqual(case.item_ids.verdict, "paid")
        payment.move_id._reverse_moves([{"date": "2026-11-23"}], cancel=True)
        self._look("2026-11-24")
        self.assertEqual((case.state, case.open_item_ids.amount), ("open", 1000.0))

    def test_customer_who_owes_nothing_has_no_case(self):
        self.assertFalse(self._look("2026-11-20"))

    def test_blocked_invoice_is_left_in_peace(self):
        move = self._bill("2026-11-02", 1000.0)
        move.action_toggle_block_payment()
        case = self._look("2026-11-20")
        self.assertEqual(
            (case.reason_code, case.open_item_ids.verdict), ("blocked",) * 2
        )

    def test_contacts_share_the_case_of_their_company(self):
        contact = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        self._bill("2026-11-02", 100.0, partner=contact)
        self._bill("2026-11-03", 100.0)
        case = self._look("2026-11-20")
        self.assertEqual((case.open_count, case.overdue_net), (2, 200.0))

    # === What was agreed on shows at once === #

    def _as_officer(self, case):
        return case.with_user(self.officer)

    def test_hold_shows_at_once_and_its_end_too(self):
        self._bill("2026-11-02", 1000.0)
        case = self._as_officer(self._look("2026-11-20"))
        with self._on("2026-11-20"):
            action = case.action_hold()
            hold = (
                self.env["billing.dunning.hold"]
                .with_user(self.officer)
                .with_context(**action["context"])
                .create({"until": "2026-11-27", "reason": "New accountant"})
            )
            self.assertEqual(case.reason_text, "On hold until 11/27/2026")
            hold.action_lift()
            self.assertEqual(case.reason_code, "sending_off")

    def test_dispute_is_told_with_its_days(self):
        move = self._bill("2026-11-02", 1000.0)
        case = self._as_officer(self._look("2026-11-20"))
        with self._on("2026-11-20"):
            self.env["billing.dunning.dispute"].with_user(self.officer).create(
                {"move_id": move.id, "category": "amount", "amount": 1000.0}
            )
            self.assertEqual(
                case.reason_text, "Disputed since 11/20/2026, review 12/04/2026"
            )
            self.assertEqual(case.open_item_ids.verdict, "disputed")

    def test_what_is_not_disputed_is_asked_for(self):
        move = self._bill("2026-11-02", 1000.0)
        case = self._as_officer(self._look("2026-11-20"))
        with self._on("2026-11-20"):
            self.env["billing.dunning.dispute"].with_user(self.officer).create(
                {"move_id": move.id, "category": "amount", "amount": 700.0}
            )
            self.assertEqual(case.reason_code, "sending_off")
            self.assertEqual(case.open_item_ids.left, 300.0)

    def test_promise_keeps_reminders_back_until_its_day(self):
        self._bill("2026-11-02", 1000.0)
        case = self._as_officer(self._look("2026-11-20"))
        with self._on("2026-11-20"):
            self.env["billing.dunning.promise"].with_user(self.officer).create(
                {
                    "partner_id": self.customer.id,
                    "amount": 1000.0,
                    "until": "2026-11-30",
                }
            )
            self.assertEqual(
                case.reason_text,
                "Promised: $\N{NO-BREAK SPACE}1,000.00 on 11/30/2026",
            )
            self.assertGreater(str(case.next_on), "2026-11-30")

    # === What a message names === #

    def _words(self, case, day, level=None):
        with self._on(day):
            return case._billing_get_words(level or case.next_level_id)

    def test_message_leaves_out_what_is_disputed(self):
        move = self._bill("2026-11-02", 1000.0)
        other = self._bill("2026-11-03", 400.0)
        case = self._as_officer(self._look("2026-11-20"))
        with self._on("2026-11-20"):
            self.env["billing.dunning.dispute"].with_user(self.officer).create(
                {"move_id": move.id, "category": "amount", "amount": 1000.0}
            )
        words = self._words(case, "2026-11-20")
        self.assertEqual(words["number"], other.name)
        self.assertEqual(words["total"], "$\N{NO-BREAK SPACE}400.00")

    def test_message_names_the_part_that_nobody_disputes(self):
        move = self._bill("2026-11-02", 1000.0)
        case = self._as_officer(self._look("2026-11-20"))
        with self._on("2026-11-20"):
            self.env["billing.dunning.dispute"].with_user(self.officer).create(
                {"move_id": move.id, "category": "amount", "amount": 700.0}
            )
        words = self._words(case, "2026-11-20")
        self.assertEqual(words["total"], "$\N{NO-BREAK SPACE}300.00")

    def test_message_deducts_the_credits_that_cover_what_it_names(self):
        self._bill("2026-11-02", 1000.0)
        self._bill("2026-11-10", 250.0, move_type="out_refund", days=8)
        words = self._words(self._look("2026-11-20"), "2026-11-20")
        self.assertEqual(words["amount"], "$\N{NO-BREAK SPACE}1,000.00")
        self.assertEqual(words["total"], "$\N{NO-BREAK SPACE}750.00")

    def test_formal_notice_names_only_what_was_reminded_of(self):
        self._bill("2026-09-02", 1000.0)
        case = self._look("2026-11-20")
        formal = self.policy.level_ids.filtered("formal")[:1]
        self.assertEqual(self._words(case, "2026-11-20", formal)["count"], 0)

    # === Above the list, on customer and invoice === #

    def test_headline_says_how_many_steps_are_due(self):
        self._bill("2026-11-02", 1000.0)
        self._look("2026-11-20")
        cases = self.env["billing.dunning.case"]
        with self._on("2026-11-20"):
            self.assertEqual(
                cases.get_billing_headline([("partner_id", "=", self.customer.id)]),
                "1 step is due, $\N{NO-BREAK SPACE}1,000.00 at stake.",
            )
            self.assertEqual(
                cases.get_billing_headline([("id", "=", 0)]), "Nobody owes anything."
            )

    def test_customer_and_invoice_say_what_comes_next(self):
        move = self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-03")
        customer = self.customer.with_env(self.env)
        self.assertEqual(customer.billing_case_id, case)
        self.assertEqual(customer.billing_overdue_net, 1000.0)
        self.assertIn("on 11/05/2026", move.billing_reminder_text)
        self.assertEqual(customer.action_open_billing_case()["res_id"], case.id)

    def test_policy_is_told_with_its_reason(self):
        self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-20")
        self.assertIn(self.policy.name, case.policy_text)

    def test_habit_of_a_payer_moves_the_first_reminder(self):
        for month in range(1, 7):
            move = self._bill(f"2026-{month:02}-10", 100.0)
            self._pay(move, f"2026-{month:02}-14")
        self._bill("2026-11-02", 1000.0)
        self.policy.sudo().first_shift_days = 5
        with self._on("2026-11-03"):
            self.env["billing.payers"]._refresh(self.customer)
        case = self._look("2026-11-03")
        self.assertEqual(case.payer_class, "prompt")
        self.assertEqual(str(case.next_on), "2026-11-09", "the 7th is a Saturday")

    # === Many at once === #

    def test_queries_do_not_grow_with_the_customers(self):
        partners = self.env["res.partner"]
        for number in range(8):
            partner = self._create_customer(f"Customer {number}", is_company=True)
            self._bill("2026-11-02", partner=partner)
            self._bill("2026-10-02", partner=partner)
            partners |= partner
        service = self.env["billing.dunning"]

        def count(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            service._refresh(some)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        with self._on("2026-11-20"):
            count(partners)
            self.assertEqual(count(partners[:2]), count(partners))

    def test_scheduled_action_looks_at_all_customers_twice_the_same(self):
        self._bill("2026-11-02", 1000.0)
        job = self.env.ref("recurring_billing.ir_cron_dunning").sudo()
        for _turn in range(2):
            with self._on("2026-11-20"), self._scheduler_mode():
                job.method_direct_trigger()
            self.env.invalidate_all()
            case = self.customer.with_env(self.env).billing_case_id
            self.assertEqual((case.overdue_net, case.open_count), (1000.0, 1))
            self.assertEqual(len(case.item_ids), 1)

    # === Who may === #

    def test_facts_are_written_by_nobody(self):
        self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-20")
        with self.assertRaisesRegex(UserError, "follows from invoices"):
            case.sudo().overdue_net = 0
        with self.assertRaisesRegex(UserError, "follows from what was done"):
            case.sudo().item_ids.position = 3

    def test_officer_chooses_the_owner_and_a_clerk_does_not(self):
        self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-20")
        self._as_officer(case).owner_id = self.officer
        self._look("2026-11-21")
        self.assertEqual(case.owner_id, self.officer, "looking again keeps the owner")
        with self.assertRaises(AccessError):
            case.owner_id = self.user
        with self.assertRaises(AccessError):
            case.action_look_again()

    def test_another_company_sees_nothing(self):
        self._bill("2026-11-02", 1000.0)
        case = self._look("2026-11-20")
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            case.with_user(stranger).read(["overdue_net"])
        with self.assertRaises(AccessError):
            case.item_ids.with_user(stranger).read(["amount"])
        self.assertFalse(self.customer.with_user(stranger).billing_case_id)
