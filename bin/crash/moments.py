"""At which moment a process dies: counted in what it sends to PostgreSQL.

Statements and COMMITs are the events of a run, numbered from 0. An undisturbed run
records them; a seed picks one of them.
"""

import dataclasses
import os
import random
import re
import signal
import struct

from lib import wire

COMMIT = "commit"
CLAIM = "claim"
NUMBER = "number"
STATEMENT = "statement"

#: How statements are recognised that a kill is aimed at.
MARKS = (
    (CLAIM, re.compile(r"UPDATE billing_run_item\s+SET attempts")),
    (NUMBER, re.compile(r"UPDATE\s+\"?account_move\"?\s.*sequence_number", re.DOTALL)),
)

#: What the moments are aimed at, in turn.
AIMS = (
    "any statement",
    "inside COMMIT: sent, not answered",
    "between numbering and COMMIT",
    "before COMMIT is sent",
    "between claim and work",
    "any statement",
    "after COMMIT was answered",
    "inside COMMIT: sent, not answered",
    "from outside, by time",
)
BY_TIME = "from outside, by time"


@dataclasses.dataclass(frozen=True)
class Moment:
    """When a process is killed.

    :param aim: in words, one of AIMS.
    :param event: number of the event.
    :param phase: ``before`` it is sent, ``sent`` but not answered, ``after``.
    :param delay: by time instead: share of an undisturbed run's duration.
    """

    aim: str
    event: int = -1
    phase: str = "before"
    delay: float = 0.0

    def __str__(self):
        if self.aim == BY_TIME:
            return f"{self.aim}: at {self.delay:.0%} of a run"
        return f"{self.aim}: {self.phase} event {self.event}"


def label(statement):
    """What kind of event a statement is."""
    text = statement.decode("utf-8", "replace") if isinstance(statement, bytes) else ""
    text = text or str(statement)
    return next((name for name, mark in MARKS if mark.search(text)), STATEMENT)


class Recorder(wire.Tap):
    """Writes down the events of an undisturbed run, one line each, as it goes: the
    process ends without a farewell.
    """

    def __init__(self, path):
        self.path = path
        self.file = None

    def record(self, event):
        """Add a line; the file is opened by the process that writes."""
        if not self.file:
            self.file = self.path.open("a", buffering=1, encoding="utf-8")
        self.file.write(f"{event}\n")

    def before_statement(self, connection, statement, values):
        # EXTENDS Tap
        self.record(label(statement))

    def before_commit(self, connection):
        # EXTENDS Tap
        self.record(COMMIT)


class Killer(wire.Tap):
    """Ends the process with SIGKILL at a moment."""

    def __init__(self, moment):
        self.moment = moment
        self.event = -1

    def before_statement(self, connection, statement, values):
        # EXTENDS Tap
        self.event += 1
        if self.event == self.moment.event and self.moment.phase != "after":
            die()

    def after_statement(self, connection):
        # EXTENDS Tap
        if self.event == self.moment.event:
            die()

    def before_commit(self, connection):
        # EXTENDS Tap
        self.event += 1
        if self.event != self.moment.event or self.moment.phase == "after":
            return
        if self.moment.phase == "sent":
            send_commit(connection)
        die()

    def after_commit(self, connection):
        # EXTENDS Tap
        if self.event == self.moment.event:
            die()


class Poison(wire.Tap):
    """Ends the process whenever it writes an invoice of the sick subscription."""

    def __init__(self, word):
        self.word = word

    def before_statement(self, connection, statement, values):
        # EXTENDS Tap
        if 'INSERT INTO "account_move"' in str(statement) and self.word in repr(values):
            die()


def die():
    """As `kill -9`, the kernel's memory killer or a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def send_commit(connection):
    """Send COMMIT and do not wait: whether it is carried out, nobody here will know.

    The message is written past the client library, which would wait for the answer; a
    socket of the machine itself carries no encryption.
    """
    query = b"COMMIT\0"
    os.write(connection.fileno(), b"Q" + struct.pack("!i", 4 + len(query)) + query)


def pick(number, seed, events):
    """The moment of a trial.

    :param int number: of the trial, decides what is aimed at.
    :param events: labels of an undisturbed run.
    """
    chance = random.Random(f"{seed}-{number}")
    aim = AIMS[number % len(AIMS)]
    if aim == BY_TIME:
        return Moment(aim, delay=chance.uniform(0.05, 0.95))
    commits = [n for n, kind in enumerate(events) if kind == COMMIT]
    if aim == "between numbering and COMMIT":
        return Moment(aim, chance.choice(find_between(events, NUMBER)), "after")
    if aim == "between claim and work":
        claim = chance.choice([n for n, kind in enumerate(events) if kind == CLAIM])
        return Moment(aim, next(n for n in commits if n > claim), "after")
    if aim == "any statement":
        return Moment(aim, chance.randrange(len(events)))
    phases = {
        "inside COMMIT: sent, not answered": "sent",
        "before COMMIT is sent": "before",
        "after COMMIT was answered": "after",
    }
    return Moment(aim, chance.choice(commits), phases[aim])


def find_between(events, mark):
    """Events from one with the mark to the one before the next COMMIT."""
    found, inside = [], False
    for number, kind in enumerate(events):
        inside = kind != COMMIT and (inside or kind == mark)
        if inside:
            found.append(number)
    return found
