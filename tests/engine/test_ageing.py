"""Open amounts by days past their due date."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SIGNED

from engine.ageing import ageing, band_of, bands
from engine.errors import InvalidBands

ON = date(2026, 11, 24)
LIMITS = st.lists(st.integers(1, 200), max_size=5, unique=True).map(sorted)
ITEMS = st.lists(
    st.tuples(st.integers(-200, 400).map(lambda n: ON - timedelta(days=n)), SIGNED)
)


@pytest.mark.parametrize(
    ("late", "key"),
    [
        (-400, "not_due"),
        (-1, "not_due"),
        (0, "not_due"),
        (1, "1_30"),
        (30, "1_30"),
        (31, "31_60"),
        (60, "31_60"),
        (61, "61_90"),
        (90, "61_90"),
        (91, "over_90"),
        (4000, "over_90"),
    ],
)
def test_the_band_of_an_item(late, key):
    assert band_of(ON - timedelta(days=late), ON).key == key


@pytest.mark.parametrize(
    ("limits", "keys"),
    [
        ((30, 60, 90), ["not_due", "1_30", "31_60", "61_90", "over_90"]),
        ((15,), ["not_due", "1_15", "over_15"]),
        ((1, 2), ["not_due", "1_1", "2_2", "over_2"]),
        ((), ["not_due", "over_0"]),
    ],
)
def test_the_limits_make_the_bands(limits, keys):
    assert [band.key for band in bands(limits)] == keys


@pytest.mark.parametrize("limits", [(0,), (-5, 30), (30, 30), (60, 30)])
def test_limits_that_do_not_rise_are_refused(limits):
    with pytest.raises(InvalidBands) as refusal:
        bands(limits)
    assert refusal.value.details == {"limits": limits}


def test_amounts_by_age_with_credits_in_their_own_place():
    found = ageing(
        [
            (date(2026, 12, 31), Decimal("1000.00")),
            (date(2026, 11, 24), Decimal("200.00")),
            (date(2026, 11, 23), Decimal("30.00")),
            (date(2026, 10, 25), Decimal("4.00")),
            (date(2026, 8, 26), Decimal("0.50")),
            (date(2026, 8, 25), Decimal("0.06")),
            (date(2026, 8, 25), Decimal("-150.00")),
            (date(2026, 12, 24), Decimal("-0.01")),
            (date(2026, 8, 25), Decimal(0)),
        ],
        on=ON,
    )
    assert [(one.band.key, str(one.amount), one.count) for one in found.bands] == [
        ("not_due", "1200.00", 2),
        ("1_30", "34.00", 2),
        ("31_60", "0", 0),
        ("61_90", "0.50", 1),
        ("over_90", "0.06", 1),
    ]
    assert (found.credits, found.credit_count) == (Decimal("150.01"), 2)
    assert found.owed == Decimal("1234.56")
    assert found.overdue == Decimal("34.56")
    assert found.total == Decimal("1084.55")


def test_the_same_items_on_an_earlier_day():
    items = [(date(2026, 8, 25), Decimal(10)), (date(2026, 10, 1), Decimal(5))]
    found = ageing(items, on=date(2026, 9, 30))
    assert [one.amount for one in found.bands] == [5, 0, 10, 0, 0]


@given(ITEMS, LIMITS)
def test_bands_less_credits_are_the_balance(items, limits):
    found = ageing(items, on=ON, limits=limits)
    assert found.total == sum(amount for _due, amount in items)
    assert found.owed == sum(amount for _due, amount in items if amount > 0)
    late = sum(amount for due, amount in items if amount > 0 and due < ON)
    assert found.overdue == late
    assert all(one.amount >= 0 for one in found.bands)


@given(st.integers(-400, 400), LIMITS)
def test_each_item_is_in_one_band(late, limits):
    due = ON - timedelta(days=late)
    fitting = [
        band
        for band in bands(limits)
        if (band.first is None or band.first <= late)
        and (band.last is None or late <= band.last)
    ]
    assert fitting == [band_of(due, ON, limits=limits)]
