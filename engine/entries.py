"""What the ledger says of a line, sorted into the units it is reconciled by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from .money import quantize
from .periods import Period, merge
from .recurrence import RecurrenceRule

EntryKind = Literal["charge", "adjustment", "waiver", "opening"]
#: The kinds that say a day was billed; the others only move its amount.
COVERING: tuple[EntryKind, ...] = ("charge", "opening")


@dataclass(frozen=True, slots=True)
class BilledEntry:
    """One row of the ledger, as far as reconciliation needs it.

    :param kind: ``charge``, ``adjustment``, ``waiver`` or ``opening``.
    :param period: the days it is for.
    :param settled: what it takes from the promise.
    :param charged: what its document says.
    :param state: ``void`` entries count for nothing.
    """

    kind: EntryKind
    period: Period
    settled: Decimal
    charged: Decimal
    state: str = "posted"


@dataclass(frozen=True, slots=True)
class Unit:
    """Grid periods that are reconciled together: one, or those one entry spans.

    :param grids: the full grid periods, in order.
    :param entries: the live entries that belong to them.
    """

    grids: tuple[Period, ...]
    entries: tuple[BilledEntry, ...]

    @property
    def covered(self) -> tuple[Period, ...]:
        """The days a charge or an opening entry covers."""
        return merge(e.period for e in self.entries if e.kind in COVERING)

    @property
    def settled(self) -> Decimal:
        """What was taken from the promise so far."""
        return sum((e.settled for e in self.entries), Decimal(0))

    @property
    def charged(self) -> Decimal:
        """What the documents said so far."""
        return sum((e.charged for e in self.entries), Decimal(0))

    def gives_back(self, difference: Decimal) -> bool:
        """Whether a further ``difference`` takes away from what is settled."""
        settled = self.settled
        return bool(settled and difference) and (difference > 0) != (settled > 0)

    def charged_ratio(self, difference: Decimal) -> Fraction:
        """Charged per settled unit, for a further ``difference``.

        What gives back gives back what was really charged: nothing of a free period,
        less after a concession. A rise is charged in full, and so is what goes beyond
        giving back everything.
        """
        if not self.gives_back(difference):
            return Fraction(1)
        settled = self.settled
        back = min(abs(Fraction(difference)), abs(Fraction(settled)))
        beyond = abs(Fraction(difference)) - back
        charged = back * Fraction(self.charged) / Fraction(settled) + beyond
        return charged / abs(Fraction(difference))


def settled_by_document(
    charged: Decimal, *, origin_settled: Decimal, origin_charged: Decimal, step: Decimal
) -> Decimal:
    """What a line that credits or replaces a charge takes from the promise.

    What was conceded on the charge comes back with it, in proportion.

    :param charged: what the correcting line says, signed as a charge.
    :param origin_settled: what the corrected entry took from the promise.
    :param origin_charged: what its document said.
    :param step: rounding step of the currency.
    """
    if not origin_charged:
        return charged
    ratio = Fraction(origin_settled) / Fraction(origin_charged)
    return quantize(Fraction(charged) * ratio, step)


def units(
    rule: RecurrenceRule,
    entries: Sequence[BilledEntry],
    due: Iterable[Period],
    *,
    since: date | None = None,
) -> list[Unit]:
    """The units that have an entry or are due, in order.

    An opening entry may span many periods: those become one unit, since its amount
    is known for all of them together only.

    :param entries: live entries.
    :param due: grid periods whose invoice date has come.
    :param since: leave out the units that end on or before this day. Whole units: an
        entry may end earlier than the period it belongs to (a pause, an end).
    """
    members: dict[int, int] = {}
    for grid in due:
        index = rule.index_of(grid.start)
        members.setdefault(index, index)
    spans = [
        (rule.index_of(e.period.start), rule.index_of(e.period.last), e)
        for e in entries
    ]
    # Covering entries first and in order: they decide which periods go together.
    for first, last, entry in sorted(
        spans, key=lambda item: (item[2].kind not in COVERING, item[0])
    ):
        head = members.get(first, first)
        if entry.kind in COVERING:
            for index in range(first, last + 1):
                members[index] = head
        else:
            members.setdefault(first, first)
    grouped: dict[int, list[int]] = {}
    for index in sorted(members):
        grouped.setdefault(members[index], []).append(index)
    belongs: dict[int, list[BilledEntry]] = {head: [] for head in grouped}
    for first, _last, entry in spans:
        belongs[members[first]].append(entry)
    return [
        Unit(tuple(rule.period(i) for i in indices), tuple(belongs[head]))
        for head, indices in grouped.items()
        if since is None or rule.boundary(indices[-1] + 1) > since
    ]
