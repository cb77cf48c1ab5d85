"""The grid of billing periods: every boundary is computed from the anchor.

Never from the previous boundary: 31 January gives 28 February, then 31 March again.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from .errors import InvalidRule
from .periods import Period

Unit = Literal["day", "week", "month", "year"]
UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")
#: Days of what is counted in days, months of what is counted in months.
_LENGTHS = {"day": 1, "week": 7, "month": 1, "year": 12}


# A run asks for the same few months for each of its lines.
@lru_cache(maxsize=8192)
def _clamped(month_index: int, day: int) -> date:
    """``day`` of the month number ``month_index`` (year × 12 + month − 1)."""
    year, month = divmod(month_index, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=8192)
def _aligned(anchor: date, step: int, billing_day: int, billing_month: int) -> int:
    """Month number of the aligned boundary that the anchor's period starts with."""
    month = anchor.year * 12 + anchor.month - 1
    cycle = 12 if step % 12 == 0 else step
    month -= (month - (billing_month - 1)) % cycle
    if _clamped(month, billing_day) > anchor:
        month -= cycle
    return month


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    """An endless grid of billing periods, both ways.

    :param unit: ``day``, ``week``, ``month`` or ``year``.
    :param interval: how many units a period lasts, at least 1.
    :param anchor: the date that fixes the grid; period 0 contains it.
    :param billing_day: aligns the grid: day of the month 1-31, clamped to the
        month's end (31 = last day), or ISO week-day 1-7 for weeks; None = the
        anchor's own day.
    :param billing_month: for aligned months and years, the month (1-12) from which
        intervals are counted; default January, so quarters are calendar quarters.
    :raises InvalidRule: when the values describe no grid.
    """

    unit: Unit
    interval: int
    anchor: date
    billing_day: int | None = None
    billing_month: int | None = None

    def __post_init__(self) -> None:
        fault = self._fault()
        if fault:
            raise InvalidRule(fault, rule=self)

    def _fault(self) -> str:
        if self.unit not in UNITS:
            return f"Unknown unit: {self.unit}."
        if self.interval < 1:
            return f"A rhythm has at least one {self.unit}: {self.interval}."
        if self.billing_day is not None and self.unit == "day":
            return "A rhythm in days has no billing day."
        last = 7 if self.unit == "week" else 31
        if self.billing_day is not None and not 1 <= self.billing_day <= last:
            return f"No such billing day: {self.billing_day}."
        return self._month_fault()

    def _month_fault(self) -> str:
        if self.billing_month is None:
            return ""
        if self.billing_day is None or self.unit not in ("month", "year"):
            return "A billing month needs a billing day of months or years."
        if not 1 <= self.billing_month <= 12:
            return f"No such month: {self.billing_month}."
        return ""

    def boundary(self, n: int) -> date:
        """First day of period ``n``; strictly increasing in ``n``."""
        if self.unit in ("day", "week"):
            return self._first_day() + timedelta(days=n * self._step())
        return _clamped(
            self._first_month() + n * self._step(),
            self.billing_day or self.anchor.day,
        )

    def period(self, n: int) -> Period:
        """Period ``n``; 0 contains the anchor, negative ones lie before."""
        return Period(self.boundary(n), self.boundary(n + 1))

    def index_of(self, day: date) -> int:
        """The number of the period that contains ``day``."""
        if self.unit in ("day", "week"):
            return (day - self._first_day()).days // self._step()
        months = day.year * 12 + day.month - 1 - self._first_month()
        n = months // self._step()
        # The boundary may fall later in the same month.
        return n if self.boundary(n) <= day else n - 1

    def periods(self, start: date, end: date) -> Iterator[Period]:
        """The full grid periods that meet the days from ``start`` to before ``end``."""
        if start >= end:
            return
        n = self.index_of(start)
        first = self.boundary(n)
        while first < end:
            following = self.boundary(n + 1)
            yield Period(first, following)
            n, first = n + 1, following

    def _step(self) -> int:
        """Length of a period, in days (day, week) or months (month, year)."""
        return self.interval * _LENGTHS[self.unit]

    def _first_day(self) -> date:
        """Boundary 0 of a rhythm in days or weeks."""
        if self.unit == "day" or self.billing_day is None:
            return self.anchor
        return self.anchor - timedelta(
            days=(self.anchor.isoweekday() - self.billing_day) % 7
        )

    def _first_month(self) -> int:
        """Month number of boundary 0 of a rhythm in months or years.

        Aligned rhythms that divide the year follow the calendar; those of whole
        years take the latest billing month, so that "every two years on 1 January"
        starts with the year of the anchor.
        """
        month = self.anchor.year * 12 + self.anchor.month - 1
        if self.billing_day is None:
            return month
        return _aligned(
            self.anchor, self._step(), self.billing_day, self.billing_month or 1
        )
