"""Who receives what, when, over which channel; and who may touch it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import file_open

from odoo.addons.recurring_billing.models.invoicing.delivery.billing_delivery import (
    delivery_writer,
)

from .delivery_common import DeliveryCommon

BOUNCE = """\
From: MAILER-DAEMON@mx.horizon.example
To: bounce@example.com
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce-1@mx.horizon.example>
Date: Mon, 02 Mar 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

The mailbox does not exist.
--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.horizon.example

Final-Recipient: rfc822; {email}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox
--b1
Content-Type: message/rfc822

From: us@example.com
To: {email}
Subject: Your invoice
Message-Id: {ref}

Hello
--b1--
"""


@tagged("post_install", "-at_install")
class TestInvoicingDelivery(DeliveryCommon):
    def _wish(self, **vals):
        """What the customer wants, kept by others than the clerk."""
        self.customer.with_company(self.company).sudo().write(vals)

    # === What is sent === #

    def test_only_documents_of_runs_leave_where_the_company_says_so(self):
        self.company.sudo().billing_sending = "recurring"
        by_hand = self._make_invoices()
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.assertFalse(by_hand.billing_delivery_state)
        self.assertEqual(self._invoices(order).billing_delivery_state, "to_send")

    def test_nothing_leaves_where_the_company_says_so(self):
        self.company.sudo().billing_sending = "none"
        self.assertFalse(self._make_invoices().billing_delivery_state)

    def test_what_was_posted_before_is_not_sent(self):
        self.company.sudo().billing_sending = "none"
        before = self._make_invoices()
        self.company.sudo().billing_sending = "all"
        self._deliver()
        self.assertFalse(self._rows(before))

    def test_the_mark_travels_with_the_posting(self):
        move = self._make_invoices()
        move.button_draft()
        self.assertFalse(move.billing_delivery_state)
        move.action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(move.billing_delivery_state, "to_send")

    def test_a_document_taken_back_leaves_the_queue(self):
        move = self._make_invoices()
        self._prepare()
        move.button_draft()
        self.assertFalse(self._rows(move))
        self.assertFalse(move.billing_delivery_state)
        self._send()
        self.assertFalse(self.server.received)

    # === To whom, and how === #

    def test_without_an_address_a_person_is_asked(self):
        self.customer.sudo().email = False
        move = self._make_invoices()
        self._prepare()
        row = self._rows(move)
        self.assertEqual((row.state, move.billing_delivery_state), ("no_channel",) * 2)
        self.assertIn("has no e-mail address. Enter one", row.answer)
        self.assertEqual(len(move.activity_ids), 1)
        self.customer.sudo().email = "found@horizon.example"
        row.action_send_again()
        self._deliver()
        self.assertEqual(self.server.addresses, ["found@horizon.example"])
        self.assertFalse(move.activity_ids)

    def test_what_is_no_address_is_named(self):
        self.customer.sudo().email = "nobody"
        move = self._make_invoices()
        self._prepare()
        self.assertIn("nobody is no e-mail address", self._rows(move).answer)

    def test_named_recipients_each_receive_their_own_mail(self):
        contacts = self.env["res.partner"]
        for name in ("ada", "bob"):
            contacts |= self._create_customer(
                name, parent_id=self.customer.id, email=f"{name}@horizon.example"
            )
        self._wish(billing_recipient_ids=contacts.ids)
        move = self._make_invoices()
        self._deliver()
        self.assertEqual(
            sorted(self.server.addresses),
            ["ada@horizon.example", "bob@horizon.example"],
        )
        self.assertEqual(len(set(self._rows(move).mapped("message_ref"))), 2)

    def test_the_customer_wins_over_the_plan(self):
        self.plan_monthly.sudo().delivery_channel = "post"
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self._prepare()
        self.assertEqual(self._rows(self._invoices(order)).channel, "post")
        self._wish(billing_delivery_channel="portal")
        self._run_on("2026-04-01")
        self._prepare()
        row = self._rows(self._invoices(order)[1])
        self.assertEqual((row.channel, row.state), ("portal", "portal"))

    def test_core_s_sending_method_is_the_customer_s_wish(self):
        self._wish(invoice_sending_method="manual")
        move = self._make_invoices()
        self._prepare()
        row = self._rows(move)
        self.assertEqual((row.channel, row.state), ("post", "to_post"))
        row.action_posted_by_hand()
        self.assertEqual(move.billing_delivery_state, "posted")

    def test_a_platform_that_is_not_there_is_no_channel(self):
        self._wish(billing_delivery_channel="platform")
        move = self._make_invoices()
        self._prepare()
        self.assertIn("no platform is chosen", self._rows(move).answer)

    def test_mails_wait_for_the_hours_of_the_customer(self):
        self._wish(
            billing_delivery_first_hour=8,
            billing_delivery_last_hour=18,
            billing_delivery_days="working",
        )
        # A Friday evening in Paris; Monday at eight there is seven in UTC.
        with self._on("2026-03-06", "19:30:00"):
            move = self._make_invoices()
            self._prepare()
        row = self._rows(move)
        self.assertEqual(str(row.next_try_at), "2026-03-09 07:00:00")

    def test_one_mail_a_day_carries_several_documents(self):
        self._wish(billing_delivery_grouping="daily")
        with self._on("2026-03-02", "08:00:00"):
            first, second = self._make_invoices(self.customer, self.customer)
            self._deliver()
            self.assertFalse(self.server.received, "it waits for the others")
        with self._on("2026-03-02", "08:16:00"):
            self._deliver()
        (message,) = self.server.messages
        names = {part.get_filename() for part in message.iter_attachments()}
        self.assertEqual(len(names), 2)
        html = message.get_body(("html",)).get_content()
        self.assertIn(first.name, html)
        self.assertIn(second.name, html)
        with self._on("2026-03-02", "09:00:00"):
            third = self._make_invoices()
            self._prepare()
        self.assertEqual(str(self._rows(third).next_try_at)[:10], "2026-03-02")
        self.assertEqual(str(self._rows(third).next_try_at)[11:], "23:00:00")

    def test_a_document_taken_back_leaves_the_common_mail_too(self):
        self._wish(billing_delivery_grouping="daily")
        with self._on("2026-03-02", "08:00:00"):
            first, second = self._make_invoices(self.customer, self.customer)
            self._prepare()
        self.server.mode = "defer"
        with self._on("2026-03-02", "08:16:00"):
            self._deliver()
        self.assertFalse(self.server.received)
        first.button_draft()
        self.server.mode = "accept"
        with self._on("2026-03-02", "09:00:00"):
            self._deliver()
        (message,) = self.server.messages
        (name,) = [part.get_filename() for part in message.iter_attachments()]
        self.assertIn(second.name.replace("/", "_"), name)
        self.assertEqual(second.billing_delivery_state, "sent")

    def test_customers_with_one_address_never_share_a_mail(self):
        other = self._create_customer("Clinique Morel", email=self.customer.email)
        for customer in (self.customer, other):
            # Customers are kept by others than the clerk.
            customer.sudo().billing_delivery_grouping = "daily"
        with self._on("2026-03-02", "08:00:00"):
            moves = self._make_invoices(self.customer, other)
            self._deliver()
        with self._on("2026-03-02", "08:16:00"):
            self._deliver()
        self.assertEqual(self.server.addresses, [self.customer.email] * 2)
        found = [
            [part.get_filename() for part in message.iter_attachments()]
            for message in self.server.messages
        ]
        self.assertEqual([len(names) for names in found], [1, 1])
        self.assertEqual(len(moves.billing_delivery_ids.mail_message_id), 2)

    # === Bounces, core's button, other addresses === #

    def _bounce(self, row):
        text = BOUNCE.format(email=row.email, ref=row.message_ref)
        # The gateway works for everybody.
        self.env["mail.thread"].sudo().message_process(False, text)
        self.env.invalidate_all()

    def test_a_bounce_names_the_answer_and_asks_a_person_once(self):
        move = self._make_invoices()
        self._deliver()
        row = self._rows(move)
        self._bounce(row)
        self.assertEqual(move.billing_delivery_state, "bounced")
        self.assertIn("no such mailbox", row.answer)
        self.assertIn("Ask for another address", row._get_sentence())
        self.assertEqual(len(move.activity_ids), 1)
        self._send()
        self.assertEqual(len(self.server.received), 1)

    def test_a_bounced_document_goes_to_another_address(self):
        move = self._make_invoices()
        self._deliver()
        row = self._rows(move)
        self._bounce(row)
        with Form(
            self.env["billing.delivery.readdress"].with_context(
                default_delivery_ids=row.ids
            )
        ) as form:
            form.email = "New@horizon.example"
        form.save().action_send()
        self._deliver()
        self.assertEqual(self.server.addresses[-1], "new@horizon.example")
        self.assertEqual(row.state, "sent")
        self.assertEqual(
            row.event_ids.mapped("event"), ["accepted", "bounced", "again", "accepted"]
        )

    def test_a_kept_address_takes_the_place_of_the_one_that_did_not_do(self):
        self.customer.sudo().email = "old@horizon.example; boss@horizon.example"
        move = self._make_invoices()
        self._deliver()
        row = self._rows(move).filtered(lambda one: one.email == "old@horizon.example")
        self._bounce(row)
        wizard = self.env["billing.delivery.readdress"].sudo()
        wizard.create(
            {
                "delivery_ids": row.ids,
                "email": "new@horizon.example",
                "keep": True,
            }
        ).action_send()
        self.assertEqual(
            self.customer.email, "new@horizon.example, boss@horizon.example"
        )

    def test_an_address_that_is_none_is_refused(self):
        move = self._make_invoices()
        self._deliver()
        wizard = self.env["billing.delivery.readdress"].create(
            {"delivery_ids": self._rows(move).ids, "email": "nobody"}
        )
        with self.assertRaisesRegex(UserError, "is no e-mail address"):
            wizard.action_send()

    def test_core_s_button_is_followed(self):
        self.company.sudo().billing_sending = "none"
        move = self._make_invoices()
        service = self.env["account.move.send"]
        self._fake_render(None, move)
        service._generate_and_send_invoices(move, sending_methods=["email"])
        row = self._rows(move)
        self.assertEqual((row.origin, row.state), ("core", "sent"))
        self.assertEqual(move.billing_delivery_state, "sent")

    def test_what_core_s_button_sent_is_not_sent_by_itself(self):
        move = self._make_invoices()
        self._fake_render(None, move)
        self.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=["email"]
        )
        self._deliver()
        self.assertEqual(len(self.server.received), 1)

    def test_what_leaves_by_itself_is_not_core_s_to_send_and_sent_in_its_eyes(self):
        move = self._make_invoices()
        # What core's invoices of paid orders ask before they are sent.
        self.assertFalse(move._is_ready_to_be_sent())
        self.assertFalse(move.is_move_sent)
        self._deliver()
        self.assertEqual(move.billing_delivery_state, "sent")
        self.assertTrue(move.is_move_sent)

    def test_what_was_just_posted_is_told_as_queued(self):
        self._make_invoices()
        headline = self.env["billing.delivery"].get_billing_headline
        self.assertIn("0 sent today, 1 queued, 0 for a person.", headline([]))
        self._prepare()
        self.assertIn("0 sent today, 1 queued, 0 for a person.", headline([]))
        self._send()
        self.assertIn("1 sent today, 0 queued, 0 for a person.", headline([]))

    # === Off, and copies === #

    def test_a_switched_off_job_is_told_with_what_waits(self):
        self._make_invoices()
        # The scheduled action is the administrator's.
        cron = self.env.ref("recurring_billing.ir_cron_send_deliveries").sudo()
        cron.active = False
        text = self.env["billing.delivery"].get_billing_headline([])
        self.assertRegex(text, "Sending is off: 1 documents wait since")
        with self.assertRaises(AccessError):
            self.env["billing.delivery"].action_switch_on()

    def test_nothing_leaves_a_copied_database(self):
        move = self._make_invoices()
        self._prepare()
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("database.is_neutralized", True)
        self._send()
        self.assertEqual(move.billing_delivery_state, "held")
        self.assertFalse(self.server.received)

    def test_the_copy_s_own_statements_hold_what_was_queued(self):
        move = self._make_invoices()
        self._prepare()
        self.env.flush_all()
        with file_open("recurring_billing/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(move.billing_delivery_state, "held")
        self.assertEqual(self._rows(move).event_ids.event, "held")
        self.assertFalse(
            self.env.ref("recurring_billing.ir_cron_send_deliveries").sudo().active
        )

    # === Rights === #

    def test_nobody_writes_deliveries_by_hand(self):
        move = self._make_invoices()
        self._prepare()
        row = self._rows(move).sudo()
        for deed in (
            lambda: row.write({"state": "sent"}),
            row.unlink,
            lambda: row.copy(),
            lambda: row.with_context(billing_delivery_writer=True).write({"tries": 3}),
        ):
            with self.assertRaisesRegex(UserError, "written by sending alone"):
                deed()

    def test_a_stranger_sees_no_delivery(self):
        move = self._make_invoices()
        self._prepare()
        row = self._rows(move)
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            row.with_user(stranger).action_send_again()
        self.assertFalse(row.with_user(stranger).search([]))

    def test_a_salesman_without_invoicing_sends_nothing_again(self):
        move = self._make_invoices()
        self._prepare()
        salesman = (
            self.env["res.users"]
            .sudo()
            .create(
                {
                    "name": "Sales",
                    "login": "sales",
                    "group_ids": self.env.ref("sales_team.group_sale_salesman").ids,
                    "company_id": self.company.id,
                    "company_ids": self.company.ids,
                }
            )
        )
        with self.assertRaises(AccessError):
            self._rows(move).with_user(salesman).action_send_again()

    def test_a_sent_document_counts_on_its_run(self):
        order = self._subscribe("2026-03-01")
        run = self._run_on("2026-03-01")
        self._deliver()
        self.assertEqual(self._states(self._invoices(order)), ["sent"])
        self.assertEqual(run.delivery_text, "1 sent, 0 queued, 0 for a person")
        self.assertEqual(self.customer.billing_delivery_count, 1)

    def test_a_failed_rendering_is_tried_again_and_then_told(self):
        move = self._make_invoices()
        rendering = self.env.registry["billing.rendering"]
        self.patch(rendering, "_render", lambda _self, moves: {moves: "no layout"})
        for _try in range(3):
            self._prepare()
            rows = delivery_writer(self._rows(move))
            rows.filtered("next_try_at").next_try_at = "2020-01-01"
        self.assertEqual(self._states(move), ["failed"])
        self.assertIn("no layout", self._rows(move).answer)

    def test_a_common_mail_in_doubt_goes_again_as_a_whole(self):
        self._wish(billing_delivery_grouping="daily")
        moves = self._make_invoices(self.customer, self.customer)
        self._prepare()
        delivery_writer(self._rows(moves)).next_try_at = "2020-01-01"
        self.server.script = ["drop_after"]
        self._send()
        self.assertEqual(self._states(moves), ["unknown", "unknown"])
        self._rows(moves)[0].action_send_again()
        self._deliver()
        self.assertEqual(self._states(moves), ["sent", "sent"])
        self.assertEqual(len({m["Message-Id"] for m in self.server.messages}), 1)
        self.assertEqual(len(self.server.messages), 2)

    def test_a_waiting_document_can_be_hurried(self):
        self.server.script = ["defer"]
        move = self._make_invoices()
        self._deliver()
        self._rows(move).action_send_again()
        self._send()
        self.assertEqual(self._states(move), ["sent"])
