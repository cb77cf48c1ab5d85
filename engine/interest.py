"""Interest for late payment: on which days, on what, at which rate, how much.

A payment and what follows from it count from the day after: the due date bears nothing,
the day of payment still does (C. com. L441-10 II: due from the day after the date of
payment that the invoice states). 30 April to 15 July is 76 days.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from .errors import InvalidAmount, InvalidClaim, InvalidPeriod, RateMissing
from .money import quantize, split
from .periods import FOREVER, ONE_DAY, Period
from .periods import span as span_of
from .statutory import Kind, Rate, check_kind

#: First day, first day after, and what was open on these days.
Span = tuple[date, date, Decimal]
#: Days of a year; ``actual``: 366 for the days of a leap year.
YearBasis = Literal[365, 360, "actual"]
BASES: tuple[YearBasis, ...] = (365, 360, "actual")


@dataclass(frozen=True, slots=True)
class InterestLine:
    """Interest on one amount at one rate, as a computation prints it.

    :param period: the days, first and last included on paper.
    :param amount: open on each of them.
    :param percent: a year.
    :param exact: unrounded.
    :param share: its part of the rounded sum of all lines.
    """

    period: Period
    amount: Decimal
    percent: Decimal
    exact: Fraction
    share: Decimal = Decimal(0)


# === What was open, and when === #


def open_spans(
    amount: Decimal,
    *,
    due: date,
    until: date,
    payments: Iterable[tuple[date, Decimal]] = (),
    since: date | None = None,
) -> tuple[Span, ...]:
    """The spans of days on which something was open after its due date.

    :param amount: what the instalment asks for, all taxes included, less what was
        never owed: a credit note that puts a mistake right takes it away from the start
        and belongs in here.
    :param payments: day and amount of what settles it, credit notes given as a favour
        included; negative when a payment is returned: open again from the day after.
    :param until: the last day that counts.
    :param since: the first day that counts, when those before are dealt with.
    """
    changes: dict[date, Decimal] = {}
    for day, paid in payments:
        changes[day + ONE_DAY] = changes.get(day + ONE_DAY, Decimal(0)) + paid
    first, after = max(due + ONE_DAY, since or date.min), until + ONE_DAY
    left = amount - sum((paid for day, paid in changes.items() if day <= first), 0)
    # A payment that came back on its day changes nothing.
    days = sorted(day for day, paid in changes.items() if paid and first < day < after)
    spans = []
    for start, end in pairwise([first, *days, max(first, after)]):
        left -= changes[start] if start > first else 0
        if left > 0 and start < end:
            spans.append((start, end, left))
    return tuple(spans)


# === How much it bears === #


def late_interest(
    spans: Iterable[Span], *, rates: Iterable[Rate], basis: YearBasis = 365
) -> Decimal:
    """The interest of spans of days, unrounded: the caller rounds it, once.

    :param spans: first day, first day after, open amount.
    :param rates: first day and percent a year, in any order; each holds until the next.
    :return: to the precision of the decimal context.
    :raises RateMissing: a day on which an amount is open has no known rate.
    :raises InvalidAmount: a negative amount or rate.
    :raises InvalidClaim: two rates for one day, unknown basis.
    :raises InvalidPeriod: a span that ends before it starts.
    """
    total = exact_sum(exact_lines(spans, rates=rates, basis=basis))
    return Decimal(total.numerator) / total.denominator


def interest_lines(
    spans: Iterable[Span],
    *,
    rates: Iterable[Rate],
    step: Decimal,
    basis: YearBasis = 365,
) -> tuple[InterestLine, ...]:
    """The computation of :func:`late_interest`, to be printed.

    :param step: rounding step of the currency; the sum is rounded once, and the shares
        of the lines add up to it.
    :return: a line for each span and rate that bear interest, in order.
    :raises BillingError: as :func:`late_interest`.
    """
    lines = exact_lines(spans, rates=rates, basis=basis)
    return shared(lines, quantize(exact_sum(lines), step), step=step)


def exact_lines(
    spans: Iterable[Span], *, rates: Iterable[Rate], basis: YearBasis = 365
) -> tuple[InterestLine, ...]:
    """The lines of a computation, before anything is rounded.

    :raises BillingError: as :func:`late_interest`.
    """
    if basis not in BASES:
        raise InvalidClaim(f"Unknown basis of interest: {basis}.", basis=basis)
    table = _table(rates)
    lines = []
    for span in spans:
        for period, percent in _pieces(span, table):
            if percent is None:
                day = period.start
                raise RateMissing(f"The rate of {day} is not known.", day=day)
            if percent:
                exact = (
                    Fraction(span[2]) * Fraction(percent) * _years(period, basis) / 100
                )
                lines.append(InterestLine(period, span[2], percent, exact))
    return tuple(lines)


def exact_sum(lines: Iterable[InterestLine]) -> Fraction:
    """What lines come to, before anything is rounded."""
    return sum((line.exact for line in lines), Fraction(0))


def shared(
    lines: Sequence[InterestLine], total: Decimal, *, step: Decimal
) -> tuple[InterestLine, ...]:
    """Lines whose shares add up to a rounded total.

    :param total: a multiple of ``step``.
    """
    if not lines:
        return ()
    shares = split(total, [line.exact for line in lines], step)
    pairs = zip(lines, shares, strict=True)
    return tuple(replace(line, share=share) for line, share in pairs)


def first_unrated(spans: Iterable[Span], *, rates: Iterable[Rate]) -> date | None:
    """The first day on which an amount is open and whose rate nobody knows, or None."""
    table = _table(rates)
    unknown = (
        period.start
        for span in spans
        for period, percent in _pieces(span, table)
        if percent is None
    )
    return min(unknown, default=None)


def _table(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    """Rates in order, the unknown ones before the first included."""
    table: dict[date, Decimal | None] = {}
    for first, percent in rates:
        if first in table:
            raise InvalidClaim(f"Two rates hold from {first} on.", day=first)
        if percent is not None and percent < 0:
            raise InvalidAmount(f"A rate is not negative: {percent}.", percent=percent)
        table[first] = percent
    return tuple(sorted(({date.min: None} | table).items()))


def _pieces(
    span: Span, table: Sequence[Rate]
) -> Iterator[tuple[Period, Decimal | None]]:
    """The days of a span, cut where the rate changes."""
    first, after, amount = span
    if after < first:
        raise InvalidPeriod(f"{after} is before {first}.", start=first, end=after)
    if amount < 0:
        raise InvalidAmount(f"What is open is not negative: {amount}.", amount=amount)
    untils = [day for day, _percent in table[1:]] + [FOREVER]
    for (since, percent), until in zip(table, untils, strict=True):
        period = span_of(max(since, first), min(until, after))
        if amount and period:
            yield period, percent


def _years(period: Period, basis: YearBasis) -> Fraction:
    """How many years a span of days makes."""
    if basis != "actual":
        return Fraction(period.days, basis)
    years = Fraction(0)
    for year in range(period.start.year, period.last.year + 1):
        whole = Period(date(year, 1, 1), date(year + 1, 1, 1))
        within = period.intersect(whole)
        years += Fraction(within.days if within else 0, whole.days)
    return years


# === The cost of recovery === #


def recovery_cost(
    invoices: Iterable[Hashable], *, kind: Kind, each: Decimal = Decimal(40)
) -> Decimal:
    """The fixed cost of recovery: for each invoice paid late, not for each instalment.

    Professionals (C. com. D441-5) and public bodies (C. com. pub. D2192-35); consumers
    owe none.

    :param invoices: what identifies each; one that comes twice counts once.
    :param each: of one invoice, in the currency of all.
    :raises InvalidClaim: unknown kind of buyer.
    """
    check_kind(kind)
    return Decimal(0) if kind == "consumer" else each * len(set(invoices))
