"""Whether an entry of the ledger still says what its facts give, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .canonical import digest
from .errors import InvalidFacts
from .facts import days_of, period_of, replay
from .moved import Moved, find_moved
from .recorded import Recorded

#: ``facts`` moved, ``amount`` or ``period`` of the entry did, ``document`` says
#: something else, ``no_facts`` were stored, or they are ``unreadable``.
Reason = Literal[
    "identical", "no_facts", "unreadable", "facts", "amount", "period", "document"
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a replay found.

    :param reason: ``identical``, or what is wrong.
    :param settled: recomputed; None when nothing could be.
    :param charged: recomputed, less what was conceded by hand.
    :param moved: the fact that explains it, as well as can be told.
    """

    reason: Reason
    settled: Decimal | None = None
    charged: Decimal | None = None
    moved: Moved | None = None

    @property
    def identical(self) -> bool:
        """Whether all is as it was written."""
        return self.reason == "identical"


def judge(entry: Recorded, *, name: bool = True) -> Verdict:
    """Replay an entry and compare it with what is stored and printed.

    :param name: whether to look for the fact that moved; it may take a part of a
        second, which a caller who found thousands already saves.
    """
    if not entry.facts:
        return Verdict("no_facts")
    try:
        settled, charged = replay(entry.facts)
    except InvalidFacts:
        return Verdict("unreadable", moved=find_moved(entry) if name else None)
    charged -= entry.conceded
    if digest(entry.facts) != entry.seal:
        moved = find_moved(entry) if name else None
        return Verdict("facts", settled, charged, moved)
    if (settled, charged) != (entry.settled, entry.charged):
        return Verdict("amount", settled, charged)
    days = entry.facts.get("period")
    if days and period_of(days) != entry.period:
        stored = days_of(entry.period)
        return Verdict(
            "period", settled, charged, Moved(("period",), stored, days, proved=True)
        )
    if _contradicts(entry):
        return Verdict("document", settled, charged)
    return Verdict("identical", settled, charged)


def _contradicts(entry: Recorded) -> bool:
    """Whether the document's line comes to another amount than the entry."""
    if entry.printed is None:
        return False
    if entry.printed.amount(Decimal(entry.facts["step"])) != entry.charged:
        return True
    return entry.untaxed is not None and entry.untaxed != entry.printed_untaxed
