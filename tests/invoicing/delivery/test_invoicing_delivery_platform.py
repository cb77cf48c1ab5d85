"""Documents that a platform takes, refuses, or breaks on."""

from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.models.invoicing.delivery import (
    billing_sending_platform,
)
from odoo.addons.recurring_billing.models.invoicing.delivery.billing_delivery import (
    delivery_writer,
)

from .delivery_common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestInvoicingDeliveryPlatform(DeliveryCommon):
    """One at a time, each once, as long as the job has time."""

    def setUp(self):
        super().setUp()
        self.asked = []

    def _queue(self, count=1):
        """Documents in a platform's queue."""
        moves = self._make_invoices(*[self.customer] * count)
        self._prepare()
        delivery_writer(self._rows(moves)).write(
            {"channel": "platform", "method": "their_way", "email": False}
        )
        return moves

    def _let_platform(self, outcome=None, note=None):
        """What the platform does, and what core writes down of it."""

        def answer(_self, moves, **settings):
            self.asked.append((moves, settings))
            if outcome:
                raise outcome
            if note:
                moves.ref = note

        service = self.env.registry["account.move.send"]
        self.patch(service, "_generate_and_send_invoices", answer)

    @contextmanager
    def _service(self):
        """The sending service in a process of its own, as the system."""
        with self._scheduler_mode(), self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})["billing.sending"]
        self.env.invalidate_all()

    def _hand_over(self, outcome):
        move = self._queue()
        self._let_platform(outcome)
        self._send()
        self.assertEqual(self.asked, [(move, {"sending_methods": ["their_way"]})])
        return self._rows(move)

    def test_what_a_platform_takes_is_received(self):
        row = self._hand_over(None)
        self.assertEqual(row.state, "received")
        self.assertIn("Received by the platform on", row._get_sentence())

    def test_what_a_platform_refuses_needs_a_person(self):
        row = self._hand_over(UserError("Buyer not registered"))
        self.assertEqual((row.state, row.answer), ("failed", "Buyer not registered"))

    def test_a_platform_that_breaks_leaves_a_doubt(self):
        with mute_logger(
            "odoo.addons.recurring_billing.models.invoicing.delivery"
            ".billing_sending_platform"
        ):
            row = self._hand_over(ValueError("connection reset"))
        self.assertEqual(row.state, "unknown")

    def test_a_job_whose_time_is_over_leaves_the_rest_to_the_next(self):
        moves = self._queue(3)
        self._let_platform()
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_keys: 0
        )
        with progress, self._service() as service:
            self.assertEqual(service._send_platform(), (False, True))
        self.assertEqual(sorted(self._states(moves)), ["queued", "queued", "received"])
        self._send()
        self.assertEqual(set(self._states(moves)), {"received"})

    def test_mails_have_their_turn_before_a_long_queue_is_done(self):
        self.patch(billing_sending_platform, "HANDED", 1)
        moves = self._queue(2)
        mail = self._make_invoices()
        self._prepare()
        self._let_platform()
        turns = []
        send = self.env.registry["billing.sending"]._send_mails

        def note_turn(this):
            rows = this.env["billing.delivery"].search([("move_id", "in", moves.ids)])
            turns.append(sorted(rows.mapped("state")))
            send(this)

        self.patch(self.env.registry["billing.sending"], "_send_mails", note_turn)
        with self._service() as service:
            service._cron_send()
        self.assertEqual(turns, [["queued", "received"]])
        self.assertEqual(self._states(mail), ["sent"])

    def test_what_changed_in_between_is_not_handed_over(self):
        move = self._queue()
        row = self._rows(move)
        self._let_platform()
        find = self.env.registry["billing.sending"]._get_next_platform

        def find_late(this):
            found = find(this)
            delivery_writer(found)._apply("posted")
            return found

        self.patch(
            self.env.registry["billing.sending"], "_get_next_platform", find_late
        )
        with self._service() as service:
            service._send_platform()
        self.assertFalse(self.asked)
        self.assertEqual(row.state, "posted")

    def test_a_race_for_the_outcome_neither_asks_twice_nor_loses_what_core_noted(self):
        move = self._queue()
        self._let_platform(note="their number 7")
        service = self.env.registry["billing.sending"]
        end, races = service._end_platform, []

        def lose_once(this, *outcome):
            end(this, *outcome)
            if not races:
                races.append(1)
                raise SerializationFailure

        self.patch(service, "_end_platform", lose_once)
        self._send()
        self.assertEqual(len(self.asked), 1)
        self.assertEqual(self._states(move), ["received"])
        self.assertEqual(move.ref, "their number 7")

    def test_a_race_while_it_is_handed_over_is_a_doubt(self):
        row = self._hand_over(SerializationFailure())
        self.assertEqual(row.state, "unknown")
        self.assertIn("could not be kept", row.answer)
        self.assertTrue(row.move_id.activity_ids)

    def test_what_is_taken_at_last_reminds_nobody_any_more(self):
        row = self._hand_over(UserError("Buyer not registered"))
        self.assertTrue(row.move_id.activity_ids)
        row._apply("again", next_try_at=self.env.cr.now())
        self._let_platform()
        self._deliver()
        self.assertEqual(row.state, "received")
        self.assertFalse(row.move_id.activity_ids)
