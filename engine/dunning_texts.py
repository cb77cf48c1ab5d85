"""Short texts of reminders, a script or an SMS: words in braces, parts in brackets.

``{total}`` is filled in. A part in square brackets vanishes when one of its words is
not known: "[ Pay or answer: {answer_url}]".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .errors import BillingError

_PART = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"\{([^{}]*)\}")


class InvalidText(BillingError):
    """A text whose braces or brackets do not match."""

    code = "invalid_text"


def placeholders_of(text: str) -> list[str]:
    """The placeholders of a text, in their order.

    :raises InvalidText: a brace or a bracket that is left open, or nested.
    """
    rest = _PART.sub(r"\1", _WORD.sub("", text))
    if set(rest) & set("{}[]"):
        raise InvalidText("A brace or a bracket is not closed.")
    return _WORD.findall(text)


def fill(text: str, words: Mapping[str, object]) -> str:
    """A text with its words; one that is not known stays empty.

    :param words: by placeholder; None or empty: not known.
    :raises InvalidText: as :func:`placeholders_of`.
    """
    placeholders_of(text)

    def part(found: re.Match[str]) -> str:
        names = _WORD.findall(found[1])
        return found[1] if all(words.get(name) for name in names) else ""

    def word(found: re.Match[str]) -> str:
        value = words.get(found[1])
        return "" if value is None else str(value)

    return _WORD.sub(word, _PART.sub(part, text))
