"""How a run is planned, carried out in committed batches, and finished."""

import gc
import logging
import random
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
from psycopg2 import errors
from psycopg2.extras import execute_values

from odoo import api, models
from odoo.tools import SQL

from .billing_invoicing import NO_ITEMS_FAULT, RETRIABLE

_logger = logging.getLogger(__name__)

#: Items of a batch that is committed together (see docs/flows/billing-run.md).
BATCH = 100
#: Begun this often without an outcome, an item is set aside as crashed.
ATTEMPTS = 3
#: After a failure of the database the next try waits so long.
RECOVERY = timedelta(minutes=5)
#: Subscriptions that are put on a run at once.
PLANNED = 5000

_ITEM_COLUMNS = (
    "run_id",
    "order_id",
    "company_id",
    "currency_id",
    "partner_id",
    "plan_id",
    "user_id",
    "group_key",
    "shard",
    "scheduled_date",
)
#: What a row of an item and the key of its group are made of.
_ORDER_FIELDS = (
    "company_id",
    "currency_id",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "billing_plan_id",
    "user_id",
    "journal_id",
    "fiscal_position_id",
    "payment_term_id",
    "preferred_payment_method_line_id",
    "client_order_ref",
    "billing_next_date",
)


class BillingRun(models.Model):
    _inherit = "billing.run"

    # === The scheduled actions === #

    @api.model
    def _cron_bill(self, lane=1):
        """Bill all that is due in all companies, each by its own date.

        :param int lane: the first opens the day and plans; all carry out what is
            running, each its own customers.
        """
        lanes = self._get_lane_count()
        if lane > lanes:
            return
        if lane == 1:
            self.env["sale.order"]._billing_roll_day()
            self._start_approved()
            self.env["ir.cron"]._commit_progress()
        running = self._get_running()
        if not running._work(lane, lanes) or lane > 1:
            return
        planned = self._plan_day(running)
        if planned:
            planned._wake_lanes(lanes)
            planned._work(lane, lanes)

    @api.model
    def _get_running(self):
        """Runs to carry out, whoever started them; the oldest comes first."""
        return self.search(
            [("state", "=", "running"), ("stop_requested", "=", False)], order="id"
        )

    @api.model
    def _plan_day(self, carried_out):
        """Put on a run what is due today and is on no other.

        :param carried_out: runs of before: what they set aside is not tried twice.
        """
        due = self._get_due_orders() - carried_out.item_ids.order_id
        due -= self._get_held_orders(due)
        run = self._plan_run(due)
        self.env["ir.cron"]._commit_progress()
        return run

    @api.model
    def _get_due_orders(self, day=None, domain=()):
        """Subscriptions with something to bill, in all companies.

        :param datetime.date day: bill up to then; each company's own date by default.
        :param domain: limits the subscriptions further.
        """
        orders = self.env["sale.order"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            orders |= orders.search(
                [
                    ("company_id", "=", company.id),
                    ("is_billing_subscription", "=", True),
                    ("billing_next_date", "<=", day or company._billing_today()),
                    *domain,
                ]
            )
        # The oldest subscription comes first on an invoice that several share.
        return orders.sorted("id")

    @api.model
    def _plan_run(
        self, orders, *, origin="daily", run_date=None, scope=None, state="pending"
    ):
        """Create a run with an item for each order; none when there is no order.

        :param orders: confirmed subscriptions.
        :param datetime.date run_date: bill what is due by then; today by default.
        :param str state: of its items.
        """
        if not orders:
            return self.browse()
        # Users read runs and items, the service writes them.
        run = self.sudo().create(
            {
                "run_date": run_date or self.env.company._billing_today(),
                "origin": origin,
                "scope": scope,
                "user_id": self.env.uid,
            }
        )
        for start in range(0, len(orders), PLANNED):
            run._insert_items(orders[start : start + PLANNED], state)
        return run.with_env(self.env)

    def _insert_items(self, orders, state):
        """One INSERT for the items of many subscriptions."""
        self.env.flush_all()
        # A few of their hundred columns.
        orders.fetch(_ORDER_FIELDS)
        (orders.partner_id | orders.partner_invoice_id).fetch(["commercial_partner_id"])
        rows = [
            (
                self.id,
                order.id,
                order.company_id.id,
                order.currency_id.id,
                order.partner_id.commercial_partner_id.id,
                order.billing_plan_id.id or None,
                order.user_id.id or None,
                order._get_billing_group_key(),
                # Who is invoiced: lanes share customers, and never a group.
                order.partner_invoice_id.commercial_partner_id.id,
                order.billing_next_date or None,
                state,
                self.env.uid,
                self.env.uid,
            )
            for order in orders
        ]
        names = (*_ITEM_COLUMNS, "state", "create_uid", "write_uid")
        execute_values(
            self.env.cr._obj,
            f"INSERT INTO billing_run_item ({', '.join(names)}, attempts, is_open,"
            " create_date, write_date) VALUES %s",
            rows,
            template=f"({'%s, ' * len(names)}0, FALSE, now() AT TIME ZONE 'UTC',"
            " now() AT TIME ZONE 'UTC')",
            page_size=1000,
        )
        self.env["billing.run.item"].invalidate_model()
        self.invalidate_recordset(["item_ids"])

    # === Carrying out === #

    def _execute_at_once(self):
        """Bill all items in the current transaction, for a person who waits."""
        self.ensure_one()
        items = self.item_ids.filtered(lambda item: item.state == "pending")
        items.order_id._billing_lock()
        self.env["billing.invoicing"]._bill_items(items)
        self._finish()

    def _work(self, lane=1, lanes=1):
        """Carry out the runs, as far as they are this lane's.

        :return: whether nothing of this lane is left; else the action runs again.
        """
        return all(run._execute(lane, lanes) for run in self)

    def _execute(self, lane=1, lanes=1):
        """Bill the items in batches, one commit each; killed at any moment, the next
        call goes on where this one stopped.

        :return: whether all items of the lane have an outcome; else the action runs
            again.
        """
        self.ensure_one()
        cron = self.env["ir.cron"]
        while not self._is_stopped():
            ids = self._claim(lane, lanes)
            if not ids:
                break
            done = self._execute_batch(ids)
            self.env.invalidate_all()
            left = self._count_pending(lane, lanes)
            in_time = cron._commit_progress(done, remaining=left)
            self._tell_progress()
            if left and not in_time:
                self._ask_for_next_turn()
                return False
        # The lane's rest, not the run's: the scheduler would wait for other lanes.
        self._finish()
        cron._commit_progress(remaining=0)
        return True

    def _is_stopped(self):
        """Whether a person stopped the run; read anew before each batch."""
        self.invalidate_recordset(["state", "stop_requested"])
        return self.stop_requested or self.state != "running"

    def _claim(self, lane=1, lanes=1):
        """Count an attempt for the next items of a lane, and return their ids."""
        return self._claim_where(
            SQL("MOD(COALESCE(shard, 0), %s) = %s", lanes, lane - 1)
        )

    def _claim_where(self, condition):
        """Count an attempt for the next pending items, whole groups.

        Committed before the work starts, so that what kills the server is found out.
        What was begun before without an outcome comes last, one group at a time: a
        sick one takes no other along when it kills again.

        :param SQL condition: on columns of ``billing_run_item``; whole groups meet it.
        :return: the ids of the items.
        """
        cron = self.env["ir.cron"]
        pending = SQL("state = 'pending' AND %s", condition)
        while True:
            # A fresh snapshot: one older than another lane's commit would fail.
            cron._commit_progress()
            try:
                rows = self.env.execute_query(
                    SQL(
                        """
                        UPDATE billing_run_item
                           SET attempts = COALESCE(attempts, 0) + 1
                         WHERE id IN (SELECT id FROM billing_run_item
                                       WHERE run_id = %s AND %s AND group_key = ANY(%s)
                                       ORDER BY id FOR UPDATE SKIP LOCKED)
                        RETURNING id
                        """,
                        self.id,
                        pending,
                        self._get_next_groups(pending, BATCH),
                    )
                )
                # A claim is progress: after three kills without any, the scheduler
                # would leave the run alone until its next regular day.
                cron._commit_progress(1 if rows else 0)
            except RETRIABLE as error:
                self._lose_race(error)
                continue
            self.env["billing.run.item"].invalidate_model(["attempts"])
            return sorted(item_id for (item_id,) in rows)

    def _get_next_groups(self, condition, batch):
        """The keys of the groups whose turn it is.

        Asked for apart, not joined: PostgreSQL would compare each item with each group
        as long as it never counted the table.

        :param SQL condition: on columns of ``billing_run_item``.
        :param int batch: items to take, rounded up to whole groups.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT group_key, COALESCE(attempts, 0) FROM billing_run_item
                 WHERE run_id = %s AND %s
                 ORDER BY attempts, group_key, id LIMIT %s
                """,
                self.id,
                condition,
                batch,
            )
        )
        fresh = {key for key, attempts in rows if not attempts}
        return list(fresh or {key for key, _attempts in rows[:1]})

    def _execute_batch(self, ids):
        """Bill claimed items in a fresh transaction.

        :return: how many were worked on.
        :raises psycopg2.OperationalError: when the database cannot go on (connection
            lost, disk full): nobody is to blame, the next call goes on.
        """
        try:
            # First statement of the transaction: its snapshot is as new as the locks.
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT id FROM billing_run_item
                     WHERE id = ANY(%s) AND state = 'pending'
                     ORDER BY id FOR UPDATE SKIP LOCKED
                    """,
                    ids,
                )
            )
            items = self.env["billing.run.item"].browse(item_id for (item_id,) in rows)
            crashed = items.filtered(lambda item: item.attempts > ATTEMPTS)
            self._park_crashed(crashed)
            healthy = items - crashed
            self._lock_orders(healthy)
            with without_collector():
                self.env["billing.invoicing"]._bill_items(healthy)
                self.env.flush_all()
        except RETRIABLE as error:
            self._lose_race(error)
            self._give_attempt_back(ids)
            return 0
        except errors.ExclusionViolation as error:
            # Somebody else billed these days: planned once more in a new snapshot.
            self._lose_race(error)
            return 0
        except NO_ITEMS_FAULT:
            self._survive(ids)
            raise
        return len(items)

    def _lose_race(self, error):
        """Another transaction was faster: start anew, a little later."""
        self.env.cr.rollback()
        _logger.info("Run %s: a batch is tried again (%s)", self.id, error)
        time.sleep(random.uniform(0.05, 0.5))

    def _survive(self, ids):
        """Undo a batch that the database could not finish, if it still answers; the
        scheduled action looks again in a few minutes, not tomorrow.
        """
        try:
            self.env.cr.rollback()
            self._give_attempt_back(ids)
            self._ask_for_next_turn(self.env.cr.now() + RECOVERY)
            self.env["ir.cron"]._commit_progress()
        except psycopg2.Error:
            _logger.warning("Run %s: the database does not answer any more", self.id)

    def _lock_orders(self, items):
        """Wait for who changes a promise right now, and keep others from doing so."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                items.order_id.ids,
            )
        )

    def _give_attempt_back(self, ids):
        """What was no item's fault is no attempt."""
        self.env.execute_query(
            SQL(
                "UPDATE billing_run_item SET attempts = attempts - 1 WHERE id = ANY(%s)"
                " AND state = 'pending' AND attempts > 0 RETURNING id",
                ids,
            )
        )
        self.env["billing.run.item"].invalidate_model(["attempts"])
        self.env["ir.cron"]._commit_progress()

    def _park_crashed(self, items):
        """Set aside what was begun three times without an outcome."""
        service = self.env["billing.invoicing"]
        for item in items:
            service._park_as(
                item,
                "crashed",
                self.env._(
                    "%(order)s: the run stopped three times while billing it. Ask an "
                    "administrator for the server's log, then retry.",
                    order=item.order_id.name,
                ),
            )

    def _count_pending(self, lane=None, lanes=1):
        """Items without an outcome, of one lane or of all."""
        return self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FROM billing_run_item
                 WHERE run_id = ANY(%(runs)s) AND state = 'pending'
                   AND (%(lane)s IS NULL
                        OR MOD(COALESCE(shard, 0), %(lanes)s) = %(lane)s::int - 1)
                """,
                runs=self.ids,
                lane=lane,
                lanes=lanes,
            )
        )[0][0]

    def _ask_for_next_turn(self, at=None):
        """Go on at once: the scheduler would wait a minute otherwise.

        :param datetime.datetime at: go on then instead.
        """
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            self.env["ir.cron"].browse(cron_id)._trigger(at)

    def _finish(self):
        """Close the run when nothing is pending in any lane.

        :return: whether it is closed now.
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT EXISTS (SELECT FROM billing_run_item item
                                WHERE item.run_id = run.id AND item.state = 'parked')
                  FROM billing_run run
                 WHERE run.id = %s AND run.state = 'running'
                   AND NOT EXISTS (SELECT FROM billing_run_item item
                                    WHERE item.run_id = run.id
                                      AND item.state = 'pending')
                   FOR UPDATE SKIP LOCKED
                """,
                self.id,
            )
        )
        for (parked,) in rows:
            # Users read runs, the service writes them.
            self.sudo().write(
                {
                    "state": "exceptions" if parked else "done",
                    "ended_at": self.env.cr.now(),
                }
            )
        return bool(rows)

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.run",
            "res_id": self.id,
            "view_mode": "form",
        }


@contextmanager
def without_collector():
    """A batch is small: looking for cycles in it costs more than it frees."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
