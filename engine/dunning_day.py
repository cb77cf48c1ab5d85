"""Where the items of a case stand on a day, and the contact that would be due.

Whether that contact may leave (rest days, cap, sending switched on) is not asked here.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from .dunning_levels import Level, Policy, Step, advance
from .open_items import Credit, Hold, OpenItem, Share, askable
from .periods import ONE_DAY


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """All that is known of a debtor's case.

    :param contacts: days of past contacts over all channels and currencies; those of
        the last seven days matter.
    :param hold: of the whole case.
    :param payer_class: as the payer's own clock gives it.
    :param first_shift: days by which that clock would move a first reminder; the
        policy says how many at most.
    :param sending_on: whether anything may leave at all.
    """

    items: tuple[OpenItem, ...]
    credits: tuple[Credit, ...] = ()
    contacts: tuple[date, ...] = ()
    hold: Hold | None = None
    payer_class: str = "unknown"
    first_shift: int = 0
    sending_on: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An item on a day.

    :param hold: what leaves it in peace, of its own or of the case; None: nothing.
    :param index: of the level that comes next; beyond the last: none does.
    :param day: on which that level comes; None: none does on this side of the due
        date, or at all, or nothing of the item may be asked for.
    """

    item: OpenItem
    share: Share
    overdue: bool
    hold: Hold | None
    index: int
    day: date | None = None

    @property
    def free(self) -> bool:
        """Whether something of it may be asked for."""
        return self.hold is None and self.share.left > 0

    @property
    def weight(self) -> Decimal:
        """What is left of it, in the company's currency."""
        return self.item.in_company(self.share.left) if self.share.left else Decimal(0)


@dataclass(frozen=True, slots=True)
class Call:
    """A contact that is due.

    :param level: index of its level.
    :param listed: what it lists.
    """

    level: int
    listed: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """A case on a day.

    :param standings: of all items.
    :param call: the contact that is due, None: none is.
    """

    standings: tuple[Standing, ...]
    call: Call | None


def look(facts: CaseFacts, policy: Policy, *, on: date) -> Outlook:
    """Where a case stands on a day."""
    shares = askable(facts.items, facts.credits, on=on)
    still = [_still(facts, item, shares[item.key], on) for item in facts.items]
    applies = _applicable(facts, policy, still, on)
    standings = tuple(
        _climb(standing, policy, applies, on=on, shift=facts.first_shift)
        if standing.free
        else standing
        for standing in still
    )
    return Outlook(standings, _call(standings, policy, on))


def _still(facts: CaseFacts, item: OpenItem, share: Share, on: date) -> Standing:
    """An item before its ladder is looked at."""
    holds = [hold for hold in (facts.hold, item.hold) if hold and hold.keeps(on)]
    return Standing(
        item=item,
        share=share,
        overdue=item.due < on,
        hold=holds[0] if holds else None,
        index=item.ladder.position,
    )


def _applicable(
    facts: CaseFacts, policy: Policy, still: Sequence[Standing], on: date
) -> list[bool]:
    """For each level, whether its conditions hold on the day."""
    free = [standing for standing in still if standing.free]
    found = []
    for level in policy.levels:
        among = [standing for standing in free if _could_list(level, standing, on)]
        found.append(
            level.applies(
                amount=total_weight(among),
                invoices=len({_document(s.item) for s in among}),
                payer_class=facts.payer_class,
            )
        )
    return found


def _could_list(level: Level, standing: Standing, on: date) -> bool:
    """Whether a contact of a level could list an item of which something is asked."""
    if not level.courtesy:
        return standing.overdue and (standing.item.ladder.listed or not level.formal)
    return not standing.overdue and (
        standing.item.due + timedelta(days=level.delay) <= on
    )


def _document(item: OpenItem) -> Hashable:
    return item.key if item.document is None else item.document


def total_weight(standings: Iterable[Standing]) -> Decimal:
    """What may be asked for, in the company's currency."""
    return sum((standing.weight for standing in standings), Decimal(0))


