"""What is planned, who approves it, and what stops it at the last moment."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .actions_common import ActionsCommon


@tagged("post_install", "-at_install")
class TestDunningActions(ActionsCommon):
    """Reminders are planned by the day's job and follow the facts until they leave."""

    # === Planning === #

    def test_nothing_is_planned_while_sending_is_off(self):
        self._bill("2026-11-02", 1000.0)
        self._plan("2026-11-20")
        self.assertFalse(self._actions())
        self.assertEqual(self._case().reason_code, "sending_off")

    def test_an_automatic_step_is_queued_and_leaves(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._plan("2026-11-05")
        action = self._actions()
        self.assertEqual((action.state, action.channel), ("queued", "email"))
        self.assertEqual(action.level_id.delay, 3)
        self.assertEqual(self._case().item_ids.position, 1, "the notice is passed by")
        self.assertFalse(self._case().item_ids.last_step_on, "nothing has left yet")
        self._send("2026-11-05")
        self.assertEqual((action.state, action.email), ("done", self.customer.email))
        self.assertEqual(str(action.contact_on), "2026-11-05")
        self.assertIn(move.name, self.server.messages[0]["Subject"])
        item = self._case().item_ids
        self.assertEqual((item.position, item.listed), (2, True))
        self.assertEqual(str(item.last_step_on), "2026-11-05")

    def test_the_message_stands_in_the_chatter_with_the_invoice(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._day_of("2026-11-05")
        message = self._actions().mail_message_id
        self.assertEqual(message.res_id, self._case().id)
        self.assertEqual(message.message_id, self.server.messages[0]["Message-Id"])
        (file,) = self.server.messages[0].iter_attachments()
        self.assertEqual(file.get_content(), b"%PDF-1.4 " + move.name.encode())
        self.assertIn(self.officer.partner_id, self._case().message_partner_ids)
        self.assertNotIn("Reminder Case", self._get_text(0))
        self.assertNotIn("OdooBot", self._get_text(0), "a person signs")

    def test_the_job_plans_once_however_often_it_runs(self):
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        self._day_of("2026-11-05")
        self._day_of("2026-11-05")
        self.assertEqual(len(self._actions()), 1)
        self.assertEqual(len(self.server.received), 1)

    def test_the_case_says_what_comes_after(self):
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        self._day_of("2026-11-05")
        case = self._case()
        self.assertEqual(case.reason_code, "resting")
        self.assertEqual(str(case.next_on), "2026-11-12")
        self.assertEqual(str(case.last_contact_on), "2026-11-05")

    def test_a_firm_step_waits_for_approval(self):
        self._remind_once()
        self._day_of("2026-11-12")
        action = self._actions()[-1]
        self.assertEqual((action.state, action.level_id.delay), ("to_approve", 10))
        self.assertEqual(len(self.server.received), 1)
        self.assertIn("1,000.00", action.preview)
        with self._on("2026-11-12"):
            self.assertFalse(action.action_approve())
        self.assertEqual((action.state, action.user_id), ("queued", self.officer))
        self._send("2026-11-12")
        self.assertEqual(action.state, "done")
        self.assertEqual(len(self.server.received), 2)

    def test_what_was_approved_is_what_leaves(self):
        self._remind_once()
        self._plan("2026-11-12")
        action = self._actions()[-1]
        with self._on("2026-11-12"):
            action.action_approve()
            approved = action.subject
        self._send("2026-11-12")
        self.assertEqual(self.server.messages[-1]["Subject"], approved)
        self.assertIn("11/05/2026", self._get_text(-1), "the reminder of before")

    def test_what_was_approved_can_be_taken_back_before_it_leaves(self):
        self._remind_once()
        self._plan("2026-11-12")
        action = self._actions()[-1]
        with self._on("2026-11-12"):
            action.action_approve()
            action.action_recall()
        self._send("2026-11-12")
        self.assertEqual(action.state, "to_approve")
        self.assertEqual(len(self.server.received), 1)
        with self.assertRaisesRegex(UserError, "left already"):
            self._actions()[0].action_recall()

    # === Asked again === #

    def test_who_paid_in_between_is_not_reminded(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._plan("2026-11-05")
        self._pay(move, "2026-11-05")
        self._send("2026-11-05")
        action = self._actions()
        self.assertEqual((action.state, action.reason_code), ("skipped", "paid"))
        self.assertRegex(
            action.sentence,
            r"^Not sent: Horizon Santé paid \$\xa01,000.00 (at|on) ",
        )
        self.assertFalse(self.server.received)
        self.assertFalse(self._case().message_ids.filtered("email_from"))

    def test_who_pays_between_two_mails_of_a_batch_is_not_reminded(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._plan("2026-11-05")
        # The mail is written, and its turn has not come.
        with self._kill_at("_begin", 1):
            self._killed_while_sending("2026-11-05")
        action = self._actions()
        self.assertTrue(action.sudo().mail_id)
        self._pay(move, "2026-11-05")
        self._send("2026-11-05")
        self.assertEqual(action.state, "skipped")
        self.assertFalse(action.mail_message_id, "what was not said is not kept")
        self.assertFalse(self.server.received)

    def test_part_paid_in_between_the_message_names_the_rest(self):
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._plan("2026-11-05")
        self._pay(move, "2026-11-05", 400.0)
        # The first turn takes the change in, the second sends.
        self._send("2026-11-05")
        self._send("2026-11-05")
        self.assertEqual(self._actions().amount, 600.0)
        self.assertEqual(self._states(), ["done"])
        self.assertIn("600.00", self._get_text(0))

    def test_part_paid_after_approval_is_approved_again(self):
        move = self._remind_once()
        self._plan("2026-11-12")
        action = self._actions()[-1]
        with self._on("2026-11-12"):
            action.action_approve()
        self._pay(move, "2026-11-12", 400.0)
        self._send("2026-11-12")
        self.assertEqual((action.state, action.amount), ("to_approve", 600.0))
        self.assertFalse(action.subject)

    def test_a_dispute_drops_what_was_planned_at_once(self):
        move = self._remind_once()
        self._plan("2026-11-12")
        with self._on("2026-11-12"):
            self.env["billing.dunning.dispute"].with_user(self.officer).create(
                {"move_id": move.id, "category": "amount", "amount": 1000.0}
            )
        action = self._actions()[-1]
        self.assertEqual(action.state, "skipped")
        self.assertIn("Not sent: Disputed since", action.sentence)

    def test_a_mail_that_did_not_leave_before_the_rest_day_waits_for_the_next(self):
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        self._plan("2026-11-06")
        self._send("2026-11-07")
        self.assertEqual(self._states(), ["skipped"])
        self.assertIn("Rest day", self._actions().sentence)
        self._day_of("2026-11-09")
        self.assertEqual(self._states(), ["skipped", "done"])

    def test_approving_on_a_rest_day_tells_and_leaves_it_waiting(self):
        self._remind_once()
        self._plan("2026-11-12")
        action = self._actions()[-1]
        with self._on("2026-11-14"):
            told = action.action_approve()
        self.assertIn("Held: Rest day", told["params"]["message"])
        self.assertEqual(action.state, "to_approve")

    def test_switching_off_sets_aside_what_waits(self):
        self._remind_once()
        self._plan("2026-11-12")
        self.env["billing.dunning"].with_user(self.manager).action_switch_off()
        self.assertEqual(self._actions()[-1].state, "skipped")
        self.assertIn("not switched on", self._actions()[-1].sentence)

    # === Helpers === #

    def _remind_once(self):
        """An invoice of which the customer was reminded on 5 November."""
        self._switch_on("2026-11-02")
        move = self._bill("2026-11-02", 1000.0)
        self._day_of("2026-11-05")
        return move

    def _get_text(self, number):
        message = self.server.messages[number]
        return message.get_body(("html",)).get_content()


@tagged("post_install", "-at_install")
class TestDunningActionsAccess(ActionsCommon):
    """Who may do what with reminders."""

    def setUp(self):
        super().setUp()
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        self._day_of("2026-11-05")
        self._plan("2026-11-12")
        self.action = self._actions()[-1]

    def test_a_clerk_reads_and_does_not_approve(self):
        action = self.action.with_user(self.user)
        self.assertEqual(action.state, "to_approve")
        for button in (
            action.action_approve,
            action.action_skip,
            action.action_note_done,
            action.action_log_call,
            action.action_print,
            action.action_recall,
            action.action_confirm_arrival,
            action.action_send_again,
        ):
            with self.assertRaises(AccessError):
                button()

    def test_nobody_writes_reminders(self):
        with self.assertRaisesRegex(UserError, "service alone"):
            self.action.sudo().state = "done"
        with self.assertRaisesRegex(UserError, "service alone"):
            self.action.write({"email": "me@example.com"})

    def test_another_company_sees_and_touches_nothing(self):
        action = self.action.with_user(self._create_stranger())
        with self.assertRaises(AccessError):
            action.read(["state"])
        with self.assertRaises(AccessError):
            action.action_approve()
        call = action.env["billing.dunning.call"].create({"action_id": action.id})
        with self.assertRaises(AccessError):
            call.read(["script"])
        with self.assertRaises(AccessError):
            call.action_save()

    def test_only_a_manager_switches_on_and_off(self):
        service = self.env["billing.dunning"].with_user(self.officer)
        for switch in (
            service.action_open_start,
            service.action_switch_off,
            service.action_confirm_many,
        ):
            with self.assertRaises(AccessError):
                switch()
        with self.assertRaises(AccessError):
            self.env["billing.dunning.start"].with_user(self.officer).create({})
        with self.assertRaisesRegex(UserError, "switched on under"):
            self.company.sudo().billing_dunning_on = False
