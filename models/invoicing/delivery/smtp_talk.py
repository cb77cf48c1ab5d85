"""One message over an open SMTP session, telling how far it got when it failed.

``smtplib`` raises the same error whether a connection was lost before or after the
text of the message had left; for us that is the difference between trying again and
asking the customer.
"""

import re
import smtplib
from dataclasses import dataclass

_LINE_START = re.compile(rb"(?m)^\.")
_END = b".\r\n"


@dataclass(frozen=True)
class SmtpAnswer:
    """What a server said, or did not say, to one message.

    :param accepted: whether it took the message over.
    :param stage: where the conversation ended, as the engine names it.
    :param code: the reply's code; None when there was none.
    :param text: the reply, or what happened to the connection.
    """

    accepted: bool
    stage: str
    code: int | None
    text: str


def explain(error):
    """An error of a connection as one line, with its code when it has one.

    :return: (code or None, text)
    """
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code or None, _decode(error.smtp_error)
    return None, " ".join(str(error).split()) or type(error).__name__


def _decode(reply):
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
    return " ".join(text.split())


def talk(session, sender, recipients, payload):
    """Say one message to a server.

    :param session: a connected ``smtplib.SMTP``.
    :param str sender: envelope address.
    :param recipients: envelope addresses; refusing one refuses the message.
    :param bytes payload: the message, lines ended by CR LF.
    :rtype: SmtpAnswer
    """
    stage = "sender"
    try:
        options = []
        if session.has_extn("size"):
            options.append(f"size={len(payload)}")
        reply = session.mail(sender, options)
        if reply[0] != 250:
            return _refused(session, stage, reply)
        stage = "recipient"
        for recipient in recipients:
            reply = session.rcpt(recipient)
            if reply[0] not in (250, 251):
                return _refused(session, stage, reply)
        stage = "data"
        session.putcmd("data")
        reply = session.getreply()
        if reply[0] != 354:
            return _refused(session, stage, reply)
        stage = "payload"
        session.send(_as_data(payload))
        code, text = session.getreply()
    except (smtplib.SMTPException, OSError) as error:
        session.close()
        code, text = explain(error)
        return SmtpAnswer(False, stage, code, text)
    if code == 250:
        return SmtpAnswer(True, stage, code, f"{code} {_decode(text)}")
    return _refused(session, stage, (code, text))


def _refused(session, stage, reply):
    code, text = reply
    if code == -1:
        # smtplib's way to say that no reply could be read.
        session.close()
        return SmtpAnswer(False, stage, None, _decode(text) or "no reply")
    if code == 421:
        session.close()
    else:
        try:
            session.rset()
        except (smtplib.SMTPException, OSError):
            session.close()
    return SmtpAnswer(False, stage, code, f"{code} {_decode(text)}")


def _as_data(payload):
    """Lines that begin with a dot get a second one; a line with one ends (RFC 5321)."""
    data = _LINE_START.sub(b"..", payload)
    return data + (_END if data.endswith(b"\r\n") else b"\r\n" + _END)
