"""The payer's clock held against what its made-up payers did afterwards."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from payers import HABITS, ON, bills, payer

from engine.payer import expected_day, first_shift, payer_clock

SEEDS = range(60)
#: Invoices of each payer after its history.
LATER = 24
#: Days past the due date of the first reminder, days to the second and to the third.
FIRST, RESTS = 3, (7, 10)
#: The longest wait for a payer's habit.
LONGEST = 21


def histories(months):
    """Payers of all habits, with the clock of their history and what they do then."""
    for habit in HABITS:
        for seed in SEEDS:
            one = payer(habit, seed)
            clock = payer_clock(bills(one.delays(months)), on=ON)
            yield habit, clock, one.delays(LATER)


# === The span that holds eight of ten === #


@pytest.mark.parametrize("months", [12, 24, 36])
def test_the_usual_span_holds_eight_of_ten_of_later_payments(months):
    held, asked = Counter(), Counter()
    for habit, clock, later in histories(months):
        if clock.low is not None:
            held[habit] += sum(clock.low <= days <= clock.high for days in later)
            asked[habit] += len(later)
    assert 0.75 <= held.total() / asked.total() <= 0.85
    for habit in HABITS:
        assert 0.65 <= held[habit] / asked[habit] <= 0.90, habit
    # Most payers have such a span.
    assert asked.total() >= 0.9 * len(HABITS) * len(SEEDS) * LATER


# === When an open invoice is paid === #


@pytest.mark.parametrize("age", [-30, 5, 10])
@pytest.mark.parametrize(
    ("part", "least", "most"),
    [
        (Fraction(1, 10), 0.09, 0.25),
        (Fraction(1, 2), 0.45, 0.62),
        (Fraction(9, 10), 0.85, 0.95),
    ],
)
def test_so_many_open_invoices_are_paid_by_the_expected_day(age, part, least, most):
    paid = []
    for _habit, clock, later in histories(36):
        due = ON - timedelta(days=age)
        day = expected_day(clock, due, on=ON, part=part)
        if day is not None:
            late = (day - due).days
            paid += [days <= late for days in later if days > age]
    assert least <= sum(paid) / len(paid) <= most


# === Reminders that wait for the payer's habit === #


def remind(habit, days, first):
    """Reminders until the invoice is paid, and the day on which it is.

    Habits are what they are; only who forgot an invoice pays it when reminded.
    """
    sent, day = 0, first
    for rest in (*RESTS, 0):
        if days < day:
            break
        sent += 1
        if habit == "forgetful":
            days = min(days, day + 2)
        day += rest
    return sent, days


def test_a_third_fewer_reminders_and_money_as_soon():
    reminders, days, invoices = Counter(), Counter(), 0
    for habit, clock, later in histories(24):
        shift = first_shift(clock, longest=LONGEST, delay=FIRST)
        for late in later:
            invoices += 1
            for way, first in (("same", FIRST), ("own", FIRST + shift)):
                sent, paid = remind(habit, late, first)
                reminders[way] += sent
                reminders[way, habit] += sent
                days[way] += paid
    assert reminders["own"] <= 0.70 * reminders["same"]
    # A tenth of a day at most, for reminders of forgotten invoices that waited.
    assert days["own"] - days["same"] <= 0.1 * invoices
    assert (
        reminders["own", "a few days late"]
        <= 0.4 * reminders["same", "a few days late"]
    )
    # Who pays badly is reminded as before.
    assert reminders["own", "bad"] == reminders["same", "bad"]
