"""Deliveries as the queue of mails: what is due, begun, accepted and closed."""

import logging

from odoo import api, models
from odoo.tools import SQL

from ....engine.delivery import states_before
from ..run.billing_invoicing import NO_ITEMS_FAULT
from .billing_delivery import delivery_writer

_logger = logging.getLogger(__name__)

#: Mails written in one transaction.
WRITTEN = 50


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _get_due(self):
        """The next queued deliveries by mail; a common mail takes all that wait."""
        self.env["billing.delivery"].flush_model()
        due = SQL(
            "state = 'queued' AND channel = 'email' AND origin = 'job'"
            " AND email IS NOT NULL"
        )
        rows = self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT id, company_id, customer_id, email, lang, together
                      FROM billing_delivery
                     WHERE %(due)s AND next_try_at <= %(now)s
                     ORDER BY next_try_at, id LIMIT %(limit)s
                )
                SELECT id FROM due
                 UNION
                SELECT row.id FROM billing_delivery row
                  JOIN due ON due.together AND row.together
                   AND row.company_id = due.company_id AND row.email = due.email
                   AND row.customer_id = due.customer_id
                   AND row.lang IS NOT DISTINCT FROM due.lang
                 WHERE row.state = 'queued' AND row.channel = 'email'
                   AND row.origin = 'job' AND COALESCE(row.failures, 0) = 0
                """,
                due=due,
                now=self.env.cr.now(),
                limit=WRITTEN,
            )
        )
        return self.env["billing.delivery"].browse(sorted(r[0] for r in rows))

    @api.model
    def _write_mails(self, rows):
        """Write the mails of queued deliveries, where they are not written yet.

        :return: the ``mail.mail`` to send.
        """
        # What core's queue holds is nobody's to read.
        mails = self.env["mail.mail"].sudo()
        rows = rows.exists().filtered(lambda row: row.state == "queued")
        groups = {}
        for row in rows:
            if row.mail_id:
                mails |= row.mail_id
                continue
            alone = not row.together or row.message_ref
            # Never with another customer's documents: two may share an accountant.
            key = row
            if not alone:
                key = row.company_id, row.customer_id, row.email, row.lang
            groups.setdefault(key, self.env["billing.delivery"])
            groups[key] |= row
        for members in groups.values():
            company = members.company_id
            service = self.with_company(company).with_context(
                allowed_company_ids=company.ids
            )
            try:
                with self.env.cr.savepoint():
                    mails |= service._write_mail(
                        members.with_env(service.env)
                    ).with_env(mails.env)
            except NO_ITEMS_FAULT:
                raise
            except Exception as error:
                _logger.exception("The mail of deliveries %s failed", members.ids)
                self._refuse(members, error)
        return mails

    @api.model
    def _begin(self, mail_id):
        """Mark the deliveries of a mail as being sent.

        One statement, which no second sender gets through: the others see the rows
        as they are afterwards.

        :return: the ids of the deliveries.
        """
        before = tuple(states_before("begun"))
        rows = self.env.execute_query(
            SQL(
                "UPDATE billing_delivery SET state = 'sending', last_try_at = %s,"
                " tries = COALESCE(tries, 0) + 1"
                " WHERE mail_id = %s AND state IN %s RETURNING id",
                self.env.cr.now(),
                mail_id,
                before,
            )
        )
        self.env["billing.delivery"].invalidate_model()
        return [row_id for (row_id,) in rows]

    @api.model
    def _get_recipient(self, row):
        return row.partner_id

    @api.model
    def _get_writer(self, rows):
        return delivery_writer(rows)

    @api.model
    def _ask_for_help(self, rows):
        rows.move_id._billing_ask_for_delivery()

    @api.model
    def _note_sent(self, rows, answer, now):
        rows._apply(
            "accepted", answer=answer, sent_at=now, next_try_at=False, failures=0
        )

    @api.model
    def _close_sent(self):
        """Let core note that notifications were sent, forget the mails, and remind
        nobody any more: for all that left since, at once.
        """
        rows = self.env["billing.delivery"].search(
            [("state", "=", "sent"), ("mail_id", "!=", False)]
        )
        if not rows:
            return
        # What core's queue holds is nobody's to read.
        mails = rows.mail_id.sudo()
        mails._postprocess_sent_message(
            success_pids=rows.partner_id, success_emails=rows.mapped("email")
        )
        mails.exists().unlink()
        rows.move_id._billing_close_delivery_activities()
