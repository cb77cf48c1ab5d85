"""A contract of another system goes on with the period that it would invoice next."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines import MONTHLY, QUARTERLY_CALENDAR, line

from engine.errors import CatchUpLimitExceeded
from engine.handover import Handover, hand_over, resumed
from engine.periods import Period
from engine.promise import opening_entry
from engine.recurrence import RecurrenceRule
from engine.upcoming import upcoming


def period(first: str, last: str) -> Period:
    return Period.inclusive(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("unit", "interval", "start", "coming", "expected"),
    [
        # The day of the start still gives the boundaries.
        ("month", 1, "2025-03-15", ("2026-12-15", "2027-01-14"), ("2025-03-15",)),
        ("year", 1, "2024-02-29", ("2027-02-28", "2028-02-28"), ("2024-02-29",)),
        ("week", 2, "2026-01-05", ("2026-11-23", "2026-12-06"), ("2026-01-05",)),
        ("day", 10, "2026-01-01", ("2026-01-01", "2026-01-10"), ("2026-01-01",)),
        # The other system drifted from the 31st to the 28th.
        ("month", 1, "2026-01-31", ("2026-04-28", "2026-05-27"), ("2026-02-28",)),
        # No day of its grid since the start gives the 31st but the last one.
        ("month", 1, "2026-02-05", ("2026-03-31", "2026-04-29"), ("2026-03-31",)),
    ],
)
def test_boundaries_count_from_a_day_of_the_contract(
    unit, interval, start, coming, expected
):
    found = hand_over(
        unit=unit,
        interval=interval,
        start=date.fromisoformat(start),
        coming=period(*coming),
    )
    assert found == Handover("anniversary", date.fromisoformat(*expected))


@pytest.mark.parametrize(
    ("unit", "interval", "start", "coming", "expected"),
    [
        # Calendar months, all of it billed before.
        ("month", 1, "2026-01-15", ("2026-12-01", "2026-12-31"), ("2026-01-15", 1, 1)),
        # Quarters from February.
        ("month", 3, "2026-02-01", ("2026-11-01", "2027-01-31"), ("2026-02-01", 1, 2)),
        ("year", 1, "2025-05-20", ("2027-01-01", "2027-12-31"), ("2025-05-20", 1, 1)),
        ("month", 24, "2025-05-20", ("2027-04-01", "2029-03-31"), ("2025-05-20", 1, 4)),
    ],
)
def test_a_calendar_goes_on_from_the_start_of_the_contract(
    unit, interval, start, coming, expected
):
    day, billing_day, month = expected
    found = hand_over(
        unit=unit,
        interval=interval,
        start=date.fromisoformat(start),
        coming=period(*coming),
        calendar=True,
    )
    assert found == Handover(
        "calendar", date.fromisoformat(day), billing_day, month, cut=False
    )


def test_a_first_period_up_to_a_day_of_the_calendar_is_cut():
    coming = period("2026-11-15", "2026-11-30")
    found = hand_over(unit="month", interval=1, start=date(2026, 11, 15), coming=coming)
    assert found == Handover("calendar", coming.start, 1, 1, cut=True)


@pytest.mark.parametrize(
    ("unit", "interval", "coming"),
    [
        ("week", 1, ("2026-11-15", "2026-11-30")),
        ("month", 1, ("2026-11-15", "2026-12-31")),
        # Months of such a rhythm are counted from one that no calendar names.
        ("month", 18, ("2026-11-15", "2027-07-31")),
    ],
)
def test_a_period_that_no_grid_has_is_told(unit, interval, coming):
    found = period(*coming)
    assert not hand_over(unit=unit, interval=interval, start=found.start, coming=found)


@given(
    unit=st.sampled_from(["day", "week", "month", "year"]),
    interval=st.integers(1, 12),
    anchor=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    skipped=st.integers(0, 400),
    calendar=st.booleans(),
)
def test_what_goes_on_has_the_coming_period_on_its_grid(
    unit, interval, anchor, skipped, calendar
):
    rule = RecurrenceRule(unit, interval, anchor)
    coming = rule.period(rule.index_of(anchor + timedelta(days=skipped)))
    found = hand_over(
        unit=unit, interval=interval, start=anchor, coming=coming, calendar=calendar
    )
    grid = RecurrenceRule(
        unit, interval, found.start, found.billing_day, found.billing_month
    )
    assert anchor <= found.start <= coming.start
    assert grid.period(grid.index_of(coming.start)) == coming


@given(
    rule=st.sampled_from([MONTHLY, QUARTERLY_CALENDAR]),
    start=st.dates(date(2025, 1, 1), date(2026, 3, 1)),
    days=st.integers(-10, 500),
    timing=st.sampled_from(["in_advance", "in_arrears"]),
    basis=st.sampled_from(["actual", "30_360", "none"]),
    first_period=st.sampled_from(["prorate", "full", "free", "merged"]),
)
def test_without_its_past_a_line_is_invoiced_the_same(
    rule, start, days, timing, basis, first_period
):
    until = start + timedelta(days)
    terms = line(
        rule=rule, start=start, timing=timing, basis=basis, first_period=first_period
    )
    entry = opening_entry(terms, until, charged=Decimal(0))

    def told(promise):
        try:
            coming = upcoming([promise], as_of=date(2026, 3, 1))
            return [
                (document.day, [(c.period, c.charged) for c in document.charges])
                for document in islice(coming, 3)
            ]
        except CatchUpLimitExceeded as error:
            return error.details

    assert told(resumed(terms, until)) == told((terms, [entry] if entry else []))
