"""How far a run is, for who watches it; stopping it and going on."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from .billing_invoicing import RETRIABLE

#: Without progress for so long, nobody carries the run out.
PATIENCE = timedelta(seconds=120)
#: Under way: the states in which counts move.
UNDER_WAY = ("rehearsing", "running")


class BillingRun(models.Model):
    _inherit = "billing.run"

    last_progress_at = fields.Datetime(readonly=True)
    begun_at = fields.Datetime(
        readonly=True, help="When it was started or resumed last: speed counts from it."
    )
    begun_count = fields.Integer(
        readonly=True, help="Items that had an outcome by then."
    )
    stopped_on = fields.Date(readonly=True)
    progress = fields.Json(compute="_compute_progress")

    def _compute_progress(self):
        for run in self:
            run.progress = run._get_progress()

    def get_progress(self):
        """What the widget asks for where no bus tells it."""
        return self._get_progress()

    def _get_progress(self):
        """How far the run is, in numbers and in words of the reader.

        :rtype: dict
        """
        self.ensure_one()
        counts = self._count_outcomes()
        done = counts["done"] + counts["skipped"]
        aside, left = counts["parked"] + counts["refused"], counts["left"]
        total = done + aside + left
        return {
            "run_id": self.id,
            "state": self.state,
            "under_way": self.state in UNDER_WAY,
            "stopped": self.stop_requested,
            "total": total,
            "done": done,
            "done_text": self.env._("%(count)s done", count=done),
            "parked": aside,
            "parked_text": self.env._("%(count)s set aside", count=aside),
            "left": left,
            "left_text": self.env._("%(count)s to go", count=left),
            "amounts": self._get_amounts_so_far(),
            "text": self._get_progress_text(done + aside, total),
            "warning": self._get_stalled_text(left),
        }

    def _count_outcomes(self):
        """Items by what became of them, those that this phase of the run works on."""
        rehearses = self.state == "rehearsing"
        counts = dict.fromkeys(("done", "parked", "refused", "skipped", "left"), 0)
        domain = [("run_id", "=", self.id)]
        if self.approved_at:
            domain.append(("approved_at", "!=", False))
        for state, count in self.env["billing.run.item"]._read_group(
            domain, ["state"], ["__count"]
        ):
            if state == "rehearsed":
                counts["done"] += count
            elif state == ("to_rehearse" if rehearses else "pending"):
                counts["left"] += count
            elif state in counts:
                counts[state] += count
        return counts

    def _get_amounts_so_far(self):
        """One amount per currency, before tax."""
        sums = self.env["billing.run.item"]._read_group(
            [("run_id", "=", self.id), ("state", "in", ("done", "rehearsed"))],
            ["currency_id"],
            ["amount:sum"],
        )
        told = " + ".join(
            formatLang(self.env, amount, currency_obj=currency)
            for currency, amount in sums
        )
        return told and self.env._("%(amounts)s excl. tax so far", amounts=told)

    def _get_progress_text(self, settled, total):
        """ "312 of 500 · 41 a second · about 5 s left" """
        parts = [self.env._("%(settled)s of %(total)s", settled=settled, total=total)]
        if self.stop_requested:
            return " · ".join([*parts, self.env._("stopped")])
        begun, last = self.begun_at, self.last_progress_at
        worked = (settled - (self.begun_count or 0)) if begun and last else 0
        seconds = (last - begun).total_seconds() if worked > 0 else 0
        if seconds > 0:
            speed = worked / seconds
            parts.append(self._get_speed_text(speed))
            if settled < total:
                parts.append(self._get_left_text((total - settled) / speed))
        return " · ".join(parts)

    def _get_speed_text(self, speed):
        """How fast, by the second or, where that says little, by the minute."""
        if speed >= 2:
            return self.env._("%(count)s a second", count=round(speed))
        return self.env._("%(count)s a minute", count=round(speed * 60))

    def _get_left_text(self, seconds):
        if seconds < 90:
            return self.env._("about %(count)s s left", count=max(round(seconds), 1))
        return self.env._("about %(count)s min left", count=round(seconds / 60))

    def _get_stalled_text(self, left):
        """Why nothing moves; empty while something does."""
        since = self.last_progress_at or self.begun_at or self.started_at
        if (
            self.state not in UNDER_WAY
            or self.stop_requested
            or not left
            or self.env.cr.now() - since < PATIENCE
        ):
            return ""
        return self.env._(
            "No worker took this run for 2 minutes: the scheduled action is off or "
            "busy."
        )

    # === Telling it === #

    def _mark_begin(self):
        """Speed and time left are counted from here."""
        now = self.env.cr.now()
        counts = self._count_outcomes()
        # Users read runs, the service writes them.
        self.sudo().write(
            {
                "stop_requested": False,
                "stopped_on": False,
                "begun_at": now,
                "begun_count": sum(counts.values()) - counts["left"],
                "last_progress_at": False,
            }
        )

    def _tell_progress(self):
        """Tell who launched the run how far it is. Call it right after a commit.

        It commits by itself: the lanes of a run would wait for each other otherwise.
        """
        self.ensure_one()
        try:
            self.env.execute_query(
                SQL(
                    """
                    UPDATE billing_run SET last_progress_at = %s
                     WHERE id = (SELECT id FROM billing_run WHERE id = %s
                                    FOR UPDATE SKIP LOCKED)
                    RETURNING id
                    """,
                    self.env.cr.now(),
                    self.id,
                )
            )
        except RETRIABLE:
            # Another lane told it at the same moment.
            self.env.cr.rollback()
            return
        self.invalidate_recordset(["last_progress_at"])
        if self.origin == "manual":
            reader = self.with_context(lang=self.user_id.lang)
            self.user_id.partner_id._bus_send(
                "recurring_billing.run_progress", reader._get_progress()
            )
        self.env["ir.cron"]._commit_progress()

    def _tell_finished(self):
        """A toast for who launched the run, wherever they are by now."""
        self.ensure_one()
        if self.user_id == self.env.user and not self.env.context.get("cron_id"):
            # Who waits for the answer sees it.
            return
        reader = self.with_context(lang=self.user_id.lang)
        partner = self.user_id.partner_id
        partner._bus_send("recurring_billing.run_progress", reader._get_progress())
        partner._bus_send(
            "simple_notification",
            {
                "title": reader.name,
                "message": reader._get_summary(),
                "type": "warning" if self.parked_count else "success",
            },
        )

    # === Stop and go on === #

    def action_stop(self):
        """Begin nothing more after the current batch; what is billed stays billed."""
        self._check_may_bill()
        self._check_state(*UNDER_WAY)
        # Users read runs, the service writes them. The daily run must not go on at
        # once with what a person just stopped: it leaves it alone for the day.
        self.sudo().write(
            {
                "stop_requested": True,
                "stopped_on": self.env.company._billing_today(),
            }
        )

    def action_resume(self):
        """Go on where the run was stopped."""
        self._check_may_bill()
        self._check_state(*UNDER_WAY)
        self._mark_begin()
        if self.state == "rehearsing":
            self._trigger("recurring_billing.ir_cron_rehearse")
        else:
            self._wake_lanes()
