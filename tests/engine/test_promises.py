"""Promises and payment plans, by the facts."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidAmount, InvalidPromise
from engine.promises import (
    Instalment,
    PlanState,
    check_promise,
    last_day,
    plan_state,
    promise_state,
    split_plan,
)

CENT = Decimal("0.01")
UNTIL = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("paid", "on", "bank_days", "expected"),
    [
        (0, date(2026, 11, 20), 0, "open"),
        (0, date(2026, 11, 30), 0, "open"),
        (0, date(2026, 12, 1), 0, "broken"),
        (0, date(2026, 12, 2), 2, "open"),
        (0, date(2026, 12, 3), 2, "broken"),
        (500, date(2026, 11, 30), 0, "open"),
        (500, date(2026, 12, 1), 0, "partly"),
        ("1199.99", date(2026, 12, 1), 0, "partly"),
        (1200, date(2026, 11, 20), 0, "kept"),
        (1200, date(2026, 12, 9), 0, "kept"),
        (1500, date(2026, 12, 9), 0, "kept"),
        # A payment that was returned may leave less than nothing.
        (-100, date(2026, 12, 1), 0, "broken"),
    ],
)
def test_a_promise_of_1200_until_the_end_of_november(paid, on, bank_days, expected):
    state = promise_state(
        Decimal(1200), UNTIL, paid=Decimal(paid), on=on, bank_days=bank_days
    )
    assert state == expected


def test_money_has_some_days_to_reach_the_books():
    assert last_day(UNTIL) == UNTIL
    assert last_day(UNTIL, 2) == date(2026, 12, 2)


@pytest.mark.parametrize("amount", ["0.01", "1840"])
def test_what_is_open_may_be_promised(amount):
    check_promise(Decimal(amount), Decimal(1840))


@pytest.mark.parametrize("amount", ["1840.01", "2000", "0", "-5"])
def test_more_than_is_open_or_nothing_is_refused(amount):
    with pytest.raises(InvalidPromise) as refusal:
        check_promise(Decimal(amount), Decimal(1840))
    assert refusal.value.code == "invalid_promise"
    assert refusal.value.details == {"amount": Decimal(amount), "open": Decimal(1840)}


# === Payment plans === #

PLAN = (
    Instalment(date(2026, 12, 1), Decimal(100)),
    Instalment(date(2027, 1, 1), Decimal(100)),
    Instalment(date(2027, 2, 1), Decimal(50)),
)


def left(index, amount):
    return Instalment(PLAN[index].due, Decimal(amount))


@pytest.mark.parametrize(
    ("paid", "on", "tolerance", "expected"),
    [
        (0, date(2026, 11, 20), 0, PlanState("running", 0, left(0, 100), None)),
        (0, date(2026, 12, 1), 0, PlanState("running", 0, left(0, 100), None)),
        (
            0,
            date(2026, 12, 2),
            0,
            PlanState("broken", 0, left(0, 100), date(2026, 12, 2)),
        ),
        (0, date(2026, 12, 4), 3, PlanState("running", 0, left(0, 100), None)),
        (
            0,
            date(2027, 3, 1),
            3,
            PlanState("broken", 0, left(0, 100), date(2026, 12, 5)),
        ),
        (
            40,
            date(2026, 12, 2),
            0,
            PlanState("broken", 0, left(0, 60), date(2026, 12, 2)),
        ),
        (100, date(2026, 12, 20), 0, PlanState("running", 1, left(1, 100), None)),
        (130, date(2026, 12, 20), 0, PlanState("running", 1, left(1, 70), None)),
        (200, date(2027, 1, 31), 0, PlanState("running", 2, left(2, 50), None)),
        (
            200,
            date(2027, 2, 9),
            0,
            PlanState("broken", 2, left(2, 50), date(2027, 2, 2)),
        ),
        (250, date(2026, 12, 20), 0, PlanState("kept", 3, None, None)),
        (300, date(2027, 6, 1), 0, PlanState("kept", 3, None, None)),
        (
            -50,
            date(2026, 11, 20),
            0,
            PlanState("running", 0, left(0, 100), None),
        ),
    ],
)
def test_money_covers_the_instalments_in_turn(paid, on, tolerance, expected):
    found = plan_state(PLAN, paid=Decimal(paid), on=on, tolerance=tolerance)
    assert found == expected


def test_a_plan_has_instalments():
    with pytest.raises(InvalidPromise):
        plan_state([], paid=Decimal(0), on=UNTIL)


@pytest.mark.parametrize(
    ("total", "count", "first", "expected"),
    [
        (
            "1000",
            3,
            date(2026, 11, 30),
            [
                (date(2026, 11, 30), "333.34"),
                (date(2026, 12, 30), "333.33"),
                (date(2027, 1, 30), "333.33"),
            ],
        ),
        (
            "100",
            4,
            date(2026, 12, 31),
            [
                (date(2026, 12, 31), "25"),
                (date(2027, 1, 31), "25"),
                (date(2027, 2, 28), "25"),
                (date(2027, 3, 31), "25"),
            ],
        ),
        ("0.02", 2, UNTIL, [(UNTIL, "0.01"), (date(2026, 12, 30), "0.01")]),
        ("80", 1, UNTIL, [(UNTIL, "80")]),
    ],
)
def test_equal_instalments_a_month_apart(total, count, first, expected):
    found = split_plan(Decimal(total), count, first, step=CENT)
    assert found == tuple(Instalment(due, Decimal(amount)) for due, amount in expected)


@pytest.mark.parametrize(
    ("total", "count"), [("100", 0), ("0", 2), ("0.01", 2), ("-100", 2)]
)
def test_instalments_of_nothing_are_refused(total, count):
    with pytest.raises(InvalidPromise):
        split_plan(Decimal(total), count, UNTIL, step=CENT)


def test_a_total_between_two_cents_is_refused():
    with pytest.raises(InvalidAmount):
        split_plan(Decimal("10.005"), 2, UNTIL, step=CENT)


@given(
    st.integers(12, 500_000),
    st.integers(1, 12),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_instalments_add_up_and_differ_by_a_cent_at_most(cents, count, first):
    plan = split_plan(Decimal(cents) / 100, count, first, step=CENT)
    amounts = [instalment.amount for instalment in plan]
    assert sum(amounts) == Decimal(cents) / 100
    assert max(amounts) - min(amounts) <= CENT
    days = [instalment.due for instalment in plan]
    assert days[0] == first
    assert all(28 <= (b - a).days <= 31 for a, b in pairwise(days))


@given(st.integers(0, 300), st.integers(0, 120), st.integers(0, 9))
def test_a_plan_once_broken_is_mended_by_money_only(paid, later, tolerance):
    on = PLAN[0].due + timedelta(days=later)
    found = plan_state(PLAN, paid=Decimal(paid), on=on, tolerance=tolerance)
    asked = sum(i.amount for i in PLAN if last_day(i.due, tolerance) < on)
    assert (found.state == "broken") == (paid < asked)
