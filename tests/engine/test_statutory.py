"""Late-payment rates, half-year by half-year."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.statutory import (
    HalfYearRates,
    half_year_end,
    half_year_start,
    late_rate,
    lowest_rate,
)


def published(ecb, legal=None):
    return HalfYearRates(
        ecb=ecb and Decimal(ecb),
        french_points=Decimal(10),
        union_points=Decimal(8),
        legal_professional=legal and Decimal(legal),
    )


RATES = {
    date(2025, 7, 1): published("2.15", "2.76"),
    date(2026, 1, 1): published("2.15", "2.62"),
    date(2026, 7, 1): published(None),
}


@pytest.mark.parametrize(
    ("on", "own", "scheme", "rate"),
    [
        (date(2026, 1, 1), None, "french", "12.15"),
        (date(2026, 6, 30), None, "french", "12.15"),
        (date(2026, 6, 30), None, "union", "10.15"),
        (date(2026, 7, 1), None, "french", None),
        (date(2027, 1, 1), None, "french", None),
        (date(2026, 6, 30), None, "", None),
        (date(2026, 7, 1), "9.50", "french", "9.50"),
        (date(2026, 1, 1), "9.50", "", "9.50"),
    ],
)
def test_the_rate_that_a_document_prints(on, own, scheme, rate):
    found = late_rate(RATES, on=on, own=own and Decimal(own), scheme=scheme)
    assert found == (rate and Decimal(rate))


@pytest.mark.parametrize(
    ("ecb", "scheme", "rate"),
    [
        ("2.15", "french", "12.15"),
        ("2.15", "union", "10.15"),
        ("2.15", "", None),
        (None, "french", None),
        (None, "union", None),
    ],
)
def test_the_rate_of_a_half_year_by_each_law(ecb, scheme, rate):
    assert published(ecb).late_rate(scheme) == (rate and Decimal(rate))


def test_a_rate_of_zero_is_a_rate():
    rates = {date(2020, 1, 1): HalfYearRates(Decimal(0), Decimal(10), Decimal(8))}
    on = date(2020, 3, 1)
    assert late_rate(rates, on=on, own=None, scheme="french") == Decimal(10)


@pytest.mark.parametrize(
    ("on", "lowest"),
    [
        (date(2025, 7, 1), "8.28"),
        (date(2026, 3, 1), "7.86"),
        # The half-year's own is not published: the last known one counts.
        (date(2026, 11, 24), "7.86"),
        (date(2025, 6, 30), None),
    ],
)
def test_the_lowest_rate_that_terms_may_agree_on(on, lowest):
    assert lowest_rate(RATES, on=on) == (lowest and Decimal(lowest))


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_half_years_cover_the_calendar_without_a_hole(day):
    start, end = half_year_start(day), half_year_end(day)
    assert start <= day <= end
    assert (start.day, start.month) in {(1, 1), (1, 7)}
    assert half_year_start(end + timedelta(days=1)) == end + timedelta(days=1)
    assert half_year_start(end) == start
