"""Many documents at once, a server that fails, and processes that die."""

from collections import Counter

from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.delivery import (
    billing_talking,
)

from .delivery_common import DeliveryCommon


class QueueCommon(DeliveryCommon):
    """A queue of documents, each of a customer of its own."""

    COUNT = 8

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = (
            cls.env["res.partner"]
            .sudo()
            .create(
                [
                    {"name": f"Customer {n}", "email": f"c{n}@customers.example"}
                    for n in range(cls.COUNT)
                ]
            )
        )
        cls.invoices = cls.env["account.move"]
        for start in range(0, cls.COUNT, 50):
            cls.invoices |= cls._make_invoices(*partners[start : start + 50])
            cls.env.flush_all()
            cls.env.invalidate_all()
            # Never counted, these tables take core's sums of payments minutes.
            cls.env.cr.execute(
                "ANALYZE account_move, account_move_line, account_payment,"
                " account_partial_reconcile"
            )

    def setUp(self):
        super().setUp()
        self._prepare()

    def _count(self):
        return Counter(self._states(self.invoices))

    def _let_all_be_due(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_delivery SET next_try_at = now() AT TIME ZONE 'UTC'"
            " WHERE state = 'queued'"
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryThreeHundred(QueueCommon):
    """Must hold for a queue of three hundred: none twice, none lost, doubts told."""

    COUNT = 300

    def test_three_hundred_documents_and_two_kills(self):
        self.server.script = ["accept"] * 20 + [
            "defer",
            "refuse",
            "drop_before",
            "accept",
            "drop_after",
            "accept",
            "full",
            "refuse_data",
        ]
        # Dies after the server took the 41st, before its answer is noted.
        with self._kill_at("_note", 41):
            self._killed_while_sending()
        self.assertEqual(self._count()["sending"], 1)
        # Dies between two documents: nothing is in doubt.
        with self._kill_at("_begin", 60):
            self._killed_while_sending()
        self.assertEqual(self._count()["unknown"], 2)
        # A turn of the job is as long as the scheduler lets it be.
        for _turn in range(100):
            self._send()
            self._let_all_be_due()
            if not self._count()["queued"]:
                break
        self.assertEqual(
            self._count(), {"sent": self.COUNT - 4, "unknown": 2, "failed": 2}
        )
        twice = [a for a, n in Counter(self.server.addresses).items() if n > 1]
        self.assertEqual(twice, [], "none twice")
        states = {row.email: row for row in self._rows(self.invoices)}
        lost = set(states) - set(self.server.addresses)
        self.assertEqual({states[a].state for a in lost}, {"failed"}, "none lost")
        doubts = [row for row in states.values() if row.state == "unknown"]
        self.assertTrue(all(row.answer for row in doubts), "each doubt is explained")
        self.assertTrue(
            all(row.email in self.server.addresses for row in doubts),
            "both had arrived: sent again they would have come twice",
        )


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryQueue(QueueCommon):
    """What one server's trouble means for the others in the queue."""

    def test_documents_share_a_connection(self):
        self._send()
        self.assertEqual(self._count(), {"sent": self.COUNT})
        self.assertEqual(self.server.sessions, 1)

    def test_a_server_that_closes_down_puts_that_document_off(self):
        self.server.script = ["accept", "closing"]
        self._send()
        self.assertEqual(self._count(), {"sent": self.COUNT - 1, "queued": 1})
        self.assertEqual(self.server.sessions, 2)

    def test_finding_what_is_due_costs_the_same_for_many(self):
        self._let_all_be_due()
        # One statement, whatever is queued.
        with self.assertQueryCount(1):
            rows = self.env["billing.sending"].sudo()._get_due()
        self.assertEqual(len(rows), self.COUNT)

    def test_a_server_that_breaks_off_each_time_is_left_alone(self):
        self.server.mode = "drop_after"
        self._send()
        self.assertEqual(self._count()["unknown"], billing_talking.BREAKS)
        self.assertEqual(len(self.server.received), billing_talking.BREAKS)

    def test_a_server_that_is_down_puts_all_off_at_once(self):
        self.server.stop()
        self._send()
        rows = self._rows(self.invoices)
        self.assertEqual(set(rows.mapped("state")), {"queued"})
        self.assertFalse(rows.filtered("tries"))
        self.assertFalse(self.invoices.activity_ids)
        text = self.env["billing.delivery"].get_billing_headline([])
        self.assertIn("cannot be reached", text)
