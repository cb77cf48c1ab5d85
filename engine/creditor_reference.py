"""The structured creditor reference (ISO 11649): ``RF``, two check digits, and text.

Banks carry it through unchanged, so a payment finds its invoice by itself. Core makes
it for journals whose communication standard is European; here it is recognised.
"""

from __future__ import annotations

import re

_SHAPE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")


def is_creditor_reference(text: str) -> bool:
    """Whether the text is one, check digits included; spaces between are allowed."""
    compact = text.replace(" ", "").upper()
    if not _SHAPE.fullmatch(compact):
        return False
    return remainder(compact[4:] + compact[:4]) == 1


def remainder(text: str) -> int:
    """The rest after division by 97, letters counted from A = 10 (ISO 7064)."""
    return int("".join(str(int(character, 36)) for character in text)) % 97
