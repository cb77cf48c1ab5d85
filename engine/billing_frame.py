"""The billing frame of a French electronic invoice (EN 16931, BT-23).

A letter for what is sold and a figure for where the invoice stands, by the list of the
French reform (XP Z12-012, rule BR-FR-08).
"""

from __future__ import annotations

_LETTERS = {"services": "S", "goods": "B", "mixed": "M"}


def billing_frame(
    operation: str, *, paid: bool, credit: bool = False, deducts_advance: bool = False
) -> str:
    """The frame of a document, for instance ``S1``.

    - 4: a final invoice, from which what was paid in advance is deducted;
    - 2: paid before it was issued, for instance by card;
    - 1: still to be paid. So are credit notes: what they pay back is paid later.

    :param operation: ``services``, ``goods`` or ``mixed``.
    :param paid: whether nothing is left to pay, by payments and not by a credit note.
    :param credit: whether it is a credit note.
    :param deducts_advance: whether a line takes an advance invoice off.
    """
    letter = _LETTERS[operation]
    if credit:
        return f"{letter}1"
    # A final invoice stays one when nothing is left to pay (BR-FR-CO-08 and 09 speak
    # of the frame, not of the balance).
    if deducts_advance:
        return f"{letter}4"
    return f"{letter}2" if paid else f"{letter}1"
