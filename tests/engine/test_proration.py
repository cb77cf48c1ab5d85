"""What a part of a period costs (worked numbers of the four day counts)."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import rules

from engine.errors import InvalidTerms
from engine.money import quantize
from engine.periods import Period
from engine.proration import BASES, fraction, prorate

CENT = Decimal("0.01")
JAN_31 = Period(date(2026, 1, 31), date(2026, 2, 28))
FEB = Period(date(2026, 2, 1), date(2026, 3, 1))
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1))


@pytest.mark.parametrize(
    ("basis", "march", "february"),
    [
        ("actual", "709.68", "500.00"),
        ("30_360", "700.00", "533.33"),
        ("actual_30", "733.33", "466.67"),
        ("none", "1000.00", "1000.00"),
    ],
)
def test_stub_of_a_thousand_by_each_basis(basis, march, february):
    price = Decimal("1000.00")
    stub = Period.inclusive(date(2026, 3, 10), date(2026, 3, 31))
    late = Period.inclusive(date(2026, 2, 15), date(2026, 2, 28))
    found = prorate(price, part=stub, whole=MARCH, basis=basis)
    assert quantize(found, CENT) == Decimal(march)
    found = prorate(price, part=late, whole=FEB, basis=basis)
    assert quantize(found, CENT) == Decimal(february)


@pytest.mark.parametrize(
    ("first", "last", "whole", "expected"),
    [
        # 10 to 31 March of a quarter: 22 of 90 days, not 22/31 of a third.
        (date(2026, 3, 10), date(2026, 3, 31), QUARTER, Fraction(22, 90)),
        # Rated on the imagined full period before the start.
        (
            date(2026, 2, 15),
            date(2026, 2, 28),
            Period(date(2026, 2, 15), date(2026, 3, 15)),
            Fraction(1, 2),
        ),
        (
            date(2026, 1, 15),
            date(2026, 1, 31),
            Period(date(2026, 1, 15), date(2026, 2, 15)),
            Fraction(17, 31),
        ),
        # A leap year has 366 days.
        (
            date(2028, 1, 1),
            date(2028, 2, 29),
            Period(date(2028, 1, 1), date(2029, 1, 1)),
            Fraction(60, 366),
        ),
    ],
)
def test_actual_days_of_the_full_period(first, last, whole, expected):
    assert fraction([Period.inclusive(first, last)], whole, "actual") == expected


def test_three_units_of_a_stub_are_rounded_once_in_the_price():
    stub = Period.inclusive(date(2026, 3, 10), date(2026, 3, 31))
    amount = prorate(3 * Decimal("33.33"), part=stub, whole=MARCH, basis="actual")
    assert quantize(amount, CENT) == Decimal("70.96")


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("whole", [JAN_31, FEB, MARCH, QUARTER])
def test_whole_period_is_one_in_each_basis(whole, basis):
    assert fraction([whole], whole, basis) == 1
    assert fraction([], whole, basis) == 0


def test_thirty_day_basis_never_exceeds_the_price():
    part = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert fraction([part], QUARTER, "actual_30") == 1


def test_day_before_a_31st_counts_nothing_in_30_360():
    assert (
        fraction([Period(date(2026, 3, 30), date(2026, 3, 31))], MARCH, "30_360") == 0
    )
    one_day = Period(date(2026, 3, 30), date(2026, 3, 31))
    assert fraction([one_day], one_day, "30_360") == 1


def test_part_outside_the_period_or_unknown_basis_is_refused():
    with pytest.raises(InvalidTerms):
        prorate(Decimal(1), part=MARCH, whole=FEB, basis="actual")
    with pytest.raises(InvalidTerms):
        prorate(Decimal(1), part=MARCH, whole=MARCH, basis="actual_360")


@st.composite
def partitions(draw):
    """A grid period cut anywhere."""
    whole = draw(rules(intervals=(1, 6))).period(draw(st.integers(-5, 5)))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, whole.days - 1)), max_size=5)))
    days = [whole.start, *(whole.start + timedelta(days=n) for n in cuts), whole.end]
    days = sorted(set(days))
    return whole, [Period(one, two) for one, two in pairwise(days)]


@given(partitions(), st.sampled_from(["actual", "30_360"]))
def test_parts_of_a_period_sum_to_the_whole(cut, basis):
    whole, parts = cut
    assert sum(fraction([part], whole, basis) for part in parts) == 1


@given(partitions(), st.sampled_from(BASES))
def test_fraction_lies_between_nothing_and_all(cut, basis):
    whole, parts = cut
    for part in parts:
        assert 0 <= fraction([part], whole, basis) <= 1
    assert fraction(parts, whole, basis) == 1
