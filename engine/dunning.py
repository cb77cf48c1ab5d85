"""Which contact a debtor's open items call for on a day, and if none, why not.

The ladder stands per open item and never skips a level; the contact is one per case and
day, at the highest level that is due. What else is overdue is listed in it and goes up
one level. Whatever stood still meanwhile, the next level comes, not the one that the
calendar would have reached.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .dunning_day import (
    Call,
    CaseFacts,
    Outlook,
    Standing,
    climbed,
    look,
    next_event,
    passed_by,
    step_of,
)
from .dunning_levels import Level, Policy, Step, StepKind, advance, carry_over
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
    "carry_over",
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
        hold whether a contact is made or not. While sending is off there are none.
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
    outlook = look(facts, policy, on=on)
    call = _leaving(facts, policy, outlook, on)
    contact = _contact(call, policy) if call else None
    next_on, next_level = _next(facts, policy, outlook, on)
    sent = call if facts.sending_on else None
    return Decision(
        contact=contact if sent else None,
        steps=_steps(outlook, policy, sent) if facts.sending_on else (),
        reason=of_contact(sent, policy, on=on)
        if sent
        else of_silence(facts, policy, outlook=outlook, on=on),
        next_on=next_on,
        next_level=next_level,
        items=tuple(_verdict(standing, policy) for standing in outlook.standings),
        withheld=None if sent else contact,
    )


def _leaving(
    facts: CaseFacts, policy: Policy, outlook: Outlook, on: date
) -> Call | None:
    """The contact that is due, if the day lets it leave."""
    free = policy.calendar.is_open(on) and policy.has_room(facts.contacts, on)
    return outlook.call if free else None


def _contact(call: Call, policy: Policy) -> Contact:
    """A contact with its totals."""
    listed = sorted(call.listed, key=lambda standing: standing.item.due)
    totals: dict[str, Decimal] = {}
    for standing in listed:
        currency = standing.item.currency
        totals[currency] = totals.get(currency, Decimal(0)) + standing.share.left
    return Contact(
        level=policy.levels[call.level].key,
        items=tuple(standing.item.key for standing in listed),
        totals=tuple(totals.items()),
    )


def _passed(outlook: Outlook, policy: Policy) -> list[Step]:
    """The levels that do not apply on the day."""
    return [s for standing in outlook.standings for s in passed_by(standing, policy)]


def _steps(outlook: Outlook, policy: Policy, call: Call | None) -> tuple[Step, ...]:
    """What is to be written of the day, the levels passed by first."""
    passed = _passed(outlook, policy)
    if call is None:
        return tuple(passed)
    return (*passed, *(step_of(s, policy, level=call.level) for s in call.listed))


def _next(
    facts: CaseFacts, policy: Policy, outlook: Outlook, on: date
) -> tuple[date | None, Hashable | None]:
    """The first day from ``on`` on on which a contact leaves, and its level.

    The days on which something turns are looked at as they will come, levels that do
    not apply being passed by on their day.
    """
    day: date | None = on
    while day:
        call = _leaving(facts, policy, outlook, day)
        if call:
            return day, policy.levels[call.level].key
        facts = climbed(facts, _passed(outlook, policy), on=day)
        day = next_event(facts, policy, outlook=outlook, on=day)
        if day:
            outlook = look(facts, policy, on=day)
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
