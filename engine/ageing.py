"""How old what is owed is: open amounts by days past their due date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from .errors import InvalidBands

#: Last day of each band but the last, which has none.
LIMITS = (30, 60, 90)


@dataclass(frozen=True, slots=True)
class Band:
    """A span of days past the due date.

    :param first: the fewest days; None: what is not due yet.
    :param last: the most days, included; None: no limit.
    """

    first: int | None
    last: int | None

    @property
    def key(self) -> str:
        """A stable name: ``not_due``, ``1_30``, ``over_90``."""
        if self.first is None:
            return "not_due"
        if self.last is None:
            return f"over_{self.first - 1}"
        return f"{self.first}_{self.last}"


@dataclass(frozen=True, slots=True)
class BandTotal:
    """What is owed in a band.

    :param amount: not negative.
    :param count: number of items.
    """

    band: Band
    amount: Decimal
    count: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is owed on a day, by age.

    :param bands: all of them, the youngest first.
    :param credits: what the customer is owed (credit notes, payments without an
        invoice), not negative; it has no age, nobody is late with it.
    :param credit_count: number of them.
    """

    bands: tuple[BandTotal, ...]
    credits: Decimal
    credit_count: int

    @property
    def owed(self) -> Decimal:
        """What is open, due or not, credits left aside."""
        return sum((one.amount for one in self.bands), Decimal(0))

    @property
    def overdue(self) -> Decimal:
        """The part of it that is past its due date."""
        return self.owed - self.bands[0].amount

    @property
    def total(self) -> Decimal:
        """What is open less the credits: the balance of the account."""
        return self.owed - self.credits


def bands(limits: Sequence[int] = LIMITS) -> tuple[Band, ...]:
    """What is not due, then one band for each limit, and one for all that is older.

    :param limits: days past the due date, rising; the last day of each band.
    :raises InvalidBands: limits below one day, or that do not rise.
    """
    edges = (0, *limits)
    if any(after <= before for before, after in pairwise(edges)):
        raise InvalidBands(f"Limits of age rise from 1 on: {limits}.", limits=limits)
    ends: tuple[int | None, ...] = (*limits, None)
    aged = (Band(edge + 1, end) for edge, end in zip(edges, ends, strict=True))
    return (Band(None, 0), *aged)


def band_of(due: date, on: date, *, limits: Sequence[int] = LIMITS) -> Band:
    """The band of what is due on a day, seen on another; on its day it is not overdue.

    :raises InvalidBands: as :func:`bands`.
    """
    days = (on - due).days
    fitting = (b for b in bands(limits) if b.last is None or days <= b.last)
    return next(fitting)


def ageing(
    items: Iterable[tuple[date, Decimal]],
    *,
    on: date,
    limits: Sequence[int] = LIMITS,
) -> Ageing:
    """Open items by age.

    :param items: due date and open amount on that day, in one currency; negative for
        what the customer is owed.
    :param on: the day it is looked at.
    :raises InvalidBands: as :func:`bands`.
    """
    found: dict[Band, list[Decimal]] = {band: [] for band in bands(limits)}
    owed_back = []
    for due, amount in items:
        if amount < 0:
            owed_back.append(-amount)
        elif amount > 0:
            found[band_of(due, on, limits=limits)].append(amount)
    return Ageing(
        tuple(
            BandTotal(band, sum(amounts, Decimal(0)), len(amounts))
            for band, amounts in found.items()
        ),
        sum(owed_back, Decimal(0)),
        len(owed_back),
    )
