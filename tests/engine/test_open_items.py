"""What of a debtor's items may be asked for, part by part."""

from decimal import Decimal

import pytest
from dunning_facts import (
    MONDAY,
    a,
    b,
    c,
    day,
    disputed,
    hold,
    item,
    on_way,
    planned,
    promised,
)
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidDunning
from engine.open_items import Credit, Ladder, OpenItem, Part, askable, spread

EUR = "EUR"


def shares(items, *credits, on=0):
    """By key: covered, on its way, disputed, promised, planned, left."""
    given_back = [Credit(n, Decimal(x), cur) for n, (x, cur) in enumerate(credits)]
    return {
        key: tuple(int(getattr(share, name)) for name in share.__slots__)
        for key, share in askable(items, given_back, on=day(on)).items()
    }


@pytest.mark.parametrize(
    ("items", "credits", "expected"),
    [
        ([a()], [], {"a": (0, 0, 0, 0, 0, 100)}),
        ([a()], [(30, EUR)], {"a": (30, 0, 0, 0, 0, 70)}),
        ([a()], [(30, EUR), (20, EUR)], {"a": (50, 0, 0, 0, 0, 50)}),
        ([a()], [(300, EUR)], {"a": (100, 0, 0, 0, 0, 0)}),
        ([a()], [(30, "USD")], {"a": (0, 0, 0, 0, 0, 100)}),
        (
            [a(5), b(-5)],
            [(130, EUR)],
            {"a": (30, 0, 0, 0, 0, 70), "b": (100, 0, 0, 0, 0, 0)},
        ),
        (
            [a(-5), b(5, currency="USD")],
            [(30, "USD")],
            {"a": (0, 0, 0, 0, 0, 100), "b": (30, 0, 0, 0, 0, 70)},
        ),
        ([a(parts=[on_way(10)])], [], {"a": (0, 10, 0, 0, 0, 90)}),
        (
            [a(parts=[planned(5, 9), promised(10, 9), disputed(20), on_way(40)])],
            [(7, EUR)],
            {"a": (7, 40, 20, 10, 5, 18)},
        ),
        (
            [a(parts=[planned(50, 9), promised(50, 9), disputed(60)])],
            [],
            {"a": (0, 0, 60, 40, 0, 0)},
        ),
        (
            [a(parts=[promised(30, 9), promised(30, 20)])],
            [],
            {"a": (0, 0, 0, 60, 0, 40)},
        ),
        ([a(amount=0, parts=[disputed(60)])], [], {"a": (0, 0, 0, 0, 0, 0)}),
        ([a(parts=[promised(30, -1)])], [], {"a": (0, 0, 0, 0, 0, 100)}),
        ([a(parts=[promised(30, 0)])], [], {"a": (0, 0, 0, 30, 0, 70)}),
        ([a(parts=[promised(30, -2, bank_days=2)])], [], {"a": (0, 0, 0, 30, 0, 70)}),
        ([a(parts=[planned(30, -1)])], [], {"a": (0, 0, 0, 0, 0, 100)}),
        ([a(parts=[disputed(30, -9)])], [], {"a": (0, 0, 30, 0, 0, 70)}),
        ([a(parts=[on_way(30, -9)])], [], {"a": (0, 30, 0, 0, 0, 70)}),
    ],
)
def test_an_item_is_shared_out(items, credits, expected):
    assert shares(items, *credits) == expected


def test_credits_cover_the_oldest_due_first_whatever_the_order_of_items():
    items = [a(9), b(-9), c(0)]
    assert spread(Decimal(150), items) == {"b": 100, "c": 50, "a": 0}


def test_an_amount_is_compared_in_the_currency_of_the_company():
    one = item("a", amount=1000, currency="JPY", company=6)
    assert one.in_company(Decimal(500)) == 3
    assert one.in_company(Decimal(1000)) == 6


@pytest.mark.parametrize(
    ("until", "on", "keeps"), [(None, 900, True), (3, 3, True), (3, 4, False)]
)
def test_a_hold_lasts_until_its_last_day(until, on, keeps):
    assert hold(until=until).keeps(day(on)) == keeps


@pytest.mark.parametrize(
    "values",
    [
        {"amount": Decimal(-1)},
        {"company_amount": Decimal(-1)},
        {"ladder": Ladder(-1)},
        {"parts": (Part("disputed", Decimal(-1)),)},
    ],
)
def test_an_item_has_no_negative_amount_or_position(values):
    with pytest.raises(InvalidDunning) as refusal:
        OpenItem(
            **{
                "key": "a",
                "due": MONDAY,
                "amount": Decimal(1),
                "currency": EUR,
                "company_amount": Decimal(1),
                **values,
            }
        )
    assert refusal.value.details["key"] == "a"


def test_a_credit_is_not_negative():
    with pytest.raises(InvalidDunning):
        Credit("n", Decimal(-1), EUR)


AMOUNTS = st.integers(0, 300)


@given(st.lists(st.tuples(st.integers(-9, 9), AMOUNTS), max_size=5), AMOUNTS)
def test_a_currency_is_net_of_its_credits(owed, credit):
    items = [item(number, *one) for number, one in enumerate(owed)]
    left = sum(share[-1] for share in shares(items, (credit, EUR)).values())
    assert left == max(0, sum(amount for _due, amount in owed) - credit)
