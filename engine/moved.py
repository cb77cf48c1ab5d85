"""Which stored fact is not what it was.

Facts are sealed with a digest when they are written. When one of them moved, the seal
does not tell which; so each fact is tried with the values it may have had, until the
seal fits again: that names it beyond doubt. What was printed on the document helps to
guess those values, and is the witness where there is no seal to ask.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from .canonical import JsonValue, canonical
from .errors import InvalidFacts
from .facts import UNREADABLE, days_of, period_of, replay
from .proration import BASES, fraction
from .recorded import Recorded
from .recurrence import UNITS
from .terms import FIRST_PERIODS, TIMINGS

Path = tuple[str | int, ...]
#: How far from a stored day or number an earlier one is looked for.
_DAYS, _NUMBERS, _RATIOS = 4000, 1000, 2000
_WORDS = (*BASES, *TIMINGS, *FIRST_PERIODS, *UNITS)
_SOURCES = ("promise", "opening", "document")
_STEPS = ("1", "0.1", "0.01", "0.05", "0.001", "0.0001")


@dataclass(frozen=True, slots=True)
class Moved:
    """A fact that is not what it was.

    :param path: keys and positions that lead to it.
    :param found: its value now.
    :param expected: the value that fits.
    :param proved: the seal says so; else only the document or the entry does.
    """

    path: Path
    found: JsonValue
    expected: JsonValue
    proved: bool

    @property
    def name(self) -> str:
        """The last key on the way to it: ``quantity``, ``lead_days``…"""
        return next(str(key) for key in reversed(self.path) if isinstance(key, str))


def find_moved(entry: Recorded) -> Moved | None:
    """The fact that is not what it was, or None when it cannot be told."""
    if not isinstance(entry.facts, dict):
        return None
    try:
        return _find_moved(entry)
    except UNREADABLE:
        return None


def _find_moved(entry: Recorded) -> Moved | None:
    leaves = list(_leaves(entry.facts))
    if entry.seal:
        for path, value in leaves:
            for expected in _fitting(entry, path, value):
                return Moved(path, value, expected, proved=True)
    return next(_suspects(entry, leaves), None)


def _leaves(value: JsonValue, path: Path = ()) -> Iterator[tuple[Path, JsonValue]]:
    """Each value that is no list and no object, with the way to it."""
    if isinstance(value, dict):
        for key in value:
            yield from _leaves(value[key], (*path, key))
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _leaves(item, (*path, position))
    else:
        yield path, value


def _with(value: JsonValue, path: Path, leaf: JsonValue) -> JsonValue:
    """A copy of ``value`` with another leaf."""
    if not path:
        return leaf
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], leaf)
    return copy


def _fitting(entry: Recorded, path: Path, value: JsonValue) -> list[JsonValue]:
    """The value of a leaf with which the facts fit their seal again, or nothing."""
    mark = "\x00leaf\x00"
    text = canonical(_with(entry.facts, path, mark))
    head, tail = text.encode().split(json.dumps(mark).encode())
    start = hashlib.sha256(head)
    for candidate in _candidates(entry, path, value):
        trial = start.copy()
        trial.update(canonical(candidate).encode() + tail)
        if trial.hexdigest() == entry.seal:
            return [candidate]
    return []


def _candidates(entry: Recorded, path: Path, value: JsonValue) -> Iterator[JsonValue]:
    """The values that a leaf may have had."""
    if not isinstance(value, str):
        about = int(value or 0)
        yield from (None, True, False, *range(-_NUMBERS, _NUMBERS + 1))
        yield from range(about - _NUMBERS, about + _NUMBERS + 1)
        return
    yield from (*_WORDS, *_SOURCES, *_STEPS, "")
    day = _as_date(value)
    if day:
        for shift in range(-_DAYS, _DAYS + 1):
            yield (day + timedelta(days=shift)).isoformat()
        return
    if entry.printed:
        yield entry.printed.name
    if path[-1] in ("share", "charged_ratio", "settled_ratio"):
        yield from _ratios(entry, path)
    else:
        for number in _numbers(entry, path):
            yield from _texts(number)


def _as_date(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _ratios(entry: Recorded, path: Path) -> Iterator[str]:
    """Ratios: what the days give, what the amounts give, and simple ones."""
    yield from ("0", "1", "-1")
    if path[-1] == "share":
        part = entry.facts["parts"][path[1]]
        served = [period_of(days) for days in part["served"]]
        for basis in BASES:
            yield str(fraction(served, period_of(part["whole"]), basis))
        return
    charged, settled = Fraction(entry.charged + entry.conceded), Fraction(entry.settled)
    for one, other in ((charged, settled), (settled, charged)):
        if one and other:
            yield from _close_ratios(one / other)


def _close_ratios(about: Fraction) -> Iterator[str]:
    """The ratios of two amounts near one that rounding blurred."""
    for whole in range(1, _RATIOS + 1):
        yield str(Fraction(round(about * whole), whole))


def _numbers(entry: Recorded, path: Path) -> Iterator[Decimal]:
    """Numbers: those printed, those that give the stored amounts, those nearby."""
    if entry.printed:
        yield from (
            entry.printed.quantity,
            entry.printed.price,
            entry.printed.discount,
        )
    yield from _solutions(entry, path)
    yield from map(Decimal, range(-_NUMBERS, _NUMBERS + 1))


def _solutions(entry: Recorded, path: Path) -> Iterator[Decimal]:
    """The numbers that make the replay come to the stored amounts.

    Every amount is affine in each number it was computed from, up to rounding; so two
    replays draw the line, and the stored amount is looked up on it.
    """
    far = Decimal(10) ** 9
    try:
        low, high = (replay(_with(entry.facts, path, str(x))) for x in (0, far))
    except InvalidFacts:
        return
    stored = (entry.settled, entry.charged + entry.conceded)
    for at_zero, at_far, wanted in zip(low, high, stored, strict=True):
        if at_far == at_zero:
            continue
        exact = Fraction(wanted - at_zero) / Fraction(at_far - at_zero) * Fraction(far)
        for digits in range(5):
            unit = Fraction(1, 10**digits)
            middle = round(exact / unit)
            for steps in range(-20, 21):
                yield Decimal(middle + steps).scaleb(-digits)


def _texts(number: Decimal) -> Iterator[str]:
    """The ways a number may have been written."""
    yield str(number)
    plain = f"{number.normalize():f}"
    yield plain
    whole = "." not in plain
    yield f"{plain}.0" if whole else f"{plain}0"
    if whole:
        yield f"{plain}.00"


# === Without a seal, or when more than one fact moved === #


def _suspects(entry: Recorded, leaves: list[tuple[Path, JsonValue]]) -> Iterator[Moved]:
    """Facts that disagree with the document's line or the entry."""
    stored = days_of(entry.period)
    if entry.facts.get("period", stored) != stored:
        yield Moved(("period",), entry.facts["period"], stored, proved=False)
    for path, value in leaves:
        wanted = _printed_value(entry, path)
        if wanted is None:
            continue
        if _as_number(value) != wanted:
            yield Moved(path, value, str(wanted), proved=False)
    yield from _ratio_suspects(entry)


