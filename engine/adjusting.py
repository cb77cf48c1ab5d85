"""When a period that was charged must be settled again, and by how much.

A period is charged with all that is known then, changes to come included. What
becomes known later touches it when it begins: a version on its first day, a pause
when the service stops, a resumption on its day, an end when it is reached. Only what
was learned too late (its day has passed, or a credit note reopened the period) is due
at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .entries import Unit
from .periods import Period, hull, subtract
from .promise import promise
from .terms import LineTerms


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A difference that is due.

    :param difference: promise less what is settled; not 0.
    :param period: the days it is for.
    :param terms: the terms it was computed with (what has begun).
    :param scheduled: the day it fell due.
    """

    difference: Decimal
    period: Period
    terms: LineTerms
    scheduled: date


def promised_on_covered(terms: LineTerms, unit: Unit) -> Decimal:
    """What the line promises for the days of the unit that charges cover."""
    covered = unit.covered
    return sum(
        (promise(terms, grid, covered).amount for grid in unit.grids), Decimal(0)
    )


def events(terms: LineTerms, covered: Period, *, after: date) -> list[date]:
    """The days later than ``after`` that change the promise of ``covered``, in order.

    Versions, pauses, resumptions and the end; before ``covered`` too, since a pause
    that is known and not yet begun touches a period invoiced early.
    """
    days = {version.start for version in terms.versions}
    for pause in terms.pauses:
        days.add(pause.start)
        if pause.end:
            days.add(pause.end)
    if terms.end:
        days.add(terms.end)
    return sorted(day for day in days if after < day < covered.end)


def due_adjustment(
    terms: LineTerms, unit: Unit, as_of: date, *, rides: bool, charges: bool = False
) -> Adjustment | None:
    """The difference of the unit that is due on ``as_of``, or None.

    :param rides: whether a change of quantity or price that may wait for the next
        invoice has one to ride on (or none will come any more).
    :param charges: whether the same run charges other days of the unit; then all of
        it is settled with all that is known, like any charge.
    """
    if unit.settled == promised_on_covered(terms, unit):
        return None
    covered = hull(unit.covered)
    if not covered:
        return _without_charge(terms, unit, as_of)
    stage = (terms, covered.start) if charges else _stage(terms, unit, covered, as_of)
    if stage is None:
        return None
    target, since = stage
    difference = promised_on_covered(target, unit) - unit.settled
    gives_back = unit.gives_back(difference)
    moved = _moved_service(target, unit, since, gives_back=gives_back)
    if moved is None:
        policy = terms.downgrade if gives_back else terms.upgrade
        if policy == "next_invoice" and not rides:
            return None
    elif gives_back and _waits_for_the_end(terms, moved, as_of):
        return None
    period = moved or Period(since, covered.end)
    return Adjustment(difference, period, target, min(period.start, as_of))


def _without_charge(terms: LineTerms, unit: Unit, as_of: date) -> Adjustment | None:
    """Take back what was settled of a period that is not charged (any more).

    Its charge is void, or a waiver came before it. As long as a day of it is promised,
    the charge to come takes the rest into account.
    """
    period = hull(entry.period for entry in unit.entries)
    if period is None or any(terms.served(grid) for grid in unit.grids):
        return None
    return Adjustment(-unit.settled, period, terms, min(period.start, as_of))


def _stage(
    terms: LineTerms, unit: Unit, covered: Period, as_of: date
) -> tuple[LineTerms, date] | None:
    """The terms to settle the unit by and the day from which they differ.

    None when what is settled is still right. The ledger's own amount tells what was
    known when it was written: it equals the promise as known up to one of the events,
    unless something was back-dated. The terms returned never promise what is settled.
    """
    first = min(as_of, covered.start)
    days = events(terms, covered, after=first)
    stages = [terms.as_known(day) for day in (first, *days)]
    begun = sum(1 for day in days if day <= as_of)
    settled = unit.settled
    for stage in [*stages[begun:], stages[begun].with_open_pauses(as_of)]:
        if promised_on_covered(stage, unit) == settled:
            return None
    for number in reversed(range(begun)):
        if promised_on_covered(stages[number], unit) == settled:
            return stages[begun], max(days[number], covered.start)
    return terms, covered.start


def _moved_service(
    terms: LineTerms, unit: Unit, since: date, *, gives_back: bool
) -> Period | None:
    """The charged days whose service was taken away or came back.

    None when it did not move: another quantity or price makes the difference, which
    the line's policies may let wait; a pause, a resumption or an end never waits.
    """
    if _is_change_of_version(terms, unit):
        return None
    return _unserved(terms, unit, since) if gives_back else _resumed(terms, unit)


def _is_change_of_version(terms: LineTerms, unit: Unit) -> bool:
    """Whether leaving out one version gives what is settled."""
    for version in terms.versions:
        others = tuple(v for v in terms.versions if v is not version)
        if not others or others[0].start > terms.start:
            continue
        if promised_on_covered(replace(terms, versions=others), unit) == unit.settled:
            return True
    return False


def _unserved(terms: LineTerms, unit: Unit, since: date) -> Period | None:
    """The charged days that are not promised, if possible those from ``since`` on."""
    pieces = [
        days
        for grid in unit.grids
        for piece in subtract(unit.covered, terms.served(grid))
        if (days := piece.intersect(grid))
    ]
    return hull(piece for piece in pieces if piece.end > since) or hull(pieces)


def _resumed(terms: LineTerms, unit: Unit) -> Period | None:
    """The charged days after the last resumption, None when there was none."""
    covered = hull(unit.covered)
    days = [
        pause.end
        for pause in terms.pauses
        if pause.end and covered and covered.contains(pause.end)
    ]
    return Period(max(days), covered.end) if days and covered else None


def _waits_for_the_end(terms: LineTerms, unserved: Period, as_of: date) -> bool:
    """Whether paused days are given back by moving the end, not by a credit."""
    return bool(
        terms.extend_on_pause
        and terms.end
        and as_of < terms.end
        and any(
            pause.period and pause.period.intersect(unserved) for pause in terms.pauses
        )
    )
