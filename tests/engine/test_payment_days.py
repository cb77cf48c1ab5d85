"""How late French professionals may agree to be paid (C. com. L441-10 I)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.payment_days import latest_due_date

DAYS = st.dates(date(2009, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("on", "latest"),
    [
        # 45 days after the end of the month is the latest.
        (date(2026, 1, 1), date(2026, 3, 17)),
        (date(2026, 3, 1), date(2026, 5, 15)),
        (date(2026, 3, 15), date(2026, 5, 15)),
        (date(2028, 2, 10), date(2028, 4, 14)),
        (date(2026, 12, 1), date(2027, 2, 14)),
        # The end of the month in which 45 days are over is.
        (date(2026, 3, 17), date(2026, 5, 31)),
        (date(2026, 12, 18), date(2027, 2, 28)),
        # 60 days are.
        (date(2026, 1, 31), date(2026, 4, 1)),
        (date(2026, 4, 16), date(2026, 6, 15)),
        (date(2026, 7, 31), date(2026, 9, 30)),
    ],
)
def test_the_latest_day_of_three_ways_counts(on, latest):
    assert latest_due_date(on) == latest


@given(DAYS)
def test_no_way_is_cut_short(on):
    latest = latest_due_date(on)
    assert latest >= on + timedelta(60)
    assert latest <= on + timedelta(31 + 45)


@given(DAYS)
def test_a_later_invoice_is_due_no_earlier_within_its_month(on):
    following = on + timedelta(1)
    if following.month == on.month:
        assert latest_due_date(following) >= latest_due_date(on)
