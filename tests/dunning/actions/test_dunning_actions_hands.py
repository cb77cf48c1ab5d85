"""What a person does: calls, letters, short messages, putting off."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .actions_common import ActionsCommon


@tagged("post_install", "-at_install")
class TestDunningActionsHands(ActionsCommon):
    """Calls, letters and hand-overs wait for a person, and count once they are made."""

    def setUp(self):
        super().setUp()
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)

    def _step(self, channel, **vals):
        """The first reminder of the policy takes another way."""
        level = self.env.ref(
            "recurring_billing.billing_dunning_level_standard_friendly"
        )
        level.sudo().write({"channel": channel, **vals})
        self._plan("2026-11-05")
        return self._actions()

    def _call(self, action, result, **vals):
        return (
            self.env["billing.dunning.call"]
            .with_user(self.officer)
            .create({"action_id": action.id, "result": result, **vals})
            .action_save()
        )

    # === Calls === #

    def test_a_call_is_an_activity_with_what_to_say(self):
        action = self._step("call", call_script="Hello, {total} please.")
        self.assertEqual(action.state, "to_approve")
        activity = self._case().activity_ids
        self.assertEqual(activity.user_id, self.officer)
        self.assertIn("1,000.00 please", activity.note)
        self.assertIn("Call Horizon Santé", activity.summary)

    def test_a_call_that_is_noted_counts_as_a_contact(self):
        action = self._step("call", call_script="Hello, {total} please.")
        with self._on("2026-11-05"):
            self._call(action, "will_pay", note="The cheque is in the post.")
        self.assertEqual((action.state, action.result), ("done", "will_pay"))
        self.assertIn("The cheque is in the post", action.mail_message_id.body)
        self.assertFalse(self._case().activity_ids)
        self.assertEqual(self._case().item_ids.position, 2)
        self.assertEqual(self._case().reason_code, "resting")

    def test_nobody_answered_so_the_call_comes_again_tomorrow(self):
        action = self._step("call", call_script="Hello, {total} please.")
        with self._on("2026-11-05"):
            self._call(action, "no_answer")
        self.assertEqual(action.state, "skipped")
        self.assertEqual(self._case().item_ids.position, 1)
        self._plan("2026-11-05")
        self.assertEqual(self._states(), ["skipped"])
        self._plan("2026-11-06")
        self.assertEqual(self._states(), ["skipped", "to_approve"])

    def test_a_promise_on_the_phone_is_entered_next(self):
        action = self._step("call", call_script="Hello, {total} please.")
        with self._on("2026-11-05"):
            following = self._call(action, "promise")
        self.assertEqual(following["res_model"], "billing.dunning.promise")
        self.assertEqual(action.state, "done")

    def test_who_paid_meanwhile_is_not_noted_as_called(self):
        action = self._step("call", call_script="Hello, {total} please.")
        self._pay(self._actions().case_id.item_ids.move_id.sudo(), "2026-11-05")
        with self._on("2026-11-05"):
            told = self._call(action, "will_pay")
        self.assertIn("paid", told["params"]["message"])
        self.assertEqual(action.state, "skipped")

    # === Letters === #

    def test_a_letter_counts_once_it_is_printed(self):
        action = self._step("letter")
        self.assertEqual(action.state, "to_approve")
        with self._on("2026-11-05"):
            answer = action.action_print()
        self.assertIn(f"/web/content/{action.attachment_id.id}", answer["url"])
        self.assertEqual(action.state, "done")
        file = action.sudo().attachment_id
        self.assertEqual(
            (file.res_model, file.res_id),
            (
                "billing.dunning.case",
                self._case().id,
            ),
        )
        self.assertEqual(self._case().item_ids.position, 2)

    def test_printed_again_it_is_the_same_letter(self):
        action = self._step("letter")
        with self._on("2026-11-05"):
            first = action.action_print()
            self.assertEqual(action.action_print(), first)
        self.assertEqual(len(self._actions()), 1)

    def test_a_reminder_by_mail_is_not_printed(self):
        with self.assertRaisesRegex(UserError, "is no letter"):
            self._step("email").action_print()

    # === SMS and hand-over === #

    def test_a_short_message_goes_to_odoo_s_queue(self):
        if "sms.sms" not in self.env:
            self.skipTest("Odoo's SMS are not installed.")
        self.customer.sudo().phone = "+33299000000"
        action = self._step("sms", sms_text="{company}: {total} is open.")
        self.assertEqual(action.state, "to_approve")
        with self._on("2026-11-05"):
            action.action_approve()
        self.assertEqual(action.state, "done")
        sms = self.env["sms.sms"].sudo().search([("number", "=", "+33299000000")])
        self.assertIn("1,000.00 is open.", sms.body)

    def test_a_short_message_without_a_number_tells_the_remedy(self):
        if "sms.sms" not in self.env:
            self.skipTest("Odoo's SMS are not installed.")
        action = self._step("sms", sms_text="{company}: {total} is open.")
        with (
            self._on("2026-11-05"),
            self.assertRaisesRegex(UserError, "no phone number. Enter one"),
        ):
            action.action_approve()

    def test_what_was_done_outside_is_noted(self):
        action = self._step("letter")
        with self._on("2026-11-05"):
            self.assertIsNone(action.action_note_done())
        self.assertEqual((action.state, action.user_id), ("done", self.officer))

    # === Putting off === #

    def test_skipping_until_a_day_holds_reminders_and_keeps_the_reason(self):
        action = self._step("letter")
        with self._on("2026-11-05"):
            context = action.action_skip()["context"]
            wizard = (
                self.env["billing.dunning.skip"]
                .with_user(self.officer)
                .with_context(**context)
                .create({"choice": "monday", "reason": "New accountant"})
            )
            wizard.action_skip()
        self.assertEqual(action.state, "skipped")
        self.assertIn("On hold until 11/08/2026", action.sentence)
        self._plan("2026-11-06")
        self.assertEqual(len(self._actions()), 1)
        self._plan("2026-11-09")
        self.assertEqual(self._states(), ["skipped", "to_approve"])

    def test_the_case_offers_its_next_deed(self):
        self._step("letter")
        case = self._case()
        self.assertEqual(case.open_action_channel, "letter")
        with self._on("2026-11-05"):
            case.action_print_step()
            with self.assertRaisesRegex(UserError, "Nothing is to be done for Horizon"):
                case.action_print_step()
