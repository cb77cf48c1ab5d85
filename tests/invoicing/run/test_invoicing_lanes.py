from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingLanes(BillingCommon):
    """Several scheduled actions share the customers of a run."""

    def setUp(self):
        super().setUp()
        self.runs = self.env["billing.run"]
        self.orders = self.env["sale.order"]
        for number in range(6):
            customer = self._create_customer(f"Customer {number}")
            for _twice in range(2):
                self.orders |= self._subscribe("2026-01-01", partner_id=customer.id)

    def _lane_on(self, lane, day="2026-01-01"):
        """The scheduled action of a lane, as the scheduler calls it."""
        cron = self.runs._get_lane_cron(lane)
        with self._on(day), self._scheduler_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _plan(self):
        with self._on("2026-01-01"):
            return self.runs._plan_run(self.orders)

    def _get_customers_done(self, run):
        return run.item_ids.filtered(lambda item: item.state == "done").partner_id

    # === Sharing === #

    def test_lane_bills_its_own_customers_and_leaves_the_others(self):
        run = self._plan()
        self.runs._set_lane_count(2)
        self._lane_on(2)
        odd = self.orders.partner_id.filtered(lambda partner: partner.id % 2)
        self.assertEqual(self._get_customers_done(run), odd)
        self.assertEqual(run.state, "running")
        self._lane_on(1)
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._invoices(self.orders)), 6)

    def test_group_is_never_split_between_lanes(self):
        payer = self._create_customer("Head office")
        with self._on("2026-01-01"):
            self.orders.with_context(tracking_disable=True).partner_invoice_id = payer
        run = self._plan()
        self.assertEqual(set(run.item_ids.mapped("shard")), {payer.id})

    def test_lane_beyond_the_number_in_the_settings_does_nothing(self):
        run = self._plan()
        self._lane_on(3)
        self.assertEqual(set(run.item_ids.mapped("state")), {"pending"})

    def test_lanes_that_were_taken_away_leave_nothing_behind(self):
        run = self._plan()
        self.runs._set_lane_count(4)
        self._lane_on(2)
        self.runs._set_lane_count(1)
        self._lane_on(1)
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._invoices(self.orders)), 6)

    def test_first_lane_alone_plans_the_day_and_wakes_the_others(self):
        self.runs._set_lane_count(2)
        self._lane_on(2)
        self.assertFalse(self.runs.search([]))
        second = self.runs._get_lane_cron(2)
        with patch.object(type(second), "_trigger", autospec=True) as trigger:
            self._lane_on(1)
        self.assertIn(second, [call.args[0] for call in trigger.call_args_list])
        self.assertEqual(len(self.runs.search([])), 1)

    def test_run_of_two_lanes_is_closed_by_the_last_one(self):
        run = self._plan()
        self.runs._set_lane_count(2)
        self._lane_on(1)
        self.assertFalse(run.ended_at)
        self._lane_on(2)
        self.assertTrue(run.ended_at)

    # === The number of lanes === #

    def test_lanes_are_switched_on_with_their_number(self):
        self.runs._set_lane_count(3)
        active = [self.runs._get_lane_cron(lane).active for lane in range(1, 9)]
        self.assertEqual(active, [True] * 3 + [False] * 5)

    def test_more_lanes_than_threads_are_refused_with_the_remedy(self):
        settings = self.env["res.config.settings"].sudo().new({"billing_lanes": 5})
        with (
            patch.object(type(self.runs), "_get_largest_lane_count", lambda runs: 2),
            self.assertRaisesRegex(UserError, "threads for 2.*max_cron_threads"),
        ):
            settings._check_billing_lanes()

    # === What kills, and what only fails === #

    def test_what_was_begun_before_comes_last_and_alone(self):
        run = self._plan()
        begun = run.item_ids.filtered(lambda item: item.partner_id.name < "Customer 2")
        begun.sudo().attempts = 1
        self.env.flush_all()
        original, claimed = type(run)._execute_batch, []

        def execute(run, ids):
            names = run.item_ids.browse(ids).partner_id.mapped("name")
            claimed.append(sorted(names))
            return original(run, ids)

        with patch.object(type(run), "_execute_batch", execute):
            self._lane_on(1)
        self.assertEqual(len(claimed[0]), 4)
        self.assertEqual(sorted(claimed[1:]), [["Customer 0"], ["Customer 1"]])

    def test_database_that_cannot_go_on_is_no_attempt_and_parks_nobody(self):
        run = self._plan()
        service = type(self.env["billing.invoicing"])
        with (
            patch.object(
                service, "_make_documents", side_effect=psycopg2.errors.DiskFull
            ),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self._lane_on(1)
        self.assertEqual(set(run.item_ids.mapped("state")), {"pending"})
        self.assertEqual(set(run.item_ids.mapped("attempts")), {0})
        self._lane_on(1)
        self.assertEqual(run.state, "done")

    def test_days_billed_by_somebody_else_are_planned_once_more(self):
        run = self._plan()
        service = type(self.env["billing.invoicing"])
        original, calls = service._make_documents, []

        def make(service, groups, as_of):
            calls.append(groups)
            if len(calls) == 1:
                raise psycopg2.errors.ExclusionViolation
            return original(service, groups, as_of)

        with patch.object(service, "_make_documents", make):
            self._lane_on(1)
        self.assertEqual((run.state, run.parked_count), ("done", 0))
        self.assertEqual(len(self._invoices(self.orders)), 6)
