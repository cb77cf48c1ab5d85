"""The state a subscription shows on a day. No rule of money reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from .terms import Pause

BillingState = Literal["running", "paused", "closed"]
Standing = Literal["coming", "running", "paused", "closed"]


def state_on(
    day: date, *, end: date | None, pauses: Iterable[Pause] = ()
) -> BillingState:
    """The state on ``day`` of a subscription that was confirmed.

    :param end: first day after the last contracted one; None = no end.
    :param pauses: of the whole subscription.
    """
    if end is not None and day >= end:
        return "closed"
    if any(p.period and p.period.contains(day) for p in pauses):
        return "paused"
    return "running"


def standing_on(
    day: date, *, start: date, end: date | None, pauses: Iterable[Pause] = ()
) -> Standing:
    """How a confirmed subscription stands on ``day``, told to others: it does not run
    before its first day.

    :param start: first contracted day.
    :param end: as :func:`state_on` takes it.
    """
    return "coming" if day < start else state_on(day, end=end, pauses=pauses)
