"""How a run is planned, carried out in committed batches, and finished."""

import logging
import random
import time

from odoo import api, models
from odoo.tools import SQL

from .billing_invoicing import RETRIABLE

_logger = logging.getLogger(__name__)

#: Documents of a batch that is committed together (see docs/flows/billing-run.md).
BATCH = 100
#: Begun this often without an outcome, an item is set aside as crashed.
ATTEMPTS = 3


class BillingRun(models.Model):
    _inherit = "billing.run"

    # === The scheduled action === #

    @api.model
    def _cron_bill(self):
        """Bill all that is due in all companies, each by its own date."""
        cron = self.env["ir.cron"]
        self.env["sale.order"]._billing_roll_day()
        self._start_approved()
        billed = self.browse()
        while unfinished := self._get_unfinished_run():
            cron._commit_progress(remaining=unfinished._count_pending())
            if not unfinished._execute():
                return
            billed |= unfinished
        due = self._get_due_orders() - billed.item_ids.order_id
        due -= self._get_held_orders(due)
        run = self._plan_run(due)
        cron._commit_progress(remaining=run._count_pending())
        if run:
            run._execute()

    @api.model
    def _get_unfinished_run(self):
        """A run that was interrupted goes on before a new one is planned."""
        return self.search(
            [("state", "=", "running"), ("stop_requested", "=", False)], limit=1
        )

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
    def _plan_run(self, orders, *, origin="daily", run_date=None, scope=None):
        """Create a run with an item for each order; none when there is no order.

        :param orders: confirmed subscriptions.
        :param datetime.date run_date: bill what is due by then; today by default.
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
        run.item_ids.create(
            [
                {
                    "run_id": run.id,
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.commercial_partner_id.id,
                    "user_id": order.user_id.id,
                    "group_key": order._get_billing_group_key(),
                    "scheduled_date": order.billing_next_date,
                }
                for order in orders
            ]
        )
        return run.with_env(self.env)

    # === Carrying out === #

    def _execute_at_once(self):
        """Bill all items in the current transaction, for a person who waits."""
        self.ensure_one()
        items = self.item_ids.filtered(lambda item: item.state == "pending")
        items.order_id._billing_lock()
        self.env["billing.invoicing"]._bill_items(items)
        self._finish()

    def _execute(self):
        """Bill the items in batches, one commit each; killed at any moment, the next
        call goes on where this one stopped.

        :return: whether all items have an outcome; else the action runs again.
        """
        self.ensure_one()
        cron = self.env["ir.cron"]
        while not self.stop_requested and (ids := self._claim()):
            cron._commit_progress()
            done = self._execute_batch(ids)
            self.env.invalidate_all()
            left = cron._commit_progress(done, remaining=self._count_pending())
            self._tell_progress()
            if not left and self._count_pending():
                self._ask_for_next_turn()
                return False
        if self.stop_requested:
            cron._commit_progress(remaining=0)
            return True
        self._finish()
        cron._commit_progress(remaining=0)
        return True

    def _execute_batch(self, ids):
        """Bill claimed items in a fresh transaction.

        :return: how many were worked on.
        """
        items = self.env["billing.run.item"]
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
            items = items.browse(item_id for (item_id,) in rows)
            crashed = items.filtered(lambda item: item.attempts > ATTEMPTS)
            self._park_crashed(crashed)
            healthy = items - crashed
            self._lock_orders(healthy)
            self.env["billing.invoicing"]._bill_items(healthy)
            self.env.flush_all()
        except RETRIABLE as error:
            self.env.cr.rollback()
            _logger.info("Run %s: a batch is tried again (%s)", self.id, error)
            self._give_attempt_back(ids)
            self.env["ir.cron"]._commit_progress()
            time.sleep(random.uniform(0.05, 0.5))
            return 0
        return len(items)

    def _claim(self):
        """Count an attempt for the next items, whole groups, and return their ids.

        Committed before the work starts, so that what kills the server is found out.
        """
        self.env["billing.run.item"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH next_groups AS (
                    SELECT group_key
                      FROM (SELECT group_key, id FROM billing_run_item
                             WHERE run_id = %(run)s AND state = 'pending'
                             ORDER BY group_key, id LIMIT %(batch)s) AS candidate
                     GROUP BY group_key
                )
                UPDATE billing_run_item SET attempts = COALESCE(attempts, 0) + 1
                 WHERE id IN (SELECT item.id FROM billing_run_item item
                                JOIN next_groups USING (group_key)
                               WHERE item.run_id = %(run)s AND item.state = 'pending'
                               ORDER BY item.id
                                 FOR UPDATE OF item SKIP LOCKED)
                RETURNING id
                """,
                run=self.id,
                batch=BATCH,
            )
        )
        self.env["billing.run.item"].invalidate_model(["attempts"])
        return sorted(item_id for (item_id,) in rows)

    def _lock_orders(self, items):
        """Wait for who changes a promise right now, and keep others from doing so."""
        self.env.execute_query(
            SQL(
                "SELECT id FROM sale_order WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                items.order_id.ids,
            )
        )

    def _give_attempt_back(self, ids):
        """Losing a race is no attempt."""
        self.env.execute_query(
            SQL(
                "UPDATE billing_run_item SET attempts = attempts - 1 WHERE id = ANY(%s)"
                " AND state = 'pending' RETURNING id",
                ids,
            )
        )
        self.env["billing.run.item"].invalidate_model(["attempts"])

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

    def _count_pending(self):
        return self.env["billing.run.item"].search_count(
            [("run_id", "in", self.ids), ("state", "=", "pending")]
        )

    def _ask_for_next_turn(self):
        """Go on at once: the scheduler would wait a minute otherwise."""
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            self.env["ir.cron"].browse(cron_id)._trigger()

    def _finish(self):
        """Close the run when nothing is pending."""
        self.ensure_one()
        parked = self.env["billing.run.item"].search_count(
            [("run_id", "=", self.id), ("state", "=", "parked")], limit=1
        )
        # Users read runs, the service writes them.
        self.sudo().write(
            {"state": "exceptions" if parked else "done", "ended_at": self.env.cr.now()}
        )

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.run",
            "res_id": self.id,
            "view_mode": "form",
        }
