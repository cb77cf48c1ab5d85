"""Days on which ledger and promise differ: holes, doubles, lines that overlap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .charging import due_charges
from .entries import COVERING, BilledEntry, Unit
from .money import quantize
from .periods import Period, hull, merge
from .promise import promise, promised_amount
from .terms import LineTerms

FindingKind = Literal["hole", "double", "outside", "edited", "overlap", "adjustment"]
#: Kinds that somebody must look at; an adjustment is the next run's work.
FAULTS: tuple[FindingKind, ...] = ("hole", "double", "outside", "edited", "overlap")
_NO_LIMIT = 10**6


@dataclass(frozen=True, slots=True)
class Finding:
    """Days on which ledger and promise differ.

    :param kind: ``hole``: due and not billed; ``double``: charged twice; ``outside``
        the contract; ``edited``: an entry says something else than its facts;
        ``overlap``: two lines of one chain promise the same days; ``adjustment``: a
        change that the next run settles, no fault.
    :param period: from the first to the last of the days.
    :param days: how many days.
    :param amount: of a hole and an adjustment, what is to be billed; of the others,
        what is settled beyond the promise.
    """

    kind: FindingKind
    period: Period
    days: int
    amount: Decimal


def inside(pieces: Iterable[Period], span: Period) -> list[Period]:
    """The days of ``pieces`` that lie in ``span``."""
    return [common for piece in pieces if (common := piece.intersect(span))]


def make_finding(
    kind: FindingKind, pieces: Iterable[Period], amount: Decimal
) -> Finding | None:
    """A finding on the days of ``pieces``, None when there are none."""
    days = merge(pieces)
    whole = hull(days)
    return whole and Finding(kind, whole, sum(p.days for p in days), amount)


# === Holes === #


def holes(
    terms: LineTerms,
    live: Sequence[BilledEntry],
    gaps: Sequence[tuple[Period, tuple[Period, ...]]],
    span: Period,
    as_of: date,
) -> Iterator[Finding]:
    """The holes, each with what a run would charge for it."""
    unlimited = replace(terms, catch_up_limit=_NO_LIMIT)
    charges = due_charges(unlimited, live, as_of, since=span.start)
    for grid, missing in gaps:
        for charge in charges:
            if charge.kind != "charge" or not grid.contains(charge.period.start):
                continue
            days = inside(missing, charge.period)
            seen = inside(days, span)
            # A hole that reaches beyond the span counts for its days in it.
            amount = (
                charge.charged
                if seen == days
                else promise(terms, grid, seen).amount
                if charge.charged
                else charge.charged
            )
            found = make_finding("hole", seen, amount)
            if found:
                yield found


# === Doubles === #


def doubles(
    unit: Unit, excess: Decimal, span: Period, step: Decimal
) -> Iterator[Finding]:
    """Days that a later charge charges again, with what it settled for them.

    What was given back of it since (a credit note) counts no more.
    """
    before: tuple[Period, ...] = ()
    for entry in unit.entries:
        if entry.kind not in COVERING:
            continue
        again = merge(inside(before, entry.period))
        before = merge([*before, entry.period])
        if not again:
            continue
        share = _share_of(entry, again, step)
        credited = any(
            e.kind not in COVERING and e.settled * share < 0 for e in unit.entries
        )
        if credited:
            share = min(share, max(excess, Decimal(0))) if share > 0 else share
            if not share:
                continue
        found = make_finding("double", inside(again, span), share)
        if found:
            yield found
            excess -= share


def _share_of(entry: BilledEntry, days: Iterable[Period], step: Decimal) -> Decimal:
    """What an entry settled for some of its days."""
    count = sum(piece.days for piece in days)
    if count == entry.period.days:
        return entry.settled
    return quantize(Fraction(entry.settled) * Fraction(count, entry.period.days), step)


# === Lines of one chain === #


def overlaps(chain: Sequence[LineTerms], span: Period) -> Iterator[tuple[int, Finding]]:
    """Days that a later line of a chain promises though an earlier one does.

    :param chain: the lines of one root, the first one first.
    :return: position of the later line, the finding with what it promises for them.
    """
    taken: tuple[Period, ...] = ()
    for position, terms in enumerate(chain):
        served = terms.served(span)
        common = [piece for days in served for piece in inside(taken, days)]
        amount = sum((promised_amount(terms, piece) for piece in common), Decimal(0))
        found = make_finding("overlap", common, amount)
        if found:
            yield position, found
        taken = merge([*taken, *served])
