"""A dispute keeps its part back until a person or the facts end it."""

from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .pledges_common import PledgesCommon


@tagged("post_install", "-at_install")
class TestDunningPledgesDispute(PledgesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(1000)

    # === What is disputed === #

    def test_what_is_open_is_disputed_unless_less_is(self):
        self._pay(self.invoice, 400, "2026-02-01")
        self.assertEqual(self._dispute(self.invoice).amount, 600)

    def test_a_line_disputes_its_own_amount(self):
        line = self.invoice.invoice_line_ids
        self.assertEqual(self._dispute(self.invoice, move_line_id=line.id).amount, 1000)

    def test_a_line_of_another_invoice_is_refused(self):
        line = self._invoice(10).invoice_line_ids
        with self.assertRaisesRegex(ValidationError, "one of its own"):
            self._dispute(self.invoice, 10, move_line_id=line.id)

    def test_more_than_what_is_open_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "exceeds what is open"):
            self._dispute(self.invoice, 1001)

    def test_the_rest_of_the_invoice_goes_on(self):
        self._dispute(self.invoice, 300)
        self.assertEqual(
            self._parts("2026-02-11"),
            {(self.invoice.name, "2026-01-31"): [("disputed", 300, "2026-02-24")]},
        )

    def test_it_is_reviewed_after_two_weeks(self):
        dispute = self._dispute(self.invoice, 300)
        self.assertEqual(
            (dispute.opened_on, dispute.review_on, dispute.user_id),
            (date(2026, 2, 10), date(2026, 2, 24), self.officer),
        )
        self.assertRegex(
            dispute.summary,
            r"No reminder asks for \$.?300\.00; to be reviewed on 02/24/2026\.",
        )

    # === Released by the facts === #

    def test_a_credit_note_of_the_part_releases_it(self):
        dispute = self._dispute(self.invoice, 300)
        self._credit(self.invoice, 300, "2026-02-12")
        self._refresh("2026-02-12")
        self.assertEqual(
            (dispute.state, dispute.ended_by, dispute.ended_on),
            ("resolved", "credit", date(2026, 2, 12)),
        )
        self.assertEqual(self._parts("2026-02-12"), {})

    def test_a_smaller_credit_note_lessens_it(self):
        dispute = self._dispute(self.invoice, 300)
        self._credit(self.invoice, 100, "2026-02-12")
        self._refresh("2026-02-12")
        self.assertEqual((dispute.state, dispute.credited_amount), ("open", 100))
        self.assertEqual(
            self._parts("2026-02-12"),
            {(self.invoice.name, "2026-01-31"): [("disputed", 200, "2026-02-24")]},
        )

    def test_a_credit_note_of_the_same_morning_releases_nothing(self):
        self._credit(self.invoice, 300, "2026-02-10")
        dispute = self._dispute(self.invoice, 300)
        self._refresh("2026-02-10")
        self.assertEqual((dispute.state, dispute.credited_amount), ("open", 0))

    def test_a_payment_of_the_rest_leaves_it(self):
        dispute = self._dispute(self.invoice, 300)
        self._pay(self.invoice, 700, "2026-02-12")
        self._refresh("2026-02-12")
        self.assertEqual(dispute.state, "open")

    def test_the_payment_of_all_releases_it(self):
        dispute = self._dispute(self.invoice, 300)
        self._pay(self.invoice, 1000, "2026-02-12")
        self._refresh("2026-02-12")
        self.assertEqual((dispute.state, dispute.ended_by), ("resolved", "payment"))

    # === Ended by a person === #

    def test_a_person_says_how_it_ended(self):
        dispute = self._dispute(self.invoice, 300)
        with self.assertRaisesRegex(UserError, "Resolution"):
            dispute.action_resolve()
        dispute.resolution = "Explained by phone."
        with self._on("2026-02-13"):
            dispute.action_resolve()
        self.assertEqual(
            (dispute.state, dispute.ended_by, dispute.ended_on),
            ("resolved", "person", date(2026, 2, 13)),
        )

    def test_a_rejected_dispute_lets_reminders_go_on(self):
        dispute = self._dispute(self.invoice, 300)
        dispute.resolution = "The work was accepted on 12 January."
        dispute.action_reject()
        self.assertEqual(dispute.state, "rejected")
        self.assertEqual(self._parts("2026-02-11"), {})
        with self.assertRaisesRegex(UserError, "over"):
            dispute.action_resolve()

    # === Review === #

    def _reminders(self, dispute):
        return self.env["mail.activity"].search(
            [("res_model", "=", dispute._name), ("res_id", "=", dispute.id)]
        )

    def test_its_owner_is_reminded_once(self):
        dispute = self._dispute(self.invoice, 300)
        self._refresh("2026-02-23")
        self.assertFalse(self._reminders(dispute))
        self._refresh("2026-02-24")
        self._refresh("2026-02-25")
        reminder = self._reminders(dispute)
        self.assertEqual(len(reminder), 1)
        self.assertEqual(reminder.user_id, self.officer)

    def test_a_reminder_that_was_done_does_not_come_back(self):
        dispute = self._dispute(self.invoice, 300)
        self._refresh("2026-02-24")
        self._reminders(dispute).action_feedback()
        self._refresh("2026-02-25")
        self.assertFalse(self._reminders(dispute))

    def test_another_day_of_review_reminds_again(self):
        dispute = self._dispute(self.invoice, 300)
        self._refresh("2026-02-24")
        self._reminders(dispute).action_feedback()
        dispute.review_on = "2026-03-10"
        self._refresh("2026-03-10")
        self.assertEqual(len(self._reminders(dispute)), 1)

    def test_its_end_closes_the_reminder(self):
        dispute = self._dispute(self.invoice, 300)
        self._refresh("2026-02-24")
        self._credit(self.invoice, 300, "2026-02-25")
        self._refresh("2026-02-25")
        self.assertFalse(self._reminders(dispute))

    def test_the_review_releases_nothing(self):
        dispute = self._dispute(self.invoice, 300)
        self._refresh("2026-03-31")
        self.assertEqual(dispute.state, "open")
