"""An examination as the service makes it: the ledger with the facts of its entries."""

from datetime import date

from engine.completeness import examine
from engine.faithful import Record, is_faithful
from engine.findings import FAULTS
from engine.periods import Period

#: Any day a story tells of.
ALWAYS = Period(date(2025, 1, 1), date(2032, 1, 1))


def facts_of(story):
    """``{id(entry): facts}`` for the entries of a story, in order of writing."""
    found, kept = {}, list(story.charges)
    for entry in story.billed:
        for charge in kept:
            if (charge.kind, charge.period, charge.settled) == (
                entry.kind,
                entry.period,
                entry.settled,
            ):
                found[id(entry)] = charge.facts
                kept.remove(charge)
                break
    return found


def look(terms, billed, facts, as_of, span=ALWAYS):
    """The examination of a line, every suspect decided."""
    seen = examine(terms, billed, span, as_of)
    return seen.decide(
        is_faithful(terms, [Record(e, facts.get(id(e))) for e in suspect.unit.entries])
        for suspect in seen.suspects
    )


def faults(seen):
    """Kind, first day, last day, days and amount of what is wrong."""
    return [
        (f.kind, str(f.period.start), str(f.period.last), f.days, str(f.amount))
        for f in seen.findings
        if f.kind in FAULTS
    ]
