"""The ladder of reminders: its levels, the manners of a policy, a step up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from .errors import InvalidDunning
from .open_items import Ladder
from .periods import ONE_DAY
from .rest_days import ContactCalendar

#: The cap counts the contacts of so many days, the day itself included.
_WEEK = timedelta(days=7)

#: What a contact does to an item: ``announced`` before its due date; ``reminded`` of
#: it, one level up; ``listed`` where it stands; without a contact, a level that is
#: ``not_applicable`` is put behind it.
StepKind = Literal["announced", "reminded", "listed", "not_applicable"]


@dataclass(frozen=True, slots=True)
class Level:
    """A rung of the ladder.

    :param delay: days from the due date on; negative: a courtesy notice before it.
    :param rest: lowest number of days since the item's last step. Two steps of an item
        never fall on one day, even with 0.
    :param channel: ``email``, ``sms``, ``letter``, ``call``, ``registered``,
        ``handover``; handed through.
    :param amount_from: lowest amount, in the company's currency, over all that a
        contact of the level could list: the overdue items that may be asked for, of a
        formal level those that a reminder has listed; for a courtesy notice, those
        whose notice has come.
    :param invoices_from: lowest number of invoices among them.
    :param payer_classes: whom it is for; empty: everybody.
    :param automatic: whether it leaves without a person's approval; handed through.
    :param formal: formal notice or hand-over: lists only what a reminder has listed.
    """

    key: Hashable
    delay: int
    rest: int = 7
    channel: str = "email"
    amount_from: Decimal = Decimal(0)
    invoices_from: int = 0
    payer_classes: frozenset[str] = frozenset()
    automatic: bool = True
    formal: bool = False

    @property
    def courtesy(self) -> bool:
        """Whether it is a notice before the due date."""
        return self.delay < 0

    def applies(self, *, amount: Decimal, invoices: int, payer_class: str) -> bool:
        """Whether its conditions hold for what a contact could list."""
        return (
            amount >= self.amount_from
            and invoices >= self.invoices_from
            and (not self.payer_classes or payer_class in self.payer_classes)
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """A ladder, and the manners in which it is climbed.

    :param levels: by delay, no two alike.
    :param grace: days after the due date on which nothing is asked.
    :param smallest: amount worth a contact, in the company's currency.
    :param contacts_a_week: most contacts in any seven days, over all channels.
    :param first_shift: by how many days at most a payer's habit moves the first
        reminder after the due date.
    :raises InvalidDunning: levels out of order or of one key, manners that make no
        sense.
    """

    key: Hashable
    levels: tuple[Level, ...]
    grace: int = 0
    smallest: Decimal = Decimal(0)
    calendar: ContactCalendar = field(default_factory=ContactCalendar)
    contacts_a_week: int = 1
    first_shift: int = 0

    def __post_init__(self) -> None:
        if any(one.delay >= other.delay for one, other in pairwise(self.levels)):
            raise InvalidDunning(
                "Levels follow each other by their delays, no two alike.",
                delays=[level.delay for level in self.levels],
            )
        if len({level.key for level in self.levels}) != len(self.levels):
            raise InvalidDunning("Two levels have one key.", policy=self.key)
        days = (self.grace, self.first_shift, *(level.rest for level in self.levels))
        if min(days) < 0 or self.smallest < 0 or self.contacts_a_week < 1:
            raise InvalidDunning(
                "Days and amounts are not negative; a week has room for a contact.",
                policy=self.key,
                contacts_a_week=self.contacts_a_week,
            )

    def day_of(
        self, index: int, due: date, *, last_step: date | None, shift: int = 0
    ) -> date:
        """The day on which a level comes for an item.

        :param index: of the level.
        :param due: of the item.
        :param last_step: of the item.
        :param shift: days by which the payer's habit moves a first reminder.
        """
        level = self.levels[index]
        day = due + timedelta(days=level.delay)
        if not level.courtesy:
            if index == 0 or self.levels[index - 1].courtesy:
                day += timedelta(days=max(0, min(shift, self.first_shift)))
            day = max(day, due + timedelta(days=self.grace + 1))
        if last_step:
            day = max(day, last_step + timedelta(days=max(level.rest, 1)))
        return day

    def has_room(self, contacts: Iterable[date], day: date) -> bool:
        """Whether the cap lets one more contact leave on a day."""
        week = [past for past in contacts if day - _WEEK < past <= day]
        return day not in week and len(week) < self.contacts_a_week

    def room_from(self, contacts: Iterable[date], day: date) -> date:
        """The first day from ``day`` on that the cap leaves room on."""
        known = tuple(contacts)
        while not self.has_room(known, day):
            day += ONE_DAY
        return day

    def open_from(self, contacts: Iterable[date], day: date) -> date:
        """The first day from ``day`` on that is open and has room."""
        known = tuple(contacts)
        day = self.calendar.next_open(day)
        while not self.has_room(known, day):
            day = self.calendar.next_open(day + ONE_DAY)
        return day


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be written of an item.

    :param item: its key.
    :param level: key of the level put behind it; for ``listed`` that of the contact.
    :param position: where it stands afterwards.
    """

    item: Hashable
    level: Hashable
    kind: StepKind
    position: int


def advance(ladder: Ladder, step: Step, on: date) -> Ladder:
    """The ladder of an item after a step.

    A level that was not applicable starts no rest: nobody was disturbed. The first
    reminder to list an item starts one, even where the item stays.

    :param on: the day of the step.
    :raises InvalidDunning: when the step would skip a level or go back.
    """
    up = 0 if step.kind == "listed" else 1
    if step.position != ladder.position + up:
        raise InvalidDunning(
            f"A step leads from {ladder.position} to {ladder.position + up}.",
            item=step.item,
            position=ladder.position,
            step=step.position,
        )
    if step.kind == "not_applicable":
        return replace(ladder, position=step.position)
    if step.kind == "listed":
        return ladder if ladder.listed else replace(ladder, last_step=on, listed=True)
    return Ladder(step.position, on, ladder.listed or step.kind == "reminded")


def carry_over(position: int, *, old: Policy, new: Policy) -> int:
    """Where an item stands on the ladder of another policy.

    The levels that come no later than the last one behind it are behind it there, too:
    nothing is said twice, and no sterner level is passed by.

    :param position: on the old ladder.
    """
    behind = old.levels[:position]
    if not behind:
        return 0
    return sum(level.delay <= behind[-1].delay for level in new.levels)
