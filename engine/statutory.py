"""The rates that the law fixes per half-year, and what follows from them.

Late payment between professionals: the rate of the European Central Bank for its main
refinancing operations on 1 January or 1 July, plus points (directive 2011/7/EU, art. 2
and 3; French C. com. L441-10 II).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

#: A rate agreed between French professionals is at least this many times the legal
#: interest rate (C. com. L441-10 II).
FLOOR_FACTOR = 3


@dataclass(frozen=True)
class HalfYearRates:
    """What is published for a half-year, in percent a year.

    :param ecb: of the European Central Bank on its first day; None: not known.
    :param french_points: what French law adds between professionals.
    :param union_points: what the directive adds, and French law for public bodies.
    :param legal_professional: French legal interest between professionals; None: not
        known.
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
    following = half_year_start(half_year_start(day) + timedelta(days=190))
    return following - timedelta(days=1)


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
