"""What became of an item: billed, skipped, or set aside with its reason."""

import logging
import traceback

import psycopg2
from psycopg2 import errorcodes
from psycopg2.extras import execute_values

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...engine.errors import BillingError, CatchUpLimitExceeded
from .billing_invoicing import Parked

_logger = logging.getLogger(__name__)


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    def _park(self, item, error):
        """Set an item aside: stable code, a sentence, one activity for its owner."""
        code, message = self._explain(item.order_id, error)
        trace = "".join(traceback.format_exception(error))
        self._park_as(item, code, message, trace if code == "unexpected" else False)

    def _park_as(self, item, code, message, trace=False):
        """Set an item aside for a known reason."""
        before = item._get_open_items(item.order_id).get(item.order_id.id)
        # Its own bookkeeping: users read the items, the service writes them.
        before = (before or item.browse()).sudo() - item
        before.is_open = False
        # The unique index must see the old one closed first.
        before.flush_recordset()
        # Its own bookkeeping, as above.
        item.sudo().write(
            {
                "state": "parked",
                "is_open": True,
                "code": code,
                "message": message,
                "trace": trace,
                "parked_since": before.parked_since or item.company_id._billing_today(),
                "attempts": max(item.attempts, before.attempts + 1),
                "user_id": (before.user_id or item.order_id.user_id).id,
            }
        )
        item.order_id._billing_schedule_parked_activity(message)
        _logger.info("Run %s: item %s parked (%s)", item.run_id.id, item.id, code)

    def _explain(self, order, error):
        """The stable code of a failure and the sentence for people."""
        if isinstance(error, Parked):
            return error.code, str(error)
        if isinstance(error, CatchUpLimitExceeded):
            return error.code, self.env._(
                "%(order)s: %(due)s periods are unbilled since %(first)s, a run bills "
                "%(limit)s. Launch a run for an earlier date first, or raise the limit "
                "on the plan.",
                order=order.name,
                due=error.details["due"],
                first=format_date(self.env, error.details["first"]),
                limit=error.details["limit"],
            )
        if isinstance(error, BillingError):
            return "invalid_terms", self.env._(
                "%(order)s: its terms cannot be computed (%(fact)s). Check its dates "
                "and its plan.",
                order=order.name,
                fact=error,
            )
        if (
            isinstance(error, psycopg2.Error)
            and error.pgcode == errorcodes.EXCLUSION_VIOLATION
        ):
            return "already_billed", self.env._(
                "%(order)s: these days were billed meanwhile. The next run looks "
                "again.",
                order=order.name,
            )
        if isinstance(error, UserError):
            return "refused", f"{order.name}: {error}"
        return "unexpected", self.env._(
            "%(order)s: %(kind)s while invoicing. A manager finds the details on this "
            "item.",
            order=order.name,
            kind=type(error).__name__,
        )

    def _skip_items(self, items):
        """Nothing was due after all: something else settled it meanwhile."""
        self._close_items(items._get_open_items(items.order_id))
        # Its own bookkeeping, as in _park_as.
        items.sudo().state = "skipped"

    def _finish_bills(self, bills):
        """Note on the items what was billed, and clear what they waited for."""
        items = self.env["billing.run.item"].browse(bill.item.id for bill in bills)
        self._close_items(items._get_open_items(items.order_id))
        items.flush_model(["state", "amount"])
        execute_values(
            self.env.cr._obj,
            """
            UPDATE billing_run_item item SET state = 'done', amount = billed.amount
              FROM (VALUES %s) AS billed(id, amount)
             WHERE item.id = billed.id
            """,
            [(bill.item.id, bill.untaxed) for bill in bills],
        )
        items.invalidate_recordset(["state", "amount"])

    def _close_items(self, open_items):
        """What was set aside is mended.

        :param dict open_items: open ``billing.run.item`` by order id.
        """
        for item in open_items.values():
            # Its own bookkeeping, as in _park_as.
            item.sudo().write({"is_open": False, "solved_at": self.env.cr.now()})
            item.order_id._billing_clear_parked_activity()
