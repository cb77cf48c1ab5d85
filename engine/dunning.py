"""Which contact a debtor's open items call for on a day, and if none, why not.

The ladder stands per open item and never skips a level; the contact is one per case and
day, at the highest level that is due. What else is overdue is listed in it and goes up
one level. Whatever stood still meanwhile, the next level comes, not the one that the
calendar would have reached.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .dunning_day import (
    CaseFacts,
    Outlook,
    Standing,
    climbed,
    look,
    next_event,
    passed_by,
    step_of,
)
from .dunning_levels import Level, Policy, Step, StepKind, advance
from .dunning_reasons import Reason, ReasonCode, of_contact, of_silence
from .open_items import PART_KINDS, Share

__all__ = [
    "CaseFacts",
    "Contact",
    "Decision",
    "ItemVerdict",
    "Level",
    "Policy",
    "Reason",
    "ReasonCode",
    "Step",
    "StepKind",
    "advance",
    "decide",
]


@dataclass(frozen=True, slots=True)
class Contact:
    """One message, letter or call to a debtor.

    :param level: key of its level.
    :param items: keys of the items it lists, the oldest due first.
    :param totals: what it asks for, by currency.
    """

    level: Hashable
    items: tuple[Hashable, ...]
    totals: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """How an item stands on the day.

    :param state: ``paid``; the cause of its hold (``held``, ``blocked``, ``answer``,
        ``undecided``, ``left_alone``); ``due`` when it is overdue and something of it
        may be asked for; else what keeps most of it (``covered``, ``disputed``,
        ``promised``, ``planned``, ``on_way``); ``not_due``.
    :param level: key of the level that comes next, None when none does.
    :param day: on which it comes, were the item alone.
    """

    item: Hashable
    state: str
    share: Share
    level: Hashable | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a day asks for.

    :param contact: to be made; None: nothing leaves.
    :param steps: to be written; those that put a level behind that is not applicable
        hold whether a contact is made or not. None while sending is off.
    :param reason: why, or why not.
    :param next_on: the first day from this one on on which a contact leaves if no fact
        changes; None: never. While sending is off: as if it were on.
    :param next_level: key of the level of that contact.
    :param withheld: the contact that would leave today if sending were on.
    """

    contact: Contact | None
    steps: tuple[Step, ...]
    reason: Reason
    next_on: date | None
    next_level: Hashable | None
    items: tuple[ItemVerdict, ...]
    withheld: Contact | None = None


def decide(facts: CaseFacts, policy: Policy, on: date) -> Decision:
    """What is due for a case on a day, what is to be written, and why not more.

    Asked twice on a day, with the steps and the contact of the first answer among the
    facts, it has nothing to add.

    :raises InvalidDunning: two items of one key.
    """
    outlook = look(facts, policy, on)
    passed = [s for standing in outlook.standings for s in passed_by(standing, policy)]
    contact = None
    if _leaves(facts, policy, outlook, on):
        contact = _contact(outlook, policy)
    leaving = contact if facts.sending_on else None
    next_on, next_level = _next(facts, policy, outlook, on)
    return Decision(
        contact=leaving,
        steps=_steps(outlook, policy, passed, leaving) if facts.sending_on else (),
        reason=of_contact(outlook, policy, on)
        if leaving
        else of_silence(facts, policy, outlook, on),
        next_on=next_on,
        next_level=next_level,
        items=tuple(_verdict(standing, policy) for standing in outlook.standings),
        withheld=None if facts.sending_on else contact,
    )


def _leaves(facts: CaseFacts, policy: Policy, outlook: Outlook, on: date) -> bool:
    """Whether a contact is due and the day lets it leave."""
    return (
        outlook.level is not None
        and policy.calendar.is_open(on)
        and policy.has_room(facts.contacts, on)
    )


def _contact(outlook: Outlook, policy: Policy) -> Contact:
    """The contact that is due, with its totals."""
    listed = sorted(outlook.listed, key=lambda standing: standing.item.due)
    totals: dict[str, Decimal] = {}
    for standing in listed:
        currency = standing.item.currency
        totals[currency] = totals.get(currency, Decimal(0)) + standing.share.left
    return Contact(
        level=policy.levels[outlook.level].key,
        items=tuple(standing.item.key for standing in listed),
        totals=tuple(totals.items()),
    )


def _steps(
    outlook: Outlook, policy: Policy, passed: Iterable[Step], contact: Contact | None
) -> tuple[Step, ...]:
    """What is to be written of the day, the levels passed by first."""
    if contact is None:
        return tuple(passed)
    made = (step_of(standing, policy, outlook.level) for standing in outlook.listed)
    return (*passed, *made)


def _next(
    facts: CaseFacts, policy: Policy, outlook: Outlook, on: date
) -> tuple[date | None, Hashable | None]:
    """The first day from ``on`` on on which a contact leaves, and its level.

    The days on which something turns are looked at as they will come, levels that do
    not apply being passed by on their day.
    """
    day: date | None = on
    while day:
        if _leaves(facts, policy, outlook, day):
            return day, policy.levels[outlook.level].key
        passed = [s for x in outlook.standings for s in passed_by(x, policy)]
        facts = climbed(facts, passed, day)
        day = next_event(facts, policy, outlook, day)
        if day:
            outlook = look(facts, policy, day)
    return None, None


def _verdict(standing: Standing, policy: Policy) -> ItemVerdict:
    """How an item stands, in a word."""
    comes = policy.levels[standing.index].key if standing.day else None
    return ItemVerdict(
        standing.item.key, _state(standing), standing.share, comes, standing.day
    )


def _state(standing: Standing) -> str:
    """The word for an item: see :class:`ItemVerdict`."""
    share = standing.share
    if not standing.item.amount:
        return "paid"
    if standing.hold:
        return "held" if standing.hold.cause == "hold" else standing.hold.cause
    if share.left:
        return "due" if standing.overdue else "not_due"
    return max(("covered", *PART_KINDS), key=lambda kind: getattr(share, kind))
