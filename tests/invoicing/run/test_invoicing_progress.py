from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..rehearsal.test_invoicing_rehearsal import RehearsalCommon

RUN = "odoo.addons.recurring_billing.models.invoicing"


@tagged("post_install", "-at_install")
class TestInvoicingProgress(RehearsalCommon):
    """Who watches a run sees how far it is; stopped, it goes on and loses nothing."""

    def setUp(self):
        super().setUp()
        self.orders = self.env["sale.order"]
        for number in range(4):
            customer = self._create_customer(f"Customer {number}")
            self.orders |= self._subscribe("2026-01-01", partner_id=customer.id)
        # One person waits for nothing here: the scheduled action does all the work.
        for name, size in (("AT_ONCE", 0), ("BATCH", 2)):
            self._patch_for_the_test(
                patch(f"{RUN}.rehearsal.billing_run_rehearsal.{name}", size)
            )
        self._patch_for_the_test(patch(f"{RUN}.run.billing_run_execution.BATCH", 2))

    def _patch_for_the_test(self, patcher):
        patcher.start()
        self.addCleanup(patcher.stop)

    def _rehearse_on(self, day):
        with self._on(day), self._scheduler_mode():
            self.env.ref(
                "recurring_billing.ir_cron_rehearse"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()

    def _told(self, run):
        """(done, parked, left, total) as the widget draws them."""
        progress = run.get_progress()
        return tuple(progress[key] for key in ("done", "parked", "left", "total"))

    def _stop_after_a_batch(self, method):
        """The person presses Stop while the first batch is worked on."""
        cls = type(self.env["billing.run"])
        original = getattr(cls, method)

        def work(record, *args):
            result = original(record, *args)
            record.with_user(self.user.id).action_stop()
            return result

        return patch.object(cls, method, work)

    # === Counts === #

    def test_rehearsal_counts_from_nothing_to_all(self):
        run = self._launch("2026-01-01")
        self.assertEqual(self._told(run), (0, 0, 4, 4))
        self.assertTrue(run.get_progress()["under_way"])
        self._rehearse_on("2026-01-01")
        self.assertEqual(self._told(run), (4, 0, 0, 4))
        self.assertFalse(run.get_progress()["under_way"])
        self.assertIn("400.00", run.get_progress()["amounts"])

    def test_run_counts_only_what_was_approved(self):
        run = self._launch("2026-01-01")
        self._rehearse_on("2026-01-01")
        self._approve(run, run.item_ids[:3])
        self.assertEqual(self._told(run), (0, 0, 3, 3))
        self._run_on("2026-01-01")
        self.assertEqual(self._told(run), (3, 0, 0, 3))

    def test_run_at_once_of_many_is_left_to_the_scheduled_action(self):
        run = self._launch("2026-01-01", mode="run")
        self.assertEqual((run.state, self._told(run)), ("running", (0, 0, 4, 4)))
        self._run_on("2026-01-01")
        self.assertEqual((run.state, self._told(run)), ("done", (4, 0, 0, 4)))

    def test_what_is_set_aside_is_counted_apart(self):
        self.orders[0].partner_id.sudo().write({"street": False, "city": False})
        run = self._launch("2026-01-01", mode="run")
        self._run_on("2026-01-01")
        self.assertEqual(self._told(run), (3, 1, 0, 4))

    # === Speed and time left === #

    def test_speed_and_time_left_are_counted_since_the_start(self):
        run = self._launch("2026-01-01")
        begun = "2026-01-01 04:00:00"
        run.sudo().write({"begun_at": begun, "last_progress_at": "2026-01-01 04:00:01"})
        run.item_ids[:2].sudo().state = "rehearsed"
        text = "2 of 4 · 2 a second · about 1 s left"
        self.assertEqual(run.get_progress()["text"], text)

    def test_slow_runs_count_by_the_minute(self):
        run = self._launch("2026-01-01")
        run.sudo().write(
            {
                "begun_at": "2026-01-01 04:00:00",
                "last_progress_at": "2026-01-01 04:01:00",
            }
        )
        run.item_ids[:1].sudo().state = "rehearsed"
        text = "1 of 4 · 1 a minute · about 3 min left"
        self.assertEqual(run.get_progress()["text"], text)

    def test_reload_keeps_the_progress(self):
        run = self._launch("2026-01-01", mode="run")
        with self._stop_after_a_batch("_execute_batch"):
            self._run_on("2026-01-01")
        told = run.get_progress()
        self.env.invalidate_all()
        self.assertEqual(self.env["billing.run"].browse(run.id).progress, told)
        self.assertTrue(run.last_progress_at)

    def test_run_that_nobody_takes_says_so_after_two_minutes(self):
        run = self._launch("2026-01-01")
        with self._on("2026-01-01", "04:01:59"):
            self.assertFalse(run.get_progress()["warning"])
        with self._on("2026-01-01", "04:02:00"):
            self.assertIn("No worker took this run", run.get_progress()["warning"])

    # === Stop and resume === #

    def test_stopped_run_keeps_what_is_billed_and_goes_on(self):
        run = self._launch("2026-01-01", mode="run")
        with self._stop_after_a_batch("_execute_batch"):
            self.assertFalse(self._run_on("2026-01-01"))
        self.assertEqual((run.state, self._told(run)), ("running", (2, 0, 2, 4)))
        self.assertIn("stopped", run.get_progress()["text"])
        # The day's run leaves it to who stopped it.
        self.assertFalse(self._run_on("2026-01-01"))
        self.assertEqual(len(self._invoices(self.orders)), 2)
        with self._on("2026-01-01"):
            run.action_resume()
        self._run_on("2026-01-01")
        self.assertEqual((run.state, self._told(run)), ("done", (4, 0, 0, 4)))
        self.assertEqual(len(self._invoices(self.orders)), 4)

    def test_stopped_run_that_is_forgotten_is_billed_by_the_next_daily_run(self):
        run = self._launch("2026-01-01", mode="run")
        with self._stop_after_a_batch("_execute_batch"):
            self._run_on("2026-01-01")
        daily = self._run_on("2026-01-02")
        self.assertEqual(daily.origin, "daily")
        self.assertEqual(len(self._invoices(self.orders)), 4)
        with self._on("2026-01-02"):
            run.action_resume()
        self._run_on("2026-01-02")
        self.assertEqual(len(self._invoices(self.orders)), 4)
        self.assertEqual(
            sorted(run.item_ids.mapped("state")), ["done", "done", "skipped", "skipped"]
        )

    def test_stopped_rehearsal_goes_on(self):
        run = self._launch("2026-01-01")
        with self._stop_after_a_batch("_rehearse_batch"):
            self._rehearse_on("2026-01-01")
        self.assertEqual((run.state, self._told(run)), ("rehearsing", (2, 0, 2, 4)))
        with self._on("2026-01-01"):
            run.action_resume()
        self._rehearse_on("2026-01-01")
        self.assertEqual((run.state, self._told(run)), ("rehearsed", (4, 0, 0, 4)))

    def test_finished_run_cannot_be_stopped(self):
        run = self._launch("2026-01-01", mode="run")
        self._run_on("2026-01-01")
        with self.assertRaisesRegex(UserError, "taken further meanwhile"):
            run.action_stop()

    # === Telling it === #

    def test_launcher_is_told_after_each_batch_and_at_the_end(self):
        run = self._launch("2026-01-01")
        with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
            self._rehearse_on("2026-01-01")
        told = [call.args for call in send.call_args_list]
        kinds = [args[-2] for args in told]
        self.assertEqual(
            kinds,
            ["recurring_billing.run_progress"] * 3 + ["simple_notification"],
        )
        self.assertEqual([args[-1]["left"] for args in told[:3]], [2, 0, 0])
        self.assertIn("4 invoices", told[-1][-1]["message"])
        self.assertEqual({args[0] for args in told}, {run.user_id.partner_id})

    def test_daily_run_tells_nobody(self):
        with patch.object(type(self.env["bus.bus"]), "_sendone") as send:
            run = self._run_on("2026-01-01")
        self.assertEqual(run.state, "done")
        kinds = {call.args[-2] for call in send.call_args_list}
        self.assertNotIn("recurring_billing.run_progress", kinds)
