"""Sending: the jobs that take posted documents to their customers.

Two scheduled actions: the first plans deliveries and makes the documents, the second
sends. Each step is committed before the next begins; see docs/flows/delivery.md.
"""

import logging
from datetime import UTC, datetime, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date, format_time

from ....engine.delivery import WAITING, states_before

_logger = logging.getLogger(__name__)

CRONS = {
    "prepare": "recurring_billing.ir_cron_prepare_deliveries",
    "send": "recurring_billing.ir_cron_send_deliveries",
}
#: Due for so long without a try: sending is late.
LATE = timedelta(hours=1)


class BillingSending(models.AbstractModel):
    """The sending service: the only writer of deliveries."""

    _name = "billing.sending"
    _inherit = "billing.talking"
    _description = "Sending Service"

    _queue = "billing.delivery"
    _lock = (742_019, 29)

    # === The scheduled actions === #

    @api.model
    def _cron_prepare(self):
        """Plan deliveries of what was posted, and make the documents to send."""
        if self._is_copy():
            self._hold_all()
            return
        if self._plan_all() and self._render_all():
            self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _cron_send(self):
        """Send what is due, one conversation a message."""
        if self._is_copy():
            self._hold_all()
            return
        with self._hold_lock() as alone:
            if not alone:
                _logger.info("Somebody else is sending")
                return
            self._doubt_abandoned()
            self._close_sent()
            in_time, more = self._send_platform()
            if not in_time:
                self._go_on()
                return
            self._send_mails()
            if more:
                self._go_on()

    @api.model
    def _doubt_abandoned(self):
        """What was being sent when a process died may have arrived, or not."""
        rows = self.env["billing.delivery"].search([("state", "=", "sending")])
        if rows:
            rows._apply(
                "doubted",
                answer=self.env._("The server stopped while it was being sent."),
                next_try_at=False,
            )
            rows.move_id._billing_ask_for_delivery()
            _logger.info("Sending: %s deliveries were abandoned", len(rows))
        self.env["ir.cron"]._commit_progress()

    # === A copy of a database === #

    @api.model
    def _hold_all(self):
        """Set aside what a copied database would have sent."""
        deliveries = self.env["billing.delivery"]
        rows = deliveries.search([("state", "in", sorted(states_before("held")))])
        if rows:
            rows._apply(
                "held",
                answer=self.env._("This database is a copy, nothing leaves it."),
                next_try_at=False,
            )
        self.env["ir.cron"]._commit_progress()

    # === Waking and watching === #

    @api.model
    def _get_cron(self, which="send"):
        """A scheduled action of ours; empty when it was deleted."""
        cron = self.env.ref(CRONS[which], raise_if_not_found=False)
        # Whether sending is on is no secret; who may change it is checked there.
        return (cron or self.env["ir.cron"]).sudo()

    @api.model
    def _wake(self, which="prepare", at=None):
        """Let a job look for work, at once or at a moment in UTC."""
        cron = self._get_cron(which)
        if cron and (at or cron.id != self.env.context.get("cron_id")):
            cron._trigger(at)

    @api.model
    def _is_on(self):
        return all(self._get_cron(which).active for which in CRONS)

    @api.model
    def _get_overdue(self):
        """How many deliveries wait longer than they should, and since when.

        :return: (count, moment in UTC or None)
        """
        limit = self.env.cr.now() - LATE
        self.env["billing.delivery"].flush_model(["state", "next_try_at"])
        return self.env.execute_query(
            SQL(
                "SELECT COUNT(*), MIN(next_try_at) FROM billing_delivery"
                " WHERE state IN %s AND origin = 'job' AND next_try_at < %s"
                "   AND company_id = ANY(%s)",
                tuple(sorted(WAITING)),
                limit,
                self.env.companies.ids,
            )
        )[0]

    @api.model
    def _get_waiting(self):
        """How many documents and deliveries wait, and since when."""
        self.env["account.move"].flush_model(["billing_delivery_state"])
        return self.env.execute_query(
            SQL(
                "SELECT COUNT(DISTINCT move.id),"
                "       MIN(COALESCE(row.create_date, move.write_date))"
                "  FROM account_move move"
                "  LEFT JOIN billing_delivery row ON row.move_id = move.id"
                " WHERE move.billing_delivery_state IN %s"
                "   AND move.state = 'posted' AND move.company_id = ANY(%s)",
                tuple(sorted(WAITING)),
                self.env.companies.ids,
            )
        )[0]

    @api.model
    def _get_alert_text(self):
        """What keeps documents from leaving; empty when nothing does."""
        if self._is_copy():
            return self.env._("This database is a copy: nothing is sent from it.")
        if not self._is_on():
            count, since = self._get_waiting()
            if not count:
                return self.env._("Sending is off.")
            return self.env._(
                "Sending is off: %(count)s documents wait since %(moment)s.",
                count=count,
                moment=self._format_moment(since),
            )
        count, since = self._get_overdue()
        if count:
            return self.env._(
                "Sending is late: %(count)s deliveries are due since %(moment)s. "
                "Look at the mail server and at the scheduled actions.",
                count=count,
                moment=self._format_moment(since),
            )
        return self._get_server_text()

    @api.model
    def _get_server_text(self):
        """That the mail server itself does not serve, from what it answered last."""
        row = self.env["billing.delivery"].search(
            [("state", "=", "queued"), ("failures", ">", 0), ("answer", "!=", False)],
            order="last_try_at desc",
            limit=1,
        )
        if not row:
            return ""
        return self.env._(
            "The mail server put documents off: %(answer)s. They are tried again.",
            answer=row.answer.rstrip("."),
        )

    @api.model
    def _get_status_text(self):
        """Whether documents leave by themselves, in one sentence."""
        return self._get_alert_text() or self.env._("Sending is on.")

    @api.model
    def _format_moment(self, moment):
        local = self._to_local(moment)
        clock = format_time(self.env, local.time(), time_format="short")
        if local.date() == self.env.company._billing_today():
            return clock
        return f"{format_date(self.env, local.date())} {clock}"

    @api.model
    def _to_local(self, moment, company=None):
        """A moment of the database by a company's clock, with its zone."""
        zone = (company or self.env.company)._billing_timezone()
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)

    @api.model
    def _get_start_of_day(self):
        """Midnight of the company's day, in UTC."""
        local = self._to_local(self.env.cr.now())
        start = local.tzinfo.localize(datetime.combine(local, datetime.min.time()))
        return start.astimezone(UTC).replace(tzinfo=None)

    @api.model
    def action_switch_on(self):
        """Let documents leave by themselves again."""
        if not self.env.user.has_group(
            "recurring_billing.recurring_billing_group_manager"
        ):
            raise AccessError(
                self.env._(
                    "Sending is switched on by a manager of Recurring Billing. Ask "
                    "one of them."
                )
            )
        if self._is_copy():
            raise UserError(
                self.env._(
                    "This database is a copy, nothing leaves it. Switch sending on in "
                    "the original."
                )
            )
        for which in CRONS:
            cron = self._get_cron(which)
            try:
                cron.lock_for_update(allow_referencing=True)
            except LockError:
                # It runs, so it is on.
                continue
            cron.active = True
            cron._trigger()
