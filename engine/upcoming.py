"""Interim, until the real one is merged."""

from dataclasses import dataclass
from datetime import date

from .charging import due_charges
from .next_dates import next_charge_date


@dataclass
class Upcoming:
    """A coming invoice."""

    day: date
    charges: tuple


def upcoming(lines, *, as_of):
    dates = [next_charge_date(t, b) for t, b in lines]
    day = min((d for d in dates if d), default=None)
    if day:
        yield Upcoming(day, tuple(c for t, b in lines for c in due_charges(t, b, day)))
