"""The one word that sorts a rehearsal."""

from datetime import date
from itertools import islice

import pytest
from lines import line, money, opening, version

from engine.charging import BilledEntry, Pause
from engine.periods import Period
from engine.reasons import Reason
from engine.rehearsing import main_reason
from engine.upcoming import upcoming

FEBRUARY = Period(date(2026, 2, 1), date(2026, 3, 1))


def billed(amount=300):
    """February is billed."""
    return [BilledEntry("charge", FEBRUARY, money(amount), money(amount))]


def sorted_by(terms, entries=(), **known):
    """The word for the first document of a line."""
    told = next(islice(upcoming([(terms, entries)], as_of=date(2026, 3, 1)), 1))
    values = {"is_first": False, "has_extra": False, "difference": False, **known}
    return main_reason(told.reasons, told.charges, **values)


def since(**values):
    """A line that runs since February."""
    return line(start=date(2026, 2, 1), **values)


def test_nothing_to_tell_is_unchanged():
    assert sorted_by(since(), billed()) == "unchanged"


def test_first_invoice_is_new_whatever_else_is_true():
    assert sorted_by(line(start=date(2026, 3, 15)), is_first=True) == "new"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"end": date(2026, 3, 11)}, "end"),
        ({"pauses": (Pause(date(2026, 3, 10), date(2026, 3, 20)),)}, "proration"),
        ({"more": [version(date(2026, 3, 1), "330")]}, "price"),
        ({"more": [version(date(2026, 2, 15), "330")]}, "proration"),
    ],
)
def test_what_moved_is_named(values, expected):
    assert sorted_by(since(**values), billed()) == expected


def test_second_line_that_comes_along_is_about_lines():
    assert sorted_by(line()) == "lines"
    assert sorted_by(since(), billed(), has_extra=True) == "lines"


def test_two_periods_of_a_line_at_once_are_caught_up():
    opened = opening(date(2026, 1, 1), date(2026, 1, 31), "300")
    terms = line(start=date(2026, 1, 1))
    charges = [
        charge
        for document in islice(upcoming([(terms, opened)], as_of=date(2026, 3, 1)), 2)
        for charge in document.charges
    ]
    word = main_reason(
        [Reason("adjustment", "line")],
        charges,
        is_first=True,
        has_extra=False,
        difference=True,
    )
    assert word == "catch_up"


def test_regular_amount_after_a_special_invoice_is_not_called_unchanged():
    assert sorted_by(since(), billed(), difference=True) == "regular"