def _ratio_suspects(entry: Recorded) -> Iterator[Moved]:
    """The ratio between both amounts, when one of them alone comes out differently."""
    try:
        settled, charged = replay(entry.facts)
    except InvalidFacts:
        return
    stored = entry.charged + entry.conceded
    if settled == entry.settled and charged != stored and settled:
        key, wanted = "charged_ratio", Fraction(stored) / Fraction(settled)
    elif "settled_ratio" in entry.facts and charged == stored and charged:
        key, wanted = "settled_ratio", Fraction(entry.settled) / Fraction(charged)
    else:
        return
    about = str(wanted.limit_denominator(1000))
    yield Moved((key,), entry.facts[key], about, proved=False)


def _printed_value(entry: Recorded, path: Path) -> Decimal | None:
    """What the document's line says of a fact, None when it says nothing of it.

    A line keeps quantity and discount of the last version; its price only when a full
    period was sold.
    """
    line = entry.printed
    if line is None or path[-1] not in ("quantity", "price", "discount"):
        return None
    wanted = {
        "quantity": abs(line.quantity),
        "price": line.price,
        "discount": line.discount,
    }[str(path[-1])]
    if path[0] == "document":
        return wanted
    last = entry.facts["parts"][-1]
    if path[:2] != ("parts", len(entry.facts["parts"]) - 1) or path[3] != (
        len(last["versions"]) - 1
    ):
        return None
    as_sold = (
        entry.kind == "charge"
        and last["share"] == "1"
        and len(last["versions"]) == 1
        and entry.settled == line.amount(Decimal(entry.facts["step"]))
    )
    return wanted if path[-1] != "price" or as_sold else None


def _as_number(value: JsonValue) -> Decimal | None:
    try:
        return Decimal(value)
    except (ArithmeticError, TypeError, ValueError):
        return None
