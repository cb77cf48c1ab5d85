"""What a debtor and we agreed on, spread over what is open.

A promise or a dispute speaks of one due date of a document, of a whole document, or (a
promise) of all that a customer owes. The first two take their own items; the last takes
what is left of the oldest ones, after the customer's credits have covered what they
cover: what a credit pays needs no promise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .open_items import PART_KINDS, Part, PartKind, spread

#: A document and one of its due dates.
Key = tuple[int, date]

_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Owed:
    """One open item: what is left of a document for one of its due dates.

    :param document: which document.
    :param due: the day it is to be paid.
    :param issued: the day of the document.
    :param amount: what is left, positive, in ``currency``.
    :param currency: which currency.
    """

    document: int
    due: date
    issued: date
    amount: Decimal
    currency: int

    @property
    def key(self) -> Key:
        """What tells it from other items."""
        return self.document, self.due


@dataclass(frozen=True, slots=True)
class Claim:
    """A part of what is open that is not to be asked for, for a while.

    :param kind: why.
    :param amount: how much of it, positive.
    :param currency: of the amount; other currencies are not concerned.
    :param since: the day it was made.
    :param until: the day it names, as in ``Part``.
    :param document: the document it speaks of; none: all that was issued by ``since``
        and falls due by ``until``.
    :param due: the due date it speaks of; none: the whole document.
    :param bank_days: as in ``Part``.
    """

    kind: PartKind
    amount: Decimal
    currency: int
    since: date
    until: date
    document: int | None = None
    due: date | None = None
    bank_days: int = 0

    def concerns(self, item: Owed) -> bool:
        """Whether it speaks of this item."""
        if item.currency != self.currency:
            return False
        if self.document is None:
            return item.issued <= self.since and item.due <= self.until
        return item.document == self.document and self.due in (None, item.due)


def parts_of(
    items: Iterable[Owed], claims: Iterable[Claim], credits: Mapping[int, Decimal]
) -> dict[Key, tuple[Part, ...]]:
    """What claims take of one customer's open items, together never above an item.

    Those about a document come first, disputes before promises and plans; those about
    all that is owed take what is left, the oldest due first.

    :param items: what is open.
    :param claims: what they want beyond what is open is dropped.
    :param credits: what the customer is owed, positive, by currency.
    :return: the parts of the items of which any claim takes something.
    """
    oldest_first = _oldest_first(items)
    uncovered = _uncovered(oldest_first, credits)
    parts: dict[Key, tuple[Part, ...]] = {}
    taken: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for claim in sorted(claims, key=_rank):
        wanted = claim.amount
        for item in filter(claim.concerns, oldest_first):
            limit = uncovered[item.key] if claim.document is None else item.amount
            amount = min(wanted, limit - taken[item.key])
            if amount <= 0:
                continue
            wanted -= amount
            taken[item.key] += amount
            part = Part(claim.kind, amount, claim.since, claim.until, claim.bank_days)
            parts[item.key] = (*parts.get(item.key, ()), part)
    return parts


def _rank(claim: Claim) -> tuple[bool, int, date]:
    return claim.document is None, PART_KINDS.index(claim.kind), claim.since


def open_within(
    items: Iterable[Owed], claim: Claim, credits: Mapping[int, Decimal]
) -> Decimal:
    """What is open of that which a claim speaks of, whatever its amount.

    :param credits: what the customer is owed, by currency: it lessens what all that is
        owed comes to, not what a document does.
    """
    oldest_first = _oldest_first(items)
    if claim.document is None:
        uncovered = _uncovered(oldest_first, credits)
    else:
        uncovered = {item.key: item.amount for item in oldest_first}
    return sum(
        (uncovered[item.key] for item in filter(claim.concerns, oldest_first)), _NONE
    )


def still_expected(amount: Decimal, *, paid: Decimal, left: Decimal) -> Decimal:
    """What a promise comes to today: never more than was paid and is still open.

    A credit note takes away what need not be paid any more; a promise of which nothing
    is left comes to 0.

    :param amount: what was promised.
    :param paid: what was paid since.
    :param left: what is open of that which it speaks of.
    """
    return min(amount, paid + left)


def dispute_end(
    amount: Decimal, *, credited: Decimal, left: Decimal
) -> Literal["credit", "payment"] | None:
    """What ended a dispute by itself: credit notes of its amount, or the payment.

    :param amount: what is disputed.
    :param credited: what credit notes took from the document since.
    :param left: what is open of that which it speaks of.
    :return: None while it goes on.
    """
    if credited >= amount:
        return "credit"
    return "payment" if left <= 0 else None


def share_paid(amounts: Sequence[Decimal], paid: Decimal) -> list[Decimal]:
    """What payments fill of instalments, the first ones first.

    :param amounts: of the instalments, in order of their days.
    :param paid: what was paid so far; what is beyond their sum is left over.
    :return: one share per instalment, none above its amount.
    """
    shares = []
    for amount in amounts:
        shares.append(min(amount, paid))
        paid -= shares[-1]
    return shares


def _oldest_first(items: Iterable[Owed]) -> list[Owed]:
    return sorted(items, key=lambda item: (item.due, item.document))


def _uncovered(
    oldest_first: Iterable[Owed], credits: Mapping[int, Decimal]
) -> dict[Key, Decimal]:
    """What credits leave of each item: the oldest of their currency first."""
    by_currency: defaultdict[int, list[Owed]] = defaultdict(list)
    for item in oldest_first:
        by_currency[item.currency].append(item)
    return {
        item.key: item.amount - covered[item.key]
        for currency, owed in by_currency.items()
        for covered in (spread(credits.get(currency, _NONE), owed),)
        for item in owed
    }
