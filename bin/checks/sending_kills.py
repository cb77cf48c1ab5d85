#!/usr/bin/env python
"""Kills the process that sends documents, at moments that are always the same.

A real mail server takes the messages; while it does, the sending process dies by
SIGKILL: before the text of a message left, after it left, and between two messages.
Then another process goes on. No document may arrive twice, none may be lost, and each
one in doubt is marked and explained.
"""

import os
import signal
import subprocess
import sys
from collections import Counter

from lib import databases, project

sys.path.insert(0, str(project.CHECKOUT / "tests" / "invoicing" / "delivery"))

import mail_server

DOCUMENTS = 40
#: Where a process dies: the message, counted from the first, and how far it got.
DEATHS = [(7, "rcpt"), (13, "data"), (22, "data")]

PREPARE = """
from odoo import Command
company = env.company
company.billing_sending = "all"
partners = env["res.partner"].create(
    [
        {{"name": f"C{{n}}", "email": f"c{{n}}@customers.example"}}
        for n in range({count})
    ]
)
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create(
    {{"name": "T", "smtp_host": "127.0.0.1", "smtp_port": {port},
      "smtp_encryption": "none"}}
)
company.email = "us@example.com"
moves = env["account.move"].create(
    [{{"move_type": "out_invoice", "partner_id": partner.id,
       "invoice_line_ids": [Command.create({{"name": "x", "price_unit": 10}})]}}
     for partner in partners]
)
moves.action_post()
service = env["billing.sending"]
service._plan(moves)
env["billing.delivery"].search([])._apply("prepared")
env.cr.commit()
"""
SEND = """env["billing.sending"]._cron_send()
env.cr.commit()
"""


class Deadly(mail_server.MailServer):
    """A server that kills its client at chosen moments.

    :param deaths: (message, moment) pairs still to come.
    """

    def __init__(self, deaths):
        super().__init__()
        self.deaths = list(deaths)
        self.client = None
        self.count = 0

    def next_mode(self):
        """Called when a recipient is named."""
        self.count += 1
        mode = super().next_mode()
        if self._is_due("rcpt"):
            self._kill()
        return mode

    def took(self):
        """Called when the text of a message is there."""
        if self._is_due("data"):
            self._kill()

    def _is_due(self, moment):
        return bool(self.deaths) and self.deaths[0] == (self.count, moment)

    def _kill(self):
        self.deaths.pop(0)
        os.killpg(self.client.pid, signal.SIGKILL)


def main():
    """Send with deaths in between, then compare what left with what is noted."""
    database = f"sending_kills_{os.getpid()}"
    databases.drop_abandoned("sending_kills")
    server = Deadly(DEATHS)
    try:
        databases.copy(databases.ensure_template("tests"), database)
        # fmt: off
        code, log = project.run_odoo(
            "sending-kills-install.log",
            "server", "-d", database, "-i", project.MODULE, "--stop-after-init",
            "--no-http", "--max-cron-threads=0", "--log-level=warn",
        )
        # fmt: on
        if code:
            project.show_end(log)
            sys.exit("The module could not be installed.")
        databases.run_script(
            database, as_one(PREPARE.format(count=DOCUMENTS, port=server.port))
        )
        for death in DEATHS:
            send(database, server)
            if death in server.deaths:
                sys.exit(f"The process should have died at {death}.")
        send(database, server)
        compare(database, server)
    finally:
        server.stop()
        databases.drop(database)


def as_one(script):
    """A script as one line: the shell would go on after an error."""
    return f"exec(compile({script!r}, 'script', 'exec'))"


def send(database, server, script=SEND):
    """Let a process of its own send; the server may kill it."""
    project.LOGS.mkdir(parents=True, exist_ok=True)
    with (project.LOGS / "sending-kills.log").open("ab") as log:
        server.client = subprocess.Popen(
            [project.BIN / "odoo", "shell", "-d", database, "--no-http"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        server.client.communicate(as_one(script).encode() + b"\n")


def compare(database, server):
    """Stop when something left twice, is lost, or is in doubt without a word."""
    query = "SELECT email, state, COALESCE(answer, '') FROM billing_delivery"
    lines = project.call("psql", "-qAtF", "|", "-c", query, database).splitlines()
    rows = {
        email: (state, answer)
        for email, state, answer in (line.split("|", 2) for line in lines)
    }
    arrived = Counter(server.addresses)
    states = Counter(state for state, _answer in rows.values())
    wrong = [address for address, count in arrived.items() if count > 1]
    wrong += [a for a, (state, _) in rows.items() if state == "sent" and not arrived[a]]
    wrong += [
        a for a, (state, answer) in rows.items() if state == "unknown" and not answer
    ]
    expected = {"sent": DOCUMENTS - len(DEATHS), "unknown": len(DEATHS)}
    if wrong or states != expected or len(rows) != DOCUMENTS:
        sys.exit(f"Wrong: {wrong}\n{dict(states)} instead of {expected}")
    print(f"{dict(states)}, {len(arrived)} arrived, none twice")


if __name__ == "__main__":
    main()
