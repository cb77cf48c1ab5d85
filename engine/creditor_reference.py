"""The structured creditor reference (ISO 11649): ``RF``, two check digits, and text.

Banks carry it through unchanged, so a payment finds its invoice by itself.
"""

from __future__ import annotations

import re

from .errors import BillingError

#: What follows the check digits: letters and digits, at most so many.
LONGEST = 21

_SHAPE = re.compile(r"RF[0-9]{2}[0-9A-Z]{1,21}")
_FORGOTTEN = re.compile(r"[^0-9A-Z]")


class InvalidReference(BillingError):
    """Text from which no creditor reference can be made."""

    code = "invalid_reference"


def creditor_reference(text: str) -> str:
    """The creditor reference of a document's number: "FAC/2026/00812" gives
    ``RF46FAC202600812``.

    Letters become capitals, whatever is neither letter nor digit is left out.

    :param text: at most 21 letters and digits.
    :raises InvalidReference: when it holds none of them, or more.
    """
    body = _FORGOTTEN.sub("", text.upper())
    if not 1 <= len(body) <= LONGEST:
        raise InvalidReference(
            f"'{text}' has {len(body)} letters and digits; 1 to {LONGEST} are needed.",
            text=text,
        )
    return f"RF{98 - remainder(f'{body}RF00'):02d}{body}"


def is_creditor_reference(text: str) -> bool:
    """Whether the text is one, check digits included; spaces between are allowed."""
    compact = text.replace(" ", "").upper()
    if not _SHAPE.fullmatch(compact):
        return False
    return remainder(compact[4:] + compact[:4]) == 1


def remainder(text: str) -> int:
    """The rest after division by 97, letters counted from A = 10 (ISO 7064)."""
    return int("".join(str(int(character, 36)) for character in text)) % 97
