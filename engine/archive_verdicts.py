"""What is wrong with an archive: each damaged record by its number, and how.

Nothing here trusts the order, the numbers or the digests that are stored: each is
computed again from the record and from the link before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .archive import GENESIS, Link, seal_of
from .canonical import digest

#: How far from its number a record is looked for.
WINDOW = 500


@dataclass(frozen=True)
class Stored:
    """A sealed record as it is found.

    :param key: tells records apart, whatever happened to their numbers.
    :param link: what is stored of its place in the chain.
    :param record: as it is stored.
    :param shown: what searches and screens say of it, by key of the record's
        ``document``; text as in the record.
    """

    key: int
    link: Link
    record: Mapping[str, Any]
    shown: Mapping[str, str]

    @property
    def name(self) -> str:
        """The document's number, as far as the record still tells it."""
        document = self.record.get("document")
        return str(document.get("number", "")) if isinstance(document, Mapping) else ""


@dataclass(frozen=True)
class Damage:
    """One thing that is wrong.

    :param code: ``changed`` (the record), ``shown`` (what searches say of it),
        ``link`` (a stored digest alone), ``forged`` (not sealed at any number near by),
        ``moved`` (sealed at another number), ``replaced`` (sealed anew after what
        follows it), ``missing``, ``inserted`` (beyond the end, or a number twice);
        of a file: ``file_changed``, ``file_missing``.
    :param sequence: its number; for ``moved`` the one it stands at.
    :param key: of the stored record, None when it is missing.
    :param detail: the number it was sealed at, the last missing number, the field
        or the file.
    """

    code: str
    sequence: int
    key: int | None = None
    name: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Place:
    """A point of the chain: a number and its seal."""

    sequence: int = 0
    seal: str = GENESIS


def verify_chain(
    rows: Sequence[Stored], *, after: Place | None = None, head: Place | None = None
) -> list[Damage]:
    """Compute the links of a stretch of a chain again.

    :param rows: in the order of their stored numbers.
    :param after: the last link before them; the beginning of the chain by default.
    :param head: where the chain ends according to its own register; None when more
        rows follow.
    :return: empty exactly when nothing is wrong.
    """
    after = after or Place()
    damages: list[Damage] = []
    before, sound = after, True
    for row in rows:
        number = row.link.sequence
        found = _own_damage(row)
        if number <= before.sequence or (head and number > head.sequence):
            found = [_damage("inserted", row)]
        elif number > before.sequence + 1:
            damages += _missing(before.sequence + 1, number - 1)
        elif sound and not _tells(found) and row.link.previous != before.seal:
            # This row is sealed to another one than the one it follows.
            damages += _replaced(before, rows)
        damages += found
        if found and found[0].code == "inserted":
            continue
        before, sound = Place(number, row.link.seal), not _tells(found)
    damages += _end_damage(before, sound, head, rows)
    return damages


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The first and the last of each unbroken run of numbers."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    return found


def stretches_around(numbers: Iterable[int], last: int) -> list[tuple[int, int]]:
    """What must be read to verify records and their links on both sides.

    The record before, and the two after: the second one tells whether the first
    after it is still the one that it was sealed to.

    :param last: the highest number of the archive.
    """
    wanted = {near for number in numbers for near in range(number - 1, number + 3)}
    return runs(number for number in wanted if 1 <= number <= last)


def verify_stretch(
    rows: Sequence[Stored], *, first: int, until: int, last: int, head: Place
) -> list[Damage]:
    """Compute the links inside of a stretch again, and none outside of it.

    :param rows: of the stretch, in the order of their stored numbers.
    :param first: number at which it begins.
    :param until: number at which it ends; what is wrong with that one is not told,
        since the link after it is not read.
    :param last: the highest number of the archive. A stretch up to there is told of
        to its end.
    :param head: where the chain ends according to its own register.
    """
    inside = first > 1 and rows and rows[0].link.sequence == first
    after = Place(first - 1, rows[0].link.previous if inside else GENESIS)
    if until >= last:
        return verify_chain(rows, after=after, head=head)
    end = Place(until, rows[-1].link.seal if rows else "")
    return [
        replace(damage, detail=str(min(int(damage.detail), until - 1)))
        if damage.code == "missing"
        else damage
        for damage in verify_chain(rows, after=after, head=end)
        if damage.sequence < until
    ]


def _damage(code: str, row: Stored, detail: str = "") -> Damage:
    return Damage(code, row.link.sequence, row.key, row.name, detail)


def _missing(first: int, last: int) -> list[Damage]:
    return [Damage("missing", first, detail=str(last))] if first <= last else []


def _tells(found: list[Damage]) -> bool:
    """Whether what was found of a row explains a break in the chain beside it."""
    return any(damage.code != "shown" for damage in found)


def _own_damage(row: Stored) -> list[Damage]:
    """What is wrong with a row, whatever stands around it."""
    link, computed = row.link, digest(dict(row.record))
    if computed == link.digest and _fits(link, link.sequence, computed):
        return _shown_damage(row)
    if computed == link.digest:
        return [_misplaced(row)]
    if _fits(link, link.sequence, computed):
        # Record and seal agree: the digest between them is what was touched.
        return [_damage("link", row)]
    return [_damage("changed", row)]


def _fits(link: Link, sequence: int, record_digest: str) -> bool:
    return link.seal == seal_of(
        sequence=sequence,
        previous=link.previous,
        digest=record_digest,
        sealed_at=link.sealed_at,
    )


def _misplaced(row: Stored) -> Damage:
    """A record that is whole, and whose seal does not fit its number."""
    for distance in range(1, WINDOW + 1):
        for number in (
            row.link.sequence - distance,
            row.link.sequence + distance,
        ):
            if _fits(row.link, number, row.link.digest):
                return _damage("moved", row, str(number))
    return _damage("forged", row)


def _shown_damage(row: Stored) -> list[Damage]:
    document = row.record["document"]
    return [
        _damage("shown", row, key)
        for key, value in row.shown.items()
        if document.get(key, "") != value
    ]


def _replaced(place: Place, rows: Sequence[Stored]) -> list[Damage]:
    for row in rows:
        if row.link.sequence == place.sequence:
            return [_damage("replaced", row)]
    return [Damage("replaced", place.sequence)]


def _end_damage(
    before: Place, sound: bool, head: Place | None, rows: Sequence[Stored]
) -> list[Damage]:
    if not head:
        return []
    if before.sequence < head.sequence:
        return _missing(before.sequence + 1, head.sequence)
    if sound and before.seal != head.seal:
        return _replaced(before, rows)
    return []


def verify_files(
    row: Stored, found: Mapping[tuple[str, str], tuple[int, str] | None]
) -> list[Damage]:
    """Compare kept files with what the record says of them.

    :param found: size and SHA-256 of each file by kind and name, None (or no entry)
        when nothing can be read.
    """
    damages = []
    for file in row.record.get("files", ()):
        content = found.get((file["kind"], file["name"]))
        if content is None:
            damages.append(_damage("file_missing", row, file["name"]))
        elif content != (file["size"], file["sha256"]):
            damages.append(_damage("file_changed", row, file["name"]))
    return damages
