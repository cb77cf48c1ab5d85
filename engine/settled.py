"""Up to which day nothing is left to reconcile, as long as nothing changes.

Cost must not grow with the years a subscription runs. Whoever remembers this day, and
forgets it when the promise or the ledger changes before it, reads the rest only.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from .adjusting import promised_on_covered
from .entries import BilledEntry, units
from .periods import subtract
from .terms import LineTerms


def settled_until(
    terms: LineTerms, billed: Iterable[BilledEntry], *, since: date | None = None
) -> date:
    """First day from which reconciliation must look; a boundary of the grid.

    All periods before it are billed on each promised day, and settle exactly what all
    known terms promise, those still to begin included: no day that comes can make a
    difference there.

    :param billed: the line's ledger, from ``since`` on.
    :param since: what an earlier call returned; from the start by default.
    """
    live = [entry for entry in billed if entry.state != "void"]
    found = {unit.grids[0].start: unit for unit in units(terms.rule, live, ())}
    reached = terms.rule.period(terms.rule.index_of(since or terms.start)).start
    while unit := found.get(reached):
        whole = [piece for grid in unit.grids for piece in terms.served(grid)]
        if subtract(whole, unit.covered):
            break
        if unit.settled != promised_on_covered(terms, unit):
            break
        reached = unit.grids[-1].end
    return reached
