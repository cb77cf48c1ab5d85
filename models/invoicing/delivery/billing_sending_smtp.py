"""Conversations with mail servers: intent committed before, outcome after."""

import logging
import smtplib
from contextlib import suppress

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....engine.delivery import is_servers_fault, judge, next_try, states_before
from ..run.billing_invoicing import NO_ITEMS_FAULT
from .billing_delivery import delivery_writer
from .smtp_talk import SmtpAnswer, explain, talk

_logger = logging.getLogger(__name__)

#: Mails written in one transaction.
WRITTEN = 50
#: Seconds that a server may take for one answer.
PATIENCE = 60
#: Conversations in a row that a server may break off, before the others wait.
BREAKS = 3


class _Line:
    """The session that a batch shares; opened anew when it was lost."""

    def __init__(self, service, mail_server_id, smtp_from):
        self._connect = lambda: service._connect__(
            mail_server_id=mail_server_id, smtp_from=smtp_from
        )
        self._session = None

    def open(self):
        """:raises OSError, smtplib.SMTPException, UserError: it cannot be opened."""
        if self._session is None or self._session.sock is None:
            self._session = self._connect()
            if self._session is None:
                # Core connects to nothing while a registry loads.
                raise ConnectionError("no connection in this process")
            self._session.sock.settimeout(PATIENCE)
        return self._session

    def close(self):
        if self._session is not None and self._session.sock is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._session.quit()


