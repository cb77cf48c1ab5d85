"""What moved since a person approved: facts as they were, and as they are.

Their digest (:mod:`.canonical`) tells whether, :func:`moved` tells what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Final

#: Steps from the outermost mapping to a value: keys, and positions in lists.
Path = tuple[str | int, ...]


class _Absent(Enum):
    """Stands for a value on the side that has none; ``None`` is a value."""

    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT


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
