"""Days on which nobody is contacted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidDunning
from engine.rest_days import ContactCalendar

WEEKEND = frozenset({6, 7})
CHRISTMAS = frozenset({date(2026, 12, 25), date(2027, 1, 1)})


@pytest.mark.parametrize(
    ("off", "holidays", "asked", "expected"),
    [
        # 2026-12-24 is a Thursday.
        (frozenset(), frozenset(), date(2026, 12, 26), date(2026, 12, 26)),
        (WEEKEND, frozenset(), date(2026, 12, 26), date(2026, 12, 28)),
        (WEEKEND, CHRISTMAS, date(2026, 12, 24), date(2026, 12, 24)),
        (WEEKEND, CHRISTMAS, date(2026, 12, 25), date(2026, 12, 28)),
        (WEEKEND, CHRISTMAS, date(2027, 1, 1), date(2027, 1, 4)),
        (frozenset({7}), CHRISTMAS, date(2026, 12, 25), date(2026, 12, 26)),
        (frozenset(range(2, 8)), frozenset(), date(2026, 12, 29), date(2027, 1, 4)),
    ],
)
def test_the_next_open_day(off, holidays, asked, expected):
    assert ContactCalendar(off, holidays).next_open(asked) == expected


@pytest.mark.parametrize("off", [range(1, 8), [0], [8], range(9)])
def test_a_week_without_an_open_day_and_days_that_do_not_exist_are_refused(off):
    with pytest.raises(InvalidDunning) as refusal:
        ContactCalendar(frozenset(off))
    assert refusal.value.details == {"weekdays_off": sorted(off)}


@given(
    st.frozensets(st.integers(1, 7), max_size=6),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 2, 28))),
    st.dates(date(2025, 12, 1), date(2026, 3, 31)),
)
def test_no_day_before_the_next_open_one_is_open(off, holidays, asked):
    calendar = ContactCalendar(off, holidays)
    found = calendar.next_open(asked)
    assert calendar.is_open(found)
    for number in range((found - asked).days):
        assert not calendar.is_open(asked + timedelta(days=number))
