"""Which rates an instalment bears, by what its buyer is."""

from datetime import date
from decimal import Decimal

import pytest
from late import CENT, DUE, RATES

from engine.errors import InvalidClaim
from engine.interest import late_interest, open_spans
from engine.money import quantize
from engine.statutory import late_rates

NOTHING = (date.min, Decimal(0))


def told(rates):
    return [
        (first.isoformat(), None if rate is None else str(rate))
        for first, rate in rates
    ]


def test_professionals_bear_the_rate_of_each_half_year():
    assert told(late_rates("professional", RATES, due=DUE)) == [
        ("2024-07-01", "14.25"),
        ("2025-01-01", "13.15"),
        ("2025-07-01", "12.15"),
        ("2026-01-01", "12.15"),
        ("2026-07-01", None),
        ("2027-01-01", None),
    ]


def test_professionals_of_the_union_bear_eight_points():
    rates = late_rates("professional", RATES, due=DUE, scheme="union")
    assert told(rates)[:2] == [("2024-07-01", "12.25"), ("2025-01-01", "11.15")]


def test_professionals_bear_the_rate_that_was_agreed_on():
    rates = late_rates("professional", RATES, due=DUE, own=Decimal("15.00"))
    assert rates == ((date.min, Decimal("15.00")),)
    assert late_rates("professional", {}, due=DUE, own=Decimal(0)) == (NOTHING,)


def test_a_half_year_without_a_row_is_not_known():
    rates = dict(RATES)
    del rates[date(2025, 7, 1)]
    found = told(late_rates("professional", rates, due=DUE))
    assert ("2025-07-01", None) in found
    assert late_rates("professional", {}, due=DUE) == ()


def test_where_no_law_is_known_no_rate_is():
    rates = late_rates("professional", RATES, due=DUE, scheme="")
    assert {rate for _first, rate in rates} == {None}


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2024-12-15", ("2024-07-01", "12.25")),
        # Interest begins on the day after the due date, in the next half-year.
        ("2024-12-31", ("2025-01-01", "11.15")),
        ("2025-06-30", ("2025-07-01", "10.15")),
        ("2026-06-30", ("2026-07-01", None)),
        ("2031-01-01", ("2031-01-01", None)),
    ],
)
def test_public_bodies_keep_the_rate_of_the_day_on_which_interest_begins(due, expected):
    day = date.fromisoformat(due)
    agreed = Decimal("15.00")
    assert told(late_rates("public", RATES, due=day)) == [expected]
    assert told(late_rates("public", RATES, due=day, own=agreed)) == [expected]


def test_a_public_body_late_over_a_half_year_bears_one_rate():
    due, until = date(2024, 12, 1), date(2025, 1, 30)
    found = open_spans(Decimal(12000), due=due, until=until)
    public = late_interest(found, rates=late_rates("public", RATES, due=due))
    assert quantize(public, CENT) == Decimal("241.64")
    professional = late_interest(
        found, rates=late_rates("professional", RATES, due=due)
    )
    assert quantize(professional, CENT) == Decimal("270.25")


def test_public_bodies_elsewhere_bear_what_professionals_do():
    how = {"due": DUE, "scheme": "union", "own": Decimal("9.50")}
    assert late_rates("public", RATES, **how) == late_rates(
        "professional", RATES, **how
    )


def test_consumers_bear_nothing_before_a_formal_notice():
    how = {"due": DUE, "own": Decimal("15.00")}
    assert late_rates("consumer", RATES, **how) == (NOTHING,)
    elsewhere = {"notice": DUE, "scheme": "union"}
    assert late_rates("consumer", RATES, **how, **elsewhere) == (NOTHING,)


def test_consumers_bear_legal_interest_from_the_day_after_the_notice():
    # The rate of a creditor in business, not the one for what is owed to consumers.
    rates = late_rates("consumer", RATES, due=DUE, notice=date(2025, 12, 20))
    assert told(rates) == [
        ("0001-01-01", "0"),
        ("2025-12-21", "2.76"),
        ("2026-01-01", "2.62"),
        ("2026-07-01", None),
        ("2027-01-01", None),
    ]
    found = open_spans(Decimal(1000), due=date(2025, 11, 30), until=date(2026, 1, 31))
    # 11 days at 2.76, 31 at 2.62; nothing for the twenty days before the notice.
    assert quantize(late_interest(found, rates=rates), CENT) == Decimal("3.06")


def test_a_notice_on_the_eve_of_a_half_year_finds_its_rate():
    rates = late_rates("consumer", RATES, due=DUE, notice=date(2025, 12, 31))
    assert told(rates)[1] == ("2026-01-01", "2.62")
    late = late_rates("consumer", RATES, due=DUE, notice=date(2029, 3, 1))
    assert told(late) == [("0001-01-01", "0"), ("2029-03-02", None)]


def test_an_unknown_kind_of_buyer_is_refused():
    with pytest.raises(InvalidClaim) as refusal:
        late_rates("person", RATES, due=DUE)
    assert refusal.value.details == {"kind": "person"}
