"""Conversations with mail servers: intent committed before, outcome after.

Nothing here knows what is sent. A service that sends says so by its queue: records with
a state, an address and a mail; see ``docs/flows/delivery.md``.
"""

import logging
import smtplib
from contextlib import contextmanager, suppress

from odoo import api, models
from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tools import formataddr

from ....engine.delivery import is_servers_fault, judge, next_try
from ..run.billing_invoicing import NO_ITEMS_FAULT, RETRIABLE
from .mail_mail import kept_from_queue
from .smtp_talk import SmtpAnswer, explain, talk

_logger = logging.getLogger(__name__)

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


class BillingTalking(models.AbstractModel):
    """What each service that sends mails by itself has in common.

    The records of its queue have ``state``, ``email``, ``company_id``, ``mail_id``,
    ``failures``, ``last_try_at``, ``next_try_at``, ``answer``, and
    ``_apply(event, **vals)``.
    """

    _name = "billing.talking"
    _description = "Conversations with Mail Servers"

    #: Name of the model of the queue.
    _queue = None
    #: Two numbers: who holds this lock of the database sends.
    _lock = None

    # === The queue, as each service tells it === #

    @api.model
    def _get_due(self):
        """The next records whose mail is due, few enough for one transaction."""
        raise NotImplementedError

    @api.model
    def _write_mails(self, rows):
        """Write the mails of records, where they are not written yet.

        :return: the ``mail.mail`` to send.
        """
        raise NotImplementedError

    @api.model
    def _begin(self, mail_id):
        """Mark the records of a mail as being sent, if it is still to be sent.

        :return: their ids; none when nothing is to be sent any more.
        """
        raise NotImplementedError

    @api.model
    def _get_recipient(self, row):
        """The contact that a record is addressed to."""
        raise NotImplementedError

    @api.model
    def _get_writer(self, rows):
        """Records through which the service may write its queue."""
        raise NotImplementedError

    @api.model
    def _ask_for_help(self, rows):
        """Tell a person that these did not leave."""
        raise NotImplementedError

    @api.model
    def _wake_for_next(self):
        """Let the job look again when the next is due."""
        raise NotImplementedError

    @api.model
    def _note_sent(self, rows, answer, now):
        """Note that a server took the message of records over."""
        raise NotImplementedError

    @api.model
    def _close_sent(self):
        """What is to be done once for all that left."""
        raise NotImplementedError

    # === The loop === #

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
            rows = self._get_queued(mail.id)
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
    def _get_queued(self, mail_id):
        return self.env[self._queue].search(
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
        self._ask_for_help(rows)

    @api.model
    def _get_no_address_text(self, row):
        partner = self._get_recipient(row)
        if partner.email:
            return self.env._(
                "%(partner)s: %(email)s is no e-mail address. Correct it, then send "
                "again.",
                partner=partner.display_name,
                email=partner.email,
            )
        return self.env._(
            "%(partner)s has no e-mail address. Enter one, then send again.",
            partner=partner.display_name,
        )

    # === Outcomes === #

    @api.model
    def _note(self, row_ids, answer):
        """Note what became of a message.

        :param SmtpAnswer answer: what the server said.
        """
        queue = self.env[self._queue]
        queue.invalidate_model()
        rows = queue.browse(row_ids).exists()
        # A bounce or a person may have been faster.
        rows = rows.filtered(lambda row: row.state == "sending")
        if not rows:
            return
        now = self.env.cr.now()
        if answer.accepted:
            self._note_sent(rows, answer.text, now)
            return
        event = judge(answer.stage, answer.code)
        if event == "deferred":
            self._put_off(rows, answer, now)
            return
        text = self._get_answer_text(answer, rows.company_id[:1])
        rows._apply(event, answer=text, next_try_at=False)
        self._ask_for_help(rows)

    @api.model
    def _put_off(self, rows, answer, now):
        """A temporary refusal: later again, or a person's turn."""
        failures = rows[0].failures + 1
        server = is_servers_fault(answer.stage, answer.code)
        at = next_try(failures, now, server=server)
        text = self._get_answer_text(answer, rows.company_id[:1])
        if at is None:
            rows._apply("refused", answer=text, next_try_at=False, failures=failures)
            self._ask_for_help(rows)
            return
        rows._apply("deferred", answer=text, next_try_at=at, failures=failures)

    @api.model
    def _put_all_off(self, mail_ids, code, text):
        """No mail of these can leave: the server does not serve.

        Told above the list of what waits, not by an activity for each.
        """
        answer = SmtpAnswer(False, "connect", code, text)

        def put_off():
            rows = self.env[self._queue].search(
                [("mail_id", "in", list(mail_ids)), ("state", "=", "queued")]
            )
            now = self.env.cr.now()
            alike = rows.grouped(lambda row: (row.failures, row.company_id))
            for (failures, company), members in alike.items():
                self._get_writer(members).write(
                    {
                        "failures": failures + 1,
                        "next_try_at": next_try(failures + 1, now, server=True),
                        "last_try_at": now,
                        "answer": self._get_answer_text(answer, company),
                    }
                )
            _logger.info("Sending: %s mails are put off: %s", len(rows), text)

        self._insist(put_off)

    @api.model
    def _in_language_of(self, company):
        """The service as it speaks to people of a company: the scheduler has no
        language, and what it notes is read on screens.
        """
        lang = self.env.lang or company.partner_id.lang
        return self.with_context(lang=lang or "en_US")

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
    def _build_message(self, mail, row, alias_domain, mail_server):
        """The MIME message of a record, and the service that knows its addresses.

        :return: (``ir.mail_server`` with its context, ``EmailMessage``)
        """
        parts = mail._prepare_outgoing_list(
            mail_server=mail_server or mail.mail_server_id
        )[0]
        headers = dict(parts["headers"])
        if row.email not in (parts["email_to_normalized"] or []):
            # Another address than the contact's: it alone stands on the envelope.
            headers.pop("X-Msg-To-Add", None)
        context = {"send_validated_to": [row.email]}
        if alias_domain:
            context.update(
                domain_notifications_email=alias_domain.default_from_email,
                domain_bounce_address=headers.get("Return-Path")
                or alias_domain.bounce_email,
            )
        service = self.env["ir.mail_server"].with_context(**context)
        message = service._build_email__(
            email_from=mail.email_from,
            email_to=[formataddr((self._get_recipient(row).name or "", row.email))],
            subject=parts["subject"],
            body=parts["body"],
            body_alternative=parts["body_alternative"],
            reply_to=parts["reply_to"],
            attachments=parts["attachments"],
            message_id=parts["message_id"],
            references=parts["references"],
            object_id=parts["object_id"],
            subtype="html",
            subtype_alternative="plain",
            headers=headers,
        )
        return service, message

    @api.model
    def _get_mail(self, message, row):
        """The mail that core made for the message, or ours where it made none: a
        recipient who is a user may read messages in Odoo instead.
        """
        # The queue is nobody's to read.
        mails = self.env["mail.mail"].sudo()
        found = mails.search([("mail_message_id", "=", message.id)], limit=1)
        return found or kept_from_queue(mails).create(
            {
                "mail_message_id": message.id,
                "body_html": message.body,
                "email_to": row.email,
                "auto_delete": True,
                "references": message.message_id,
            }
        )

    # === One process at a time === #

    @contextmanager
    def _hold_lock(self):
        """Hold the lock of who sends, as long as this process lives.

        By a connection of its own: ours commits before each message. With the process
        the connection ends, and with it the lock; so whoever holds it knows that
        nobody else sends, and what is still marked as being sent was abandoned.
        """
        with db_connect(self.env.cr.dbname).cursor() as guard:
            guard.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", self._lock)
            yield guard.fetchone()[0]

    @api.model
    def _is_copy(self):
        """Whether this database was neutralized: nothing may leave it."""
        # No secret: a ribbon says so on each page.
        parameters = self.env["ir.config_parameter"].sudo()
        return bool(parameters.get_param("database.is_neutralized"))

    @api.model
    def _go_on(self):
        """The time of this turn is over: go on at once, not in a minute."""
        cron_id = self.env.context.get("cron_id")
        if cron_id:
            self.env["ir.cron"].browse(cron_id)._trigger()

    # === Races === #

    @api.model
    def _insist(self, work, processed=0):
        """Do and commit what must not be lost: a race is run again.

        :param work: called without arguments, in a fresh transaction each time.
        :param int processed: progress of the job.
        :return: what it returned, and the seconds that the job has left.
        """
        for attempt in range(20):
            try:
                result = work()
                self.env.flush_all()
                left = self.env["ir.cron"]._commit_progress(processed)
            except RETRIABLE as error:
                self.env.cr.rollback()
                _logger.info("Sending: race number %s (%s)", attempt + 1, error)
            else:
                return result, left
        raise UserError(
            self.env._("Sending lost every race for the database; it goes on later.")
        )
