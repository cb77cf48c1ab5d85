"""What a subscription line promises over time, as values."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from .errors import InvalidTerms
from .money import line_price
from .periods import FOREVER, Period, span, subtract
from .proration import BASES, Basis
from .recurrence import RecurrenceRule

Timing = Literal["in_advance", "in_arrears"]
FirstPeriod = Literal["prorate", "full", "free", "merged"]
Settlement = Literal["at_once", "next_invoice"]
TIMINGS: tuple[Timing, ...] = get_args(Timing)
FIRST_PERIODS: tuple[FirstPeriod, ...] = get_args(FirstPeriod)
SETTLEMENTS: tuple[Settlement, ...] = get_args(Settlement)


@dataclass(frozen=True, order=True, slots=True)
class LineVersion:
    """Quantity, price and discount of a line from its first day on.

    :param start: first day; on a boundary it takes the whole new period.
    :param quantity: units sold.
    :param price: price of one unit for a full period, in the line's own price
        convention (tax included or not).
    :param discount: percent of the price given up.
    :param sequence: tells versions of the same day apart, the highest holds.
    """

    start: date
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    sequence: int = 0

    @property
    def amount(self) -> Fraction:
        """Exact price of a full period."""
        return line_price(self.quantity, self.price, self.discount)


@dataclass(frozen=True, order=True, slots=True)
class Pause:
    """Days that are not promised: from ``start`` to the day before ``end``.

    An open pause (``end`` None) counts as endless until it is ended.
    """

    start: date
    end: date | None = None

    @property
    def period(self) -> Period | None:
        """The paused days, None for a pause that was ended before it began."""
        return span(self.start, self.end or FOREVER)


def moved_end(start: date, end: date, pauses: Iterable[Pause]) -> date:
    """First day after a promise whose ``end`` moves by the paused days before it.

    :param start: first promised day; days paused before it move nothing.
    """
    reached = start
    for pause in sorted(pauses, key=lambda p: (p.start, p.end or FOREVER)):
        begin = max(pause.start, reached)
        if begin >= end or (pause.end and pause.end <= begin):
            continue
        if pause.end is None:
            return FOREVER
        end += pause.end - begin
        reached = pause.end
    return end


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTerms:
    """The promise of one line: one grid, versions, pauses, an end.

    :param line: identifies the line for the caller, returned on each charge.
    :param rule: the grid of billing periods, for ever the same.
    :param start: first promised day.
    :param end: first day after the last promised one; None = no end.
    :param timing: invoiced at the start or after the end of the period.
    :param lead_days: days before (negative: after) that moment; at most 1 in arrears.
    :param basis: day count of a period cut at its outer edges.
    :param first_period: what a first period cut by the start costs.
    :param step: rounding step of the currency.
    :param versions: the first holds on ``start`` at the latest.
    :param pauses: any order; may touch or overlap.
    :param extend_on_pause: paused days move a fixed end instead of being credited.
    :param upgrade: when a rise inside a period already charged is settled.
    :param downgrade: the same for a fall.
    :param catch_up_limit: periods of this line that one run may bill.
    :raises InvalidTerms: when the values promise nothing definite.
    """

    line: Hashable
    rule: RecurrenceRule
    start: date
    end: date | None = None
    timing: Timing = "in_advance"
    lead_days: int = 0
    basis: Basis = "actual"
    first_period: FirstPeriod = "prorate"
    step: Decimal = Decimal("0.01")
    versions: tuple[LineVersion, ...] = ()
    pauses: tuple[Pause, ...] = ()
    extend_on_pause: bool = False
    upgrade: Settlement = "at_once"
    downgrade: Settlement = "at_once"
    catch_up_limit: int = 12

    def __post_init__(self) -> None:
        fault = self._fault()
        if fault:
            raise InvalidTerms(f"Line {self.line}: {fault}", line=self.line)
        object.__setattr__(
            self,
            "versions",
            tuple(sorted(self.versions, key=lambda v: (v.start, v.sequence))),
        )
        object.__setattr__(
            self,
            "pauses",
            tuple(sorted(self.pauses, key=lambda p: (p.start, p.end or FOREVER))),
        )

    def _fault(self) -> str:
        if not self.versions or min(v.start for v in self.versions) > self.start:
            return f"no version holds on its first day {self.start}."
        if len({(v.start, v.sequence) for v in self.versions}) < len(self.versions):
            return "two versions share a day and a sequence."
        for value, known in (
            (self.basis, BASES),
            (self.timing, TIMINGS),
            (self.first_period, FIRST_PERIODS),
            (self.upgrade, SETTLEMENTS),
            (self.downgrade, SETTLEMENTS),
        ):
            if value not in known:
                return f"{value} is none of {', '.join(known)}."
        if self.timing == "in_arrears" and self.lead_days > 1:
            return "in arrears, an invoice is due on the last day at the earliest."
        if self.step <= 0:
            return f"a rounding step is positive, not {self.step}."
        return ""

    @property
    def effective_end(self) -> date:
        """First day after the promise, with the days that pauses moved it by."""
        if self.end is None:
            return FOREVER
        if self.extend_on_pause:
            return moved_end(self.start, self.end, self.pauses)
        return self.end

    def contracted(self, within: Period) -> Period | None:
        """The days between start and end that lie in ``within``, pauses included."""
        end = self.effective_end
        if self.start <= within.start and within.end <= end:
            return within
        return span(max(self.start, within.start), min(end, within.end))

    def served(self, within: Period) -> tuple[Period, ...]:
        """The promised days of ``within``: contracted and not paused."""
        contracted = self.contracted(within)
        if not contracted:
            return ()
        if not self.pauses:
            return (contracted,)
        paused = [pause.period for pause in self.pauses if pause.period]
        return subtract([contracted], paused)

    def versions_in(self, spans: tuple[Period, ...]) -> list[tuple[LineVersion, int]]:
        """The versions that hold on days of ``spans``, with their number of days."""
        held = []
        for index, version in enumerate(self.versions):
            following = next(
                (
                    v.start
                    for v in self.versions[index + 1 :]
                    if v.start > version.start
                ),
                FOREVER,
            )
            replaced = index + 1 < len(self.versions) and (
                self.versions[index + 1].start == version.start
            )
            force = None if replaced else span(version.start, following)
            days = sum(
                common.days
                for period in spans
                if force and (common := force.intersect(period))
            )
            if days:
                held.append((version, days))
        return held

    def as_known(self, on: date) -> LineTerms:
        """The terms with only what has begun by ``on``: versions, pauses, the end."""
        begun = tuple(v for v in self.versions if v.start <= max(on, self.start))
        return replace(
            self,
            versions=begun,
            pauses=tuple(p for p in self.pauses if p.start <= on),
            end=self.end if self.end and self.end <= on else None,
        )

    def with_open_pauses(self, on: date) -> LineTerms:
        """The terms as they were while pauses that still run on ``on`` had no end."""
        return replace(
            self,
            pauses=tuple(
                Pause(p.start) if p.start <= on and p.end and p.end > on else p
                for p in self.pauses
            ),
        )
