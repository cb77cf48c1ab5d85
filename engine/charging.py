"""The heart: what is still to be charged is what was promised less what was billed.

    charge(line, period) = promised(line, period) - sum of the ledger(line, period)

for every period whose invoice date has come. The first invoice, the catch-up after an
outage, a back-dated upgrade, an early end and a second run (nothing) are all this line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .adjusting import due_adjustment
from .charges import Charge, build_charge
from .coverage import Coverage, coverage
from .entries import BilledEntry, Unit, units
from .errors import CatchUpLimitExceeded
from .invoice_dates import due_periods, scheduled_date
from .next_dates import next_charge_date
from .periods import Period, hull, merge, subtract
from .promise import Part, is_stub, promise
from .proration import fraction
from .terms import LineTerms, LineVersion, Pause

__all__ = [
    "BilledEntry",
    "Charge",
    "Coverage",
    "LineTerms",
    "LineVersion",
    "Pause",
    "coverage",
    "due_charges",
]


def due_charges(
    terms: LineTerms,
    billed: Iterable[BilledEntry],
    as_of: date,
    *,
    since: date | None = None,
) -> tuple[Charge, ...]:
    """All that is to be billed for the line on ``as_of``, in order of periods.

    Called again with its own result among ``billed``, it returns nothing.

    :param billed: the line's ledger; void entries are ignored.
    :param since: everything before this day is settled (:mod:`.settled`): entries and
        periods before it need not be looked at; all by default.
    :raises CatchUpLimitExceeded: when more unbilled periods are due than the line's
        limit; nothing is to be billed then without a human.
    """
    live = [entry for entry in billed if entry.state != "void"]
    due = due_periods(terms, as_of, since=since)
    work = units(terms.rule, live, [entry.grid for entry in due], since=since)
    fresh = [list(_new_charges(terms, unit, as_of)) for unit in work]
    _check_catch_up(terms, [charge for new in fresh for charge in new])
    rides = any(fresh) or not next_charge_date(terms, live, after=as_of, since=since)
    charges: list[Charge] = []
    for unit, new in zip(work, fresh, strict=True):
        charges += new
        # What was settled of an uncovered period is part of its new charge.
        if unit.covered or not new:
            charges += _adjustments(terms, unit, as_of, rides=rides, charges=bool(new))
    return tuple(sorted(charges, key=lambda c: (c.period.start, c.kind != "charge")))


def _check_catch_up(terms: LineTerms, fresh: list[Charge]) -> None:
    """Refuse to bill more periods at once than the line allows."""
    index_of = terms.rule.index_of
    periods = {index_of(c.period.start) for c in fresh if c.kind == "charge"}
    if len(periods) > terms.catch_up_limit:
        raise CatchUpLimitExceeded(
            f"Line {terms.line}: {len(periods)} periods are due, the limit is "
            f"{terms.catch_up_limit}.",
            due=len(periods),
            limit=terms.catch_up_limit,
            first=fresh[0].period.start,
        )


def _new_charges(terms: LineTerms, unit: Unit, as_of: date) -> Iterator[Charge]:
    """Charges of promised days of the unit that no charge covers yet."""
    for grid in unit.grids:
        missing = subtract(terms.served(grid), unit.covered)
        if not missing:
            continue
        scheduled = scheduled_date(terms, grid, missing)
        if scheduled > as_of:
            continue
        covered = unit.covered
        for period in _uncovered(missing, covered):
            yield from _new_charge(terms, unit, grid, covered, period, scheduled)
            covered = merge([*covered, period])


def _uncovered(
    missing: tuple[Period, ...], covered: tuple[Period, ...]
) -> Iterator[Period]:
    """``missing`` as few spans as possible that overlap no charge.

    A span may reach over paused days, never over days that were charged: the database
    refuses two charges that overlap.
    """
    around = hull(missing)
    for gap in subtract([around] if around else [], covered):
        found = hull(days for piece in missing if (days := piece.intersect(gap)))
        if found:
            yield found


def _new_charge(
    terms: LineTerms,
    unit: Unit,
    grid: Period,
    covered: tuple[Period, ...],
    period: Period,
    scheduled: date,
) -> Iterator[Charge]:
    """The charge of ``period``, and the waiver of it when it is free.

    :param covered: the days that are charged already, earlier charges of this run
        included.
    """
    whole = promise(terms, grid, merge([*covered, period]))
    part = promise(terms, grid, covered)
    # Before any charge there may be a waiver, or what is left of a void one.
    before = part.amount if covered else unit.settled
    settled = whole.amount - before
    version, share = whole.versions[-1][0], whole.share - part.share
    free = terms.first_period == "free" and is_stub(terms, grid)
    if free:
        yield build_charge(
            terms,
            kind="charge",
            period=period,
            parts=[],
            before=Decimal(0),
            settled=Decimal(0),
            version=version,
            fraction=Fraction(0),
            scheduled=scheduled,
        )
    ratio = Fraction(0) if free else Fraction(1)
    if not covered and not free:
        ratio = unit.charged_ratio(settled)
    yield build_charge(
        terms,
        kind="waiver" if free else "charge",
        period=period,
        parts=[whole],
        before=before,
        settled=settled,
        version=version,
        ratio=ratio,
        fraction=share,
        scheduled=scheduled,
    )


def _adjustments(
    terms: LineTerms, unit: Unit, as_of: date, *, rides: bool, charges: bool
) -> Iterator[Charge]:
    """The settlement of a unit whose promise is no longer what was settled."""
    found = due_adjustment(terms, unit, as_of, rides=rides, charges=charges)
    if not found:
        return
    difference, known = found.difference, found.terms
    parts = [promise(known, grid, unit.covered) for grid in unit.grids]
    # An opening entry over many periods has settled the free one too.
    free = (
        terms.first_period == "free"
        and len(unit.grids) == 1
        and is_stub(terms, unit.grids[0])
    )
    gives_back = unit.gives_back(difference)
    yield build_charge(
        terms,
        kind="waiver" if free and not gives_back else "adjustment",
        period=found.period,
        parts=parts,
        before=unit.settled,
        settled=difference,
        version=_latest(known, parts),
        ratio=Fraction(0) if free else unit.charged_ratio(difference),
        fraction=sum(
            (_share(terms, part.whole, found.period) for part in parts), Fraction(0)
        ),
        scheduled=found.scheduled,
    )


def _share(terms: LineTerms, whole: Period, period: Period) -> Fraction:
    """The share of ``whole`` that lies in ``period``."""
    common = whole.intersect(period)
    return fraction([common], whole, terms.basis) if common else Fraction(0)


def _latest(terms: LineTerms, parts: Sequence[Part]) -> LineVersion:
    """The version in force on the last promised day of ``parts``."""
    held = [version for part in parts for version, _days in part.versions]
    return held[-1] if held else terms.versions[-1]
