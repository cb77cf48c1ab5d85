"""A mail server to test with: it speaks SMTP, and misbehaves as it is told."""

import asyncio
import logging
import socket
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


def _get_free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class _Handler:
    def __init__(self, owner):
        self.owner = owner

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.owner.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.owner.conversations += 1
        if self.owner.mode == "refuse_sender":
            return "550 sender not allowed"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        owner = self.owner
        if address in owner.unknown:
            return "550 5.1.1 mailbox unknown"
        mode = owner.next_mode()
        if mode == "refuse":
            return "550 5.1.1 mailbox unknown"
        if mode == "defer":
            return "451 4.7.1 greylisted, try again later"
        if mode == "closing":
            return "421 4.3.2 closing down"
        if mode == "drop_before":
            server.transport.abort()
        if mode == "hang":
            await asyncio.sleep(30)
        owner.data_mode = mode
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        owner = self.owner
        if owner.data_mode == "refuse_data":
            return "554 5.6.0 content rejected"
        if owner.data_mode == "full":
            return "452 4.2.2 mailbox full"
        owner.received.append((envelope.rcpt_tos[0], envelope.content))
        owner.took()
        if owner.data_mode == "drop_after":
            server.transport.abort()
        if owner.data_mode == "hang_after":
            await asyncio.sleep(30)
        return f"250 2.0.0 queued as {len(owner.received)}"


class MailServer:
    """An SMTP server on a port of this machine, in a thread of its own.

    :param str mode: what it does to each message from now on: ``accept``, ``refuse``,
        ``refuse_sender``, ``refuse_data``, ``defer``, ``full``, ``closing``,
        ``drop_before``, ``drop_after``, ``hang``, ``hang_after``.
    :param script: modes of the next messages, before ``mode`` holds again.
    :param unknown: addresses that it always refuses.
    """

    def __init__(self, mode="accept"):
        self.mode = self.data_mode = mode
        self.script = []
        self.unknown = set()
        self.received = []
        self.conversations = self.sessions = 0
        self._stopped = False
        # Each line of each conversation, otherwise.
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.port = _get_free_port()
        self._controller = Controller(
            _Handler(self), hostname="127.0.0.1", port=self.port
        )
        self._controller.start()

    def next_mode(self):
        return self.script.pop(0) if self.script else self.mode

    def took(self):
        """Called when the text of a message is there, before it is answered."""

    def stop(self):
        """Go down; nobody listens on the port any more."""
        if not self._stopped:
            self._stopped = True
            self._controller.stop(no_assert=True)

    @property
    def messages(self):
        """What was taken over, read by the standard library."""
        return [
            message_from_bytes(content, policy=policy.default)
            for _address, content in self.received
        ]

    @property
    def addresses(self):
        return [address for address, _content in self.received]
