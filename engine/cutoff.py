"""Cut-off: which part of what was billed is earned by a day, and what is not billed.

Both answers spread an amount over the days it pays for, by one of two bases:

``days``
    Each day weighs the same.
``months``
    Each calendar month weighs the same; a part of one weighs its days over the real
    length of that month. A year is twelve equal twelfths, a fortnight of February is
    half a month.

Weights are whole numbers, and each amount is rounded once: the earned and the deferred
part add up to it exactly, on any day, and a database computes the same cents in whole
numbers. Revenue belongs to the days on which the service is rendered (IFRS 15.35;
accounts 487 and 418 of the French chart).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from sys import maxsize
from typing import Literal

from .charges import Charge
from .charging import due_charges
from .entries import BilledEntry
from .errors import InvalidTerms
from .money import quantize
from .periods import ONE_DAY, Period
from .terms import LineTerms

Basis = Literal["days", "months"]
#: The smallest number that 28, 29, 30 and 31 divide: a month in whole numbers.
MONTH = 377_580


def position(day: date, basis: Basis) -> int:
    """Where a day begins on the scale of the basis.

    The weight of a span is the position of its end less that of its start.

    :param day: any day.
    :raises InvalidTerms: unknown basis.
    """
    if basis == "days":
        return day.toordinal()
    if basis == "months":
        _weekday, length = monthrange(day.year, day.month)
        whole = (12 * day.year + day.month) * MONTH
        return whole + (day.day - 1) * (MONTH // length)
    raise InvalidTerms(f"Unknown basis of a cut-off: {basis}.", basis=basis)


def weight(period: Period, basis: Basis) -> int:
    """What a span weighs: never 0, and the sum of the weights of its parts."""
    return position(period.end, basis) - position(period.start, basis)


def share(period: Period, on: date, basis: Basis) -> Fraction:
    """Which part of a span is over at the end of a day.

    :param on: the day of the cut-off, included.
    :return: from 0 (it begins later) to 1 (it is over).
    """
    over = period.intersect(Period(date.min, on + ONE_DAY))
    return Fraction(weight(over, basis), weight(period, basis)) if over else Fraction(0)


@dataclass(frozen=True, slots=True)
class Portion:
    """An amount on a day: what is earned of it, and what is not yet.

    :param charged: the whole.
    :param earned: for the days that are over, rounded once.
    """

    charged: Decimal
    earned: Decimal

    @classmethod
    def of(cls, charged: Decimal, part: Fraction, *, step: Decimal) -> Portion:
        """An amount of which a part is earned.

        :param charged: a multiple of ``step``; negative for a credit.
        :param part: from 0 to 1, exact.
        :param step: rounding step of the currency.
        """
        return cls(charged, quantize(Fraction(charged) * part, step))

    @property
    def deferred(self) -> Decimal:
        """What is billed and not earned."""
        return self.charged - self.earned


def portion(
    charged: Decimal, period: Period, on: date, *, basis: Basis, step: Decimal
) -> Portion:
    """What is earned by a day of an amount that pays for a period.

    :param charged: a multiple of ``step``; negative for a credit.
    :param period: the days it is spread over.
    :param on: the day of the cut-off, included.
    :param step: rounding step of the currency.
    """
    return Portion.of(charged, share(period, on, basis), step=step)


# === Earned, and not billed === #


@dataclass(frozen=True, slots=True)
class Unbilled:
    """What is promised for periods that began, and stands on no document.

    :param charge: what a document would say.
    :param share: the part of it that is earned, exact.
    """

    charge: Charge
    share: Fraction


def unbilled(
    terms: LineTerms,
    billed: Iterable[BilledEntry],
    on: date,
    *,
    basis: Basis,
    since: date | None = None,
) -> tuple[Unbilled, ...]:
    """What would be billed if every period were billed on its first day.

    :func:`.due_charges` with everything that makes a document wait taken away: timing,
    lead, merged first periods, policies that wait for the next invoice. What a credit
    would give back comes out negative.

    :param billed: the line's ledger, with the documents of the books up to ``on`` only.
    :param on: the day of the cut-off, included.
    :param since: as :func:`.due_charges` takes it.
    :return: what has an amount and an earned part, in order of periods.
    """
    at_once = replace(
        terms,
        timing="in_advance",
        lead_days=0,
        first_period="prorate"
        if terms.first_period == "merged"
        else terms.first_period,
        upgrade="at_once",
        downgrade="at_once",
        catch_up_limit=maxsize,
    )
    found = []
    for charge in due_charges(at_once, billed, on, since=since):
        part = _earned_share(at_once, charge, on, basis)
        if charge.charged and part:
            found.append(Unbilled(charge, part))
    return tuple(found)


def _earned_share(terms: LineTerms, charge: Charge, on: date, basis: Basis) -> Fraction:
    """The part of a charge that is earned.

    A day is worth what the version in force on it costs, a paused day nothing. An
    adjustment is spread evenly: it is for all the days it names.
    """
    if charge.kind == "charge":
        whole = _value(terms, charge.period, basis)
        over = charge.period.intersect(Period(date.min, on + ONE_DAY))
        if whole and over:
            return _value(terms, over, basis) / whole
    return share(charge.period, on, basis)


def _value(terms: LineTerms, within: Period, basis: Basis) -> Fraction:
    """The weights of the promised days, each by the price of its version."""
    starts = {v.start for v in terms.versions if within.contains(v.start)}
    value = Fraction(0)
    for start, end in pairwise(sorted({within.start, within.end, *starts})):
        days = terms.served(Period(start, end))
        for version, _count in terms.versions_in(days):
            value += version.amount * sum(weight(part, basis) for part in days)
    return value
