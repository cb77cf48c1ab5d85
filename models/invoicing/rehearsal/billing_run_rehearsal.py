"""A run that is looked at before it bills: rehearsed, approved, started."""

import logging
import random
import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..run.billing_invoicing import RETRIABLE
from ..run.billing_run_execution import without_collector

_logger = logging.getLogger(__name__)

#: Items that are rehearsed between two commits.
BATCH = 500
#: A person waits for so many items; beyond, the scheduled action does the work.
AT_ONCE = 50


class BillingRun(models.Model):
    _inherit = "billing.run"

    scope_ids = fields.Json(
        string="Limits",
        readonly=True,
        help="Ids of the plans, customers and people it is limited to.",
    )
    rehearsed_at = fields.Datetime(readonly=True)
    approved_at = fields.Datetime(readonly=True)
    approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)

    def _check_may_bill(self):
        """Users of other stages read runs; who bills steers them."""
        if not self.env.user.has_group(
            "recurring_billing.recurring_billing_group_user"
        ):
            raise AccessError(
                self.env._(
                    "%(run)s is steered by the billing team. Ask one of them.",
                    run=self.name,
                )
            )

    def _check_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            raise UserError(
                self.env._(
                    "%(run)s was taken further meanwhile. Reload the page to see where "
                    "it stands.",
                    run=self.name,
                )
            )

    # === What a run is about === #

    @api.model
    def _get_scope_domain(self, scope):
        """Subscriptions of a scope.

        :param dict scope: ids by ``companies``, ``plans``, ``customers``, ``people``,
            ``orders``; a key without ids limits nothing.
        """
        domain = [("company_id", "in", scope["companies"])]
        for key, path, operator in (
            ("plans", "billing_plan_id", "in"),
            ("customers", "partner_id", "child_of"),
            ("people", "user_id", "in"),
            ("orders", "id", "in"),
        ):
            if scope.get(key):
                domain.append((path, operator, scope[key]))
        return domain

    @api.model
    def _get_scope_orders(self, scope, day):
        """Subscriptions of a scope with something to bill by a day."""
        return self._get_due_orders(day, self._get_scope_domain(scope))

    @api.model
    def _check_any_due(self, orders, scope):
        """Tell when something falls due, when nothing does yet.

        :raises UserError: when there is no order.
        """
        if orders:
            return
        following = self._get_next_due_date(scope)
        if not following:
            raise UserError(self.env._("Nothing falls due up to this date."))
        raise UserError(
            self.env._(
                "Nothing falls due up to this date. The next invoice falls due on "
                "%(date)s.",
                date=format_date(self.env, following),
            )
        )

    @api.model
    def _get_next_due_date(self, scope):
        """The first day on which a scope has something to bill, or False."""
        following = self.env["sale.order"].search(
            [
                ("is_billing_subscription", "=", True),
                ("billing_next_date", "!=", False),
                *self._get_scope_domain(scope),
            ],
            order="billing_next_date",
            limit=1,
        )
        return following.billing_next_date

    # === Rehearsing === #

    @api.model
    def _plan_rehearsal(self, run_date, scope, scope_text=None):
        """Create a run that is rehearsed first.

        :param datetime.date run_date: rehearse what is due by then.
        :raises UserError: when nothing is due.
        """
        orders = self._get_scope_orders(scope, run_date)
        self._check_any_due(orders, scope)
        run = self._plan_run(
            orders,
            origin="manual",
            run_date=run_date,
            scope=scope_text,
            state="to_rehearse",
        )
        # Users read runs, the service writes them.
        run.sudo().write({"state": "rehearsing", "scope_ids": scope})
        return run

    def _rehearse(self):
        """Rehearse now what a person may wait for; the scheduled action does more."""
        self.ensure_one()
        # Users read runs, the service writes them.
        self.sudo().started_at = self.env.cr.now()
        self._mark_begin()
        items = self.item_ids
        if len(items) > AT_ONCE:
            self._trigger("recurring_billing.ir_cron_rehearse")
            return
        self._rehearse_batch(items)
        self._end_rehearsal()

    def _rehearse_batch(self, items):
        service = self.env["billing.invoicing.rehearsal"]
        # The reasons are read by who launched it.
        with without_collector():
            service.with_context(lang=self.user_id.lang)._rehearse_items(items)

    @api.model
    def _cron_rehearse(self):
        """Rehearse the runs that wait for it, in batches, one commit each."""
        cron = self.env["ir.cron"]
        while run := self.search(
            [("state", "=", "rehearsing"), ("stop_requested", "=", False)],
            order="id",
            limit=1,
        ):
            cron._commit_progress(remaining=run._count_to_rehearse())
            if not run._rehearse_in_batches():
                return
        cron._commit_progress(remaining=0)

    def _rehearse_in_batches(self):
        """:return: whether the action has time for another run."""
        cron = self.env["ir.cron"]
        while not self.stop_requested and (items := self._next_to_rehearse()):
            try:
                self._rehearse_batch(items)
                self.env.flush_all()
            except RETRIABLE as error:
                self.env.cr.rollback()
                _logger.info("Rehearsal %s: tried again (%s)", self.id, error)
                time.sleep(random.uniform(0.05, 0.5))
                continue
            done = len(items)
            # Memory stays flat whatever the number of items.
            self.env.invalidate_all()
            left = self._count_to_rehearse()
            in_time = cron._commit_progress(done, remaining=left)
            self._tell_progress()
            if left and not in_time:
                self._ask_for_next_turn()
                return False
        if not self.stop_requested:
            self._end_rehearsal()
            cron._commit_progress(remaining=0)
        return True

    def _next_to_rehearse(self):
        """The next items, whole groups."""
        waiting = SQL("state = 'to_rehearse'")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM billing_run_item
                 WHERE run_id = %s AND %s AND group_key = ANY(%s) ORDER BY id
                """,
                self.id,
                waiting,
                self._get_next_groups(waiting, BATCH),
            )
        )
        return self.env["billing.run.item"].browse(item_id for (item_id,) in rows)

    def _count_to_rehearse(self):
        return self.env["billing.run.item"].search_count(
            [("run_id", "in", self.ids), ("state", "=", "to_rehearse")]
        )

    def _end_rehearsal(self):
        self.ensure_one()
        # Users read runs, the service writes them.
        self.sudo().write(
            {
                "state": "rehearsed",
                "rehearsed_at": self.env.cr.now(),
                "ended_at": self.env.cr.now(),
                "totals": self._sum_totals(),
            }
        )
        self._tell_finished()

    def action_recompute(self):
        """Rehearse again, with what falls due now."""
        self._check_may_bill()
        self._check_state("rehearsing", "rehearsed", "approved")
        orders = self._get_scope_orders(self.scope_ids, self.run_date)
        self._check_any_due(orders, self.scope_ids)
        # Users read runs and items, the service writes them.
        own = self.sudo()
        own.item_ids.unlink()
        own._insert_items(orders, "to_rehearse")
        own.write(
            {
                "state": "rehearsing",
                "totals": False,
                "approved_at": False,
                "approved_by_id": False,
            }
        )
        self._rehearse()

    def action_discard(self):
        """Throw the rehearsal away; its items were a forecast."""
        self._check_may_bill()
        self._check_state("rehearsing", "rehearsed", "approved")
        # Users read runs and items, the service writes them.
        own = self.sudo()
        own.item_ids.unlink()
        own.write({"state": "cancelled", "ended_at": self.env.cr.now()})

    def action_rehearse_refused(self):
        """Rehearse again what was refused, with the facts of today."""
        self._check_may_bill()
        self._check_state("done", "exceptions")
        refused = self.item_ids.filtered(lambda item: item.state == "refused")
        scope = {"companies": refused.company_id.ids, "orders": refused.order_id.ids}
        names = ", ".join(refused.order_id.mapped("name"))
        run = self._plan_rehearsal(self.run_date, scope, names)
        run._rehearse()
        return run._get_form_action()

    # === Approving === #

    def action_approve_all(self):
        """Approve all that can be billed."""
        self.ensure_one()
        return self._approve(
            self.item_ids.filtered(lambda item: item.state == "rehearsed")
        )

    def _approve(self, items):
        """Let the run bill these items, as they were rehearsed, and no others.

        It starts at once; a run for a day to come starts on that day.

        :param items: rehearsed items of this run.
        """
        self._check_may_bill()
        self._check_state("rehearsed")
        chosen = items.filtered(lambda item: item.state == "rehearsed")
        if not chosen or chosen != items:
            raise UserError(
                self.env._(
                    "%(run)s: only what can be billed is approved. Choose lines that "
                    "are rehearsed.",
                    run=self.name,
                )
            )
        self._rehearse_parts_of_groups(chosen)
        for company, members in chosen.grouped("company_id").items():
            until = company._billing_today() + timedelta(
                days=company.billing_approval_days
            )
            members[:1]._check_held_long_enough(until)
            # Users read items, the service writes them; here and below.
            members.sudo().write(
                {
                    "state": "approved",
                    "approved_at": self.env.cr.now(),
                    "approved_by_id": self.env.uid,
                    "reserved_until": until,
                }
            )
        rest = self.item_ids.filtered(lambda item: item.state == "rehearsed")
        for company, members in rest.grouped("company_id").items():
            # What a person leaves out today is not billed behind their back today.
            members.sudo().write(
                {"state": "left_out", "reserved_until": company._billing_today()}
            )
        self.sudo().write(
            {
                "state": "approved",
                "approved_at": self.env.cr.now(),
                "approved_by_id": self.env.uid,
            }
        )
        if self._is_day_reached():
            self._begin()
        return self._get_form_action()

    def _rehearse_parts_of_groups(self, chosen):
        """Rehearse anew those who lose a member of their invoice by the choice.

        :raises UserError: when that changes what they come to.
        """
        rest = self.item_ids.filtered(lambda item: item.state == "rehearsed") - chosen
        torn = {item.group_key for item in rest}
        part = chosen.filtered(lambda item: item.group_key in torn)
        if not part:
            return
        before = {item: (item.state, item.amount) for item in part}
        self._rehearse_batch(part)
        for item, told in before.items():
            if (item.state, item.amount) != told:
                raise UserError(
                    self.env._(
                        "%(customer)s: %(order)s comes to another amount without the "
                        "other subscriptions on its invoice. Approve them together.",
                        customer=item.partner_id.display_name,
                        order=item.order_id.name,
                    )
                )

    # === Starting === #

    def action_start(self):
        """Bill what was approved, without waiting for the day of the run."""
        self._check_may_bill()
        self._check_state("approved")
        self._begin()

    @api.model
    def _start_approved(self):
        """Start the runs whose day has come: before the daily run sees their items."""
        for run in self.search([("state", "=", "approved")], order="id"):
            if run._is_day_reached():
                run._start()

    def _is_day_reached(self):
        """Whether the day of the run has come in all of its companies."""
        grouped = self.env["billing.run.item"]._read_group(
            [("run_id", "=", self.id)], ["company_id"]
        )
        return all(company._billing_today() >= self.run_date for (company,) in grouped)

    def _begin(self):
        """Bill now what a person may wait for; leave more to the scheduled action."""
        self.ensure_one()
        self._open()
        if self._count_pending() <= AT_ONCE:
            self._execute_at_once()
        else:
            self._wake_lanes()

    def _start(self):
        """Hand the run to the scheduled action: from now on it bills."""
        self._open()
        self._wake_lanes()

    def _open(self):
        """From now on the run bills what was approved, or all of it."""
        self.ensure_one()
        # Users read runs and items, the service writes them.
        self.sudo().write(
            {"state": "running", "started_at": self.env.cr.now(), "ended_at": False}
        )
        self.item_ids.sudo().filtered(lambda item: item.state == "approved").write(
            {"state": "pending"}
        )
        self._mark_begin()

    def _trigger(self, cron):
        # Who may launch a run may have it carried out.
        action = self.env.ref(cron, raise_if_not_found=False)
        if action:
            action.sudo()._trigger()

    @api.model
    def _get_held_orders(self, orders):
        """Subscriptions that the daily run leaves alone: a person decided on them.

        Approved ones wait for their run, refused ones for a new approval, both until
        the approval ends; what was left out or stopped waits until the day is over.
        """
        items = self.env["billing.run.item"].search(
            Domain("order_id", "in", orders.ids)
            & (
                Domain("reserved_until", "!=", False)
                & Domain("state", "in", ("approved", "pending", "refused", "left_out"))
                | Domain("state", "=", "pending")
                & Domain("run_id.stop_requested", "=", True)
            )
        )
        return items.filtered(
            lambda item: (
                (item.reserved_until or item.run_id.stopped_on)
                >= item.company_id._billing_today()
            )
        ).order_id

    def _finish(self):
        # EXTENDS the run: what was refused needs a person, too.
        finished = super()._finish()
        if finished and self.refused_count:
            # Users read runs, the service writes them.
            self.sudo().state = "exceptions"
        if finished and self.origin == "manual":
            self._tell_finished()
        return finished
