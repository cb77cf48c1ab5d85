"""Quantity, price and discount of a line, whatever amount it must come to."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import AMOUNTS, DISCOUNTS, QUANTITIES, SIGNED

from engine.charging import LineVersion
from engine.money import quantize
from engine.printing import exact_price, printed_line

DAY = date(2026, 3, 1)
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("charged", "sold", "adjusts", "expected"),
    [
        ("90.00", ("2", "50.00", "10"), False, ("2", "50.00", "10")),
        # Adjusted to the same amount: still a price solved back.
        ("-90.00", ("2", "50.00", "10"), True, ("-2", "50.00", "10")),
        ("45.00", ("2", "50.00", "10"), False, ("2", "25.00", "10")),
        # A credit: negative quantity, positive price.
        ("-45.00", ("2", "50.00", "10"), True, ("-2", "25.00", "10")),
        ("-45.00", ("2", "50.00", "10"), False, ("-2", "25.00", "10")),
        # Sold at a negative price, or in a negative quantity.
        ("-5.00", ("1", "-20.00", "0"), False, ("1", "-5.00", "0")),
        ("5.00", ("1", "-20.00", "0"), True, ("1", "5.00", "0")),
        ("20.00", ("-2", "15.00", "0"), True, ("2", "10.00", "0")),
        # Nothing is sold: the amount is printed as one unit.
        ("-12.00", ("0", "50.00", "0"), True, ("-1", "12.00", "0")),
        ("12.00", ("1", "50.00", "100"), True, ("1", "12.00", "0")),
        ("0.00", ("1", "50.00", "100"), False, ("1", "50.00", "100")),
        ("0.00", ("1", "50.00", "0"), False, ("1", "0.00", "0")),
    ],
)
def test_line_prints_as_sold_or_with_a_price_solved_back(
    charged, sold, adjusts, expected
):
    version = LineVersion(DAY, *map(Decimal, sold))
    found = printed_line(Decimal(charged), version, step=CENT, adjusts=adjusts)
    assert found == tuple(map(Decimal, expected))


@given(SIGNED, QUANTITIES, AMOUNTS, DISCOUNTS)
def test_correction_of_any_line_multiplies_back_at_a_positive_price(
    charged, quantity, price, discount
):
    version = LineVersion(DAY, quantity, price, discount)
    units, solved, percent = printed_line(charged, version, step=CENT, adjusts=True)
    assert quantize(units * solved * (100 - percent) / 100, CENT) == charged
    assert solved >= 0


@given(st.integers(1, 40), QUANTITIES.filter(bool))
def test_prorated_line_keeps_the_quantity_as_sold(days, quantity):
    version = LineVersion(DAY, quantity, Decimal("33.33"))
    charged = quantize(version.amount * days / 41, CENT)
    assert printed_line(charged, version, step=CENT, adjusts=False)[0] == quantity


@pytest.mark.parametrize(
    ("charged", "quantity", "price", "discount"),
    [
        ("67.23", "3", "33.615714", "33.33"),
        ("-12.40", "-2", "6.199", "0"),
        ("0.01", "3", "0.004", "0"),
    ],
)
def test_exact_price_yields_the_amount(charged, quantity, price, discount):
    found = exact_price(Decimal(charged), *map(Decimal, (quantity, price, discount)))
    again = Decimal(quantity) * found * (100 - Decimal(discount)) / 100
    assert abs(again - Decimal(charged)) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("charged", "quantity", "price", "discount"),
    [("62.00", "2", "31", "0"), ("0", "0", "31", "0"), ("0", "2", "31", "100")],
)
def test_exact_price_stays_as_sold(charged, quantity, price, discount):
    values = map(Decimal, (charged, quantity, price, discount))
    assert exact_price(*values) == Decimal(price)
