"""Reminders over a real mail server that misbehaves, and processes that die."""

from email.message import EmailMessage

from odoo.exceptions import UserError
from odoo.tests import tagged

from .actions_common import ActionsCommon

DAY = "2026-11-05"


@tagged("post_install", "-at_install")
class TestDunningActionsSmtp(ActionsCommon):
    """The ladder goes up with what left, or may have, and with nothing else."""

    def setUp(self):
        super().setUp()
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        self._plan(DAY)
        self.action = self._actions()

    def _get_position(self):
        return self._case().item_ids.position

    def test_a_refused_recipient_needs_a_person_and_the_ladder_stays(self):
        self.server.mode = "refuse"
        self._send(DAY)
        self.assertEqual(self.action.state, "failed")
        self.assertIn("550 5.1.1 mailbox unknown", self.action.sentence)
        self.assertEqual(self._get_position(), 1, "the courtesy notice is passed by")
        self.assertEqual(self._case().activity_ids.user_id, self.officer)
        self._day_of("2026-11-06")
        self.assertEqual(self._states(), ["failed"], "one at a time")

    def test_a_corrected_address_sends_it_again(self):
        self.server.mode = "refuse"
        self._send(DAY)
        self.server.mode = "accept"
        self.customer.sudo().email = "new@horizon.example"
        with self._on(DAY):
            self.action.action_send_again()
        self._send(DAY)
        self.assertEqual(self.server.addresses, ["new@horizon.example"])
        self.assertEqual((self.action.state, self._get_position()), ("done", 2))
        self.assertFalse(self._case().activity_ids)

    def test_what_is_deferred_is_tried_again_later(self):
        self.server.script = ["defer"]
        self._send(DAY)
        self.assertEqual((self.action.state, self.action.failures), ("queued", 1))
        self.assertEqual(self._get_position(), 1)
        self.assertIn("put it off", self.action.sentence)
        self._send(DAY)
        self.assertEqual((self.action.state, self.action.tries), ("done", 2))
        self.assertEqual(len(self.server.received), 1)

    def test_an_answer_that_is_lost_counts_and_is_never_sent_again_by_itself(self):
        self.server.script = ["drop_after"]
        self._send(DAY)
        self.assertEqual((self.action.state, self._get_position()), ("unknown", 2))
        self.assertIn("may have arrived", self.action.sentence)
        self._day_of("2026-11-06")
        self._day_of("2026-11-09")
        self.assertEqual(len(self.server.received), 1)
        self.assertEqual(self._states(), ["unknown"])
        self._plan("2026-11-12")
        self.assertEqual(self._states(), ["unknown", "to_approve"])

    def test_a_doubt_is_sent_again_by_hand_under_the_same_message_id(self):
        self.server.script = ["drop_after"]
        self._send(DAY)
        with self._on(DAY):
            self.action.action_send_again()
        self.assertEqual(self._get_position(), 1, "as if it had not left")
        self._send(DAY)
        first, second = (message["Message-Id"] for message in self.server.messages)
        self.assertEqual(first, second)
        self.assertEqual((self.action.state, self._get_position()), ("done", 2))

    def test_a_doubt_that_the_customer_clears_is_done(self):
        self.server.script = ["drop_after"]
        self._send(DAY)
        self.action.action_confirm_arrival()
        self.assertEqual((self.action.state, self._get_position()), ("done", 2))
        self.assertFalse(self._case().activity_ids)
        with self.assertRaisesRegex(UserError, "Nothing is in doubt"):
            self.action.action_confirm_arrival()

    def test_a_doubt_is_not_sent_again_beside_another_reminder(self):
        self.server.script = ["drop_after"]
        self._send(DAY)
        self._plan("2026-11-12")
        with self.assertRaisesRegex(UserError, "another reminder under way"):
            self.action.action_send_again()

    def test_a_server_that_is_down_is_asked_again(self):
        self.server.stop()
        self._send(DAY)
        self.assertEqual((self.action.state, self.action.tries), ("queued", 0))
        self.server = self._start_server()
        self._send(DAY)
        self.assertEqual(self.action.state, "done")

    def test_no_address_is_told_with_the_remedy(self):
        self.customer.sudo().email = False
        self._send(DAY)
        self.assertEqual(self.action.state, "failed")
        self.assertIn("has no e-mail address. Enter one", self.action.sentence)

    def test_a_bounce_takes_the_step_back_and_asks_a_person(self):
        self._send(DAY)
        self.assertEqual(self._get_position(), 2)
        self._receive_bounce()
        self.assertEqual((self.action.state, self._get_position()), ("failed", 1))
        self.assertIn("no such user", self.action.sentence)
        self.assertEqual(self._case().activity_ids.user_id, self.officer)
        self._day_of("2026-11-06")
        self.assertEqual(len(self.server.received), 1)

    def test_a_bounce_drops_what_was_planned_after_it(self):
        self._send(DAY)
        self._plan("2026-11-12")
        self._receive_bounce()
        self.assertEqual(self._states(), ["failed", "skipped"])
        self.assertIn("came back", self._actions()[-1].sentence)

    def test_a_bounce_beside_a_failure_is_told_and_changes_no_state(self):
        self._send(DAY)
        self.server.mode = "refuse"
        self._plan("2026-11-12")
        with self._on("2026-11-12"):
            self._actions()[-1].action_approve()
        self._send("2026-11-12")
        self.assertEqual(self._states(), ["done", "failed"])
        self._receive_bounce()
        self.assertEqual(self._states(), ["done", "failed"])
        self.assertEqual(self.action.answer, "550 no such user")

    def _receive_bounce(self):
        """The other side sends the first message back, through the mail gateway."""
        report = EmailMessage()
        report["From"] = "MAILER-DAEMON@horizon.example"
        report["To"] = "bounce@example.com"
        report["Subject"] = "Undelivered Mail Returned to Sender"
        refs = [self.server.messages[0]["Message-Id"]]
        self.env["mail.thread"].sudo()._routing_handle_bounce(
            report,
            {
                "bounced_email": self.customer.email,
                "bounced_partner": self.customer.browse(),
                "bounced_msg_ids": refs,
                "bounced_message": self.env["mail.message"],
                "parent_id": False,
                "body": "550 no such user",
                "email_from": report["From"],
                "to": report["To"],
                "message_id": "<bounce@horizon.example>",
            },
        )

    def test_core_s_queue_never_sends_it(self):
        with self._kill_at("_begin", 1):
            self._killed_while_sending(DAY)
        mail = self.action.sudo().mail_id
        self.assertEqual(mail.state, "cancel")
        with self.assertRaisesRegex(UserError, "never leaves twice"):
            mail.mark_outgoing()

    # === Processes that die === #

    def test_killed_before_the_text_left_it_is_in_doubt(self):
        self._die_at("_note")

    def _die_at(self, name):
        with self._kill_at(name, 1):
            self._killed_while_sending(DAY)
        self.assertEqual(self.action.state, "sending", "the intent is committed")
        self._send(DAY)
        self.assertEqual((self.action.state, self._get_position()), ("unknown", 2))
        self.assertIn("stopped while", self.action.answer)
        self.assertEqual(self._case().activity_ids.user_id, self.officer)
        self._send(DAY)
        self.assertEqual(len(self.server.received), 1)

    def test_killed_before_the_intent_it_leaves_later_once(self):
        with self._kill_at("_begin", 1):
            self._killed_while_sending(DAY)
        self.assertEqual(self.action.state, "queued")
        self._send(DAY)
        self.assertEqual(self.action.state, "done")
        self.assertEqual(len(self.server.received), 1)

    def test_killed_among_many_nobody_is_reminded_twice_and_none_forgotten(self):
        partners = [
            self._create_customer(f"C{n}", email=f"c{n}@example.com", is_company=True)
            for n in range(7)
        ]
        for partner in partners:
            self._bill("2026-11-02", 100.0, partner=partner)
        self._plan("2026-11-06")
        for name, call in (("_begin", 3), ("_note", 2), ("_write_mail", 1)):
            with self._kill_at(name, call):
                try:
                    self._killed_while_sending("2026-11-06")
                except AssertionError:
                    # Nothing was left that comes by that point.
                    continue
        self._send("2026-11-06")
        found = self.env["billing.dunning.action"].search([])
        states = sorted(found.mapped("state"))
        self.assertEqual(states.count("unknown"), 1)
        self.assertEqual(states.count("done"), 7)
        self.assertEqual(len(self.server.addresses), len(set(self.server.addresses)))
        self.assertEqual(set(found.case_id.item_ids.mapped("position")), {2})


@tagged("post_install", "-at_install")
class TestDunningActionsCopy(ActionsCommon):
    """A copied database reminds nobody."""

    def test_a_copy_sets_aside_what_waits_and_plans_nothing(self):
        self._switch_on("2026-11-02")
        self._bill("2026-11-02", 1000.0)
        self._plan(DAY)
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("database.is_neutralized", True)
        self._send(DAY)
        self.assertEqual(self._states(), ["skipped"])
        self.assertIn("this database is a copy", self._actions().sentence)
        self._day_of("2026-11-06")
        self.assertEqual(self._states(), ["skipped"])
        self.assertFalse(self.server.received)
