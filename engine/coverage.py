"""Proof of completeness: each contracted day is billed exactly once, or it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from .adjusting import promised_on_covered
from .entries import COVERING, BilledEntry, Unit, units
from .invoice_dates import contracted_periods, due_periods, scheduled_date
from .periods import Period, hull, merge, subtract
from .terms import LineTerms

CoverageState = Literal[
    "billed",
    "waived",
    "missing",
    "not_due",
    "double",
    "edited",
    "outside",
    "paused",
    "not_contracted",
]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A run of days that share a state.

    :param period: the days.
    :param state: ``billed`` once; ``waived``: billed once, for what was given up;
        ``missing``: promised, not billed; ``not_due``: promised, and their invoice
        date is still to come; ``double``: more than one charge; ``edited``: billed
        once, for an amount that nothing explains; ``outside``: charged, yet neither
        promised nor given back; ``paused``, ``not_contracted``: rightly not billed.
    """

    period: Period
    state: CoverageState


def coverage(
    terms: LineTerms,
    billed: Iterable[BilledEntry],
    span: Period,
    *,
    as_of: date | None = None,
) -> tuple[Coverage, ...]:
    """What the ledger says of each day of ``span``, in order, without a gap.

    Days that were charged and are not promised any more count as ``outside`` only
    while the ledger settles more (or less) than the promise of their period, and no
    moved end makes up for them.

    :param as_of: days whose invoice date comes later are ``not_due``; without it they
        are ``missing`` like all that is promised and not billed.
    """
    live = [entry for entry in billed if entry.state != "void"]
    work = units_in(terms, live, span, as_of)
    right = [unit for unit in work if unit.settled == promised_on_covered(terms, unit)]
    missing = [
        piece
        for unit in work
        for _grid, days in missing_days(terms, unit, as_of)
        for piece in days
    ]
    return day_states(terms, work, span, right=right, missing=missing)


def units_in(
    terms: LineTerms, live: Sequence[BilledEntry], span: Period, as_of: date | None
) -> list[Unit]:
    """The units of a line that touch ``span`` and have an entry or are due.

    :param live: entries that are not void.
    :param as_of: due by then; all promised periods without it.
    """
    due = []
    since = max(span.start, terms.start)
    # Periods that are covered without a gap are there through their entries.
    for covered in merge(e.period for e in live if e.kind in COVERING):
        if covered.contains(since):
            since = covered.end
    for found in contracted_periods(terms, since=since):
        if found.grid.start >= span.end:
            break
        if as_of is None or found.scheduled <= as_of:
            due.append(found.grid)
    work = units(terms.rule, live, due, since=span.start)
    return [unit for unit in work if unit.grids[0].start < span.end]


def missing_days(
    terms: LineTerms, unit: Unit, as_of: date | None
) -> Iterator[tuple[Period, tuple[Period, ...]]]:
    """The grid periods of the unit with promised days that a run would charge.

    :param as_of: the day of the run; without it whatever is promised.
    :return: grid period, its days that no charge covers.
    """
    covered = unit.covered
    for grid in unit.grids:
        missing = subtract(terms.served(grid), covered)
        if missing and (as_of is None or scheduled_date(terms, grid, missing) <= as_of):
            yield grid, missing


def day_states(
    terms: LineTerms,
    work: Sequence[Unit],
    span: Period,
    *,
    right: Iterable[Unit],
    missing: Iterable[Period],
) -> tuple[Coverage, ...]:
    """The state of each day of ``span``.

    :param work: the line's units that touch the span.
    :param right: those of them that settle what they promise.
    :param missing: the days that a run would charge.
    """
    contracted = terms.contracted(span)
    marks = {
        "times": [
            e.period for unit in work for e in unit.entries if e.kind in COVERING
        ],
        "waived": merge(days for unit in work if (days := _waived(unit))),
        "missing": merge(missing),
        "right": merge(whole for unit in right if (whole := hull(unit.grids))),
        "served": terms.served(span),
        "contracted": [contracted] if contracted else [],
    }
    moved_end = terms.extend_on_pause and terms.end is not None
    found: list[Coverage] = []
    for period, on in _sweep(span, marks):
        _append(found, period, _state(on, moved_end=moved_end))
    return tuple(found)


def _waived(unit: Unit) -> Period | None:
    """The days that a waiver gives up, if any amount of them stays given up."""
    waivers = [entry for entry in unit.entries if entry.kind == "waiver"]
    if not waivers or not sum(entry.settled for entry in waivers):
        return None
    return hull(entry.period for entry in waivers)


def _state(on: Counter[str], *, moved_end: bool) -> CoverageState:
    times = on["times"]
    if on["served"]:
        if times > 1:
            return "double"
        if times:
            return "waived" if on["waived"] else "billed"
        return "missing" if on["missing"] else "not_due"
    unserved: CoverageState = "paused" if on["contracted"] else "not_contracted"
    if times and not on["right"] and not (unserved == "paused" and moved_end):
        return "outside"
    return unserved


def _sweep(
    span: Period, marks: dict[str, Sequence[Period]]
) -> Iterator[tuple[Period, Counter[str]]]:
    """The runs of days of ``span`` in which no mark begins or ends, with their marks.

    :return: the days, how often each mark lies on them.
    """
    changes: dict[date, Counter[str]] = {span.start: Counter(), span.end: Counter()}
    for name, periods in marks.items():
        for period in periods:
            common = period.intersect(span)
            if common:
                changes.setdefault(common.start, Counter())[name] += 1
                changes.setdefault(common.end, Counter())[name] -= 1
    on: Counter[str] = Counter()
    for start, end in pairwise(sorted(changes)):
        on.update(changes[start])
        yield Period(start, end), on


def _append(found: list[Coverage], period: Period, state: CoverageState) -> None:
    """Add a run of days, or lengthen the last one when it has the same state."""
    if found and found[-1].state == state:
        found[-1] = Coverage(Period(found[-1].period.start, period.end), state)
    else:
        found.append(Coverage(period, state))


def paint(
    days: Iterable[Coverage], pieces: Iterable[Period], state: CoverageState
) -> tuple[Coverage, ...]:
    """The same days, those of ``pieces`` in another state."""
    painted = merge(pieces)
    found: list[Coverage] = []
    for run in days:
        inside = [common for p in painted if (common := p.intersect(run.period))]
        parts = [(piece, state) for piece in inside]
        parts += [(piece, run.state) for piece in subtract([run.period], inside)]
        for period, new in sorted(parts):
            _append(found, period, new)
    return tuple(found)


def due_days(
    terms: LineTerms, billed: Iterable[BilledEntry], as_of: date
) -> tuple[int, int]:
    """How many promised days are billed of those whose invoice date has come.

    :return: days billed, days due on ``as_of``.
    """
    covered = merge(
        entry.period
        for entry in billed
        if entry.state != "void" and entry.kind in COVERING
    )
    due = missing = 0
    for found in due_periods(terms, as_of):
        for piece in terms.served(found.grid):
            due += piece.days
            missing += sum(rest.days for rest in subtract([piece], covered))
    return due - missing, due
