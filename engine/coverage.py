"""Proof of completeness: each contracted day is billed exactly once, or it shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from .adjusting import promised_on_covered
from .entries import COVERING, BilledEntry, units
from .invoice_dates import due_periods
from .periods import Period, hull, merge, subtract
from .terms import LineTerms

CoverageState = Literal[
    "billed", "missing", "double", "outside", "paused", "not_contracted"
]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A run of days that share a state.

    :param period: the days.
    :param state: ``billed`` once; ``missing``: promised, not billed; ``double``: more
        than one charge; ``outside``: charged, yet neither promised nor given back;
        ``paused``, ``not_contracted``: rightly not billed.
    """

    period: Period
    state: CoverageState


def coverage(
    terms: LineTerms, billed: Iterable[BilledEntry], span: Period
) -> tuple[Coverage, ...]:
    """What the ledger says of each day of ``span``, in order, without a gap.

    Days that were charged and are not promised any more count as ``outside`` only
    while the ledger settles more (or less) than the promise of their period, and no
    moved end makes up for them.
    """
    live = [entry for entry in billed if entry.state != "void"]
    charges = [entry.period for entry in live if entry.kind in COVERING]
    right = [
        whole
        for unit in units(terms.rule, live, ())
        if unit.settled == promised_on_covered(terms, unit)
        and (whole := hull(unit.grids))
    ]
    served = terms.served(span)
    contracted = terms.contracted(span)
    found: list[Coverage] = []
    for start, end in _cuts(span, [*charges, *right, *served], contracted):
        times = sum(1 for period in charges if period.contains(start))
        state: CoverageState = _unserved(contracted, start)
        if any(period.contains(start) for period in served):
            state = ("missing", "billed", "double")[min(times, 2)]
        elif times and not (
            any(period.contains(start) for period in right)
            or (state == "paused" and terms.extend_on_pause and terms.end)
        ):
            state = "outside"
        if found and found[-1].state == state:
            found[-1] = Coverage(Period(found[-1].period.start, end), state)
        else:
            found.append(Coverage(Period(start, end), state))
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


def _cuts(
    span: Period, bounds: list[Period], contracted: Period | None
) -> list[tuple[date, date]]:
    """The runs of days of ``span`` in which nothing begins or ends."""
    cuts = {span.start, span.end}
    for period in [*bounds, *([contracted] if contracted else [])]:
        cuts.update(day for day in (period.start, period.end) if span.contains(day))
    days = sorted(cuts)
    return list(pairwise(days))


def _unserved(contracted: Period | None, day: date) -> CoverageState:
    if contracted and contracted.contains(day):
        return "paused"
    return "not_contracted"
