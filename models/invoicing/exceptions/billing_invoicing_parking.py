"""What became of an item: billed, skipped, or set aside with its reason."""

import logging
import traceback

import psycopg2
from psycopg2.extras import execute_values

from odoo import models

from ....engine.holding import held, held_charges

_logger = logging.getLogger(__name__)

#: Causes that are read from a trace only.
TRACED = ("unexpected", "database_refused")


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    # === Setting aside === #

    def _park(self, item, error):
        """Set an item aside: stable code, a sentence, the record to mend."""
        code, message = self._explain(item.order_id, error)
        trace = "".join(traceback.format_exception(error)) if code in TRACED else False
        self._park_as(item, code, message, trace)
        culprit = self._find_culprit(item.order_id, code, error)
        # Its own bookkeeping: users read the items, the service writes them.
        item.sudo().culprit = culprit and f"{culprit._name},{culprit.id}"

    def _park_as(self, item, code, message, trace=False):
        """Set an item aside for a known reason, with one activity for its owner."""
        before = item._get_open_items(item.order_id).get(item.order_id.id)
        # Its own bookkeeping, as in _park.
        before = (before or item.browse()).sudo() - item
        before.is_open = False
        # The unique index must see the old one closed first.
        before.flush_recordset()
        # Its own bookkeeping, as in _park.
        item.sudo().write(
            {
                "state": "parked",
                "is_open": True,
                "code": code,
                "culprit": False,
                "message": message,
                "trace": trace,
                "parked_since": before.parked_since or item.company_id._billing_today(),
                "tried_at": self.env.cr.now(),
                "held_amount": before.held_amount,
                "held_company_amount": before.held_company_amount,
                "attempts": max(item.attempts, before.attempts + 1),
                "user_id": (before.user_id or item.order_id.user_id).id,
            }
        )
        # Its own bookkeeping, as in _park.
        item.sudo()._take_over(before)
        item.order_id._billing_schedule_parked_activity(message)
        if item.user_id != item.order_id.user_id:
            item._give_activity_to_owner()
        _logger.info("Run %s: item %s parked (%s)", item.run_id.id, item.id, code)

    # === How much waits === #

    def _bill_company(self, items):
        # EXTENDS billing.invoicing: what is set aside is told with its amount.
        super()._bill_company(items)
        self._note_held(items, self._get_as_of(items))

    def _note_held(self, items, as_of):
        """Note on parked items what they keep from being invoiced.

        :param items: ``billing.run.item`` records of one company.
        """
        parked = items.filtered(lambda item: item.state == "parked")
        if not parked:
            return
        lines = parked.order_id.order_line.filtered("billing_anchor_date")
        read_terms = lines._get_billing_terms_reader()
        billed = self._get_billed_entries(lines)
        for item in parked:
            charges = []
            for line in item.order_id.order_line & lines:
                try:
                    charges += held_charges(
                        read_terms(line), billed.get(line.id, ()), as_of
                    )
                except psycopg2.Error:
                    # The transaction is lost, not the amount alone.
                    raise
                except Exception as error:  # noqa: BLE001 - it is parked for that
                    _logger.info("Line %s holds an unknown amount: %s", line.id, error)
            # Its own bookkeeping, as in _park.
            item.sudo().write(self._prepare_held(item, held(charges), as_of))

    def _prepare_held(self, item, waiting, as_of):
        amount = float(waiting.amount)
        return {
            "held_amount": amount,
            "held_company_amount": item.currency_id._convert(
                amount, item.company_id.currency_id, item.company_id, as_of
            ),
            "held_periods": waiting.periods,
            "held_from": waiting.first,
            "held_until": waiting.last,
        }

    # === Other outcomes === #

    def _skip_items(self, items):
        """Nothing was due after all: something else settled it meanwhile."""
        self._close_items(items._get_open_items(items.order_id))
        # Its own bookkeeping, as in _park.
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
            # Its own bookkeeping, as in _park.
            own = item.sudo()
            own.write({"is_open": False, "solved_at": self.env.cr.now()})
            own.activity_ids.unlink()
            item.order_id._billing_clear_parked_activity()
