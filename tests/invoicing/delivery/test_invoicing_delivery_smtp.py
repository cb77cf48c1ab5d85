"""Documents leave over a real mail server, which behaves in every possible way."""

from datetime import timedelta

from odoo.tests import tagged

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestInvoicingDeliverySmtp(DeliveryCommon):
    """What a mail server does to one document."""

    def setUp(self):
        super().setUp()
        self.invoice = self._make_invoices()

    def _let_time_pass(self, **span):
        """Everything that waits became due so long ago."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_delivery SET next_try_at = next_try_at - %s"
            " WHERE next_try_at IS NOT NULL",
            [timedelta(**span)],
        )
        self.env.invalidate_all()

    def test_an_accepted_document_is_sent(self):
        self.assertEqual(self.invoice.billing_delivery_state, "to_send")
        self._prepare()
        self.assertEqual(self._states(self.invoice), ["queued"])
        self._send()
        row = self._rows(self.invoice)
        self.assertEqual(row.state, "sent")
        self.assertEqual(row.answer, "250 2.0.0 queued as 1")
        self.assertEqual(self.invoice.billing_delivery_state, "sent")
        self.assertIn("Sent to accounts@horizon.example on", row._get_sentence())
        self.assertEqual(self.server.addresses, ["accounts@horizon.example"])

    def test_the_mail_carries_the_document_and_its_identity(self):
        self._deliver()
        (message,) = self.server.messages
        row = self._rows(self.invoice)
        self.assertEqual(message["Message-Id"], row.message_ref)
        (attachment,) = message.iter_attachments()
        self.assertEqual(
            attachment.get_content(), b"%PDF-1.4 " + self.invoice.name.encode()
        )
        self.assertIn("accounts@horizon.example", message["To"])
        self.assertIn("nadia@example.com", message["From"])

    def test_the_mail_stands_in_the_chatter_and_its_author_follows(self):
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual(row.mail_message_id.res_id, self.invoice.id)
        self.assertIn(self.user.partner_id, self.invoice.message_partner_ids)
        self.assertNotIn(self.customer, self.invoice.message_partner_ids)
        self.assertFalse(row.mail_id)
        self.assertEqual(
            row.mail_message_id.notification_ids.notification_status, "sent"
        )

    def test_core_s_queue_never_finds_the_mail(self):
        self._prepare()
        with self._kill_at("_begin", 1):
            self._killed_while_sending()
        mails = self.env["mail.mail"].sudo().search([("res_id", "=", self.invoice.id)])
        self.assertEqual(mails.mapped("state"), ["cancel"])
        mails.send()
        self.assertFalse(self.server.received)
        with self.assertRaisesRegex(Exception, "never leaves twice"):
            mails.mark_outgoing()

    def test_a_refused_recipient_needs_a_person(self):
        self.server.mode = "refuse"
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual(row.state, "failed")
        self.assertEqual(row.answer, "550 5.1.1 mailbox unknown")
        self.assertEqual(self.invoice.activity_ids.user_id, self.user)
        self._send()
        self.assertFalse(self.server.received)

    def test_of_two_recipients_only_the_unknown_one_fails(self):
        self.customer.sudo().email = "accounts@horizon.example, old@horizon.example"
        self.server.unknown = {"old@horizon.example"}
        invoice = self._make_invoices()
        self._deliver()
        found = {row.email: row.state for row in self._rows(invoice)}
        self.assertEqual(
            found,
            {"accounts@horizon.example": "sent", "old@horizon.example": "failed"},
        )
        self.assertEqual(invoice.billing_delivery_state, "failed")

    def test_a_deferred_document_is_tried_again_later(self):
        self.server.mode = "defer"
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual((row.state, row.failures), ("queued", 1))
        self.assertEqual(row.next_try_at - row.last_try_at, timedelta(minutes=5))
        self._send()
        self.assertEqual(row.tries, 1, "it waits")
        self.server.mode = "accept"
        self._let_time_pass(minutes=6)
        self._send()
        self.assertEqual((row.state, row.tries), ("sent", 2))
        self.assertEqual(len(self.server.received), 1)

    def test_a_document_deferred_too_often_needs_a_person(self):
        self.server.mode = "defer"
        self._prepare()
        for _try in range(6):
            self._send()
            self._let_time_pass(hours=25)
        row = self._rows(self.invoice)
        self.assertEqual((row.state, row.tries), ("failed", 6))
        self.assertEqual(len(self.invoice.activity_ids), 1)

    def test_a_connection_dropped_before_the_text_is_tried_again(self):
        self.server.script = ["drop_before"]
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual(row.state, "queued")
        self.assertIn("before the message left", row.answer)
        self._let_time_pass(minutes=6)
        self._send()
        self.assertEqual(row.state, "sent")
        self.assertEqual(len(self.server.received), 1)

    def test_a_connection_dropped_after_the_text_leaves_a_doubt(self):
        self.server.script = ["drop_after"]
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual(row.state, "unknown")
        self.assertIn("after the message had left", row.answer)
        self._let_time_pass(days=3)
        self._deliver()
        self.assertEqual(len(self.server.received), 1, "never twice by itself")
        self.assertEqual(len(self.invoice.activity_ids), 1)

    def test_a_doubt_is_sent_again_by_hand_under_the_same_message_id(self):
        self.server.script = ["drop_after"]
        self._deliver()
        row = self._rows(self.invoice)
        row.action_send_again()
        self._deliver()
        self.assertEqual(row.state, "sent")
        first, second = (message["Message-Id"] for message in self.server.messages)
        self.assertEqual(first, second)
        self.assertFalse(self.invoice.activity_ids)

    def test_a_hanging_server_is_given_up_before_the_text(self):
        self.server.mode = "hang"
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual(row.state, "queued")
        self.assertIn("before the message left", row.answer)

    def test_a_server_that_hangs_after_the_text_leaves_a_doubt(self):
        self.server.mode = "hang_after"
        self._deliver()
        self.assertEqual(self._states(self.invoice), ["unknown"])

    def test_a_refused_text_needs_a_person(self):
        self.server.mode = "refuse_data"
        self._deliver()
        self.assertEqual(self._states(self.invoice), ["failed"])

    def test_a_refused_sender_needs_a_person(self):
        self.server.mode = "refuse_sender"
        self._deliver()
        row = self._rows(self.invoice)
        self.assertEqual((row.state, row.answer), ("failed", "550 sender not allowed"))

    def test_a_full_mailbox_is_tried_again(self):
        self.server.mode = "full"
        self._deliver()
        self.assertEqual(self._states(self.invoice), ["queued"])

    def test_a_server_that_is_down_is_asked_for_ever(self):
        self.server.stop()
        self._prepare()
        for _try in range(8):
            self._send()
            self._let_time_pass(hours=25)
        row = self._rows(self.invoice)
        self.assertEqual((row.state, row.failures, row.tries), ("queued", 8, 0))
        self.assertIn("cannot be reached", row.answer)
        self.assertFalse(self.invoice.activity_ids)
        self.server = self._start_server()
        self._send()
        self.assertEqual(row.state, "sent")

    def test_a_dot_at_the_start_of_a_line_arrives(self):
        template = (
            self.env.ref("account.email_template_edi_invoice")
            .sudo()
            .copy({"body_html": "<p>A</p>\n.hidden\n..twice"})
        )
        self.customer.with_company(
            self.company
        ).sudo().billing_delivery_template_id = template
        invoice = self._make_invoices()
        self._deliver()
        message = next(
            m
            for m in self.server.messages
            if m["Message-Id"] == self._rows(invoice).message_ref
        )
        html = message.get_body(("html",)).get_content()
        self.assertIn(".hidden", html)
        self.assertIn("..twice", html)
