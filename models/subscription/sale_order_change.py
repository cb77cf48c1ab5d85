from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ...engine.lifecycle import state_on
from ...engine.periods import ONE_DAY
from ...engine.terms import Pause, moved_end
from .guards import promise_writer


class SaleOrder(models.Model):
    """What may happen to a running subscription: pause, resumption, close."""

    _inherit = "sale.order"

    def _billing_pause(self, start, end=None, reason=None):
        """Stop the service from ``start`` to ``end``, both included.

        :param datetime.date end: last paused day; None while it is not known.
        :raises UserError: when it does not run then, or another pause overlaps.
        """
        self.ensure_one()
        self._billing_lock()
        self._check_billing_running(start)
        self._check_billing_pause(start, end)
        pause = promise_writer(self.env["billing.pause"]).create(
            {
                "order_id": self.id,
                "company_id": self.company_id.id,
                "start_date": start,
                "end_date": end,
                "reason": reason,
            }
        )
        self._billing_after_change()
        return pause.with_env(self.env)

    def _check_billing_pause(self, start, end):
        """Refuse a pause that ends before it begins, or that meets another one."""
        self.ensure_one()
        if end and end < start:
            raise UserError(
                self.env._(
                    "A pause of %(order)s ends on %(end)s, before it begins. Choose a "
                    "last day from %(start)s on.",
                    order=self.name,
                    start=format_date(self.env, start),
                    end=format_date(self.env, end),
                )
            )
        for pause in self.billing_pause_ids:
            if (not end or pause.start_date <= end) and (
                not pause.end_date or pause.end_date >= start
            ):
                raise UserError(
                    self.env._(
                        "%(order)s is already paused from %(date)s. Resume it first, "
                        "or choose days outside that pause.",
                        order=self.name,
                        date=format_date(self.env, pause.start_date),
                    )
                )

    def _billing_resume(self, on):
        """Serve again from ``on``; a pause that has not begun by then is dropped.

        :raises UserError: when no pause holds on the day before or later.
        """
        self.ensure_one()
        self._billing_lock()
        last = on - ONE_DAY
        pauses = promise_writer(self.billing_pause_ids).filtered(
            lambda pause: not pause.end_date or pause.end_date > last
        )
        if not pauses:
            raise UserError(
                self.env._(
                    "%(order)s is not paused on %(date)s: there is nothing to resume.",
                    order=self.name,
                    date=format_date(self.env, on),
                )
            )
        begun = pauses.filtered(lambda pause: pause.start_date <= last)
        (pauses - begun).unlink()
        begun.end_date = last
        self._billing_after_change()

    def _billing_close(self, last_day, reason):
        """End the subscription on ``last_day``, included, with a reason.

        :param reason: a ``billing.close.reason``.
        :raises UserError: when it never ran by that day, or no reason is given.
        """
        self.ensure_one()
        self._billing_lock()
        self._check_billing_running(last_day)
        if not reason:
            raise UserError(
                self.env._("%(order)s: choose why it is closed.", order=self.name)
            )
        promise_writer(self).write(
            {"billing_end_date": last_day, "billing_close_reason_id": reason.id}
        )
        self._billing_after_change()

    def _billing_reopen(self):
        """Take a close back: the end is the term's, or none.

        :raises UserError: when it never ran.
        """
        self.ensure_one()
        self._billing_lock()
        self._check_billing_running(self.billing_start_date)
        renews = self.billing_plan_id.tacit_renewal
        promise_writer(self).write(
            {
                "billing_end_date": False if renews else self.billing_term_end_date,
                "billing_close_reason_id": False,
            }
        )
        self._billing_after_change()

    def _billing_after_change(self):
        self._billing_roll_states()
        self._billing_promise_changed()

    def _check_billing_running(self, day):
        self.ensure_one()
        if not self.billing_anchor_date or self.state != "sale":
            raise UserError(
                self.env._(
                    "%(order)s is not running: confirm it first.", order=self.name
                )
            )
        if day < self.billing_start_date:
            raise UserError(
                self.env._(
                    "%(order)s starts on %(date)s; choose a date from then on.",
                    order=self.name,
                    date=format_date(self.env, self.billing_start_date),
                )
            )

    # === States that depend on today === #

    def _billing_roll_states(self):
        """Show the state that the dates give on the company's own day.

        No rule of money reads it: a day on which this did not run bills right.
        """
        for order in self:
            today = order.company_id._billing_today()
            state = state_on(today, **order._get_billing_interruptions())
            if order.billing_state != state:
                order.billing_state = state

    def _get_billing_interruptions(self):
        """What keeps a subscription from running, as the engine asks for it.

        :return: dict: ``end``, the first day after the last one, or None; ``pauses``.
        """
        self.ensure_one()
        pauses = [
            Pause(p.start_date, p.end_date and p.end_date + ONE_DAY or None)
            for p in self.billing_pause_ids
        ]
        end = self.billing_end_date and self.billing_end_date + ONE_DAY or None
        if end and self.billing_plan_id.extend_on_pause:
            end = moved_end(self.billing_start_date, end, pauses)
        return {"end": end, "pauses": pauses}

    @api.model
    def _billing_roll_day(self):
        """First job of the day: states and mirrored terms that change by the calendar.

        :return: number of subscriptions looked at.
        """
        self.env["sale.order.line"].flush_model()
        self.env["billing.line.version"].flush_model()
        orders = self.search(
            [
                ("billing_state", "in", ("running", "paused")),
                "|",
                ("billing_end_date", "!=", False),
                ("billing_pause_ids", "!=", False),
            ]
        )
        orders._billing_roll_states()
        tomorrow = fields.Date.context_today(self) + ONE_DAY
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.id
                  FROM (SELECT DISTINCT ON (sale_line_id) *
                          FROM billing_line_version
                         WHERE start_date <= %s
                         ORDER BY sale_line_id, start_date DESC, sequence DESC
                       ) AS version
                  JOIN sale_order_line line ON line.id = version.sale_line_id
                  JOIN sale_order subscription ON subscription.id = line.order_id
                 WHERE subscription.billing_state IN ('running', 'paused')
                   AND (version.quantity <> line.product_uom_qty
                        OR version.price_unit <> line.price_unit
                        OR version.discount IS DISTINCT FROM line.discount)
                """,
                # Companies east of here may be a day ahead: each line looks itself.
                tomorrow,
            )
        )
        lines = self.env["sale.order.line"].browse(line_id for (line_id,) in rows)
        lines._billing_mirror()
        moved = self._billing_roll_amounts(tomorrow)
        return len(orders | lines.order_id | moved)

    @api.model
    def _billing_roll_amounts(self, tomorrow):
        """Recompute the amounts of subscriptions of which a line began or ended.

        :param datetime.date tomorrow: companies east of here may be a day ahead.
        :return: the subscriptions whose amounts no longer were those of what runs.
        """
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT subscription.id
                  FROM sale_order subscription
                  JOIN sale_order_line line ON line.order_id = subscription.id
                  CROSS JOIN (VALUES (%(tomorrow)s::date), (%(tomorrow)s::date - 1))
                          AS looked(day)
                 WHERE subscription.billing_state IN ('running', 'paused')
                   AND line.billing_recurring
                 GROUP BY subscription.id, looked.day
                HAVING ABS(subscription.billing_recurring_amount
                           - SUM(CASE WHEN line.billing_start_date <= looked.day
                                       AND COALESCE(line.billing_end_date >= looked.day,
                                                    TRUE)
                                      THEN line.price_subtotal ELSE 0 END)) > 0.0001
                """,
                tomorrow=tomorrow,
            )
        )
        orders = self.browse({order_id for (order_id,) in rows})
        self.env.add_to_compute(self._fields["billing_monthly_amount"], orders)
        return orders

    def _get_billing_term_end(self, start):
        """Last day of the first term of a subscription that starts on ``start``."""
        self.ensure_one()
        return self.billing_plan_id._get_term_end(start)
