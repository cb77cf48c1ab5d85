"""Spans of days: half-open inside, inclusive where they are stored."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BillingError, InvalidPeriod
from engine.periods import FOREVER, Period, hull, merge, span, subtract

MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))


@st.composite
def spans(draw):
    start = draw(st.dates(date(2026, 1, 1), date(2026, 2, 28)))
    return Period(start, start + timedelta(days=draw(st.integers(1, 20))))


def days_of(periods):
    return {
        period.start + timedelta(days=n)
        for period in periods
        for n in range(period.days)
    }


@pytest.mark.parametrize("end", [date(2026, 3, 1), date(2026, 2, 28)])
def test_end_not_after_start_is_refused(end):
    with pytest.raises(InvalidPeriod) as refusal:
        Period(date(2026, 3, 1), end)
    assert refusal.value.code == "invalid_period"
    assert refusal.value.details == {"start": date(2026, 3, 1), "end": end}
    assert isinstance(refusal.value, BillingError)


def test_stored_days_are_inclusive():
    assert Period.inclusive(date(2026, 3, 1), date(2026, 3, 31)) == MARCH
    assert MARCH.last == date(2026, 3, 31)
    assert MARCH.days == 31
    assert Period.inclusive(date(2026, 3, 1), FOREVER).end == FOREVER


def test_contains_the_first_day_and_not_the_end():
    assert MARCH.contains(date(2026, 3, 1))
    assert MARCH.contains(date(2026, 3, 31))
    assert not MARCH.contains(date(2026, 4, 1))
    assert not MARCH.contains(date(2026, 2, 28))


def test_intersection_of_neighbours_is_nothing():
    april = Period(date(2026, 4, 1), date(2026, 5, 1))
    both = Period(date(2026, 3, 20), date(2026, 4, 10))
    assert MARCH.intersect(april) is None
    assert MARCH.intersect(both) == Period(date(2026, 3, 20), date(2026, 4, 1))


def test_empty_span_and_hull_are_nothing():
    assert span(date(2026, 3, 1), date(2026, 3, 1)) is None
    assert hull([]) is None
    assert hull([MARCH, Period(date(2026, 5, 1), date(2026, 5, 2))]) == Period(
        date(2026, 3, 1), date(2026, 5, 2)
    )


@given(st.lists(spans(), max_size=6))
def test_merge_keeps_the_days_in_spans_that_do_not_touch(periods):
    merged = merge(periods)
    assert days_of(merged) == days_of(periods)
    assert all(one.end < two.start for one, two in pairwise(merged))


@given(st.lists(spans(), max_size=5), st.lists(spans(), max_size=5))
def test_subtract_leaves_the_days_outside_the_holes(whole, holes):
    assert days_of(subtract(whole, holes)) == days_of(whole) - days_of(holes)
