"""A slow, independent answer: the price of each single day, summed.

Written here and nowhere else; it takes from the engine the value classes only.
Knows actual days, months of any interval, and nothing that is special.
"""

from calendar import monthrange
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from engine.terms import LineTerms, LineVersion

ONE_DAY = timedelta(days=1)


def month_boundary(anchor: date, interval: int, n: int) -> date:
    """The anchor moved by n × interval months, one month at a time."""
    year, month = anchor.year, anchor.month
    for _ in range(abs(n * interval)):
        month += 1 if n > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        elif month == 0:
            year, month = year - 1, 12
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def months(anchor: date, interval: int, start: date, end: date) -> list[list[date]]:
    """The days of each period that meets ``start`` to before ``end``."""
    found, n = [], -40 // interval
    while month_boundary(anchor, interval, n + 1) <= start:
        n += 1
    while (first := month_boundary(anchor, interval, n)) < end:
        after = month_boundary(anchor, interval, n + 1)
        found.append([first + ONE_DAY * i for i in range((after - first).days)])
        n += 1
    return found


def version_on(terms: LineTerms, day: date) -> LineVersion:
    """The latest version that has begun; of one day the highest sequence."""
    best = None
    for version in terms.versions:
        if version.start > day:
            continue
        if best is None or (version.start, version.sequence) > (
            best.start,
            best.sequence,
        ):
            best = version
    assert best is not None
    return best


def is_promised(terms: LineTerms, day: date) -> bool:
    if day < terms.start or (terms.end is not None and day >= terms.end):
        return False
    return not any(
        pause.start <= day and (pause.end is None or day < pause.end)
        for pause in terms.pauses
    )


def price_of(terms: LineTerms, period: list[date], wanted: set[date]) -> Decimal:
    """The price of the ``wanted`` days of a period, rounded once."""
    total = Fraction(0)
    for day in period:
        if day in wanted and is_promised(terms, day):
            version = version_on(terms, day)
            full = Fraction(version.quantity) * Fraction(version.price)
            full -= full * Fraction(version.discount) / 100
            total += full / len(period)
    return rounded(total, terms.step)


def rounded(amount: Fraction, step: Decimal) -> Decimal:
    """Half away from zero, by long division in decimals."""
    exact = Context(prec=60).divide(
        Decimal((amount / Fraction(step)).numerator),
        Decimal((amount / Fraction(step)).denominator),
    )
    return exact.quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def promised(terms: LineTerms, start: date, end: date) -> Decimal:
    """The price of the days from ``start`` to before ``end``, rounded per period."""
    wanted = {start + ONE_DAY * i for i in range((end - start).days)}
    periods = months(terms.rule.anchor, terms.rule.interval, start, end)
    return sum((price_of(terms, period, wanted) for period in periods), Decimal(0))
