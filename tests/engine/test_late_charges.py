"""What late payment may be charged now, and what was charged before."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from late import AMOUNTS, CENT, DUE, PAYMENTS, RATES, published

from engine.errors import InvalidClaim
from engine.interest import late_interest, open_spans
from engine.late_charges import (
    Before,
    Instalment,
    LateCharges,
    LateLaw,
    charges_of,
    late_invoices,
)
from engine.money import quantize
from engine.statutory import late_rates

#: All half-years of the tests are known.
KNOWN = RATES | {date(2026, 7, 1): published("2.15", "2.62")}
PROFESSIONAL = LateLaw(kind="professional", rates=KNOWN)
TWELVE = Decimal(12000)
PAID = date(2026, 7, 15)
LATE = Instalment("A", DUE, TWELVE, payments=((PAID, TWELVE),))
IN_TIME = Instalment("A", DUE, TWELVE, payments=((DUE, TWELVE),))
ASKED = Before(until=date(2026, 6, 30), interest=Decimal("243.67"), cost=Decimal(40))
ALL_ASKED = Before(until=PAID, interest=Decimal("303.58"), cost=Decimal(40))


def charge(*instalments, until=PAID, law=PROFESSIONAL, before=None):
    """What may be asked for the invoice A now."""
    known = before and {"A": before}
    (found,) = charges_of(instalments, law=law, until=until, before=known).invoices
    return found


def amounts(found):
    return found.interest, found.cost


# === Asked for the first time === #


def test_interest_and_the_recovery_cost_of_one_invoice():
    found = charge(LATE, until=date(2026, 11, 24))
    assert amounts(found) == (Decimal("303.58"), 40)
    assert found.total == Decimal("343.58")
    assert [line.share for line in found.lines] == [
        Decimal("243.66"),
        Decimal("59.92"),
    ]
    assert (found.until, found.unrated) == (date(2026, 11, 24), None)


def test_a_part_payment_lowers_what_is_asked():
    payments = ((date(2026, 5, 31), Decimal(5000)), (PAID, Decimal(7000)))
    found = charge(Instalment("A", DUE, TWELVE, payments))
    assert amounts(found) == (Decimal("228.69"), 40)


def test_instalments_bear_interest_each_and_the_recovery_cost_once():
    second = Instalment("A", date(2026, 5, 31), Decimal(6000))
    found = charge(Instalment("A", DUE, Decimal(6000)), second)
    # 6,000 for 76 days and for 45.
    assert amounts(found) == (Decimal("241.67"), 40)
    assert sum(line.share for line in found.lines) == found.interest


def test_each_invoice_stands_alone():
    other = Instalment("B", date(2026, 6, 30), Decimal("333.33"))
    both = charges_of([LATE, other], law=PROFESSIONAL, until=PAID)
    alone = charges_of([other], law=PROFESSIONAL, until=PAID)
    assert both.invoices[1] == alone.invoices[0]
    assert (both.interest, both.cost) == (Decimal("305.24"), 80)
    assert (both.total, both.excess) == (Decimal("385.24"), 0)


def test_what_was_paid_in_time_is_charged_nothing():
    found = charge(IN_TIME)
    assert amounts(found) == (0, 0)
    assert (found.until, found.lines) == (None, ())
    assert LateCharges().total == 0


def test_a_debit_that_came_back_makes_an_invoice_late():
    came_back = ((DUE, TWELVE), (date(2026, 5, 8), -TWELVE))
    found = [
        LATE,
        Instalment("B", DUE, TWELVE, payments=((DUE, TWELVE),)),
        Instalment("C", DUE, TWELVE, payments=came_back),
        Instalment("C", date(2026, 5, 31), TWELVE),
        Instalment("D", PAID, TWELVE),
        Instalment("E", DUE, Decimal(0)),
    ]
    assert late_invoices(found, until=PAID) == ["A", "C"]
    assert charge(Instalment("A", DUE, TWELVE, came_back)).interest == Decimal("271.63")


@pytest.mark.parametrize(
    ("kind", "notice", "expected"),
    [
        # 12,000 for 76 days at 10.15 %, of the half-year in which interest began.
        ("public", None, ("253.61", 40)),
        ("consumer", None, ("0", 0)),
        # For 45 days at 2.62 %.
        ("consumer", date(2026, 5, 31), ("38.76", 0)),
    ],
)
def test_public_bodies_and_consumers_by_their_own_rules(kind, notice, expected):
    law = LateLaw(kind=kind, rates=KNOWN)
    found = charge(Instalment("A", DUE, TWELVE, notice=notice), law=law)
    assert amounts(found) == (Decimal(expected[0]), expected[1])


def test_an_agreed_rate_another_basis_currency_and_fixed_sum():
    law = LateLaw(
        kind="professional",
        rates={},
        basis=360,
        each=Decimal(6000),
        step=Decimal(1),
    )
    found = charge(Instalment("A", DUE, TWELVE, own=Decimal("15.00")), law=law)
    assert amounts(found) == (380, 6000)


def test_an_unknown_kind_of_buyer_is_refused():
    with pytest.raises(InvalidClaim):
        charge(LATE, law=LateLaw(kind="person", rates=KNOWN))


# === A rate that is not published === #


def test_interest_stops_where_the_rate_is_not_known():
    law = LateLaw(kind="professional", rates=RATES)
    found = charge(Instalment("A", DUE, TWELVE), law=law)
    assert amounts(found) == (Decimal("243.67"), 40)
    assert (found.until, found.unrated) == (date(2026, 6, 30), date(2026, 7, 1))
    all_of_it = charges_of([LATE], law=law, until=PAID)
    assert all_of_it.unrated == date(2026, 7, 1)
    assert charges_of([LATE], law=PROFESSIONAL, until=PAID).unrated is None


def test_interest_goes_on_once_the_rate_is_published():
    found = charge(LATE, before=ASKED)
    assert amounts(found) == (Decimal("59.91"), 0)
    assert found.lines[0].period.start == date(2026, 7, 1)


def test_nothing_is_asked_while_the_first_rate_is_not_known():
    found = charge(Instalment("A", date(2020, 1, 1), TWELVE), until=PAID)
    assert amounts(found) == (0, 40)
    assert (found.until, found.unrated) == (None, date(2020, 1, 2))


def test_days_given_up_need_no_rate():
    old = Instalment("A", date(2020, 1, 1), TWELVE)
    given_up = Before(until=date(2026, 6, 30), cost_waived=True)
    found = charge(old, before=given_up)
    assert amounts(found) == (Decimal("59.92"), 0)
    assert (found.unrated, found.excess) == (None, 0)


# === Asked or given up before === #


@pytest.mark.parametrize("how", [{"cost": Decimal(40)}, {"cost_waived": True}])
def test_the_recovery_cost_is_asked_once(how):
    found = charge(LATE, before=Before(**how))
    assert amounts(found) == (Decimal("303.58"), 0)
    assert (found.excess, found.until) == (0, PAID)


def test_nothing_is_left_to_ask_on_the_same_day():
    found = charge(LATE, before=ALL_ASKED)
    assert (found.total, found.excess, found.until) == (0, 0, PAID)


def test_what_was_asked_for_a_later_day_stays_asked():
    found = charge(LATE, until=date(2026, 6, 1), before=ALL_ASKED)
    assert (found.total, found.excess, found.until) == (0, 0, PAID)


def test_interest_that_was_given_up_is_not_asked_again():
    given_up = Before(until=date(2026, 6, 30))
    assert amounts(charge(LATE, before=given_up)) == (Decimal("59.91"), 40)


def test_a_payment_entered_late_shows_what_was_asked_too_much():
    payments = ((date(2026, 5, 31), Decimal(5000)),)
    found = charge(
        Instalment("A", DUE, TWELVE, payments),
        until=date(2026, 7, 25),
        before=ALL_ASKED,
    )
    assert found.interest == Decimal("23.30")
    assert found.excess == Decimal("303.58") - Decimal("228.69")


def test_an_invoice_that_was_not_late_after_all_gives_everything_back():
    found = charge(IN_TIME, before=ALL_ASKED)
    assert (found.total, found.excess) == (0, Decimal("343.58"))


def test_what_was_given_up_is_not_given_back():
    found = charge(IN_TIME, before=Before(until=PAID, cost_waived=True))
    assert (found.total, found.excess) == (0, 0)


def test_a_consumer_taken_for_a_professional_gets_the_recovery_cost_back():
    law = LateLaw(kind="consumer", rates=KNOWN)
    found = charge(LATE, law=law, before=ALL_ASKED)
    assert (found.total, found.excess) == (0, Decimal("343.58"))


@given(AMOUNTS, PAYMENTS, st.lists(st.integers(1, 120), max_size=4))
def test_asking_in_steps_comes_to_what_asking_once_does(amount, payments, steps):
    invoice = Instalment("A", DUE, amount, payments)
    until, before = DUE, Before()
    for step in sorted(steps):
        until = DUE + timedelta(days=step)
        now = charge(invoice, until=until, before=before)
        assert now.excess == 0
        before = Before(
            until=now.until,
            interest=before.interest + now.interest,
            cost=before.cost + now.cost,
        )
    spans = open_spans(amount, due=DUE, payments=payments, until=until)
    rates = late_rates("professional", KNOWN, due=DUE)
    assert before.interest == quantize(late_interest(spans, rates=rates), CENT)
    assert before.cost == (40 if spans else 0)


@given(AMOUNTS, PAYMENTS, st.integers(0, 150))
def test_consumers_without_a_notice_owe_nothing(amount, payments, days):
    law = LateLaw(kind="consumer", rates={})
    until = DUE + timedelta(days=days)
    found = charges_of([Instalment("A", DUE, amount, payments)], law=law, until=until)
    assert (found.total, found.excess, found.unrated) == (0, 0, None)
