"""Why a debtor is contacted on a day, or why not: there is always a reason.

Where nothing leaves, reasons are told in this order:

1. nothing is owed; or credits reach all that is owed (``covered``);
2. the whole case is left in peace;
3. a contact is due and may not leave: sending is off, else what lasts longest of the
   rest day and the cap;
4. nothing is overdue yet;
5. what keeps the largest part of the overdue amount, in the company's currency; of
   equal parts the one that lasts longest, in the order of ``KEEPERS``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .dunning_day import Call, CaseFacts, Outlook, Standing, total_weight
from .dunning_levels import Policy
from .open_items import PART_KINDS, Hold
from .periods import ONE_DAY

ReasonCode = Literal[
    "due",
    "announced",
    "nothing_owed",
    "covered",
    "held",
    "blocked",
    "answer",
    "undecided",
    "left_alone",
    "sending_off",
    "rest_day",
    "week_full",
    "contacted",
    "not_due",
    "ladder_done",
    "not_listed",
    "below_smallest",
    "disputed",
    "planned",
    "promised",
    "on_way",
    "resting",
    "grace",
]

#: What keeps an overdue amount from being asked for, the most lasting first.
KEEPERS: tuple[ReasonCode, ...] = (
    "ladder_done",
    "left_alone",
    "undecided",
    "blocked",
    "not_listed",
    "covered",
    "disputed",
    "held",
    "answer",
    "below_smallest",
    "planned",
    "promised",
    "on_way",
    "resting",
    "grace",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, with the facts of the sentence.

    :param facts: by name. ``due``, ``announced``: ``item``, ``due``, ``level``,
        ``last_step``. ``covered``: ``credits`` (keys), ``net`` (owed less credits),
        ``currency``. Holds: ``cause``, ``since``, ``until``. ``sending_off``:
        ``level``. ``rest_day``, ``week_full``, ``contacted``: ``last`` (contact),
        ``next`` (first day that is possible). ``not_due``: ``due`` (first due date).
        ``below_smallest``: ``amount``, ``smallest``, in the company's currency. Parts:
        ``amount``, ``currency``, ``since``, ``until`` (for a dispute the review).
        ``resting``: ``last_step``, ``day``, ``level``. ``grace``: ``until``, ``day``,
        ``level``. ``ladder_done``: ``last_step``. ``not_listed``: ``level``.
    """

    code: ReasonCode
    facts: Mapping[str, object]


def of_contact(call: Call, policy: Policy, *, on: date) -> Reason:
    """Why a contact is due: the oldest item for which its level has come."""
    at_level = [
        s for s in call.listed if s.index == call.level and s.day and s.day <= on
    ]
    leading = min(at_level, key=lambda s: (s.item.due, -s.weight))
    return Reason(
        "due" if leading.overdue else "announced",
        {
            "item": leading.item.key,
            "due": leading.item.due,
            "level": policy.levels[leading.index].key,
            "last_step": leading.item.ladder.last_step,
        },
    )


def of_silence(
    facts: CaseFacts, policy: Policy, *, outlook: Outlook, on: date
) -> Reason:
    """Why nothing leaves on a day."""
    owed = [s for s in outlook.standings if s.item.amount]
    if not owed:
        return Reason("nothing_owed", {})
    if all(s.share.covered == s.item.amount for s in owed):
        return _covered(facts, owed)
    if facts.hold and facts.hold.keeps(on):
        return _of_hold(facts.hold)
    if outlook.call:
        return _prevented(facts, policy, outlook.call.level, on)
    overdue = [s for s in owed if s.overdue]
    if not overdue:
        open_ = (s.item.due for s in owed if s.share.covered < s.item.amount)
        return Reason("not_due", {"due": min(open_)})
    return _keeper(facts, policy, overdue)


def _of_hold(hold: Hold) -> Reason:
    """A hold, under the name of what it is."""
    code = "held" if hold.cause == "hold" else hold.cause
    return Reason(code, {"cause": hold.cause, "since": hold.since, "until": hold.until})


