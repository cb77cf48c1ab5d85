"""The rates that the law fixes per half-year, and what follows from them.

Late payment between professionals: the rate of the European Central Bank for its main
refinancing operations on 1 January or 1 July, plus points (directive 2011/7/EU, art. 2
and 3; French C. com. L441-10 II).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .errors import InvalidClaim
from .periods import ONE_DAY

#: What a buyer is.
Kind = Literal["professional", "consumer", "public"]
KINDS: tuple[Kind, ...] = ("professional", "consumer", "public")
#: The day from which a rate holds, and percent a year; None: nobody knows it.
Rate = tuple[date, Decimal | None]

#: A rate agreed between French professionals is at least this many times the legal
#: interest rate (C. com. L441-10 II).
FLOOR_FACTOR = 3


@dataclass(frozen=True)
class HalfYearRates:
    """What is published for a half-year, in percent a year.

    :param ecb: of the European Central Bank on its first day; None: not known.
    :param french_points: what French law adds between professionals.
    :param union_points: what the directive adds, and French law for public bodies.
    :param legal_professional: French legal interest when the creditor acts in its
        business, whoever owes it, consumers included (CMF L313-2); None: not known.
    """

    ecb: Decimal | None
    french_points: Decimal
    union_points: Decimal
    legal_professional: Decimal | None = None

    def late_rate(self, scheme: str) -> Decimal | None:
        """The rate of late-payment penalties by a law, in percent a year.

        :param scheme: ``french`` (C. com. L441-10 II), ``union`` (directive
            2011/7/EU, and French public bodies), or anything else: none.
        :return: None when the law is neither, or the ECB's rate is not known.
        """
        points = {"french": self.french_points, "union": self.union_points}.get(scheme)
        if self.ecb is None or points is None:
            return None
        return self.ecb + points


def half_year_start(day: date) -> date:
    """The first day of the half-year of the calendar that contains a day."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def half_year_end(day: date) -> date:
    """The last day of the half-year of the calendar that contains a day."""
    following = half_year_start(half_year_start(day) + 190 * ONE_DAY)
    return following - ONE_DAY


def late_rate(
    rates: Mapping[date, HalfYearRates], *, on: date, own: Decimal | None, scheme: str
) -> Decimal | None:
    """The rate of late-payment penalties that a document prints, in percent a year.

    :param rates: by first day of the half-year.
    :param on: the date of the document.
    :param own: the rate that the seller's terms agree on, or None.
    :param scheme: whose law fills in: see ``HalfYearRates.late_rate``.
    :return: None when there is neither an own rate nor a published one.
    """
    if own is not None:
        return own
    published = rates.get(half_year_start(on))
    return published.late_rate(scheme) if published else None


def lowest_rate(rates: Mapping[date, HalfYearRates], *, on: date) -> Decimal | None:
    """The lowest rate that French professionals may agree on, in percent a year.

    :param on: the day it is looked at; the last published rate before it counts while
        that of the half-year is not known.
    :return: None when no legal interest rate is known.
    """
    for first in sorted((first for first in rates if first <= on), reverse=True):
        legal = rates[first].legal_professional
        if legal is not None:
            return FLOOR_FACTOR * legal
    return None


# === Which rates an instalment bears, by what its buyer is === #


def late_rates(
    kind: Kind,
    rates: Mapping[date, HalfYearRates],
    *,
    due: date,
    own: Decimal | None = None,
    notice: date | None = None,
    scheme: str = "french",
) -> tuple[Rate, ...]:
    """The rates of late-payment interest of an instalment.

    - Professionals: the rate agreed on, else that of each half-year (C. com. L441-10
      II; directive 2011/7/EU, art. 3).
    - French public bodies: the rate of the half-year in which interest begins, for all
      the time; terms cannot agree on another (C. com. pub. L2192-14, R2192-31).
    - Consumers: French legal interest, from the day after the formal notice (C. civ.
      1231-6), and none before. It is that of a creditor in business (CMF L313-2): the
      higher one is for what is owed *to* consumers.

    :param rates: by first day of the half-year; one that is missing is not known.
    :param due: the due date.
    :param own: percent a year that the seller's terms agree on, or None.
    :param notice: the day on which the formal notice reached the buyer, or None.
    :param scheme: whose law fills in: see :func:`late_rate`.
    :raises InvalidClaim: unknown kind of buyer.
    """
    if kind == "consumer":
        return _consumer_rates(rates, notice if scheme == "french" else None)
    if kind == "public" and scheme == "french":
        begin = due + ONE_DAY
        percent = late_rate(rates, on=begin, own=None, scheme="union")
        return ((half_year_start(begin), percent),)
    check_kind(kind)
    if own is not None:
        return ((date.min, own),)
    return tuple(
        (first, late_rate(rates, on=first, own=None, scheme=scheme))
        for first in _half_years(rates)
    )


def _consumer_rates(
    rates: Mapping[date, HalfYearRates], notice: date | None
) -> tuple[Rate, ...]:
    none: Rate = (date.min, Decimal(0))
    if notice is None:
        return (none,)
    begin = notice + ONE_DAY
    firsts = [begin, *(first for first in _half_years(rates) if first > begin)]
    published = (rates.get(half_year_start(first)) for first in firsts)
    legal = [one and one.legal_professional for one in published]
    return (none, *zip(firsts, legal, strict=True))


def _half_years(rates: Mapping[date, HalfYearRates]) -> Iterator[date]:
    """First days of all half-years from the first that is known, and of the one after
    the last: nothing is known from there on.
    """
    first, last = min(rates, default=None), max(rates, default=None)
    while first is not None and last is not None and first <= last:
        yield first
        first = half_year_end(first) + ONE_DAY
    if first is not None:
        yield first


def check_kind(kind: str) -> None:
    """Refuse what is no kind of buyer.

    :raises InvalidClaim: unknown kind of buyer.
    """
    if kind not in KINDS:
        raise InvalidClaim(f"Unknown kind of buyer: {kind}.", kind=kind)
