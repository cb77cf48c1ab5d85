"""Rounding money without losing a cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from .errors import InvalidAmount


def quantize(amount: Decimal | Fraction | int, step: Decimal) -> Decimal:
    """Round to the currency's step, half away from zero.

    The convention of accounting software, Odoo's included (``round(2.5) = 3``,
    ``round(-2.5) = -3``).

    :param amount: exact amount; a Fraction keeps exact what a Decimal cannot hold.
    :param step: smallest unit of the currency: 0.01, 1, 0.001, 0.05.
    :return: a multiple of ``step``.
    :raises InvalidAmount: when ``step`` is not positive.
    """
    if step <= 0:
        raise InvalidAmount(f"A rounding step is positive: {step}.", step=step)
    # In whole numbers: a run rounds tens of thousands of amounts.
    numerator, denominator = amount.as_integer_ratio()
    step_numerator, step_denominator = step.as_integer_ratio()
    numerator *= step_denominator
    denominator *= step_numerator
    count = (2 * abs(numerator) + denominator) // (2 * denominator)
    return (count if numerator >= 0 else -count) * step


def converted(amount: Decimal, rate: Decimal, step: Decimal) -> Decimal:
    """An amount in another currency, rounded once.

    :param rate: units of the other currency for one of the amount's, positive.
    :param step: smallest unit of the other currency.
    :return: a multiple of ``step``.
    :raises InvalidAmount: when ``rate`` or ``step`` is not positive.
    """
    if rate <= 0:
        raise InvalidAmount(f"A rate is positive: {rate}.", rate=rate)
    return quantize(Fraction(amount) * Fraction(rate), step)


# A version is asked for its price at each step of a computation.
@lru_cache(maxsize=65536)
def line_price(quantity: Decimal, price: Decimal, discount: Decimal) -> Fraction:
    """What a line comes to: quantity × price less discount, exact.

    :param price: of one unit, in the line's own price convention.
    :param discount: percent of the price given up.
    """
    return Fraction(quantity) * Fraction(price) * (100 - Fraction(discount)) / 100


def split(
    total: Decimal, weights: Sequence[Decimal | Fraction | int], step: Decimal
) -> list[Decimal]:
    """Share ``total`` by ``weights`` so that the shares add up to it exactly.

    Largest remainder: each share is rounded towards zero, the steps left over go
    to the largest remainders, the first of equals first.

    :param total: a multiple of ``step``.
    :param weights: not negative, at least one positive.
    :param step: smallest unit of the currency.
    :return: one share per weight, same order.
    :raises InvalidAmount: bad step, total or weights.
    """
    if step <= 0 or total % step:
        raise InvalidAmount(
            f"{total} is no multiple of {step}.", total=total, step=step
        )
    whole = sum((Fraction(weight) for weight in weights), Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise InvalidAmount("Weights are not negative, at least one is positive.")
    steps = int(abs(total) / step)
    exact = [steps * Fraction(weight) / whole for weight in weights]
    counts = [share.numerator // share.denominator for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: steps - sum(counts)]:
        counts[i] += 1
    sign = 1 if total >= 0 else -1
    return [sign * count * step for count in counts]
