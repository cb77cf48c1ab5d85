from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...common import BillingCommon

EXECUTION = "odoo.addons.recurring_billing.models.invoicing.run.billing_run_execution"


@tagged("post_install", "-at_install")
class TestInvoicingResume(BillingCommon):
    """A run that was stopped or lost a race goes on: nothing twice, nothing lost."""

    def setUp(self):
        super().setUp()
        self.orders = self.env["sale.order"]
        for name in ("Atelier Nord", "Brasserie Ouest", "Clinique Sud"):
            customer = self._create_customer(name)
            self.orders |= self._subscribe("2026-01-01", partner_id=customer.id)

    def _plan(self):
        with self._on("2026-01-01"):
            return self.env["billing.run"]._plan_run(self.orders)

    def _assert_all_is_billed_once(self):
        for order in self.orders:
            self.assertEqual(
                [bill[1:] for bill in self._bills(order)],
                [("2026-01-01", "2026-01-31", 100.0)],
            )
            self.assertEqual(len(self._invoices(order)), 1)

    def _failing(self, error, *, at):
        """The service fails at its ``at``-th call, before it does anything."""
        service = type(self.env["billing.invoicing"])
        original, calls = service._bill_items, []

        def bill(self, items):
            calls.append(items)
            if len(calls) == at:
                raise error
            return original(self, items)

        return patch.object(service, "_bill_items", bill)

    # === Stopped === #

    def test_run_stopped_between_two_batches_goes_on(self):
        with (
            patch(f"{EXECUTION}.BATCH", 1),
            self._failing(SystemExit("killed"), at=2),
            # The one with a pattern rolls nothing back: the first batch is committed.
            self.assertRaisesRegex(SystemExit, "killed"),
        ):
            self._run_on("2026-01-01")
        self.env.invalidate_all()
        run = self.env["billing.run"].search([], limit=1)
        self.assertEqual(run.state, "running")
        self.assertEqual(
            sorted(run.item_ids.mapped("state")), ["done", "pending", "pending"]
        )
        self.assertEqual(len(self._bills(self.orders)), 1)
        self.assertFalse(self._run_on("2026-01-01"))
        self.assertEqual(run.state, "done")
        self._assert_all_is_billed_once()
        self.assertEqual(sorted(run.item_ids.mapped("attempts")), [1, 1, 2])

    def test_failure_of_a_batch_goes_on_in_the_same_night(self):
        with (
            patch(f"{EXECUTION}.BATCH", 1),
            self._failing(MemoryError(), at=2),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            run = self._run_on("2026-01-01")
        self.assertEqual(run.state, "done")
        self._assert_all_is_billed_once()

    def test_planned_run_is_carried_out_by_the_next_night(self):
        run = self._plan()
        self.assertFalse(self._run_on("2026-01-02"))
        self.assertEqual((run.state, run.invoice_count), ("done", 3))
        self._assert_all_is_billed_once()

    def test_item_billed_by_hand_meanwhile_is_skipped(self):
        run = self._plan()
        with self._on("2026-01-01"):
            self.orders[0].action_billing_invoice_now()
        self._run_on("2026-01-02")
        self.assertEqual(
            sorted(run.item_ids.mapped("state")), ["done", "done", "skipped"]
        )
        self._assert_all_is_billed_once()

    def test_order_cancelled_meanwhile_is_not_billed(self):
        run = self._plan()
        with self._on("2026-01-01"):
            self.orders[0]._action_cancel()
        self._run_on("2026-01-02")
        self.assertEqual(run.item_ids[0].state, "skipped")
        self.assertFalse(self._bills(self.orders[0]))
        self.assertEqual(len(self._bills(self.orders)), 2)

    def test_new_subscription_is_billed_after_the_resumed_run(self):
        resumed = self._plan()
        self.orders |= self._subscribe("2026-01-01")
        run = self._run_on("2026-01-02")
        self.assertEqual(run.item_ids.order_id, self.orders[-1])
        self.assertEqual(resumed.state, "done")
        self._assert_all_is_billed_once()

    def test_item_begun_three_times_without_an_outcome_is_set_aside(self):
        run = self._plan()
        # As after three starts that ended with the server.
        run.item_ids[0].sudo().attempts = 3
        self._run_on("2026-01-01")
        self.assertEqual(run.item_ids[0].code, "crashed")
        self.assertIn("stopped three times", run.item_ids[0].message)
        self.assertEqual(run.state, "exceptions")
        self.assertEqual(len(self._bills(self.orders)), 2)
        self._run_on("2026-01-02")
        self.assertFalse(run.item_ids[0].is_open)
        self._assert_all_is_billed_once()

    # === Lost races === #

    def test_lost_race_is_tried_again_and_is_no_attempt(self):
        for error in (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.DeadlockDetected,
            psycopg2.errors.LockNotAvailable,
        ):
            with self.subTest(error.__name__), self._failing(error, at=1):
                run = self._run_on("2026-01-01")
                self.assertEqual(run.state, "done")
                self.assertEqual(set(run.item_ids.mapped("attempts")), {1})
                self._assert_all_is_billed_once()
                with self._on("2026-01-01"):
                    self._invoices(self.orders).button_draft()
                    self._invoices(self.orders).unlink()

    def test_race_lost_while_invoicing_is_no_failure_of_an_item(self):
        service = type(self.env["billing.invoicing"])
        original, calls = service._make_documents, []

        def make(self, groups, as_of):
            calls.append(groups)
            if len(calls) == 1:
                raise psycopg2.errors.SerializationFailure
            return original(self, groups, as_of)

        with patch.object(service, "_make_documents", make):
            run = self._run_on("2026-01-01")
        self.assertEqual((run.state, run.parked_count), ("done", 0))
        self._assert_all_is_billed_once()
