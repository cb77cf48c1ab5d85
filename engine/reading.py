"""Dates and numbers as people write them in a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

#: Groups of thousands are set apart by any of these.
_SPACES = re.compile(r"[\s'’]")
_SIGNS = re.compile(r"[€$£%]")


def read_date(text: str, formats: Sequence[str]) -> date | None:
    """The day that ``text`` names, or None when there is no such day.

    :param formats: of ``strptime``, tried in order; ISO dates are always understood.
    """
    # A cell of a spreadsheet may carry a time of midnight.
    text = text.strip().removesuffix(" 00:00:00")
    for form in ("%Y-%m-%d", *formats):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


def read_number(text: str, decimal_point: str = ".") -> Decimal | None:
    """The number that ``text`` writes, or None when it writes none.

    A comma and a point together: the last of them is the decimal mark. One of them
    alone is one too, unless it is the other than ``decimal_point`` and three digits
    follow, as in 1,000.

    :param decimal_point: what the writer's language uses.
    """
    digits = _SIGNS.sub("", _SPACES.sub("", text))
    marks = [mark for mark in digits if mark in ".,"]
    if marks:
        mark = marks[-1]
        grouped = re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", digits)
        alone = len(set(marks)) == 1
        if alone and grouped and (mark != decimal_point or len(marks) > 1):
            mark = ""
        for other in {".", ","} - {mark}:
            digits = digits.replace(other, "")
        digits = digits.replace(mark, ".") if mark else digits
    try:
        number = Decimal(digits)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
