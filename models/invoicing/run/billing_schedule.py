"""When the daily run starts, and whether it does."""

from datetime import UTC, datetime, time, timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools.misc import format_date, format_time


class BillingSchedule(models.AbstractModel):
    """The scheduled action of the daily run, as people see and set it."""

    _name = "billing.schedule"
    _description = "Schedule of the Daily Run"

    def _get_cron(self):
        """The scheduled action; empty when it was deleted."""
        cron = self.env.ref("recurring_billing.ir_cron_bill", raise_if_not_found=False)
        # Whether billing is on is no secret; who may change it is checked where it is.
        return (cron or self.env["ir.cron"]).sudo()

    def _is_on(self):
        return self._get_cron().active

    def _to_local(self, moment):
        """A moment of the database in the company's time zone.

        :param datetime.datetime moment: naive, in UTC.
        """
        zone = self.env.company._billing_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)

    def _get_hour(self):
        """Hour of the day at which the next run starts, minutes as a fraction."""
        cron = self._get_cron()
        if not cron:
            return 0.0
        local = self._to_local(cron.nextcall)
        return local.hour + local.minute / 60

    def _get_status_text(self):
        """Whether billing starts on its own, in one sentence."""
        cron = self._get_cron()
        if not cron:
            return self.env._(
                "The scheduled billing was deleted. Upgrade Recurring Billing to bring "
                "it back."
            )
        if not cron.active:
            return self.env._(
                "The scheduled billing is off since %(date)s.",
                date=format_date(self.env, self._to_local(cron.write_date).date()),
            )
        start = self._to_local(cron.nextcall)
        return self.env._(
            "The scheduled billing is on: next run on %(date)s at %(time)s.",
            date=format_date(self.env, start.date()),
            time=format_time(self.env, start.time(), time_format="short"),
        )

    def _get_alerts(self):
        """The red warning when billing does not start on its own.

        :return: the value of core's widget ``actionable_errors``.
        """
        cron = self._get_cron()
        if cron.active:
            return {}
        alert = {"level": "danger", "message": self._get_status_text()}
        if cron and self._may_change():
            alert["action_text"] = self.env._("Switch on")
            alert["action_call"] = ["billing.schedule", "action_switch_on", []]
        return {"billing_schedule_off": alert}

    def _may_change(self):
        return self.env.user.has_group(
            "recurring_billing.recurring_billing_group_manager"
        )

    def action_switch_on(self):
        """Let the daily run start on its own again."""
        self._write_cron({"active": True})

    def _set_hour(self, hour, *, now):
        """Let the daily run start at an hour of the company's day.

        :param float hour: 0 to below 24, minutes as a fraction.
        :param datetime.datetime now: naive, in UTC; the next start lies after it.
        """
        minutes = round(hour * 60)
        if not 0 <= minutes < 24 * 60:
            raise UserError(
                self.env._(
                    "The daily run: there is no such hour in a day. Choose one from "
                    "00:00 to 23:59."
                )
            )
        if not self._get_cron() or minutes == round(self._get_hour() * 60):
            return
        local = self._to_local(now)
        start = datetime.combine(local, time(*divmod(minutes, 60)))
        if start <= local.replace(tzinfo=None):
            start += timedelta(days=1)
        nextcall = local.tzinfo.localize(start).astimezone(UTC)
        self._write_cron({"nextcall": nextcall.replace(tzinfo=None)})

    def _write_cron(self, vals):
        if not self._may_change():
            raise AccessError(
                self.env._(
                    "The scheduled billing is changed by a manager of Recurring "
                    "Billing. Ask one of them."
                )
            )
        cron = self._get_cron()
        try:
            cron.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "The daily run is under way, and its schedule does not change "
                    "meanwhile. Try again when the run has ended."
                )
            ) from error
        cron.write(vals)
