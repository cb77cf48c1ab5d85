"""Which charges of one subscription stand on which document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

from .charges import Charge

CatchUpForm = Literal["per_period", "one_document"]


def by_document(
    charges: Iterable[Charge], *, form: CatchUpForm
) -> dict[date | None, list[Charge]]:
    """Share what a run bills for a subscription among its documents.

    Missed periods make one document each, or one for all. What is due with the latest
    period, adjustments included, stands on the last one.

    :return: ``{scheduled date of a missed period, None for the latest: charges}``.
    """
    found = list(charges)
    dates = sorted({c.scheduled for c in found if c.kind == "charge"})
    if form == "one_document":
        dates = dates[-1:]
    buckets: dict[date | None, list[Charge]] = {}
    for charge in found:
        missed = charge.kind != "adjustment" and charge.scheduled in dates[:-1]
        buckets.setdefault(charge.scheduled if missed else None, []).append(charge)
    return buckets


def without_excess_credit(charges: Iterable[Charge]) -> list[Charge]:
    """The charges of a document less the credits that would turn it negative.

    What is left out is not written: the promise still differs from the ledger, so it
    comes back by itself.
    """
    found = list(charges)
    room = sum((c.charged for c in found if c.charged > 0), Decimal(0))
    kept = []
    for charge in found:
        if charge.charged < 0:
            if room + charge.charged < 0:
                continue
            room += charge.charged
        kept.append(charge)
    return kept
