"""Documents that a platform takes: core, or an add-on of core, speaks to it."""

import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..run.billing_invoicing import NO_ITEMS_FAULT

_logger = logging.getLogger(__name__)


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _send_platform(self):
        """Hand documents over to platforms, one at a time."""
        while row := self._get_next_platform():
            self._insist(lambda row=row: self._begin_platform(row))
            try:
                self._hand_over(row)
                answer, event = False, "received"
            except NO_ITEMS_FAULT:
                # Nobody knows whether the platform has it: found as abandoned later.
                raise
            except UserError as error:
                self.env.cr.rollback()
                answer, event = str(error), "refused"
            except Exception as error:
                _logger.exception("Handing a document over failed")
                self.env.cr.rollback()
                answer, event = str(error), "doubted"
            self._insist(
                lambda row=row, answer=answer, event=event: self._end_platform(
                    row, answer, event
                )
            )

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
        row._apply("begun", last_try_at=self.env.cr.now(), tries=row.tries + 1)

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
    def _end_platform(self, row, answer, event):
        row.invalidate_recordset()
        done = event == "received"
        row._apply(
            event, answer=answer, sent_at=done and self.env.cr.now(), next_try_at=False
        )
        if not done:
            row.move_id._billing_ask_for_delivery()
