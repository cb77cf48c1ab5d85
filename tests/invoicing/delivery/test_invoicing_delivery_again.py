"""A document that is sent again follows the settings of today."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.delivery.billing_delivery import (
    delivery_writer,
)

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryAgain(DeliveryCommon):
    """Channel, recipients, words and platform are read as planning reads them."""

    def setUp(self):
        super().setUp()
        self.server.mode = "refuse"

    def _wish(self, **vals):
        """What the customer wants, kept by others than the clerk."""
        self.customer.with_company(self.company).sudo().write(vals)

    def _contact(self, name):
        return self._create_customer(
            name, parent_id=self.customer.id, email=f"{name}@horizon.example"
        )

    def _refused(self, count=1):
        """Documents that the mail server refused, and then takes again."""
        moves = self._make_invoices(*[self.customer] * count)
        self._deliver()
        self.assertEqual(set(self._states(moves)), {"failed"})
        self.server.mode = "accept"
        return moves

    def _send_again(self, moves):
        answer = self._rows(moves).action_send_again()
        self._deliver()
        return answer

    # === By the settings of today === #

    def test_a_customer_who_wants_the_portal_now_finds_it_there(self):
        move = self._refused()
        self.assertTrue(move.activity_ids)
        self._wish(billing_delivery_channel="portal")
        self._send_again(move)
        row = self._rows(move)
        self.assertEqual(
            (row.channel, row.email, row.state), ("portal", False, "portal")
        )
        self.assertFalse(self.server.received)
        self.assertFalse(move.activity_ids)

    def test_a_customer_who_wants_paper_now_has_it_posted(self):
        move = self._refused()
        self._wish(billing_delivery_channel="post")
        self._send_again(move)
        self.assertEqual(self._rows(move).channel, "post")
        self.assertEqual(move.billing_delivery_state, "to_post")

    def test_another_platform_takes_it_by_its_own_way(self):
        move = self._refused()
        self._wish(billing_delivery_channel="platform")
        self._rows(move).action_send_again()
        row = self._rows(move)
        self.assertEqual((row.channel, row.state), ("platform", "no_channel"))
        self.assertIn("no platform is chosen", row.answer)

    def test_a_plan_s_channel_counts_too(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        move = self._invoices(order)
        self._deliver()
        self.plan_monthly.sudo().delivery_channel = "portal"
        self._send_again(move)
        self.assertEqual(self._states(move), ["portal"])

    def test_a_recipient_who_took_another_s_place_receives_it(self):
        ada, bob = self._contact("ada"), self._contact("bob")
        self._wish(billing_recipient_ids=ada.ids)
        move = self._refused()
        self._wish(billing_recipient_ids=bob.ids)
        self._send_again(move)
        row = self._rows(move)
        self.assertEqual(row.partner_id, bob)
        self.assertEqual(self.server.addresses, ["bob@horizon.example"])
        self.assertEqual(
            row.event_ids.mapped("event"), ["refused", "again", "accepted"]
        )

    def test_two_addresses_in_one_field_each_receive_it_once(self):
        self.customer.sudo().email = "old@horizon.example; boss@horizon.example"
        move = self._refused()
        self.customer.sudo().email = "new@horizon.example; boss@horizon.example"
        self._send_again(move)
        self.assertEqual(
            sorted(self.server.addresses),
            ["boss@horizon.example", "new@horizon.example"],
        )
        self.assertEqual(self._states(move), ["sent", "sent"])

    def test_an_address_that_was_taken_away_is_asked_for(self):
        move = self._refused()
        self.customer.sudo().email = False
        self._send_again(move)
        self.assertEqual(self._states(move), ["no_channel"])

    def test_a_second_recipient_gets_a_delivery_of_their_own(self):
        ada, bob = self._contact("ada"), self._contact("bob")
        move = self._refused()
        self._wish(billing_recipient_ids=(ada | bob).ids)
        self._send_again(move)
        self.assertEqual(self._rows(move).partner_id, ada | bob)
        self.assertEqual(self._states(move), ["sent", "sent"])

    def test_who_is_no_recipient_any_more_is_told_and_keeps_the_history(self):
        ada, bob = self._contact("ada"), self._contact("bob")
        self._wish(billing_recipient_ids=(ada | bob).ids)
        move = self._refused()
        self._wish(billing_delivery_channel="portal")
        answer = self._send_again(move)
        self.assertIn("is no recipient any more", answer["params"]["message"])
        first, second = self._rows(move)
        self.assertEqual((first.state, second.state), ("portal", "replaced"))
        self.assertEqual(second.event_ids.mapped("event"), ["refused", "replaced"])
        self.assertEqual(move.billing_delivery_state, "portal")
        self.assertFalse(move.activity_ids)

    def test_a_document_whose_only_trace_was_refused_may_be_taken_back(self):
        ada, bob = self._contact("ada"), self._contact("bob")
        self._wish(billing_recipient_ids=(ada | bob).ids)
        move = self._refused()
        self._wish(billing_recipient_ids=ada.ids)
        self._rows(move).filtered(lambda row: row.partner_id == bob).action_send_again()
        self.assertEqual(self._states(move), ["failed", "replaced"])
        self.assertFalse(move._billing_was_sent())
        self._send_again(move)
        self.assertEqual(move._billing_was_sent(), move)

    def test_other_words_are_written_anew_under_the_same_message_id(self):
        self.env(su=True)["res.lang"]._activate_lang("fr_FR")
        self.server.mode = "drop_after"
        move = self._make_invoices()
        self._deliver()
        self.assertEqual(self._states(move), ["unknown"])
        self._wish(billing_delivery_lang="fr_FR")
        self.server.mode = "accept"
        self._send_again(move)
        first, second = self.server.messages
        self.assertEqual(first["Message-Id"], second["Message-Id"])
        self.assertNotEqual(first["Subject"], second["Subject"])

    def test_a_waiting_document_in_other_words_is_written_anew(self):
        self.env(su=True)["res.lang"]._activate_lang("fr_FR")
        self.server.mode = "defer"
        move = self._make_invoices()
        self._deliver()
        written = self._rows(move).mail_id
        self.assertTrue(written)
        self._wish(billing_delivery_lang="fr_FR")
        self.server.mode = "accept"
        self._send_again(move)
        self.assertEqual(self._rows(move).lang, "fr_FR")
        self.assertIn("facture", self.server.messages[0]["Subject"].lower())

    # === What was chosen by hand wins === #

    def _readdress(self, rows, email, **vals):
        wizard = self.env["billing.delivery.readdress"].sudo()
        wizard.create(
            {"delivery_ids": rows.ids, "email": email, "keep": False, **vals}
        ).action_send()
        self._deliver()

    def test_an_address_chosen_by_hand_stays(self):
        move = self._refused()
        self.server.unknown = {"typed@horizon.example"}
        self._readdress(self._rows(move), "typed@horizon.example")
        self.assertEqual(self._states(move), ["failed"])
        self.server.unknown = set()
        self._wish(billing_delivery_channel="portal")
        self._send_again(move)
        self.assertEqual(self.server.addresses, ["typed@horizon.example"])
        self.assertEqual(self._rows(move).choice, "address")

    def test_an_address_kept_on_the_contact_is_the_contact_s(self):
        move = self._refused()
        self.server.unknown = {"kept@horizon.example"}
        self._readdress(self._rows(move), "kept@horizon.example", keep=True)
        self.customer.sudo().email = "later@horizon.example"
        self._send_again(move)
        self.assertEqual(self.server.addresses, ["later@horizon.example"])

    def test_two_deliveries_of_a_document_go_to_another_address_once(self):
        self.customer.sudo().email = "ada@horizon.example; bob@horizon.example"
        move = self._refused()
        self._readdress(self._rows(move), "bob@horizon.example")
        self.assertEqual(self.server.addresses, ["bob@horizon.example"])
        self.assertEqual(self._states(move), ["replaced", "sent"])

    def test_a_replaced_delivery_takes_its_address_back(self):
        self.customer.sudo().email = "ada@horizon.example; bob@horizon.example"
        move = self._refused()
        self.customer.sudo().email = "ada@horizon.example"
        first, second = self._rows(move)
        second.action_send_again()
        self.assertEqual(second.state, "replaced")
        self._readdress(first, "bob@horizon.example")
        self.assertEqual(self.server.addresses, ["bob@horizon.example"])
        self.assertEqual((first.state, second.state), ("replaced", "sent"))

    # === The same cost for many === #

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_sending_many_again_asks_no_more_than_sending_a_few(self):
        ada, bob = self._contact("ada"), self._contact("bob")
        self._wish(billing_recipient_ids=ada.ids)
        rows = self._rows(self._refused(44))
        self._wish(billing_recipient_ids=bob.ids)
        sending = self.env["billing.sending"]
        few = self._count(lambda: sending._send_again(rows[:4]))
        many = self._count(lambda: sending._send_again(rows[4:]))
        self.assertEqual(set(rows.mapped("state")), {"to_send"})
        self.assertLessEqual(many, few)

    def test_planning_many_asks_no_more_than_planning_a_few(self):
        self._wish(billing_delivery_grouping="daily")
        few = self._make_invoices(*[self.customer] * 4)
        many = self._make_invoices(*[self.customer] * 40)
        for channel in ("email", "portal"):
            with self.subTest(channel=channel):
                self._wish(billing_delivery_channel=channel)
                service = self.env(su=True)["billing.sending"].with_company(
                    self.company
                )
                counts = [
                    self._count(
                        lambda moves=moves, service=service: service._plan(
                            moves.with_env(service.env)
                        )
                    )
                    for moves in (few, many)
                ]
                self.assertLessEqual(counts[1], counts[0])
                delivery_writer(self._rows(few | many)).unlink()

    def test_each_document_without_an_address_has_its_own_reason(self):
        other = self._create_customer("Clinique Morel", email="nobody")
        self.customer.sudo().email = False
        moves = self._make_invoices(self.customer, other)
        self._prepare()
        texts = self._rows(moves).mapped("answer")
        self.assertIn("has no e-mail address", texts[0])
        self.assertIn("nobody is no e-mail address", texts[1])
        self.assertEqual(
            self._rows(moves).event_ids.mapped("answer"), texts, "so does the history"
        )


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryCore(DeliveryCommon):
    """What core's own button sends is followed, and left to core."""

    def setUp(self):
        super().setUp()
        self.company.sudo().billing_sending = "none"
        self.move = self._make_invoices()
        self.ada = self._create_customer("ada", email="ada@horizon.example")
        self.bob = self._create_customer("bob", email="bob@horizon.example")

    def _follow(self, *partners):
        """A message of core's with a mail of its own for each recipient."""
        # Core writes messages and mails for everybody.
        env = self.env(su=True)
        people = env["res.partner"].union(*partners)
        message = env["mail.message"].create(
            {
                "model": "account.move",
                "res_id": self.move.id,
                "message_type": "comment",
                "partner_ids": people.ids,
            }
        )
        mails = env["mail.mail"].create(
            [
                {"mail_message_id": message.id, "recipient_ids": partner.ids}
                for partner in partners
            ]
        )
        self.env["account.move.send"]._billing_follow(self.move, message)
        return mails

    def _row(self, partner):
        return self._rows(self.move).filtered(lambda row: row.partner_id == partner)

    def _tell(self, mail, partner=None, reason=False):
        mail._postprocess_sent_message(
            success_pids=partner or [],
            success_emails=[],
            failure_reason=reason,
            failure_type=reason and "unknown",
        )

    def test_a_mail_that_fails_does_not_fail_the_others(self):
        for_ada, for_bob = self._follow(self.ada, self.bob)
        self._tell(for_ada, reason="550 mailbox unknown")
        self.assertEqual(self._row(self.ada).state, "failed")
        self.assertEqual(self._row(self.ada).answer, "550 mailbox unknown")
        self.assertEqual(self._row(self.bob).state, "queued")
        self._tell(for_bob, self.bob)
        self.assertEqual(self._row(self.bob).state, "sent")
        self.assertEqual(self._row(self.ada).state, "failed")

    def test_what_succeeds_later_reminds_nobody_any_more(self):
        (mail,) = self._follow(self.ada)
        self._tell(mail, reason="451 later")
        self.assertEqual(len(self.move.activity_ids), 1)
        self._tell(mail, self.ada)
        self.assertEqual(self._row(self.ada).state, "sent")
        self.assertFalse(self.move.activity_ids)

    def test_the_button_stands_in_the_history(self):
        self._follow(self.ada)
        (mail,) = self._follow(self.ada)
        self._tell(mail, self.ada)
        self.assertEqual(
            self._row(self.ada).event_ids.mapped("event"),
            ["handed", "handed", "accepted"],
        )

    def test_what_is_being_sent_at_that_moment_is_left_alone(self):
        self._follow(self.ada)
        row = self._row(self.ada)
        delivery_writer(row).write({"state": "sending", "origin": "job"})
        self._follow(self.ada)
        self.assertEqual((row.state, row.origin), ("sending", "job"))

    def test_what_waits_in_core_s_queue_is_not_sent_again(self):
        self._follow(self.ada)
        row = self._row(self.ada)
        with self.assertRaisesRegex(UserError, "being sent right now"):
            row.action_send_again()
        with self.assertRaisesRegex(UserError, "being sent right now"):
            row._check_readdress("other@horizon.example")
        self.assertFalse(row.next_try_at)

    def test_what_core_s_queue_has_lost_can_be_sent_again(self):
        self._follow(self.ada).unlink()
        self._row(self.ada).action_send_again()
        self._deliver()
        self.assertEqual(self.server.addresses, ["ada@horizon.example"])

    def test_what_waits_in_core_s_queue_is_not_late(self):
        self._follow(self.ada)
        delivery_writer(self._row(self.ada)).next_try_at = "2020-01-01"
        self.assertEqual(self.env["billing.sending"]._get_overdue()[0], 0)

    def test_what_else_waited_for_the_document_was_done_by_hand(self):
        self.company.sudo().billing_sending = "all"
        self.move = self._make_invoices()
        self._prepare()
        self.assertEqual(self._states(self.move), ["queued"])
        self._follow(self.ada)
        self.assertEqual(self._rows(self.move).partner_id, self.ada)

    def test_a_recipient_chosen_there_stays_when_it_is_sent_again(self):
        (mail,) = self._follow(self.ada)
        self._tell(mail, reason="550 mailbox unknown")
        self.ada.sudo().email = "better@horizon.example"
        self._row(self.ada).action_send_again()
        self._deliver()
        self.assertEqual(self.server.addresses, ["better@horizon.example"])
        self.assertEqual(self._row(self.ada).origin, "job")


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryHeadline(DeliveryCommon):
    """The sentence above the list is about the documents that the list is about."""

    def test_the_list_s_limits_count_and_its_states_do_not(self):
        other = self._create_customer("Clinique Morel", email="m@morel.example")
        self._make_invoices(self.customer, other, other)
        headline = self.env["billing.delivery"].get_billing_headline
        mine = [("customer_id", "=", other.id)]
        for _prepared in range(2):
            self.assertIn("3 queued", headline([("needs_person", "=", True)]))
            self.assertIn("3 queued", headline(["!", ("sent_at", ">=", "2026-01-01")]))
            self.assertIn("2 queued", headline(mine))
            self.assertIn("2 queued", headline([*mine, ("state", "=", "sent")]))
            self.assertIn("0 queued", headline([("move_id", "in", [])]))
            self._prepare()
        self._send()
        self.assertIn("2 sent today, 0 queued", headline(mine))

    def test_a_document_without_a_delivery_is_found_by_its_number_alone(self):
        first, _second = self._make_invoices(self.customer, self.customer)
        headline = self.env["billing.delivery"].get_billing_headline
        self.assertIn("1 queued", headline([("move_id", "ilike", first.name)]))
        self.assertIn("1 queued", headline([("move_id.name", "=", first.name)]))
        self.assertIn("1 queued", headline([("move_id", "=", first.id)]))
        self.assertIn("0 queued", headline([("email", "ilike", "horizon")]))
