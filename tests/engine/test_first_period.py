"""A first period that the start cuts: prorated, full, free or merged; rounded once."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from lines import QUARTERLY_CALENDAR, line, money, rows

from engine.charging import due_charges
from engine.recurrence import RecurrenceRule

CALENDAR = RecurrenceRule("month", 1, date(2026, 3, 10), 1)


@pytest.mark.parametrize(
    ("first_period", "expected"),
    [
        (
            "prorate",
            [("charge", "2026-03-10", "2026-03-31", "709.68", "709.68")],
        ),
        ("full", [("charge", "2026-03-10", "2026-03-31", "1000.00", "1000.00")]),
        (
            "free",
            [
                ("charge", "2026-03-10", "2026-03-31", "0", "0.00"),
                ("waiver", "2026-03-10", "2026-03-31", "709.68", "0.00"),
            ],
        ),
        ("merged", []),
    ],
)
def test_first_period_cut_by_the_start(first_period, expected):
    terms = line("1000.00", CALENDAR, date(2026, 3, 10), first_period=first_period)
    assert rows(due_charges(terms, (), date(2026, 3, 10))) == expected


def test_merged_first_period_falls_due_with_the_second():
    terms = line("1000.00", CALENDAR, date(2026, 3, 10), first_period="merged")
    charges = due_charges(terms, (), date(2026, 4, 1))
    assert rows(charges) == [
        ("charge", "2026-03-10", "2026-03-31", "709.68", "709.68"),
        ("charge", "2026-04-01", "2026-04-30", "1000.00", "1000.00"),
    ]
    assert {c.scheduled for c in charges} == {date(2026, 4, 1)}
    assert sum(c.charged for c in charges) == money("1709.68")


def test_merged_stub_without_a_second_period_is_due_alone():
    terms = line(
        "1000.00",
        CALENDAR,
        date(2026, 3, 10),
        first_period="merged",
        end=date(2026, 3, 20),
    )
    (charge,) = due_charges(terms, (), date(2026, 3, 10))
    assert charge.settled == money("322.58")


def test_start_on_a_boundary_has_no_stub():
    terms = line(first_period="free")
    assert rows(due_charges(terms, (), date(2026, 3, 1))) == [
        ("charge", "2026-03-01", "2026-03-31", "300.00", "300.00")
    ]


def test_full_first_period_that_also_ends_is_prorated_on_its_own_days():
    terms = line(
        "1000.00",
        CALENDAR,
        date(2026, 3, 10),
        first_period="full",
        end=date(2026, 3, 21),
    )
    (charge,) = due_charges(terms, (), date(2026, 3, 10))
    assert charge.settled == money("500.00")
    assert charge.fraction == Fraction(1, 2)


def test_three_units_of_a_stub_print_the_price_and_keep_the_quantity():
    terms = line("33.33", CALENDAR, date(2026, 3, 10), quantity="3")
    (charge,) = due_charges(terms, (), date(2026, 3, 10))
    assert charge.charged == money("70.96")
    assert (charge.quantity, charge.discount) == (3, 0)
    assert charge.price == money("70.96") / 3
    assert charge.fraction == Fraction(22, 31)


def test_quarter_stub_is_counted_on_the_quarter():
    terms = line("3000.00", QUARTERLY_CALENDAR, date(2026, 3, 10))
    (charge,) = due_charges(terms, (), date(2026, 3, 10))
    assert charge.settled == money("733.33")


@pytest.mark.parametrize(
    ("step", "amount"),
    [("1", "71"), ("0.01", "70.97"), ("0.001", "70.968"), ("0.05", "70.95")],
)
def test_stub_is_rounded_once_to_the_step_of_the_currency(step, amount):
    terms = line("100", CALENDAR, date(2026, 3, 10), step=Decimal(step))
    (charge,) = due_charges(terms, (), date(2026, 3, 10))
    assert charge.settled == Decimal(amount)
