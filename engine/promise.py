"""What a line promises for a billing period, in money.

The outer edges of a period (start, end, pause) are counted by the line's basis;
inside it, versions share the price by actual days, so that a period served in full
costs exactly its price. The sum is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .entries import BilledEntry
from .money import quantize
from .periods import Period, merge, span
from .proration import fraction
from .terms import LineTerms, LineVersion


@dataclass(frozen=True, slots=True)
class Part:
    """The promise of one grid period, or of some of its days.

    :param whole: the full grid period the fraction refers to.
    :param served: the promised days the amount is for.
    :param versions: what held on them, with the number of days each.
    :param share: fraction of a full period.
    :param step: rounding step of the currency.
    """

    whole: Period
    served: tuple[Period, ...]
    versions: tuple[tuple[LineVersion, int], ...]
    share: Fraction
    step: Decimal

    @property
    def exact(self) -> Fraction:
        """The unrounded amount."""
        if len(self.versions) == 1:
            amount = self.versions[0][0].amount
            return amount if self.share == 1 else amount * self.share
        days = sum(count for _version, count in self.versions)
        return sum(
            (
                version.amount * self.share * Fraction(count, days)
                for version, count in self.versions
            ),
            Fraction(0),
        )

    @property
    def amount(self) -> Decimal:
        """The amount, rounded once to the currency's step."""
        return quantize(self.exact, self.step)


def is_stub(terms: LineTerms, grid: Period) -> bool:
    """Whether ``grid`` is a first period that the line's start cuts."""
    return grid.start < terms.start < grid.end


def promise(
    terms: LineTerms, grid: Period, within: Iterable[Period] | None = None
) -> Part:
    """What the line promises for the grid period ``grid``.

    :param within: only the promised days that lie in these spans; all by default.
    :return: the part; its amount is 0 when no day is promised.
    """
    served = terms.served(grid)
    if within is not None:
        served = merge(
            common
            for piece in served
            for wanted in within
            if (common := piece.intersect(wanted))
        )
    versions = terms.versions_in(served)
    if terms.basis == "none":
        # Without proration a change waits for the next boundary.
        versions = [(version, 1) for version, _days in versions[:1]]
    whole = grid
    if terms.first_period == "full" and is_stub(terms, grid):
        whole = span(terms.start, grid.end) or grid
    return Part(
        whole=whole,
        served=served,
        versions=tuple(versions),
        share=fraction(served, whole, terms.basis),
        step=terms.step,
    )


def opening_entry(
    terms: LineTerms, until: date, *, charged: Decimal
) -> BilledEntry | None:
    """What opens the ledger of a line that was billed elsewhere ``until`` a day.

    :param until: last billed day, included.
    :param charged: what a document of ours says of these days, 0 without one.
    :return: None when the line starts later.
    """
    if until < terms.start:
        return None
    days = Period.inclusive(terms.start, until)
    return BilledEntry("opening", days, promised_amount(terms, days), charged)


def promised_parts(terms: LineTerms, within: Period) -> list[Part]:
    """What the line promises for the days of ``within``, one part a grid period."""
    return [
        promise(terms, grid, [within])
        for grid in terms.rule.periods(within.start, within.end)
    ]


def promised_amount(terms: LineTerms, within: Period) -> Decimal:
    """What the line promises for the days of ``within``, rounded once a period."""
    return sum((part.amount for part in promised_parts(terms, within)), Decimal(0))
