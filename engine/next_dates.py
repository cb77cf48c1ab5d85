"""The next day on which a line gives something to invoice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .adjusting import due_adjustment, events
from .entries import COVERING, BilledEntry, units
from .invoice_dates import contracted_periods, scheduled_date
from .periods import hull, merge, subtract
from .terms import LineTerms


def next_charge_date(
    terms: LineTerms,
    billed: Iterable[BilledEntry],
    *,
    after: date | None = None,
    since: date | None = None,
) -> date | None:
    """The scheduled date of the first promised day that no charge covers, or None.

    :param after: only dates later than this day; any by default.
    :param since: everything before this day is settled (:mod:`.settled`).
    """
    covered = merge(
        entry.period
        for entry in billed
        if entry.state != "void" and entry.kind in COVERING
    )
    # What the first span covers without a gap needs no second look.
    begin = max(terms.start, since or terms.start)
    if covered and covered[0].start <= begin:
        begin = max(begin, covered[0].end)
    for due in contracted_periods(terms, since=begin):
        missing = subtract(terms.served(due.grid), covered)
        if missing:
            scheduled = scheduled_date(terms, due.grid, missing)
            if after is None or scheduled > after:
                return scheduled
    return None


def next_invoice_date(
    terms: LineTerms,
    billed: Iterable[BilledEntry],
    *,
    as_of: date,
    since: date | None = None,
) -> date | None:
    """The first day from which a run may find something to bill, or None.

    The next charge; or earlier what is due already for a charged period (a back-dated
    change), or the next day after ``as_of`` on which the promise of one changes by
    itself (a pause or a change that is planned).

    :param since: everything before this day is settled (:mod:`.settled`).
    """
    live = [entry for entry in billed if entry.state != "void"]
    charge = next_charge_date(terms, live, since=since)
    rides = (charge is not None and charge <= as_of) or (
        next_charge_date(terms, live, after=as_of, since=since) is None
    )
    dates = [charge] if charge else []
    for unit in units(terms.rule, live, ()):
        covered = hull(unit.covered)
        if covered:
            dates += events(terms, covered, after=as_of)
        found = due_adjustment(terms, unit, as_of, rides=rides)
        if found:
            dates.append(found.scheduled)
    if terms.extend_on_pause and terms.end and terms.end > as_of:
        # Paused days that moved the end are settled when the old end is reached.
        dates.append(terms.end)
    return min(dates, default=None)
