"""Late interest: days, rates, amounts, and the computation that is printed."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from late import (
    AMOUNTS,
    BASES,
    CENT,
    DAYS,
    DUE,
    FRENCH,
    PAYMENTS,
    PERCENTS,
    rate_tables,
    spans,
)

from engine.errors import InvalidAmount, InvalidClaim, InvalidPeriod, RateMissing
from engine.interest import (
    exact_lines,
    exact_sum,
    first_unrated,
    interest_lines,
    late_interest,
    open_spans,
    recovery_cost,
)
from engine.money import quantize

TWELVE = Decimal("12000.00")
PAID = date(2026, 7, 15)


def days(*texts):
    return tuple(date.fromisoformat(text) for text in texts)


def rounded(found, **how):
    return quantize(late_interest(found, **how), CENT)


# === Which days an amount is open === #


@pytest.mark.parametrize(
    ("payments", "until", "expected"),
    [
        # Not late: nothing was open after the due date.
        ([], "2026-04-30", []),
        ([("2026-04-30", "12000")], "2026-07-15", []),
        ([("2026-04-02", "12000")], "2026-07-15", []),
        # The first late day is that after the due date; the day of payment bears
        # interest, as the day on which it is asked for does.
        ([], "2026-05-01", [("2026-05-01", "2026-05-02", "12000")]),
        (
            [("2026-05-01", "12000")],
            "2026-07-15",
            [("2026-05-01", "2026-05-02", "12000")],
        ),
        (
            [("2026-07-15", "12000")],
            "2026-07-15",
            [("2026-05-01", "2026-07-16", "12000")],
        ),
        (
            [("2026-07-15", "12000")],
            "2026-12-31",
            [("2026-05-01", "2026-07-16", "12000")],
        ),
        # A part payment counts from the day after.
        (
            [("2026-05-31", "5000"), ("2026-07-15", "7000")],
            "2026-12-31",
            [
                ("2026-05-01", "2026-06-01", "12000"),
                ("2026-06-01", "2026-07-16", "7000"),
            ],
        ),
        # A credit note before the due date takes away from the start.
        (
            [("2026-04-10", "2000")],
            "2026-05-10",
            [("2026-05-01", "2026-05-11", "10000")],
        ),
        (
            [("2026-04-30", "2000")],
            "2026-05-10",
            [("2026-05-01", "2026-05-11", "10000")],
        ),
        # A debit that came back: open again from the day after.
        (
            [("2026-04-30", "12000"), ("2026-05-08", "-12000")],
            "2026-05-20",
            [("2026-05-09", "2026-05-21", "12000")],
        ),
        (
            [("2026-05-05", "12000"), ("2026-05-12", "-12000")],
            "2026-05-20",
            [
                ("2026-05-01", "2026-05-06", "12000"),
                ("2026-05-13", "2026-05-21", "12000"),
            ],
        ),
        # It came back on its day: nothing happened.
        (
            [("2026-05-05", "12000"), ("2026-05-05", "-12000")],
            "2026-05-20",
            [("2026-05-01", "2026-05-21", "12000")],
        ),
        # What was paid too much is kept in mind when a part of it comes back.
        (
            [("2026-05-05", "15000"), ("2026-05-12", "-2000"), ("2026-05-15", "-5000")],
            "2026-05-20",
            [
                ("2026-05-01", "2026-05-06", "12000"),
                ("2026-05-16", "2026-05-21", "4000"),
            ],
        ),
        # What happens later than the day that is asked about is not known on it.
        (
            [("2026-05-20", "12000")],
            "2026-05-10",
            [("2026-05-01", "2026-05-11", "12000")],
        ),
    ],
)
def test_the_days_on_which_an_amount_is_open_after_its_due_date(
    payments, until, expected
):
    found = open_spans(
        TWELVE,
        due=DUE,
        until=date.fromisoformat(until),
        payments=[(date.fromisoformat(day), Decimal(paid)) for day, paid in payments],
    )
    assert list(found) == [
        (*days(first, after), Decimal(left)) for first, after, left in expected
    ]


def test_days_that_are_dealt_with_are_left_out():
    since = date(2026, 7, 1)
    found = open_spans(TWELVE, due=DUE, until=PAID, since=since)
    assert found == ((since, date(2026, 7, 16), TWELVE),)
    assert open_spans(TWELVE, due=DUE, until=date(2026, 6, 15), since=since) == ()
    early = open_spans(TWELVE, due=DUE, until=PAID, since=date(2026, 1, 1))
    assert early == open_spans(TWELVE, due=DUE, until=PAID)


@given(AMOUNTS, PAYMENTS, st.integers(-5, 150), st.integers(-5, 150))
def test_spans_say_of_each_day_what_is_open_on_it(amount, payments, length, day):
    until = DUE + timedelta(days=length)
    found = open_spans(amount, due=DUE, until=until, payments=payments)
    on = DUE + timedelta(days=day)
    told = sum(left for first, after, left in found if first <= on < after)
    paid = sum(paid for when, paid in payments if when < on)
    left = max(amount - paid, 0) if DUE < on <= until else 0
    assert told == left


@given(AMOUNTS, PAYMENTS, st.integers(0, 150), st.integers(0, 150))
def test_spans_up_to_a_day_and_from_the_next_are_all_spans(
    amount, payments, cut, length
):
    until = DUE + timedelta(days=length)
    asked = DUE + timedelta(days=min(cut, length))
    terms = {"due": DUE, "payments": payments}
    parts = open_spans(amount, until=asked, **terms) + open_spans(
        amount, until=until, since=asked + timedelta(days=1), **terms
    )
    whole = open_spans(amount, until=until, **terms)
    rates = [(date(2026, 1, 1), Decimal("12.15"))]
    assert exact_sum(exact_lines(parts, rates=rates)) == exact_sum(
        exact_lines(whole, rates=rates)
    )


# === How much it bears === #


@pytest.mark.parametrize(
    ("first", "days_late", "amount", "percent", "basis", "expected"),
    [
        ("2025-05-01", 30, "15000", "15", 365, "184.93"),
        ("2026-01-01", 90, "10000", "10.25", 360, "256.25"),
        ("2026-05-01", 76, "12000", "12.15", 365, "303.58"),
        ("2026-05-01", 61, "12000", "12.15", 365, "243.67"),
        ("2026-07-01", 15, "12000", "12.15", 365, "59.92"),
        # A leap year is 366 days where the terms count its real days.
        ("2024-01-01", 366, "10000", "10", 365, "1002.74"),
        ("2024-01-01", 366, "10000", "10", "actual", "1000.00"),
        ("2024-01-01", 366, "10000", "10", 360, "1016.67"),
        ("2023-07-01", 366, "10000", "10", "actual", "1001.38"),
        ("2023-12-31", 2, "36600", "10", "actual", "20.03"),
        ("2024-02-29", 1, "36600", "10", "actual", "10.00"),
        ("2026-05-01", 0, "12000", "12.15", 365, "0.00"),
        ("2026-05-01", 76, "0", "12.15", 365, "0.00"),
        ("2026-05-01", 76, "12000", "0", 365, "0.00"),
    ],
)
def test_interest_of_one_amount_at_one_rate(
    first, days_late, amount, percent, basis, expected
):
    start = date.fromisoformat(first)
    found = [(start, start + timedelta(days=days_late), Decimal(amount))]
    rates = [(date(2020, 1, 1), Decimal(percent))]
    assert rounded(found, rates=rates, basis=basis) == Decimal(expected)


def test_a_part_payment_lowers_the_interest_from_its_day():
    payments = [(date(2026, 5, 31), Decimal(5000)), (PAID, Decimal(7000))]
    found = open_spans(TWELVE, due=DUE, until=PAID, payments=payments)
    lines = interest_lines(found, rates=FRENCH, step=CENT)
    exact = [quantize(line.exact, CENT) for line in lines]
    assert exact == [Decimal("123.83"), Decimal("104.86")]
    assert rounded(found, rates=FRENCH) == Decimal("228.69")


def test_the_rate_changes_with_the_half_year():
    found = open_spans(TWELVE, due=date(2024, 12, 1), until=date(2025, 7, 31))
    rates = [
        (date(2025, 7, 1), Decimal("12.15")),
        (date(2024, 7, 1), Decimal("14.25")),
        (date(2025, 1, 1), Decimal("13.15")),
    ]
    lines = interest_lines(found, rates=rates, step=CENT)
    assert [
        (x.period.start, x.period.last, x.period.days, x.percent) for x in lines
    ] == [
        (*days("2024-12-02", "2024-12-31"), 30, Decimal("14.25")),
        (*days("2025-01-01", "2025-06-30"), 181, Decimal("13.15")),
        (*days("2025-07-01", "2025-07-31"), 31, Decimal("12.15")),
    ]
    # 140.5479 + 782.5151 + 123.8301: rounded apart they would be a cent too much.
    assert rounded(found, rates=rates) == Decimal("1046.89")
    shares = [line.share for line in lines]
    assert shares == [Decimal("140.55"), Decimal("782.51"), Decimal("123.83")]


def test_halves_rounded_apart_would_be_a_cent_too_much():
    found = open_spans(TWELVE, due=DUE, until=PAID)
    rates = [*FRENCH, (date(2026, 7, 1), Decimal("12.15"))]
    lines = interest_lines(found, rates=rates, step=CENT)
    apart = [quantize(line.exact, CENT) for line in lines]
    assert apart == [Decimal("243.67"), Decimal("59.92")]
    assert sum(line.share for line in lines) == Decimal("303.58")


def test_days_that_bear_nothing_are_not_printed():
    rates = [(date.min, Decimal(0)), (date(2026, 6, 1), Decimal("2.62"))]
    lines = interest_lines(
        open_spans(TWELVE, due=DUE, until=PAID), rates=rates, step=CENT
    )
    assert [line.period.start for line in lines] == [date(2026, 6, 1)]
    assert interest_lines([], rates=[], step=CENT) == ()


def test_interest_of_less_than_a_cent_is_printed_and_nothing():
    found = [(date(2026, 5, 1), date(2026, 5, 2), Decimal("1.00"))]
    (line,) = interest_lines(found, rates=FRENCH, step=CENT)
    assert (line.share, line.exact) == (Decimal(0), Fraction(1215, 3_650_000))


# === What is refused === #


@pytest.mark.parametrize(
    ("rates", "day"),
    [
        ([], "2026-05-01"),
        ([(date(2026, 6, 1), Decimal(12))], "2026-05-01"),
        ([*FRENCH, (date(2026, 7, 1), None)], "2026-07-01"),
        ([*FRENCH, (date(2026, 6, 1), None), (date(2026, 7, 1), 12)], "2026-06-01"),
    ],
)
def test_a_day_without_a_known_rate_is_refused_by_name(rates, day):
    found = open_spans(TWELVE, due=DUE, until=PAID)
    with pytest.raises(RateMissing) as refusal:
        late_interest(found, rates=rates)
    assert refusal.value.details == {"day": date.fromisoformat(day)}
    assert first_unrated(found, rates=rates) == date.fromisoformat(day)


def test_no_rate_is_needed_where_nothing_is_open():
    assert late_interest([(DUE, PAID, Decimal(0))], rates=[]) == 0
    assert late_interest([(DUE, DUE, TWELVE)], rates=[]) == 0
    assert first_unrated([(DUE, PAID, Decimal(0))], rates=[]) is None
    assert first_unrated([(DUE, PAID, TWELVE)], rates=FRENCH) is None


@pytest.mark.parametrize(
    ("refusal", "found", "how"),
    [
        (InvalidAmount, (DUE, PAID, Decimal(-1)), {"rates": FRENCH}),
        (InvalidAmount, (DUE, PAID, TWELVE), {"rates": [(DUE, Decimal(-1))]}),
        (InvalidPeriod, (PAID, DUE, TWELVE), {"rates": FRENCH}),
        (InvalidClaim, (DUE, PAID, TWELVE), {"rates": FRENCH + FRENCH}),
        (InvalidClaim, (DUE, PAID, TWELVE), {"rates": FRENCH, "basis": 364}),
    ],
)
def test_what_says_nothing_definite_is_refused(refusal, found, how):
    with pytest.raises(refusal):
        late_interest([found], **how)


# === Whatever the amounts === #


@given(spans(), rate_tables(), BASES, DAYS)
def test_cutting_a_span_changes_nothing(found, rates, basis, cut):
    first, after, amount = found
    middle = min(max(cut, first), after)
    parts = [(first, middle, amount), (middle, after, amount)]
    how = {"rates": rates, "basis": basis}
    assert exact_sum(exact_lines(parts, **how)) == exact_sum(
        exact_lines([found], **how)
    )
    assert abs(late_interest(parts, **how) - late_interest([found], **how)) < CENT**6


@given(spans(), rate_tables(), BASES, AMOUNTS, st.integers(0, 60), PERCENTS)
def test_more_money_more_days_or_a_higher_rate_never_bear_less(
    found, rates, basis, more, days_more, percent
):
    first, after, amount = found
    base = late_interest([found], rates=rates, basis=basis)
    longer = (first, after + timedelta(days=days_more), amount)
    higher = [(day, rate + percent) for day, rate in rates]
    assert base >= 0
    assert late_interest([longer], rates=rates, basis=basis) >= base
    assert late_interest([found], rates=higher, basis=basis) >= base
    dearer = late_interest([(first, after, amount + more)], rates=rates, basis=basis)
    assert dearer >= base


@given(st.lists(spans(), max_size=5), rate_tables(), BASES)
def test_printed_shares_add_up_to_what_is_rounded_once(found, rates, basis):
    lines = interest_lines(found, rates=rates, basis=basis, step=CENT)
    exact = late_interest(found, rates=rates, basis=basis)
    assert sum(line.share for line in lines) == quantize(exact, CENT)
    assert all(abs(Fraction(line.share) - line.exact) < 2 * CENT for line in lines)


@given(st.lists(spans(), max_size=4), rate_tables(), st.randoms())
def test_the_order_of_rates_and_spans_is_of_no_account(found, rates, chance):
    exact = exact_sum(exact_lines(found, rates=rates))
    chance.shuffle(found)
    chance.shuffle(rates)
    assert exact_sum(exact_lines(found, rates=rates)) == exact


# === The cost of recovery === #


@pytest.mark.parametrize(
    ("kind", "invoices", "expected"),
    [
        ("professional", ["A"], 40),
        ("professional", ["A", "B", "C"], 120),
        # Two instalments of one invoice: one invoice.
        ("professional", ["A", "A", "B"], 80),
        ("professional", [], 0),
        ("public", ["A", "B"], 80),
        ("consumer", ["A", "B"], 0),
    ],
)
def test_the_recovery_cost_is_owed_for_each_invoice(kind, invoices, expected):
    assert recovery_cost(invoices, kind=kind) == expected


def test_the_recovery_cost_in_another_currency():
    assert recovery_cost("AB", kind="professional", each=Decimal("37.5")) == 75


def test_an_unknown_kind_of_buyer_is_refused():
    with pytest.raises(InvalidClaim):
        recovery_cost("A", kind="person")


@given(st.lists(st.integers(0, 20)), AMOUNTS)
def test_consumers_never_owe_the_recovery_cost(invoices, each):
    assert recovery_cost(invoices, kind="consumer", each=each) == 0
