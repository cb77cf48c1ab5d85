"""On which day a billing period is to be invoiced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from .periods import Period, hull
from .promise import is_stub
from .terms import LineTerms, Timing


@dataclass(frozen=True, slots=True)
class DuePeriod:
    """A billing period with the day its invoice is due.

    :param grid: the full grid period.
    :param period: its promised days, from the first to the last.
    :param scheduled: the day from which it is invoiced.
    """

    grid: Period
    period: Period
    scheduled: date


def invoice_date(period: Period, *, timing: Timing, lead_days: int) -> date:
    """The scheduled date of a period.

    :param timing: ``in_advance`` counts from the first day, ``in_arrears`` from the
        first day *after* the period.
    :param lead_days: days before that moment, negative for days after.
    """
    moment = period.start if timing == "in_advance" else period.end
    return moment - timedelta(days=lead_days)


def scheduled_date(terms: LineTerms, grid: Period, days: tuple[Period, ...]) -> date:
    """When the promised ``days`` of the grid period are due.

    In advance the first promised day counts (a resumption is due on its day), in
    arrears the contracted end: a pause never brings an invoice forward. A merged
    first period waits for the second one.
    """
    if terms.first_period == "merged" and is_stub(terms, grid):
        following = terms.rule.period(terms.rule.index_of(grid.start) + 1)
        served = terms.served(following)
        if served:
            return scheduled_date(terms, following, served)
    contracted = terms.contracted(grid) or grid
    start = days[0].start if terms.timing == "in_advance" else contracted.start
    return invoice_date(
        Period(start, max(contracted.end, days[-1].end)),
        timing=terms.timing,
        lead_days=terms.lead_days,
    )


def contracted_periods(
    terms: LineTerms, *, since: date | None = None
) -> Iterator[DuePeriod]:
    """All periods with a promised day, in order; endless when the line has no end.

    Stops where an open pause begins that nothing ends.

    :param since: skip the periods that lie wholly before this day.
    """
    index = terms.rule.index_of(max(terms.start, since or terms.start))
    end = terms.effective_end
    silent_from = min((p.start for p in terms.pauses if p.end is None), default=end)
    while (grid := terms.rule.period(index)).start < min(end, silent_from):
        days = terms.served(grid)
        whole = hull(days)
        if whole:
            yield DuePeriod(grid, whole, scheduled_date(terms, grid, days))
        index += 1


def due_periods(
    terms: LineTerms, as_of: date, *, since: date | None = None
) -> tuple[DuePeriod, ...]:
    """The periods with a promised day whose invoice date has come on ``as_of``.

    Pauses, start and end clip them; what the ledger says is not looked at.
    """
    due = []
    for entry in contracted_periods(terms, since=since):
        if entry.grid.start - timedelta(days=max(terms.lead_days, 0)) > as_of:
            break
        if entry.scheduled <= as_of:
            due.append(entry)
    return tuple(due)
