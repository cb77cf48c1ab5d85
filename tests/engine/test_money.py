"""Rounding to the currency's step, and sharing without losing a cent."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import STEPS

from engine.errors import InvalidAmount
from engine.money import converted, line_price, quantize, split

CENT = Decimal("0.01")
EXACT = st.fractions(-(10**9), 10**9, max_denominator=10**6)


@pytest.mark.parametrize(
    ("amount", "step", "expected"),
    [
        (Fraction(22, 31) * 1000, "0.01", "709.68"),
        (Decimal("0.005"), "0.01", "0.01"),
        (Decimal("-0.005"), "0.01", "-0.01"),
        (Decimal("0.0049999"), "0.01", "0.00"),
        (Decimal("2.5"), "1", "3"),
        (Decimal("-2.5"), "1", "-3"),
        (Decimal("1.0005"), "0.001", "1.001"),
        (Decimal("0.024"), "0.05", "0.00"),
        (Decimal("0.025"), "0.05", "0.05"),
        (Decimal("10.07"), "0.05", "10.05"),
        (Decimal("10.08"), "0.05", "10.10"),
        (7, "1", "7"),
    ],
)
def test_halves_are_rounded_away_from_zero(amount, step, expected):
    assert quantize(amount, Decimal(step)) == Decimal(expected)


@pytest.mark.parametrize("step", ["0", "-0.01"])
def test_step_that_is_not_positive_is_refused(step):
    with pytest.raises(InvalidAmount):
        quantize(Decimal(1), Decimal(step))
    with pytest.raises(InvalidAmount):
        split(Decimal(1), [1], Decimal(step))


@given(EXACT, STEPS)
def test_rounded_amount_is_a_multiple_within_half_a_step(amount, step):
    rounded = quantize(amount, step)
    assert rounded % step == 0
    assert abs(Fraction(rounded) - amount) <= Fraction(step) / 2


@pytest.mark.parametrize(
    ("amount", "rate", "step", "expected"),
    [
        ("100", "1", "0.01", "100"),
        ("100", "0.9173", "0.01", "91.73"),
        ("0.55", "0.9", "0.01", "0.50"),
        ("-0.55", "0.9", "0.01", "-0.50"),
        ("12.34", "163.27", "1", "2015"),
        ("1000", "0.3081", "0.001", "308.1"),
        ("0", "1.17", "0.01", "0"),
    ],
)
def test_amount_in_another_currency_is_rounded_to_its_step(
    amount, rate, step, expected
):
    found = converted(Decimal(amount), Decimal(rate), Decimal(step))
    assert found == Decimal(expected)


@pytest.mark.parametrize("rate", ["0", "-1.1"])
def test_rate_that_is_not_positive_is_refused(rate):
    with pytest.raises(InvalidAmount):
        converted(Decimal(1), Decimal(rate), CENT)


@given(EXACT, STEPS)
def test_rounding_is_symmetric_about_zero(amount, step):
    assert quantize(-amount, step) == -quantize(amount, step)


@pytest.mark.parametrize(
    ("total", "weights", "expected"),
    [
        ("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("10.00", [0, 5], ["0.00", "10.00"]),
        ("300.00", [Decimal(22), Fraction(9)], ["212.90", "87.10"]),
        ("0.00", [1, 2], ["0.00", "0.00"]),
    ],
)
def test_shares_follow_the_largest_remainder(total, weights, expected):
    assert split(Decimal(total), weights, CENT) == [Decimal(e) for e in expected]


@pytest.mark.parametrize(
    ("total", "weights"),
    [("1.00", []), ("1.00", [0, 0]), ("1.00", [2, -1]), ("1.001", [1])],
)
def test_total_or_weights_that_cannot_be_shared_are_refused(total, weights):
    with pytest.raises(InvalidAmount):
        split(Decimal(total), weights, CENT)


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any),
    STEPS,
)
def test_split_loses_no_cent_and_stays_within_one_step(steps, weights, step):
    total = steps * step
    shares = split(total, weights, step)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert share % step == 0
        exact = Fraction(total) * weight / sum(weights)
        assert abs(Fraction(share) - exact) < Fraction(step)


def test_line_price_is_exact_after_discount():
    price = line_price(Decimal(3), Decimal("33.33"), Decimal("12.5"))
    assert price == Fraction("87.49125")
    assert line_price(Decimal(-2), Decimal(10), Decimal(100)) == 0
