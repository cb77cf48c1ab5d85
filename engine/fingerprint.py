"""What a person approved, as canonical JSON: the same facts give the same text.

A fingerprint tells whether something moved since; :func:`moved` tells what.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final

#: Steps from the outermost mapping to a value: keys, and positions in lists.
Path = tuple[str | int, ...]


class _Absent(Enum):
    """Stands for a value on the side that has none; ``None`` is a value."""

    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT


def canonical(facts: Mapping[str, Any]) -> str:
    """Facts as text, whatever the order their keys were written in.

    :param facts: strings, integers, booleans, None, and lists and mappings of them.
        A fraction is written as text by whoever knows how exact it is.
    :raises TypeError: for anything else, floats among them.
    """
    _refuse_inexact(facts)
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 of :func:`canonical`, in hexadecimal."""
    return hashlib.sha256(canonical(facts).encode()).hexdigest()


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
    elif _is_list(old) and _is_list(new):
        for index in range(max(len(old), len(new))):
            yield from _differences(
                (*path, index),
                old[index] if index < len(old) else ABSENT,
                new[index] if index < len(new) else ABSENT,
            )
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _refuse_inexact(value: object) -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"A fact is named by a text, not by {key!r}.")
            _refuse_inexact(inner)
    elif _is_list(value):
        for inner in value:
            _refuse_inexact(inner)
    elif value is not None and not isinstance(value, str | int):
        raise TypeError(f"A fact is text, an integer or nothing, not {value!r}.")
