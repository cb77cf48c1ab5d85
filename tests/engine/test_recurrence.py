"""The grid of billing periods (worked numbers: month ends, leap days, alignment)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CENTURIES, rules

from engine.errors import InvalidRule
from engine.periods import Period
from engine.recurrence import RecurrenceRule


def starts(rule, count, first=0):
    return [rule.boundary(n) for n in range(first, first + count)]


def dates(*texts):
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("anchor", "unit", "interval", "expected"),
    [
        (
            date(2026, 1, 31),
            "month",
            1,
            dates("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31")
            + dates("2026-06-30"),
        ),
        (
            date(2025, 11, 30),
            "month",
            3,
            dates("2025-11-30", "2026-02-28", "2026-05-30", "2026-08-30", "2026-11-30")
            + dates("2027-02-28"),
        ),
        (
            date(2024, 2, 29),
            "month",
            12,
            dates("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"),
        ),
        (
            date(2024, 2, 29),
            "year",
            1,
            dates("2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"),
        ),
        (date(2026, 3, 10), "month", 1, dates("2026-03-10", "2026-04-10")),
        (date(2026, 4, 30), "month", 1, dates("2026-04-30", "2026-05-30")),
        (date(2026, 1, 5), "week", 2, dates("2026-01-05", "2026-01-19")),
        (date(2026, 1, 5), "day", 30, dates("2026-01-05", "2026-02-04")),
    ],
)
def test_boundaries_come_from_the_anchor(anchor, unit, interval, expected):
    assert starts(RecurrenceRule(unit, interval, anchor), len(expected)) == expected


@pytest.mark.parametrize(
    ("anchor", "unit", "interval", "day", "month", "first", "second"),
    [
        # Calendar months and quarters.
        ("2026-03-10", "month", 1, 1, None, "2026-03-01", "2026-04-01"),
        ("2026-03-10", "month", 3, 1, None, "2026-01-01", "2026-04-01"),
        ("2026-04-01", "month", 3, 1, None, "2026-04-01", "2026-07-01"),
        # Quarters of a fiscal year that begins in February, half-years in May.
        ("2026-03-10", "month", 3, 1, 2, "2026-02-01", "2026-05-01"),
        ("2026-01-10", "month", 3, 1, 2, "2025-11-01", "2026-02-01"),
        ("2026-03-10", "month", 6, 1, 5, "2025-11-01", "2026-05-01"),
        # The day falls later in the anchor's month: one period back.
        ("2026-03-10", "month", 1, 25, None, "2026-02-25", "2026-03-25"),
        ("2026-01-10", "month", 3, 25, None, "2025-10-25", "2026-01-25"),
        # 31 is the last day of each month.
        ("2026-02-10", "month", 1, 31, None, "2026-01-31", "2026-02-28"),
        ("2026-04-30", "month", 1, 31, None, "2026-04-30", "2026-05-31"),
        # ISO week-days: Monday is 1.
        ("2026-01-07", "week", 1, 1, None, "2026-01-05", "2026-01-12"),
        ("2026-01-07", "week", 2, 7, None, "2026-01-04", "2026-01-18"),
        ("2026-01-07", "week", 1, 3, None, "2026-01-07", "2026-01-14"),
        # Years, with and without a month; every two years from the anchor's year.
        ("2026-03-10", "year", 1, 1, None, "2026-01-01", "2027-01-01"),
        ("2026-03-10", "year", 1, 1, 7, "2025-07-01", "2026-07-01"),
        ("2026-03-10", "year", 2, 1, None, "2026-01-01", "2028-01-01"),
        ("2027-03-10", "month", 24, 1, None, "2027-01-01", "2029-01-01"),
        ("2026-01-01", "year", 1, 29, 2, "2025-02-28", "2026-02-28"),
        ("2028-03-01", "year", 1, 29, 2, "2028-02-29", "2029-02-28"),
    ],
)
def test_aligned_grid_follows_the_calendar(
    anchor, unit, interval, day, month, first, second
):
    rule = RecurrenceRule(unit, interval, date.fromisoformat(anchor), day, month)
    assert starts(rule, 2) == dates(first, second)


def test_interval_that_does_not_divide_the_year_keeps_its_rhythm():
    rule = RecurrenceRule("month", 5, date(2026, 3, 10), 1)
    months = [day.year * 12 + day.month for day in starts(rule, 30)]
    assert {two - one for one, two in pairwise(months)} == {5}
    assert rule.period(0).contains(date(2026, 3, 10))


def test_period_before_the_anchor_exists():
    rule = RecurrenceRule("month", 1, date(2026, 1, 31))
    assert rule.period(-1) == Period(date(2025, 12, 31), date(2026, 1, 31))
    assert rule.index_of(date(2026, 1, 30)) == -1


def test_periods_are_the_full_ones_that_meet_the_span():
    rule = RecurrenceRule("month", 1, date(2026, 1, 1))
    found = list(rule.periods(date(2026, 1, 20), date(2026, 3, 2)))
    assert [p.start for p in found] == dates("2026-01-01", "2026-02-01", "2026-03-01")
    assert list(rule.periods(date(2026, 3, 1), date(2026, 3, 1))) == []


@pytest.mark.parametrize(
    ("unit", "interval", "day", "month"),
    [
        ("hour", 1, None, None),
        ("month", 0, None, None),
        ("month", -1, None, None),
        ("day", 1, 1, None),
        ("month", 1, 0, None),
        ("month", 1, 32, None),
        ("week", 1, 8, None),
        ("month", 3, None, 2),
        ("week", 1, 1, 2),
        ("year", 1, 1, 13),
        ("year", 1, 1, 0),
    ],
)
def test_values_that_describe_no_grid_are_refused(unit, interval, day, month):
    with pytest.raises(InvalidRule) as refusal:
        RecurrenceRule(unit, interval, date(2026, 1, 1), day, month)
    assert refusal.value.code == "invalid_rule"


@given(rules(anchors=CENTURIES), st.integers(-300, 300))
def test_boundaries_increase_and_index_is_their_inverse(rule, n):
    if rule.unit == "year":
        n //= 30
    first, following = rule.boundary(n), rule.boundary(n + 1)
    assert first < following
    assert rule.index_of(first) == n
    assert rule.index_of(following - timedelta(days=1)) == n
    assert rule.period(n) == Period(first, following)


@given(rules(anchors=CENTURIES))
def test_period_zero_contains_the_anchor(rule):
    assert rule.period(0).contains(rule.anchor)
    assert rule.index_of(rule.anchor) == 0


@given(rules(anchors=CENTURIES), CENTURIES, st.integers(1, 2000))
def test_periods_tile_any_span(rule, start, length):
    end = start + timedelta(days=length)
    tiles = list(rule.periods(start, end))
    assert tiles[0].contains(start)
    assert tiles[-1].start < end <= tiles[-1].end
    assert all(one.end == two.start for one, two in pairwise(tiles))


@given(rules(anchors=CENTURIES), st.integers(-50, 50))
def test_aligned_boundaries_fall_on_the_billing_day(rule, n):
    if rule.billing_day is None:
        return
    first = rule.boundary(n if rule.unit != "year" else n // 10)
    if rule.unit == "week":
        assert first.isoweekday() == rule.billing_day
        return
    tomorrow = first + timedelta(days=1)
    assert first.day == rule.billing_day or (
        first.day < rule.billing_day and tomorrow.month != first.month
    )
    months = rule.interval * (12 if rule.unit == "year" else 1)
    if 12 % months == 0 or months % 12 == 0:
        assert (first.month - (rule.billing_month or 1)) % min(months, 12) == 0
