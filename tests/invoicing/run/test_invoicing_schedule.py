from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import new_test_user, tagged

from ...common import BillingCommon

#: Nine in the morning in Paris.
NOW = fields.Datetime.to_datetime("2026-11-24 08:00:00")


@tagged("post_install", "-at_install")
class TestInvoicingSchedule(BillingCommon):
    """Whether the daily run starts on its own, and at what hour."""

    def setUp(self):
        super().setUp()
        self.cron = self.admin_env.ref("recurring_billing.ir_cron_bill").sudo()
        self.cron.write({"active": True, "nextcall": "2026-11-25 04:00:00"})
        self.manager = new_test_user(
            self.admin_env,
            login="manager",
            groups="recurring_billing.recurring_billing_group_manager,"
            "base.group_system",
            company_id=self.company.id,
        )

    def _run(self):
        self._subscribe("2026-03-01")
        return self._run_on("2026-03-01")

    def _schedule(self, user=None):
        return self.env["billing.schedule"].with_user(user or self.manager)

    def _switch_off(self):
        self.cron.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_cron SET write_date = '2026-11-20 23:30:00' WHERE id = %s",
            [self.cron.id],
        )
        self.env.invalidate_all()

    # === On and off === #

    def test_healthy_schedule_warns_of_nothing(self):
        self.assertFalse(self._run().alerts)

    def test_switched_off_the_run_says_since_when(self):
        run = self._run()
        self._switch_off()
        alert = run.alerts["billing_schedule_off"]
        self.assertEqual(alert["level"], "danger")
        self.assertEqual(
            alert["message"], "The scheduled billing is off since 11/21/2026."
        )

    def test_clerk_is_warned_without_a_switch(self):
        run = self._run()
        self._switch_off()
        self.assertNotIn("action_call", run.alerts["billing_schedule_off"])

    def test_manager_switches_on_from_the_warning(self):
        run = self._run().with_user(self.manager)
        self._switch_off()
        model, method, ids = run.alerts["billing_schedule_off"]["action_call"]
        self.assertEqual(run.alerts["billing_schedule_off"]["action_text"], "Switch on")
        getattr(self.env[model].with_user(self.manager).browse(ids), method)()
        self.assertTrue(self.cron.active)
        self.assertFalse(self._fresh(run).alerts)

    def _fresh(self, record):
        record.invalidate_recordset()
        return record

    def test_clerk_does_not_switch_on(self):
        self._switch_off()
        with self.assertRaisesRegex(AccessError, "by a manager"):
            self._schedule(self.user).action_switch_on()

    def test_deleted_schedule_says_how_it_comes_back(self):
        run = self._run().with_user(self.manager)
        self.cron.unlink()
        alert = run.alerts["billing_schedule_off"]
        self.assertIn("Upgrade Recurring Billing", alert["message"])
        self.assertNotIn("action_call", alert)

    def test_schedule_is_left_alone_while_a_run_is_under_way(self):
        self._switch_off()
        with (
            patch.object(
                type(self.cron), "lock_for_update", side_effect=LockError("busy")
            ),
            self.assertRaisesRegex(UserError, "Try again when the run has ended"),
        ):
            self._schedule().action_switch_on()

    # === The hour === #

    def _settings(self):
        return self.env["res.config.settings"].with_user(self.manager).create({})

    def test_settings_show_the_hour_of_the_companys_day(self):
        self.assertEqual(self._settings().billing_hour, 5.0)
        self.cron.nextcall = "2026-07-01 04:30:00"
        self.assertEqual(self._settings().billing_hour, 6.5)

    def test_hour_to_come_is_of_today(self):
        self._schedule()._set_hour(22.25, now=NOW)
        self.assertEqual(str(self.cron.nextcall), "2026-11-24 21:15:00")

    def test_hour_gone_by_is_of_tomorrow(self):
        self._schedule()._set_hour(3.0, now=NOW)
        self.assertEqual(str(self.cron.nextcall), "2026-11-25 02:00:00")

    def test_settings_set_the_hour(self):
        settings = self._settings()
        settings.billing_hour = 22.25
        settings.set_values()
        self.assertEqual(self._settings().billing_hour, 22.25)

    def test_clerk_does_not_set_the_hour(self):
        with self.assertRaisesRegex(AccessError, "by a manager"):
            self._schedule(self.user)._set_hour(3.0, now=NOW)

    def test_unchanged_hour_leaves_the_schedule_alone(self):
        self.cron.nextcall = "2026-11-20 04:00:00"
        self._settings().set_values()
        self.assertEqual(str(self.cron.nextcall), "2026-11-20 04:00:00")

    def test_hour_that_no_day_has_is_refused(self):
        for hour in (24.0, -1.0):
            with (
                self.subTest(hour=hour),
                self.assertRaisesRegex(UserError, "from 00:00 to 23:59"),
            ):
                self._schedule()._set_hour(hour, now=NOW)

    def test_settings_say_that_billing_is_on(self):
        settings = self._settings()
        self.assertTrue(settings.billing_schedule_is_on)
        self.assertEqual(
            settings.billing_schedule_text.replace("\u202f", " "),
            "The scheduled billing is on: next run on 11/25/2026 at 5:00 AM.",
        )

    def test_settings_switch_on(self):
        self._switch_off()
        settings = self._settings()
        self.assertFalse(settings.billing_schedule_is_on)
        settings.action_billing_switch_on()
        self.assertTrue(self.cron.active)

    def test_settings_keep_the_plan_of_new_subscriptions(self):
        settings = self._settings()
        settings.billing_plan_id = self.plan_yearly
        settings.set_values()
        self.assertEqual(self.company.billing_plan_id, self.plan_yearly)
