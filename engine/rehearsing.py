"""What a rehearsal says first of an invoice: why it differs from the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

from .charges import Charge
from .reasons import Reason, ReasonKind

Why = Literal[
    "unchanged", "new", "price", "proration", "catch_up", "end", "lines", "regular"
]

#: What is told first when several things are true: the rarer and graver before.
_BY_REASON: tuple[tuple[Why, tuple[ReasonKind, ...]], ...] = (
    ("end", ("end",)),
    ("proration", ("adjustment", "start", "pause", "free")),
    ("price", ("terms",)),
    ("lines", ("new", "also", "not_due")),
)


def main_reason(
    told: Iterable[Reason],
    charges: Sequence[Charge],
    *,
    is_first: bool,
    has_extra: bool,
    difference: bool,
) -> Why:
    """The one word a person sorts a rehearsal by.

    :param told: all that is to be said of the documents.
    :param charges: what they charge.
    :param is_first: nothing was invoiced for the subscription before.
    :param has_extra: one-off lines come along.
    :param difference: whether the amount differs from the last invoice.
    """
    kinds = {reason.kind for reason in told}
    if _is_catching_up(charges):
        return "catch_up"
    if is_first:
        return "new"
    for why, reasons in _BY_REASON:
        if kinds.intersection(reasons):
            return why
    if has_extra:
        return "lines"
    # All charges are whole and as before: it is the last invoice that was special.
    return "regular" if difference else "unchanged"


def _is_catching_up(charges: Iterable[Charge]) -> bool:
    """Whether a line is charged for more than one period at once."""
    periods: Counter[Hashable] = Counter(
        charge.line for charge in charges if charge.kind == "charge"
    )
    return any(count > 1 for count in periods.values())
