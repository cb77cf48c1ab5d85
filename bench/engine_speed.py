"""How many lines a second the engine decides upon: no database, no Odoo.

Each line is monthly and has a ledger of 12 entries, made by the engine itself; its
13th period is due. The terms vary as they do in life. As in a run, the day up to which
all is settled is known, and entries before it are not read. Prints lines per second of
CPU.
"""

import time
from datetime import date
from decimal import Decimal

from engine.charging import LineTerms, LineVersion, Pause, due_charges
from engine.recurrence import RecurrenceRule
from engine.settled import settled_until

START = date(2025, 1, 1)
TWELFTH = date(2025, 12, 1)
THIRTEENTH = date(2026, 1, 1)
PERIODS = 12
#: Lines that are decided upon.
LINES = 20_000


def get_variants():
    """Terms of five kinds of lines, all monthly."""
    first = LineVersion(START, Decimal(2), Decimal("89.90"), Decimal(5))
    raised = LineVersion(date(2025, 7, 1), Decimal(3), Decimal("89.90"), sequence=1)
    calendar = RecurrenceRule("month", 1, START, 1)
    common = {"start": START, "catch_up_limit": PERIODS + 1}
    return [
        LineTerms(line=number, versions=versions, **{**common, **values})
        for number, (versions, values) in enumerate(
            (
                ((first,), {"rule": RecurrenceRule("month", 1, START)}),
                ((first,), {"rule": calendar, "end": date(2026, 1, 20)}),
                ((first, raised), {"rule": calendar}),
                (
                    (first,),
                    {
                        "rule": calendar,
                        "pauses": (Pause(date(2025, 5, 10), date(2025, 6, 1)),),
                    },
                ),
                ((first,), {"rule": calendar, "first_period": "full", "lead_days": 0}),
            )
        )
    ]


def get_ledger(terms):
    """The entries that a run reads, and the day from which on."""
    charges = due_charges(terms, (), TWELFTH)
    entries = [charge.entry for charge in charges]
    assert len(entries) >= PERIODS, entries
    since = settled_until(terms, entries)
    return [entry for entry in entries if entry.period.start >= since], since


def measure():
    """Lines per second of CPU.

    :rtype: float
    """
    work = [(terms, *get_ledger(terms)) for terms in get_variants()]
    started = time.process_time()
    for _ in range(LINES // len(work)):
        for terms, billed, since in work:
            due = due_charges(terms, billed, THIRTEENTH, since=since)
            assert due
    return LINES / (time.process_time() - started)


if __name__ == "__main__":
    print(measure())
