"""What a subscription that is set aside keeps from being invoiced."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from .charging import BilledEntry, Charge, due_charges
from .terms import LineTerms


@dataclass(frozen=True, slots=True)
class Held:
    """Charges that are due and wait.

    :param amount: their sum, in the currency and price convention of the lines.
    :param periods: how many different periods they pay for.
    :param first: first day of the earliest, None when nothing is due.
    :param last: last day of the latest, included.
    """

    amount: Decimal = Decimal(0)
    periods: int = 0
    first: date | None = None
    last: date | None = None


def held_charges(
    terms: LineTerms, billed: Iterable[BilledEntry], as_of: date
) -> tuple[Charge, ...]:
    """What is due for a line, however much that is: nothing of it is to be billed."""
    return due_charges(replace(terms, catch_up_limit=sys.maxsize), billed, as_of)


def held(charges: Iterable[Charge]) -> Held:
    """What charges of all lines of a subscription come to."""
    known = list(charges)
    if not known:
        return Held()
    return Held(
        amount=sum((charge.charged for charge in known), Decimal(0)),
        periods=len({charge.period for charge in known}),
        first=min(charge.period.start for charge in known),
        last=max(charge.period.last for charge in known),
    )