def _climb(
    standing: Standing,
    policy: Policy,
    applies: Sequence[bool],
    *,
    on: date,
    shift: int,
) -> Standing:
    """The level that comes next for an item, past those that do not apply to it."""
    item = standing.item
    index = item.ladder.position
    while index < len(policy.levels):
        level = policy.levels[index]
        if not (level.courtesy and standing.overdue):
            day = policy.day_of(
                index, item.due, last_step=item.ladder.last_step, shift=shift
            )
            if level.courtesy and item.due < day:
                # The rest outlasts its time: it is passed by once the item is overdue.
                return replace(standing, index=index)
            waits = on < day or (level.formal and not item.ladder.listed)
            if waits or applies[index]:
                return replace(standing, index=index, day=day)
        index += 1
    return replace(standing, index=index)


def _call(standings: Iterable[Standing], policy: Policy, on: date) -> Call | None:
    """The contact that is due.

    Overdue items come before notices of what falls due. A formal level comes only for
    items that a reminder has listed.
    """
    free = [standing for standing in standings if standing.free]
    due = [
        standing
        for standing in free
        if standing.day
        and standing.day <= on
        and (standing.item.ladder.listed or not policy.levels[standing.index].formal)
    ]
    late = [standing.index for standing in due if standing.overdue]
    overdue = [standing for standing in free if standing.overdue]
    if late and total_weight(overdue) >= policy.smallest:
        formal = policy.levels[max(late)].formal
        listed = (s for s in overdue if s.item.ladder.listed or not formal)
        return Call(max(late), tuple(listed))
    soon = [standing for standing in due if not standing.overdue]
    if soon and total_weight(soon) >= policy.smallest:
        return Call(max(standing.index for standing in soon), tuple(soon))
    return None


# === What is to be written === #


def passed_by(standing: Standing, policy: Policy) -> Iterator[Step]:
    """The levels that do not apply to an item, to be put behind it."""
    for index in range(standing.item.ladder.position, standing.index):
        yield Step(
            standing.item.key, policy.levels[index].key, "not_applicable", index + 1
        )


def step_of(standing: Standing, policy: Policy, *, level: int) -> Step:
    """What a contact does to an item that it lists.

    An item goes up one level, never beyond the contact's; one that no reminder has
    listed yet does not step over a formal level.

    :param level: index of the contact's level.
    """
    key, index = standing.item.key, standing.index
    if not standing.overdue:
        return Step(key, policy.levels[index].key, "announced", index + 1)
    if index > level or (
        policy.levels[index].formal and not standing.item.ladder.listed
    ):
        return Step(key, policy.levels[level].key, "listed", index)
    return Step(key, policy.levels[index].key, "reminded", index + 1)


def climbed(facts: CaseFacts, steps: Iterable[Step], *, on: date) -> CaseFacts:
    """The facts after steps."""
    ladders = {item.key: item.ladder for item in facts.items}
    moved: set[Hashable] = set()
    for step in steps:
        ladders[step.item] = advance(ladders[step.item], step, on)
        moved.add(step.item)
    if not moved:
        return facts
    return replace(
        facts,
        items=tuple(
            replace(item, ladder=ladders[item.key]) if item.key in moved else item
            for item in facts.items
        ),
    )


# === What comes next === #


def next_event(
    facts: CaseFacts, policy: Policy, *, outlook: Outlook, on: date
) -> date | None:
    """The first later day on which the case may look otherwise, if no fact changes.

    Between two such days nothing changes: nothing falls due, no level comes, no
    promise lapses, no hold ends.

    :return: None when it looks the same for ever.
    """
    days = [day for day in _turns(facts, outlook) if day and on < day]
    if outlook.call:
        days.append(policy.open_from(facts.contacts, on + ONE_DAY))
    return min(days, default=None)


def _turns(facts: CaseFacts, outlook: Outlook) -> Iterator[date | None]:
    """The days on which something turns, past ones included."""
    if facts.hold:
        yield facts.hold.ends_on
    for standing in outlook.standings:
        item = standing.item
        yield standing.day
        yield item.due + ONE_DAY
        yield from (part.ends_on for part in item.parts)
        if item.hold:
            yield item.hold.ends_on
