"""Spans of days, half-open: ``end`` is the first day *after* the span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import InvalidPeriod

ONE_DAY = timedelta(days=1)
#: Stands for "no end": later than any date a contract can name.
FOREVER = date.max


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A span of at least one day.

    :param start: first day.
    :param end: first day after.
    :raises InvalidPeriod: when ``end`` is not after ``start``.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidPeriod(
                f"A period ends after it starts: {self.start} - {self.end}.",
                start=self.start,
                end=self.end,
            )

    @classmethod
    def inclusive(cls, first: date, last: date) -> Period:
        """The period of two stored days, both included."""
        return cls(first, last + ONE_DAY if last < FOREVER else FOREVER)

    @property
    def last(self) -> date:
        """Last day, included: what records store and documents print."""
        return self.end - ONE_DAY

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    def contains(self, day: date) -> bool:
        """Whether ``day`` lies in the span."""
        return self.start <= day < self.end

    def intersect(self, other: Period) -> Period | None:
        """The days common to both, or None."""
        if other.start <= self.start and self.end <= other.end:
            return self
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None


def span(start: date, end: date) -> Period | None:
    """The period from ``start`` to the day before ``end``, or None when empty."""
    return Period(start, end) if start < end else None


def merge(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same days as sorted spans that neither touch nor overlap."""
    spans = sorted(periods)
    if len(spans) < 2:
        return tuple(spans)
    merged: list[Period] = []
    for period in spans:
        if merged and period.start <= merged[-1].end:
            if period.end > merged[-1].end:
                merged[-1] = Period(merged[-1].start, period.end)
        else:
            merged.append(period)
    return tuple(merged)


def subtract(whole: Iterable[Period], holes: Iterable[Period]) -> tuple[Period, ...]:
    """The days of ``whole`` that are in none of ``holes``, sorted."""
    rest = merge(whole)
    for hole in merge(holes):
        cut = []
        for piece in rest:
            for left in (
                span(piece.start, min(piece.end, hole.start)),
                span(max(piece.start, hole.end), piece.end),
            ):
                if left:
                    cut.append(left)
        rest = tuple(cut)
    return rest


def hull(periods: Iterable[Period]) -> Period | None:
    """The smallest single span that holds all days of ``periods``, or None."""
    spans = list(periods)
    if len(spans) < 2:
        return spans[0] if spans else None
    return Period(min(p.start for p in spans), max(p.end for p in spans))