def _covered(facts: CaseFacts, standings: Iterable[Standing]) -> Reason:
    """Credits, in the currency in which they cover most."""
    leading = max(standings, key=lambda s: s.item.in_company(s.share.covered))
    currency = leading.item.currency
    credits = [credit for credit in facts.credits if credit.currency == currency]
    owed = sum(item.amount for item in facts.items if item.currency == currency)
    return Reason(
        "covered",
        {
            "credits": tuple(credit.key for credit in credits),
            "net": owed - sum(credit.amount for credit in credits),
            "currency": currency,
        },
    )


def _prevented(facts: CaseFacts, policy: Policy, level: int, on: date) -> Reason:
    """Why a contact that is due does not leave."""
    if not facts.sending_on:
        return Reason("sending_off", {"level": policy.levels[level].key})
    room = policy.room_from(facts.contacts, on)
    last = max((day for day in facts.contacts if day <= on), default=None)
    told = {"last": last, "next": policy.open_from(facts.contacts, on)}
    if policy.calendar.next_open(on) >= room:
        return Reason("rest_day", told)
    return Reason("contacted" if last == on else "week_full", told)


# === Among what keeps overdue amounts === #


def _keeper(facts: CaseFacts, policy: Policy, overdue: Sequence[Standing]) -> Reason:
    """What keeps the largest part of the overdue amount."""
    small = total_weight(s for s in overdue if s.free) < policy.smallest
    kept: defaultdict[ReasonCode, list[tuple[Decimal, Standing]]] = defaultdict(list)
    for standing in overdue:
        for code, amount in _kept(standing, policy, small):
            if amount:
                kept[code].append((standing.item.in_company(amount), standing))
    code = max(
        kept,
        key=lambda code: (sum(x for x, _s in kept[code]), -KEEPERS.index(code)),
    )
    standings = [standing for _weight, standing in kept[code]]
    _weight, leading = max(kept[code], key=lambda pair: pair[0])
    if code == "covered":
        return _covered(facts, standings)
    if code in PART_KINDS:
        return _of_part(code, leading, standings)
    if leading.hold:
        return _of_hold(leading.hold)
    return _of_ladder(code, policy, standings)


def _kept(
    standing: Standing, policy: Policy, small: bool
) -> Iterable[tuple[ReasonCode, Decimal]]:
    """The parts of an overdue item, each under what keeps it."""
    share = standing.share
    yield "covered", share.covered
    for kind in PART_KINDS:
        yield kind, getattr(share, kind)
    if standing.hold:
        yield _of_hold(standing.hold).code, share.left
    else:
        yield _on_ladder(standing, policy, small), share.left


def _on_ladder(standing: Standing, policy: Policy, small: bool) -> ReasonCode:
    """Why an item of which something may be asked for does not call for a contact."""
    if small:
        return "below_smallest"
    if standing.day is None:
        return "ladder_done"
    ladder = standing.item.ladder
    if policy.levels[standing.index].formal and not ladder.listed:
        return "not_listed"
    return "resting" if ladder.listed else "grace"


def _of_part(
    code: ReasonCode, leading: Standing, standings: Iterable[Standing]
) -> Reason:
    """Amounts on their way, disputed, promised or planned, in the leading currency."""
    currency = leading.item.currency
    same = [s for s in standings if s.item.currency == currency]
    parts = [part for s in same for part in s.item.parts if part.kind == code]
    return Reason(
        code,
        {
            "amount": sum(getattr(s.share, code) for s in same),
            "currency": currency,
            "since": min((p.since for p in parts if p.since), default=None),
            "until": min((p.until for p in parts if p.until), default=None),
        },
    )


def _of_ladder(
    code: ReasonCode, policy: Policy, standings: Sequence[Standing]
) -> Reason:
    """What keeps an amount that may be asked for: the ladder itself."""
    if code == "below_smallest":
        amount = total_weight(standings)
        return Reason(code, {"amount": amount, "smallest": policy.smallest})
    last_step = max(
        (s.item.ladder.last_step for s in standings if s.item.ladder.last_step),
        default=None,
    )
    if code == "ladder_done":
        return Reason(code, {"last_step": last_step})
    day, index = min((s.day, s.index) for s in standings if s.day)
    level = policy.levels[index].key
    if code == "not_listed":
        return Reason(code, {"level": level})
    if code == "grace":
        return Reason(code, {"until": day - ONE_DAY, "day": day, "level": level})
    return Reason(code, {"last_step": last_step, "day": day, "level": level})
