"""Documents that a platform takes: core, or an add-on of core, speaks to it."""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....engine.delivery import states_before
from ..run.billing_invoicing import NO_ITEMS_FAULT, RETRIABLE

_logger = logging.getLogger(__name__)

#: Documents handed over before mails have their turn.
HANDED = 50


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _send_platform(self):
        """Hand documents over to platforms, one at a time.

        :return: whether the job has time for more, and whether more is to be handed
            over: mails are not kept waiting by a long queue.
        """
        for _turn in range(HANDED):
            row = self._get_next_platform()
            if not row:
                return True, False
            began, left = self._insist(lambda row=row: self._begin_platform(row))
            if began:
                outcome = self._try_to_hand_over(row)
                _noted, left = self._insist(
                    lambda row=row, outcome=outcome: self._end_platform(row, *outcome),
                    processed=1,
                )
            if not left:
                return False, True
        return True, bool(self._get_next_platform())

    @api.model
    def _try_to_hand_over(self, row):
        """Hand a document over, and commit at once what core notes of it.

        What is lost after the platform was asked is a doubt, never a second time.

        :return: the engine's event, and the platform's words or False.
        """
        try:
            self._hand_over(row)
            self.env.flush_all()
            self.env["ir.cron"]._commit_progress()
        except UserError as error:
            self.env.cr.rollback()
            return "refused", str(error)
        except RETRIABLE as error:
            _logger.info("Handing a document over lost a race: %s", error)
            self.env.cr.rollback()
            return "doubted", self.env._(
                "What the platform answered could not be kept: somebody changed the "
                "document at that moment."
            )
        except NO_ITEMS_FAULT:
            # Nobody knows whether the platform has it: found as abandoned later.
            raise
        except Exception as error:
            _logger.exception("Handing a document over failed")
            self.env.cr.rollback()
            return "doubted", str(error)
        return "received", False

    @api.model
    def _get_next_platform(self):
        self.env["billing.delivery"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM billing_delivery WHERE state = 'queued'"
                " AND channel = 'platform' AND origin = 'job' AND next_try_at <= %s"
                " ORDER BY next_try_at, id LIMIT 1",
                self.env.cr.now(),
            )
        )
        return self.env["billing.delivery"].browse(row_id for (row_id,) in rows)

    @api.model
    def _begin_platform(self, row):
        """Mark a delivery as being sent, unless it changed meanwhile.

        One statement, which sees the row as it is and not as it was found.

        :return: whether it is ours to hand over.
        """
        rows = self.env.execute_query(
            SQL(
                "UPDATE billing_delivery SET state = 'sending', last_try_at = %s,"
                " tries = COALESCE(tries, 0) + 1"
                " WHERE id = %s AND state IN %s"
                "   AND channel = 'platform' AND origin = 'job' RETURNING id",
                self.env.cr.now(),
                row.id,
                tuple(states_before("begun")),
            )
        )
        self.env["billing.delivery"].invalidate_model()
        return bool(rows)

    @api.model
    def _hand_over(self, row):
        """Let core send a document by the platform's own way.

        :raises UserError: what keeps it from being taken.
        """
        company = row.company_id
        service = (
            self.env["account.move.send"]
            .with_company(company)
            .with_context(allowed_company_ids=company.ids)
        )
        service._generate_and_send_invoices(
            row.move_id.with_env(service.env), sending_methods=[row.method]
        )

    @api.model
    def _end_platform(self, row, event, answer):
        row.invalidate_recordset()
        # A person may have been faster.
        rows = row.exists()._filter_may(event)
        done = event == "received"
        rows._apply(
            event, answer=answer, sent_at=done and self.env.cr.now(), next_try_at=False
        )
        if done:
            rows.move_id._billing_close_delivery_activities()
        else:
            rows.move_id._billing_ask_for_delivery()
