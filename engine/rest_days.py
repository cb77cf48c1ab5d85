"""The days on which nobody is written to or called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .errors import InvalidDunning
from .periods import ONE_DAY

_WEEK = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True)
class ContactCalendar:
    """Days off, as values: whose holidays they are is known elsewhere.

    :param weekdays_off: ISO week-days, 1 (Monday) to 7 (Sunday).
    :param holidays: single days.
    :raises InvalidDunning: when no day of the week is open, or no week has such a day.
    """

    weekdays_off: frozenset[int] = frozenset()
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not self.weekdays_off < _WEEK:
            raise InvalidDunning(
                "A calendar has days of the week off, never all of them.",
                weekdays_off=sorted(self.weekdays_off),
            )

    def is_open(self, day: date) -> bool:
        """Whether a debtor may be contacted on a day."""
        return day.isoweekday() not in self.weekdays_off and day not in self.holidays

    def next_open(self, day: date) -> date:
        """The first day from ``day`` on, itself included, that is open."""
        while not self.is_open(day):
            day += ONE_DAY
        return day
