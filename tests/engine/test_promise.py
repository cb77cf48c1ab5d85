"""What a line promises for any days, rounded once a period."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lines import APRIL, MARCH, line, money, version
from strategies import STEPS, days, terms

from engine.charging import Pause
from engine.money import quantize
from engine.periods import Period
from engine.promise import opening_entry, promise, promised_amount
from engine.proration import BASES


@pytest.mark.parametrize("basis", BASES)
def test_fully_served_period_with_a_change_costs_its_shared_price(basis):
    terms = line(basis=basis, more=[version(date(2026, 3, 12), "300.00")])
    assert promise(terms, MARCH).amount == money("300.00")


@pytest.mark.parametrize(
    ("basis", "amount"),
    [
        ("actual", "212.90"),
        ("30_360", "210.00"),
        ("actual_30", "220.00"),
        ("none", "300.00"),
    ],
)
def test_outer_edge_of_a_period_is_counted_by_the_basis(basis, amount):
    terms = line(start=date(2026, 3, 10), basis=basis)
    assert promise(terms, MARCH).amount == money(amount)


def test_versions_of_a_cut_period_share_its_fraction_by_days():
    terms = line(
        basis="30_360",
        start=date(2026, 3, 10),
        more=[version(date(2026, 3, 21), "450.00")],
    )
    # 21/30 of the price, shared 11 to 11 between 300 and 450.
    assert promise(terms, MARCH).amount == money("262.50")


def test_days_across_two_periods_are_rounded_in_each():
    within = Period(date(2026, 3, 31), date(2026, 4, 2))
    assert promised_amount(line(), within) == money("9.68") + money("10.00")


def test_days_that_are_not_promised_cost_nothing():
    terms = line(pauses=(Pause(MARCH.start, MARCH.end),))
    assert promise(terms, MARCH).amount == 0
    assert promise(terms, MARCH).served == ()
    before = Period(date(2026, 1, 1), date(2026, 3, 1))
    assert promised_amount(terms, before) == 0


def test_price_with_tax_is_a_price_like_any_other():
    terms = line("119.90", start=date(2026, 4, 11))
    assert promise(terms, APRIL).amount == quantize(
        Decimal("119.90") * 2 / 3, terms.step
    )


@given(st.sampled_from(BASES), STEPS, days())
def test_fully_served_period_costs_exactly_its_price(basis, step, start):
    terms = line("99.99", basis=basis, step=step, start=start)
    following = terms.rule.period(terms.rule.index_of(start) + 1)
    assert promise(terms, following).amount == quantize(Decimal("99.99"), step)


@given(terms(), days(), st.integers(1, 60))
def test_part_of_a_period_never_costs_more_than_its_dearest_version(
    terms_, start, length
):
    part = Period(start, start + timedelta(days=length))
    dearest = max(v.amount for v in terms_.versions)
    for grid in terms_.rule.periods(part.start, part.end):
        exact = promise(terms_, grid, [part]).exact
        assert 0 <= exact <= dearest


def test_days_billed_elsewhere_open_the_ledger_with_what_was_promised():
    terms = line(start=date(2026, 3, 10))
    entry = opening_entry(terms, date(2026, 4, 30), charged=money("0"))
    assert (entry.kind, str(entry.period.start), str(entry.period.last)) == (
        "opening",
        "2026-03-10",
        "2026-04-30",
    )
    assert (entry.settled, entry.charged) == (money("512.90"), 0)


def test_an_opening_says_what_its_document_charged():
    entry = opening_entry(line(), date(2026, 3, 31), charged=money("250.00"))
    assert (entry.settled, entry.charged) == (money("300.00"), money("250.00"))


def test_nothing_is_opened_before_the_line_starts():
    assert opening_entry(line(), date(2026, 2, 28), charged=money("0")) is None
