"""Recurring amounts brought to a month."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from .errors import InvalidRule
from .recurrence import UNITS, Unit

#: Months in one unit: a year has 52 weeks and 365 days, as the trade counts them.
_MONTHS = {
    "day": Fraction(12, 365),
    "week": Fraction(12, 52),
    "month": Fraction(1),
    "year": Fraction(12),
}


def monthly_amount(amount: Decimal, *, unit: Unit, interval: int) -> Decimal:
    """What an amount per period comes to in a month, unrounded.

    Month and year by 12; a week × 52 / 12, a day × 365 / 12.

    :param amount: untaxed amount of one period, after recurring discounts.
    :raises InvalidRule: unknown unit or an interval below 1.
    """
    if unit not in UNITS or interval < 1:
        raise InvalidRule(f"No such rhythm: {interval} {unit}.", unit=unit)
    months = _MONTHS[unit] * interval
    return amount * months.denominator / months.numerator
