"""The grid on which a contract of another system goes on.

Other systems compute each period from the one before; here all boundaries come from an
anchor. What is looked for is a grid, and a first day on it, whose period is the one
that the other system would invoice next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from .entries import BilledEntry
from .periods import ONE_DAY, Period
from .promise import opening_entry
from .recurrence import RecurrenceRule, Unit
from .terms import LineTerms

Alignment = Literal["anniversary", "calendar"]


@dataclass(frozen=True, slots=True)
class Handover:
    """How a plan continues a contract.

    :param alignment: whether boundaries count from ``start`` or from the calendar.
    :param start: the first day known on that grid, at the earliest the contract's own.
    :param billing_day: day of the month of a calendar, None for an anniversary.
    :param billing_month: month that its periods are counted from, likewise.
    :param cut: whether the next period is shorter than a full one of the grid.
    """

    alignment: Alignment
    start: date
    billing_day: int | None = None
    billing_month: int | None = None
    cut: bool = False


def hand_over(
    *, unit: Unit, interval: int, start: date, coming: Period, calendar: bool = False
) -> Handover | None:
    """The plan and first day with which ``coming`` is the next billing period.

    :param start: first day of the contract.
    :param coming: the period that the other system invoices next, not cut by an end;
        all days before it are billed.
    :param calendar: prefer a day of the calendar over an anniversary of the start.
    :return: None when no grid has such a period.
    """
    ways = [_anniversary, _calendar]
    if calendar:
        ways.reverse()
    for way in ways:
        for found in way(unit, interval, start, coming):
            return found
    return None


def _anniversary(
    unit: Unit, interval: int, start: date, coming: Period
) -> Iterator[Handover]:
    """Grids counted from a day of the contract, the earliest first.

    Another system may have drifted away from the day of the start: the 31st became the
    28th. Then the first boundary of its present grid takes over, or its last one.
    """
    present = RecurrenceRule(unit, interval, coming.start)
    after = present.period(present.index_of(start)).end
    for day in (start, after, coming.start):
        rule = RecurrenceRule(unit, interval, day)
        if day <= coming.start and _is_next(rule, coming):
            yield Handover("anniversary", day)


def _calendar(
    unit: Unit, interval: int, start: date, coming: Period
) -> Iterator[Handover]:
    """The grid of a day of the month, told by the end of ``coming``."""
    day = coming.end.day
    cycle = interval if unit == "month" and interval % 12 else 12
    month = (coming.end.year * 12 + coming.end.month - 1) % cycle + 1
    if unit not in ("month", "year") or month > 12:
        return
    rule = RecurrenceRule(unit, interval, coming.start, day, month)
    if _is_next(rule, coming):
        yield Handover("calendar", start, day, month)
    elif rule.period(rule.index_of(coming.start)).end == coming.end:
        # Only a first period may be cut: what came before stays with the old system.
        yield Handover("calendar", coming.start, day, month, cut=True)


def _is_next(rule: RecurrenceRule, coming: Period) -> bool:
    """Whether ``coming`` is a full period of the grid."""
    return rule.period(rule.index_of(coming.start)) == coming


def resumed(terms: LineTerms, until: date) -> tuple[LineTerms, list[BilledEntry]]:
    """The promise and ledger of a line that was billed elsewhere ``until`` a day.

    From the billing period on in which the other system stopped: all before it is
    settled as promised, and looking through years of it would change nothing.

    :param until: last billed day, included.
    """
    rule = terms.rule
    begun = rule.period(rule.index_of(until + ONE_DAY)).start
    short = replace(terms, start=max(terms.start, begun))
    entry = opening_entry(short, until, charged=Decimal(0))
    return short, [entry] if entry else []
