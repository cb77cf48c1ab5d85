"""Debtors and policies in the words of the tables; days count from one Monday."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from engine.dunning import CaseFacts, Level, Policy
from engine.open_items import Credit, Hold, Ladder, OpenItem, Part
from engine.rest_days import ContactCalendar

#: Day 0: a Monday, and the due date of an item that names no other.
MONDAY = date(2026, 11, 2)
WEEKEND = ContactCalendar(frozenset({6, 7}))

STANDARD = (
    Level("announce", -5, 5),
    Level("friendly", 3, 3),
    Level("firm", 10, 7),
    Level("last", 20, 7),
    Level("formal", 30, 10, "registered", formal=True),
    Level("file", 45, 15, "handover", formal=True),
)
NAMES = [level.key for level in STANDARD]


def day(number):
    return None if number is None else MONDAY + timedelta(days=number)


def number_of(on):
    return None if on is None else (on - MONDAY).days


def item(
    key,
    due=0,
    amount=100,
    *,
    done=None,
    at=None,
    on=None,
    listed=None,
    currency="EUR",
    company=None,
    parts=(),
    hold=None,
    document=None,
):
    """An open item; ``done`` is the last level behind it, ``on`` the day of it.

    On another ladder than the standard one, ``at`` says how many are behind it.
    """
    position = at if at is not None else NAMES.index(done) + 1 if done else 0
    return OpenItem(
        key,
        day(due),
        Decimal(amount),
        currency,
        Decimal(amount if company is None else company),
        Ladder(position, day(on), position > 1 if listed is None else listed),
        tuple(parts),
        hold,
        document,
    )


a, b, c = (partial(item, key) for key in "abc")


def part(kind, amount=100, until=None, *, since=None, bank_days=0):
    return Part(kind, Decimal(amount), day(since), day(until), bank_days)


on_way, disputed, promised, planned = (
    partial(part, kind) for kind in ("on_way", "disputed", "promised", "planned")
)


def hold(cause="hold", until=None, since=None):
    return Hold(cause, day(until), day(since))


def policy(levels=STANDARD, **manners):
    manners["smallest"] = Decimal(manners.get("smallest", 0))
    return Policy("standard", tuple(levels), **manners)


def standard(**changed):
    """The standard ladder, with other values for some of its levels."""
    return policy(replace(level, **changed.get(level.key, {})) for level in STANDARD)


def case(*items, eur=0, usd=0, contacts=(), rules=None, **facts):
    """What is known of a debtor, and the policy it falls under."""
    credits = [Credit("credit", Decimal(eur), "EUR")] if eur else []
    credits += [Credit("note", Decimal(usd), "USD")] if usd else []
    known = CaseFacts(
        items,
        tuple(credits),
        tuple(day(number) for number in contacts),
        **{"sending_on": True, **facts},
    )
    return known, rules or policy()
