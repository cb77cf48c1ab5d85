"""The engine against a slow day-by-day sum (oracle.py): same euros to the cent."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import oracle
from edits import KINDS, close, histories
from hypothesis import given
from hypothesis import strategies as st
from strategies import AMOUNTS, SIGNED, days
from strategies import terms as any_terms

from engine.periods import Period
from engine.promise import promised_amount
from engine.recurrence import RecurrenceRule

START = date(2026, 1, 1)
END = date(2027, 4, 1)
RULES = st.builds(
    RecurrenceRule,
    st.just("month"),
    st.sampled_from([1, 1, 2, 3, 5, 12]),
    st.sampled_from([date(2026, 1, 31), date(2026, 1, 1), date(2024, 2, 29)]) | days(),
)
PLAIN = {"basis": "actual", "first_period": "prorate", "extend_on_pause": False}


@st.composite
def plain_terms(draw):
    return draw(any_terms(rule=draw(RULES), prices=SIGNED, **PLAIN))


@st.composite
def plain_histories(draw, prices=SIGNED):
    return draw(histories(kinds=KINDS, rule=draw(RULES), prices=prices, **PLAIN))


def test_oracle_knows_the_worked_numbers():
    assert oracle.month_boundary(date(2026, 1, 31), 1, 1) == date(2026, 2, 28)
    assert oracle.month_boundary(date(2026, 1, 31), 1, 2) == date(2026, 3, 31)
    assert oracle.month_boundary(date(2024, 2, 29), 12, 4) == date(2028, 2, 29)
    assert oracle.month_boundary(date(2026, 1, 31), 1, -2) == date(2025, 11, 30)
    assert oracle.rounded(Fraction(-1, 200), Decimal("0.01")) == Decimal("-0.01")


@given(plain_terms())
def test_promise_of_all_periods_agrees_with_the_sum_of_days(terms):
    assert promised_amount(terms, Period(START, END)) == oracle.promised(
        terms, START, END
    )


@given(plain_terms(), days(), st.integers(1, 100))
def test_promise_of_any_days_agrees_with_the_sum_of_days(terms, start, length):
    end = start + timedelta(days=length)
    found = promised_amount(terms, Period(start, end))
    assert found == oracle.promised(terms, start, end)


@given(plain_histories())
def test_settled_amount_of_any_history_agrees_with_the_sum_of_days(history):
    story, _day = history
    close(story, date(2027, 1, 31)).run(date(2029, 1, 1))
    first = date(2025, 1, 1)
    assert story.settled == oracle.promised(story.terms, first, date(2029, 1, 1))


@given(plain_histories(prices=AMOUNTS))
def test_charged_amount_without_concession_is_the_settled_one(history):
    story, _day = history
    close(story, date(2027, 1, 31)).run(date(2029, 1, 1))
    assert story.charged == story.settled
