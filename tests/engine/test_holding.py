"""What a subscription that is set aside keeps from being invoiced."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger import Story
from lines import line

from engine.charging import due_charges
from engine.errors import CatchUpLimitExceeded
from engine.holding import Held, held, held_charges

DAY = date(2026, 5, 10)


def test_nothing_is_held_when_nothing_is_due():
    assert held(held_charges(line(), (), date(2026, 2, 28))) == Held()


@pytest.mark.parametrize(
    ("day", "amount", "periods", "last"),
    [
        (date(2026, 3, 1), "300.00", 1, date(2026, 3, 31)),
        (date(2026, 4, 1), "600.00", 2, date(2026, 4, 30)),
        (date(2026, 5, 10), "900.00", 3, date(2026, 5, 31)),
    ],
)
def test_each_missed_period_is_held(day, amount, periods, last):
    found = held(held_charges(line(), (), day))
    assert found == Held(Decimal(amount), periods, date(2026, 3, 1), last)


def test_two_lines_of_a_month_hold_one_period():
    charges = held_charges(line(), (), date(2026, 3, 1))
    found = held([*charges, *charges])
    assert (found.amount, found.periods) == (Decimal("600.00"), 1)


def test_more_than_a_run_may_bill_is_held_all_the_same():
    terms = line(catch_up_limit=2)
    with pytest.raises(CatchUpLimitExceeded):
        due_charges(terms, (), DAY)
    assert held(held_charges(terms, (), DAY)).periods == 3


@given(st.dates(date(2026, 1, 1), date(2027, 3, 1)))
def test_what_is_held_is_what_a_run_would_bill_and_then_nothing(day):
    story = Story(line(catch_up_limit=100))
    before = held(held_charges(story.terms, story.billed, day))
    billed = story.run(day)
    assert before.amount == sum((c.charged for c in billed), Decimal(0))
    assert held(held_charges(story.terms, story.billed, day)) == Held()
