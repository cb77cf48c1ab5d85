"""What a debtor owes, and what of it may be asked for on a day.

An open item is one due date of one document: an invoice payable in three instalments
is three of them. Each currency is looked at by itself: a credit in dollars covers no
debt in euros.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from .errors import InvalidDunning
from .periods import ONE_DAY

#: Why something is left in peace: a person said so (``hold``); the books block it
#: (``blocked``: payment state or no follow-up); an answer waits to be read
#: (``answer``); it was overdue before sending was switched on, and nobody has decided
#: (``undecided``) or somebody has, to leave it (``left_alone``).
HoldCause = Literal["hold", "blocked", "answer", "undecided", "left_alone"]
#: What takes a part of an item out, in the order in which it is taken.
PartKind = Literal["on_way", "disputed", "promised", "planned"]

PART_KINDS: tuple[PartKind, ...] = ("on_way", "disputed", "promised", "planned")
#: Parts that come back by themselves. A dispute is ended by a person or a credit note,
#: money on its way by its arrival or its return.
_LAPSING = frozenset({"promised", "planned"})


@dataclass(frozen=True, slots=True)
class Ladder:
    """Where an item stands on the ladder of reminders.

    :param position: number of levels behind it, done or not applicable.
    :param last_step: day of the last contact that moved it up, or listed it first.
    :param listed: whether a reminder has listed it. A notice before the due date is
        none: who has read of an invoice in good time was not reminded of it.
    """

    position: int = 0
    last_step: date | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that is left in peace.

    :param until: last day of it; None: until a person ends it.
    :param since: first day of it, for the reader; None: not known.
    """

    cause: HoldCause
    until: date | None = None
    since: date | None = None

    def keeps(self, on: date) -> bool:
        """Whether it still holds on a day."""
        return self.until is None or on <= self.until

    @property
    def ends_on(self) -> date | None:
        """The first day on which it keeps nothing, if that comes by itself."""
        return None if self.until is None else self.until + ONE_DAY


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an item that is not asked for, in the item's currency.

    :param since: the day it began, for the reader; None: not known.
    :param until: the day named: of a promise, of the next instalment of a plan, of the
        review of a dispute (which passing does not end). The day is included.
    :param bank_days: how many days more a promise or a plan is kept out, since money
        takes them to reach the books.
    """

    kind: PartKind
    amount: Decimal
    since: date | None = None
    until: date | None = None
    bank_days: int = 0

    @property
    def ends_on(self) -> date | None:
        """The first day on which it keeps nothing, if that comes by itself."""
        if self.until is None or self.kind not in _LAPSING:
            return None
        return self.until + timedelta(days=self.bank_days + 1)

    def keeps(self, on: date) -> bool:
        """Whether it is still kept out on a day."""
        ends = self.ends_on
        return ends is None or on < ends


@dataclass(frozen=True, slots=True)
class OpenItem:
    """One due date of one document, and what is open of it.

    :param due: the day on which it is to be paid; it is overdue from the next day on.
    :param amount: what is open, in ``currency``; 0 once it is paid.
    :param company_amount: the same in the company's currency at the day's rate; it is
        compared with thresholds and never printed.
    :param document: the invoice it belongs to; None: the item is a document of its
        own. Levels count documents, not instalments.
    :raises InvalidDunning: negative amounts or position.
    """

    key: Hashable
    due: date
    amount: Decimal
    currency: str
    company_amount: Decimal
    ladder: Ladder = Ladder()
    parts: tuple[Part, ...] = ()
    hold: Hold | None = None
    document: Hashable | None = None

    def __post_init__(self) -> None:
        amounts = (self.amount, self.company_amount, *(p.amount for p in self.parts))
        if self.ladder.position < 0 or any(amount < 0 for amount in amounts):
            raise InvalidDunning(
                f"Open item {self.key} has a negative amount or position.",
                key=self.key,
                amount=self.amount,
                position=self.ladder.position,
            )

    def in_company(self, amount: Decimal) -> Decimal:
        """An amount of the item in the company's currency, to compare."""
        if amount == self.amount:
            return self.company_amount
        return self.company_amount * amount / self.amount


@dataclass(frozen=True, slots=True)
class Credit:
    """What the debtor has to its credit: a credit note, a payment not allocated.

    :param amount: not negative.
    :raises InvalidDunning: negative amount.
    """

    key: Hashable
    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise InvalidDunning(
                f"Credit {self.key} is negative.", key=self.key, amount=self.amount
            )


@dataclass(frozen=True, slots=True)
class Share:
    """What becomes of an item's amount; the parts add up to it.

    :param covered: by credits of the debtor.
    :param left: what may be asked for.
    """

    covered: Decimal = Decimal(0)
    on_way: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)
    promised: Decimal = Decimal(0)
    planned: Decimal = Decimal(0)
    left: Decimal = Decimal(0)


def spread(amount: Decimal, items: Iterable[OpenItem]) -> dict[Hashable, Decimal]:
    """Lay an amount on items, the oldest due first; what is too much is dropped.

    :param amount: in the currency of the items.
    :param items: of one currency.
    :return: by key, items that get nothing included.
    """
    laid: dict[Hashable, Decimal] = {}
    for item in sorted(items, key=lambda item: item.due):
        laid[item.key] = min(amount, item.amount)
        amount -= laid[item.key]
    return laid


def askable(
    items: Sequence[OpenItem], credits: Iterable[Credit], *, on: date
) -> dict[Hashable, Share]:
    """What of each item may be asked for on a day, and what becomes of the rest.

    Credits cover the oldest items first, each currency by itself; of what remains the
    money on its way, disputed, promised and planned parts are taken out in turn.
    Where credits reach the debts of a currency, nothing is left in it.

    :raises InvalidDunning: two items of one key.
    """
    covered = _covered(items, credits)
    if len(covered) != len(items):
        raise InvalidDunning("Two open items have one key.", items=len(items))
    return {item.key: _share(item, covered[item.key], on) for item in items}


def _covered(
    items: Iterable[OpenItem], credits: Iterable[Credit]
) -> dict[Hashable, Decimal]:
    """What credits cover of each item."""
    by_currency: defaultdict[str, list[OpenItem]] = defaultdict(list)
    for item in items:
        by_currency[item.currency].append(item)
    given: defaultdict[str, Decimal] = defaultdict(Decimal)
    for credit in credits:
        given[credit.currency] += credit.amount
    covered: dict[Hashable, Decimal] = {}
    for currency, owed in by_currency.items():
        covered |= spread(given[currency], owed)
    return covered


def _share(item: OpenItem, covered: Decimal, on: date) -> Share:
    """How an item is shared out, once it is known what credits cover."""
    left = item.amount - covered
    if not item.parts:
        return Share(covered=covered, left=left)
    taken = dict.fromkeys(PART_KINDS, Decimal(0))
    for kind in PART_KINDS:
        for part in item.parts:
            if part.kind == kind and part.keeps(on):
                out = min(part.amount, left)
                taken[kind] += out
                left -= out
    return Share(covered=covered, left=left, **taken)
