"""Reminders leave by mail: asked again before, intent committed, then the outcome."""

import logging

from odoo import api, models

from ...invoicing.run.billing_invoicing import NO_ITEMS_FAULT
from .billing_dunning_action import action_writer

_logger = logging.getLogger(__name__)

CRON = "recurring_billing.ir_cron_send_reminders"
#: Mails written in one transaction, which holds their cases.
WRITTEN = 20


class BillingDunningSending(models.AbstractModel):
    """The service that sends reminders."""

    _name = "billing.dunning.sending"
    _inherit = "billing.talking"
    _description = "Sending of Reminders"

    _queue = "billing.dunning.action"
    _lock = (742_019, 30)

    @api.model
    def _cron_send(self):
        """Send the reminders that are due, one conversation a message."""
        if self._is_copy():
            self._hold_all()
            return
        with self._hold_lock() as alone:
            if not alone:
                _logger.info("Somebody else sends reminders")
                return
            self._doubt_abandoned()
            self._close_sent()
            self._send_mails()

    @api.model
    def _doubt_abandoned(self):
        """What was being sent when a process died may have arrived, or not: the ladder
        goes up, and a person is told.
        """
        rows = self.env[self._queue].search([("state", "=", "sending")])
        if rows:
            rows._apply(
                "doubted",
                answer=self.env._("The server stopped while it was being sent."),
                next_try_at=False,
            )
            rows._ask_for_help()
            _logger.info("Reminders: %s were abandoned", len(rows))
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _hold_all(self):
        """Set aside what a copied database would have sent."""
        rows = self.env[self._queue].search(
            [("state", "in", ["to_approve", "queued", "sending"])]
        )
        sending = rows.filtered(lambda row: row.state == "sending")
        sending._apply("doubted", next_try_at=False)
        (rows - sending)._apply("dropped", next_try_at=False, reason_code="copy")
        self.env["ir.cron"]._commit_progress()

    @api.model
    def _wake(self, at=None):
        """Let the job look for work, at once or at a moment in UTC."""
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron and (at or cron.id != self.env.context.get("cron_id")):
            # The job is the administrator's; whoever may approve may wake it.
            cron.sudo()._trigger(at)

    @api.model
    def _wake_for_next(self):
        following = self.env[self._queue].search(
            [("state", "=", "queued"), ("next_try_at", "!=", False)],
            order="next_try_at",
            limit=1,
        )
        if following:
            self._wake(following.next_try_at)

    # === The queue === #

    @api.model
    def _get_due(self):
        return self.env[self._queue].search(
            [
                ("state", "=", "queued"),
                ("channel", "=", "email"),
                ("next_try_at", "<=", self.env.cr.now()),
            ],
            order="next_try_at, id",
            limit=WRITTEN,
        )

    @api.model
    def _write_mails(self, rows):
        # What core's queue holds is nobody's to read.
        mails = self.env["mail.mail"].sudo()
        rows = rows.exists().filtered(lambda row: row.state == "queued")
        mails |= rows.mail_id.sudo()
        unwritten = rows.filtered(lambda row: not row.mail_id)
        for company, members in unwritten.grouped("company_id").items():
            service = self._for(company)
            due = service.env["billing.dunning"]._decide_again(
                members.with_env(service.env)
            )
            for row in service._make_invoices(due):
                mails |= service._try_write(row).with_env(mails.env)
        return mails

    @api.model
    def _try_write(self, row):
        """Write a mail; one that cannot be written takes no other along."""
        try:
            with self.env.cr.savepoint():
                return self._write_mail(row)
        except NO_ITEMS_FAULT:
            raise
        except Exception as error:
            _logger.exception("The mail of reminder %s failed", row.id)
            self._refuse(row, error)
        return self.env["mail.mail"]

    @api.model
    def _for(self, company):
        """The service in one company alone."""
        return self.with_company(company).with_context(allowed_company_ids=company.ids)

    @api.model
    def _begin(self, mail_id):
        # The books are read once more in the transaction that commits the intent: who
        # paid meanwhile is not reminded.
        row = self._get_queued(mail_id)
        if not row:
            return []
        service = self._for(row.company_id)
        row = row.with_env(service.env)
        if not service.env["billing.dunning"]._decide_again(row):
            return []
        row._apply(
            "begun",
            tries=row.tries + 1,
            last_try_at=self.env.cr.now(),
            contact_on=row.company_id._billing_today(),
        )
        return row.ids

    @api.model
    def _get_recipient(self, row):
        return row.contact_id

    @api.model
    def _get_writer(self, rows):
        return action_writer(rows)

    @api.model
    def _ask_for_help(self, rows):
        rows._ask_for_help()

    @api.model
    def _note_sent(self, rows, answer, now):
        rows._apply(
            "accepted", answer=answer, done_at=now, next_try_at=False, failures=0
        )

    @api.model
    def _close_sent(self):
        """Let core note that notifications were sent, forget the mails, and look at the
        customers again: for all that left since, at once.
        """
        rows = self.env[self._queue].search(
            [("state", "=", "done"), ("mail_id", "!=", False)]
        )
        if not rows:
            return
        # What core's queue holds is nobody's to read.
        mails = rows.mail_id.sudo()
        mails._postprocess_sent_message(
            success_pids=rows.contact_id, success_emails=rows.mapped("email")
        )
        mails.exists().unlink()
        rows._tell_of_it()
        for company, members in rows.grouped("company_id").items():
            self._for(company).env["billing.dunning"]._refresh(members.partner_id)
