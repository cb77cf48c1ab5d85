"""A mail server that takes what it is given and counts it.

python postbox.py

Prints its port; when its input ends, the counts of messages, of those with a PDF, and
of different recipients, as one line of JSON.
"""

import email
import email.policy
import json
import sys

from aiosmtpd.controller import Controller

from lib import project


class Counter:
    """Looks into each message, keeps none."""

    def __init__(self):
        self.messages = self.with_pdf = 0
        self.recipients = set()

    async def handle_DATA(self, _server, _session, envelope):
        # What aiosmtpd calls: https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.4
        message = email.message_from_bytes(
            envelope.content, policy=email.policy.default
        )
        kinds = {part.get_content_type() for part in message.iter_attachments()}
        self.messages += 1
        self.with_pdf += "application/pdf" in kinds
        self.recipients.update(envelope.rcpt_tos)
        return "250 Taken"


def main():
    """Serve until the input ends."""
    counter = Counter()
    port = project.find_free_port()
    controller = Controller(counter, hostname="127.0.0.1", port=port)
    controller.start()
    print(port, flush=True)
    sys.stdin.read()
    controller.stop()
    counts = {
        "messages": counter.messages,
        "with_pdf": counter.with_pdf,
        "recipients": len(counter.recipients),
    }
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
