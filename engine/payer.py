"""The payer's own clock: how many days after the due date a customer usually pays.

Delays are estimated as lifetimes are (Kaplan and Meier, 1958): an invoice that is open
says that its delay is longer than its age, no more and no less. Leaving it out would
make bad payers look prompt, and so would counting it as paid today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .errors import InvalidHistory

#: Due date, day of full payment or None, amount.
Bill = tuple[date, date | None, Decimal]
PayerClass = Literal["prompt", "slow", "risky", "unknown"]
#: Days past the due date, and the part of invoices unpaid after them.
Curve = tuple[tuple[int, Fraction], ...]

#: How much of the payments to come the usual span is to hold.
_USUAL_PART = Fraction(8, 10)
_HALF = Fraction(1, 2)
_MOSTLY = Fraction(3, 4)
_MOST = Fraction(9, 10)


@dataclass(frozen=True, slots=True)
class ClassLimits:
    """Where the classes of payers end, in days past the due date.

    - *prompt*: half of the invoices are paid by ``prompt``, nine of ten by
      ``prompt_most``.
    - *risky*: half of them are paid later than ``slow``, or more than one of ten later
      than ``slow_most``.
    - *slow*: between the two.

    Where the day of nine of ten is not known, the oldest delay seen stands for it.
    """

    prompt: int = 5
    prompt_most: int = 15
    slow: int = 30
    slow_most: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far back a history is looked at: what is recent counts, the rest does not.

    :param days: back from the day, by due date.
    :param most: invoices, the latest.
    :param enough: payments without which nothing is said of what is usual.
    """

    days: int = 730
    most: int = 36
    enough: int = 4

    def __post_init__(self) -> None:
        if min(self.days, self.most, self.enough) < 1:
            raise InvalidHistory("A look goes back at least a day and an invoice.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerClock:
    """When a customer usually pays; days past the due date, negative when before it.

    :param class_: see :class:`ClassLimits`; ``unknown`` when too little is known.
    :param count: invoices looked at.
    :param open_count: how many of them are open.
    :param usual: half of the invoices are paid by then; None: not known.
    :param low: with ``high`` the shortest span of days that holds eight of ten payments
        to come; both None when too many are open to say.
    :param high: its last day.
    :param unpaid: of a risky payer whose usual delay is not known: half of the invoices
        were still unpaid after so many days; else None.
    :param curve: what all this is read from.
    """

    class_: PayerClass
    count: int
    open_count: int
    usual: int | None = None
    low: int | None = None
    high: int | None = None
    unpaid: int | None = None
    curve: Curve = ()

    @property
    def habit(self) -> Literal["unknown", "unpaid", "early", "on_the_day", "late"]:
        """Which sentence says it: ``unpaid`` tells of ``unpaid``, ``early`` and
        ``late`` of ``usual``, all but ``unknown`` of the span where there is one.
        """
        if self.usual is None:
            return "unknown" if self.unpaid is None else "unpaid"
        if not self.usual:
            return "on_the_day"
        return "late" if self.usual > 0 else "early"


def payer_clock(
    bills: Iterable[Bill],
    *,
    on: date,
    look: Look | None = None,
    limits: ClassLimits | None = None,
) -> PayerClock:
    """What a history of invoices says of its payer.

    Only what has fallen due counts: an invoice that is paid before its due date comes
    counts from then on, or early payments alone would be seen of the newest.

    :param bills: invoices; what asks for nothing (credit notes) is left out.
    :param on: the day it is looked at; what was paid later is open.
    :param look: how far back.
    :param limits: where the classes end.
    """
    look = look or Look()
    times = _times(bills, on, look)
    paid = sum(done for _late, done in times)
    clock = {"count": len(times), "open_count": len(times) - paid}
    curve = survival(times)
    usual = quantile(curve, _HALF)
    limits = limits or ClassLimits()
    if usual is None or paid < look.enough:
        unpaid = _unpaid(times) if len(times) >= look.enough else None
        if unpaid is None or unpaid <= limits.slow:
            return PayerClock(class_="unknown", **clock)
        return PayerClock(class_="risky", unpaid=unpaid, **clock)
    low, high = usual_span(curve, len(times))
    return PayerClock(
        class_=_class(usual, _late_end(curve, times), limits),
        usual=usual,
        low=low,
        high=high,
        curve=curve,
        **clock,
    )


def _times(bills: Iterable[Bill], on: date, look: Look) -> list[tuple[int, bool]]:
    """How late each invoice was paid, or is by now."""
    since = on - timedelta(days=look.days)
    found = []
    for due, paid_on, amount in bills:
        if since < due <= on and amount > 0:
            paid = paid_on is not None and paid_on <= on
            day = paid_on if paid_on is not None and paid else on
            found.append((due, (day - due).days, paid))
    return [(late, paid) for _due, late, paid in sorted(found)[-look.most :]]


def survival(times: Iterable[tuple[int, bool]]) -> Curve:
    """The part of invoices unpaid after so many days, by Kaplan and Meier.

    :param times: days past the due date, and whether it was paid then or is open by
        then; of the same day, payments come first.
    :return: a point for each day on which something was paid.
    """
    left: dict[int, list[int]] = {}
    at_risk = 0
    for days, paid in times:
        counts = left.setdefault(days, [0, 0])
        counts[0] += paid
        counts[1] += 1
        at_risk += 1
    unpaid, curve = Fraction(1), []
    for days in sorted(left):
        paid_count, count = left[days]
        if paid_count:
            unpaid *= Fraction(at_risk - paid_count, at_risk)
            curve.append((days, unpaid))
        at_risk -= count
    return tuple(curve)


def quantile(curve: Curve, part: Fraction) -> int | None:
    """The first day by which at least a part of the invoices is paid, or None."""
    return next((days for days, unpaid in curve if 1 - unpaid >= part), None)


def usual_span(curve: Curve, count: int) -> tuple[int | None, int | None]:
    """The shortest span of days that holds eight of ten payments to come.

    Days that held eight of ten payments seen hold fewer of those to come, since they
    were picked for it. Counting one payment more than was seen, outside, makes up for
    that. Of spans of one length, the one that holds most; then the earliest.

    :param count: invoices that the curve comes from.
    :return: first and last day; None twice when so many are never seen paid.
    """
    needed = min(Fraction(1), _USUAL_PART * Fraction(count + 1, count))
    befores = [Fraction(1), *(unpaid for _days, unpaid in curve)]
    best = None
    for start, (first, _unpaid) in enumerate(curve):
        for last, unpaid in curve[start:]:
            held = befores[start] - unpaid
            if held >= needed:
                found = (last - first, -held, first, last)
                best = min(best, found) if best else found
                break
    return (best[2], best[3]) if best else (None, None)


def _unpaid(times: Sequence[tuple[int, bool]]) -> int:
    """At least half of the invoices were unpaid until then, whatever comes."""
    days = sorted(late for late, _paid in times)
    return days[len(days) // 2]


def _late_end(curve: Curve, times: Iterable[tuple[int, bool]]) -> int:
    """Nine of ten are paid by then; or else the oldest delay seen."""
    most = quantile(curve, _MOST)
    return max(late for late, _paid in times) if most is None else most


def _class(usual: int, late_end: int, limits: ClassLimits) -> PayerClass:
    if usual > limits.slow or late_end > limits.slow_most:
        return "risky"
    if usual <= limits.prompt and late_end <= limits.prompt_most:
        return "prompt"
    return "slow"


# === What follows from it === #


def first_shift(clock: PayerClock, *, longest: int, delay: int = 0) -> int:
    """How many days the first reminder after the due date may wait.

    Until the day after that by which the customer pays three of four invoices: most of
    what is spared, and somebody who forgets one now and then still hears of it early.
    A wait that ends before the usual day spares nothing: there is none then, nor for a
    risky payer or one that is not known.

    :param longest: the most days.
    :param delay: days past the due date on which the reminder goes to everybody.
    """
    if clock.usual is None or clock.class_ == "risky" or clock.usual >= delay + longest:
        return 0
    end = quantile(clock.curve, _MOSTLY)
    return 0 if end is None else max(0, min(end + 1 - delay, longest))


def expected_day(
    clock: PayerClock, due: date, *, on: date, part: Fraction | Decimal
) -> date | None:
    """By which day an open invoice is paid in so many cases, for the forecast of cash.

    :param due: its due date.
    :param on: the day of the forecast; it was not paid up to and including it.
    :param part: of the cases: 1/10, 1/2, 9/10.
    :return: a day after ``on``; None when the customer's history does not say, since it
        never was so late, or too many such invoices are open.
    :raises InvalidHistory: a part that is not between 0 and 1.
    """
    if not 0 < part < 1:
        raise InvalidHistory(f"A part of the cases lies between 0 and 1: {part}.")
    age = (on - due).days
    unpaid = Fraction(1)
    later = []
    for days, left in clock.curve:
        if days <= age:
            unpaid = left
        else:
            later.append((days, left))
    if not unpaid:
        return None
    given = tuple((days, left / unpaid) for days, left in later)
    days = quantile(given, Fraction(part))
    return None if days is None else due + timedelta(days=days)
