"""What a part of a billing period costs, by the four usual day counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .errors import InvalidTerms
from .periods import Period

Basis = Literal["actual", "30_360", "actual_30", "none"]
BASES: tuple[Basis, ...] = ("actual", "30_360", "actual_30", "none")


def days_30e_360(start: date, end: date) -> int:
    """30E/360 (Eurobond basis): the 31st counts as the 30th; half-open bounds."""
    return (
        360 * (end.year - start.year)
        + 30 * (end.month - start.month)
        + min(end.day, 30)
        - min(start.day, 30)
    )


def fraction(parts: Iterable[Period], whole: Period, basis: Basis) -> Fraction:
    """The share of ``whole`` that ``parts`` make up.

    ``actual`` counts days of the real length of the period; ``30_360`` counts part
    and whole as 30E/360; ``actual_30`` takes a cut period as days of thirty, at most
    1; ``none`` charges any part in full. A whole period is 1 in every basis.

    :param parts: disjoint spans inside ``whole``.
    :param whole: the full grid period.
    :raises InvalidTerms: unknown basis.
    """
    parts = list(parts)
    days = sum(part.days for part in parts)
    if basis not in BASES:
        raise InvalidTerms(f"Unknown proration basis: {basis}.", basis=basis)
    if not days:
        return Fraction(0)
    if days == whole.days or basis == "none":
        return Fraction(1)
    if basis == "actual":
        return Fraction(days, whole.days)
    if basis == "actual_30":
        return min(Fraction(1), Fraction(days, 30))
    # Never 0: only the single day before a 31st has no 30E/360 length, and as a
    # whole period it was answered above.
    total = days_30e_360(whole.start, whole.end)
    return Fraction(sum(days_30e_360(p.start, p.end) for p in parts), total)


def prorate(amount: Decimal, *, part: Period, whole: Period, basis: Basis) -> Decimal:
    """The unrounded price of ``part`` of the full grid period ``whole``.

    :param amount: price of the whole period.
    :return: ``amount`` × fraction, to the precision of the decimal context.
    :raises InvalidTerms: when ``part`` is not inside ``whole`` or basis is unknown.
    """
    if part.intersect(whole) != part:
        raise InvalidTerms("The part lies outside the period.", part=part, whole=whole)
    share = fraction([part], whole, basis)
    return amount * share.numerator / share.denominator
