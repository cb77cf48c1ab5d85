"""What a person approved, as canonical JSON: the same facts give the same text.

A fingerprint tells whether something moved since; :func:`moved` tells what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

from .canonical import digest as canonical_digest

#: Steps from the outermost mapping to a value: keys, and positions in lists.
Path = tuple[str | int, ...]


class _Absent(Enum):
    """Stands for a value on the side that has none; ``None`` is a value."""

    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT


def digest(facts: Mapping[str, Any]) -> str:
    """The fingerprint of facts, whatever the order their keys were written in.

    :param facts: strings, integers, booleans, None, and lists and mappings of them.
        A fraction is written as text by whoever knows how exact it is.
    :raises TypeError: for anything else, floats among them.
    """
    _refuse_inexact(facts)
    return canonical_digest(dict(facts))


def moved(
    approved: Mapping[str, Any], now: Mapping[str, Any]
) -> list[tuple[Path, Any, Any]]:
    """The values that differ: ``(path, approved value, value now)``, by path.

    What is on one side only is told at its outermost point, with :data:`ABSENT` for
    the other side. Empty exactly when both have the same fingerprint.
    """
    return list(_differences((), approved, now))


def _differences(
    path: Path, old: object, new: object
) -> Iterator[tuple[Path, Any, Any]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _differences(
                (*path, key), old.get(key, ABSENT), new.get(key, ABSENT)
            )
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            yield from _differences(
                (*path, index),
                old[index] if index < len(old) else ABSENT,
                new[index] if index < len(new) else ABSENT,
            )
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _refuse_inexact(value: object) -> None:
    kind = type(value)
    # Most facts are texts, and a run asks thousands of times.
    if kind is str or kind is int or kind is bool or value is None:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"A fact is named by a text, not by {key!r}.")
            _refuse_inexact(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_inexact(inner)
    else:
        raise TypeError(f"A fact is text, an integer or nothing, not {value!r}.")