class BillingSending(models.AbstractModel):
    _inherit = "billing.sending"

    @api.model
    def _send_mails(self):
        """Send the mails that are due, until none is left or the time is over."""
        broken, last = {}, None
        # What somebody else holds at this moment is left to the next turn.
        while (rows := self._get_due()) and rows != last:
            last = rows
            mails, _left = self._insist(lambda rows=rows: self._write_mails(rows))
            for server_id, domain_id, smtp_from, ids in self._split(mails):
                if server_id in broken:
                    self._put_all_off(ids, *broken[server_id])
                    continue
                in_time, fault = self._send_over(server_id, domain_id, smtp_from, ids)
                if fault:
                    # Not asked again in this turn, whatever else is due.
                    broken[server_id] = fault
                elif not in_time:
                    self._go_on()
                    return
        self.env["ir.cron"]._commit_progress(remaining=0)
        self._wake_for_next()
        self.env["ir.cron"]._commit_progress()

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
    def _split(self, mails):
        """Mails by the server they leave over; read before their rows change."""
        if not mails:
            return []
        return list(mails._split_by_mail_configuration())

    # === One session === #

    @api.model
    def _send_over(self, server_id, domain_id, smtp_from, mail_ids):
        """Send mails over one server.

        :return: whether there is time for more, and the (code, text) of a server that
            does not serve.
        """
        service = self.env["ir.mail_server"]
        built, _left = self._insist(
            lambda: self._build_all(mail_ids, server_id, domain_id)
        )
        line, breaks, left, fault = _Line(service, server_id, smtp_from), 0, 1, None
        try:
            for number, mail_id in enumerate(built):
                try:
                    session = line.open()
                except (OSError, smtplib.SMTPException, UserError) as error:
                    fault = explain(error)
                    self._put_all_off(list(built)[number:], *fault)
                    break
                answer, left = self._send_one(mail_id, session, *built[mail_id])
                broken = answer is not None and is_servers_fault(
                    answer.stage, answer.code
                )
                breaks = breaks + 1 if broken else 0
                if breaks >= BREAKS:
                    fault = (None, answer.text)
                    self._put_all_off(list(built)[number + 1 :], *fault)
                    break
                if not left:
                    break
        finally:
            line.close()
        self._insist(self._close_sent)
        return bool(left), fault

    @api.model
    def _build_all(self, mail_ids, server_id, domain_id):
        """The messages of mails, in memory: nothing is read between conversations.

        :return: ``{mail id: (service, message)}``; what cannot be built is refused.
        """
        # Servers and domains are the administrator's, what core's queue holds nobody's.
        server = self.env["ir.mail_server"].sudo().browse(server_id or [])
        domain = self.env["mail.alias.domain"].sudo().browse(domain_id or [])
        built = {}
        for mail in self.env["mail.mail"].sudo().browse(mail_ids).exists():
            rows = self.env["billing.delivery"].search(
                [("mail_id", "=", mail.id), ("state", "=", "queued")]
            )
            if not rows:
                continue
            try:
                with self.env.cr.savepoint():
                    built[mail.id] = self._build_message(mail, rows[0], domain, server)
            except NO_ITEMS_FAULT:
                raise
            except Exception as error:  # noqa: BLE001 - it is shown with its reason
                self._refuse(rows, error)
        return built

    @api.model
    def _send_one(self, mail_id, session, service, message):
        """Say one mail; its intent is committed before, its outcome after.

        :return: the ``SmtpAnswer``, or None when there is nothing to send any more;
            and the seconds that the job has left.
        """
        try:
            sender, recipients, message = service._prepare_email_message__(
                message, session
            )
            policy = message.policy.clone(utf8=False, linesep="\r\n")
            payload = message.as_bytes(policy=policy)
        except (AssertionError, ValueError) as error:
            # Without an address to write from, or with one that no server takes.
            return None, self._insist(
                lambda error=error: self._refuse(self._get_queued(mail_id), error)
            )[1]
        row_ids, left = self._insist(lambda: self._begin(mail_id))
        if not row_ids:
            return None, left
        answer = talk(session, sender, recipients, payload)
        _noted, left = self._insist(lambda: self._note(row_ids, answer), processed=1)
        return answer, left

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
    def _get_queued(self, mail_id):
        return self.env["billing.delivery"].search(
            [("mail_id", "=", mail_id), ("state", "=", "queued")]
        )

    @api.model
    def _refuse(self, rows, error):
        """A message that cannot be made needs a person."""
        reason, servers = str(error), self.env["ir.mail_server"]
        spoken = self._in_language_of(rows.company_id[:1])
        if servers.NO_VALID_RECIPIENT in reason:
            reason = spoken._get_no_address_text(rows[0])
        elif reason in (servers.NO_FOUND_FROM, servers.NO_FOUND_SMTP_FROM):
            reason = spoken.env._(
                "%(company)s has no e-mail address to write from. Enter one on the "
                "company, then send again.",
                company=rows.company_id[:1].display_name,
            )
        rows._apply("refused", answer=reason, next_try_at=False)
        rows.move_id._billing_ask_for_delivery()

    # === Outcomes === #

    @api.model
    def _note(self, row_ids, answer):
        """Note what became of a message.

        :param SmtpAnswer answer: what the server said.
        """
        deliveries = self.env["billing.delivery"]
        deliveries.invalidate_model()
        rows = deliveries.browse(row_ids).exists()
        # A bounce or a person may have been faster.
        rows = rows.filtered(lambda row: row.state == "sending")
        if not rows:
            return
        now = self.env.cr.now()
        if answer.accepted:
            rows._apply(
                "accepted",
                answer=answer.text,
                sent_at=now,
                next_try_at=False,
                failures=0,
            )
            return
        event = judge(answer.stage, answer.code)
        if event == "deferred":
            self._put_off(rows, answer, now)
            return
        text = self._get_answer_text(answer, rows.company_id[:1])
        rows._apply(event, answer=text, next_try_at=False)
        rows.move_id._billing_ask_for_delivery()

    @api.model
    def _put_off(self, rows, answer, now):
        """A temporary refusal: later again, or a person's turn."""
        failures = rows[0].failures + 1
        server = is_servers_fault(answer.stage, answer.code)
        at = next_try(failures, now, server=server)
        text = self._get_answer_text(answer, rows.company_id[:1])
        if at is None:
            rows._apply("refused", answer=text, next_try_at=False, failures=failures)
            rows.move_id._billing_ask_for_delivery()
            return
        rows._apply("deferred", answer=text, next_try_at=at, failures=failures)

    @api.model
    def _put_all_off(self, mail_ids, code, text):
        """No mail of these can leave: the server does not serve.

        Told on the list of deliveries, not by an activity for each document.
        """
        answer = SmtpAnswer(False, "connect", code, text)

        def put_off():
            rows = self.env["billing.delivery"].search(
                [("mail_id", "in", list(mail_ids)), ("state", "=", "queued")]
            )
            now = self.env.cr.now()
            alike = rows.grouped(lambda row: (row.failures, row.company_id))
            for (failures, company), members in alike.items():
                delivery_writer(members).write(
                    {
                        "failures": failures + 1,
                        "next_try_at": next_try(failures + 1, now, server=True),
                        "last_try_at": now,
                        "answer": self._get_answer_text(answer, company),
                    }
                )
            _logger.info("Sending: %s deliveries are put off: %s", len(rows), text)

        self._insist(put_off)

    @api.model
    def _get_answer_text(self, answer, company):
        """The server's words, or what happened to the connection."""
        if answer.code:
            return answer.text
        env = self._in_language_of(company).env
        if answer.stage == "connect":
            return env._(
                "The mail server cannot be reached: %(reason)s", reason=answer.text
            )
        if answer.stage == "payload":
            return env._(
                "The connection was lost after the message had left: %(reason)s",
                reason=answer.text,
            )
        return env._(
            "The connection was lost before the message left: %(reason)s",
            reason=answer.text,
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
