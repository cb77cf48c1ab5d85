"""Recurring amounts brought to a month."""

from decimal import Decimal

import pytest

from engine.errors import InvalidRule
from engine.mrr import monthly_amount


@pytest.mark.parametrize(
    ("unit", "interval", "amount", "expected"),
    [
        ("month", 1, "300.00", "300.00"),
        ("month", 3, "300.00", "100.00"),
        ("year", 1, "1200.00", "100.00"),
        ("year", 2, "2400.00", "100.00"),
        ("week", 1, "12.00", "52.00"),
        ("week", 2, "12.00", "26.00"),
        ("day", 1, "12.00", "365.00"),
        ("day", 365, "12.00", "1.00"),
    ],
)
def test_amount_of_a_period_comes_to_a_month(unit, interval, amount, expected):
    found = monthly_amount(Decimal(amount), unit=unit, interval=interval)
    assert found == Decimal(expected)


@pytest.mark.parametrize(("unit", "interval"), [("hour", 1), ("month", 0)])
def test_no_such_rhythm_is_refused(unit, interval):
    with pytest.raises(InvalidRule):
        monthly_amount(Decimal(1), unit=unit, interval=interval)
