"""JSON values as one text, whatever the order of their keys, and its digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any

JsonValue = dict[str, Any] | list[Any] | str | int | float | None

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: JsonValue) -> str:
    """The one text of a JSON value, whatever the order its keys were stored in."""
    return _ENCODER.encode(value)


def digest(value: JsonValue) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()
