"""What is promised, disputed and planned, spread over what is open."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.open_items import Part
from engine.pledges import (
    Claim,
    Owed,
    dispute_end,
    open_within,
    parts_of,
    share_paid,
    still_expected,
)

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 14), date(2026, 3, 2)
ISSUED, GIVEN, UNTIL = date(2026, 1, 1), date(2026, 2, 10), date(2026, 2, 20)
EUR, USD = 1, 2


def owed(document, due, amount, *, currency=EUR, issued=ISSUED):
    return Owed(document, due, issued, Decimal(amount), currency)


def claim(kind, amount, document=None, due=None, *, currency=EUR, since=GIVEN):
    return Claim(kind, Decimal(amount), currency, since, UNTIL, document, due, 3)


def taken(items, claims, credits=None):
    """``{(document, due): [(kind, amount)]}``"""
    found = parts_of(items, claims, credits or {})
    return {
        key: [(part.kind, str(part.amount)) for part in parts]
        for key, parts in found.items()
    }


A, B = owed(1, JAN, 1240), owed(2, FEB, 600)
#: One invoice payable in two instalments.
HALVES = [owed(3, MAR, 500), owed(3, JAN, 500)]

SITUATIONS = [
    ("nothing agreed on", [A, B], [], {}, {}),
    (
        "a balance: the oldest first",
        [B, A],
        [claim("promised", 1500)],
        {},
        {(1, JAN): [("promised", "1240")], (2, FEB): [("promised", "260")]},
    ),
    (
        "more than is open is dropped",
        [A],
        [claim("promised", 2000)],
        {},
        {(1, JAN): [("promised", "1240")]},
    ),
    (
        "a document takes its own, before the balance",
        [A, B],
        [claim("promised", 100), claim("promised", 600, 2)],
        {},
        {(1, JAN): [("promised", "100")], (2, FEB): [("promised", "600")]},
    ),
    (
        "a document's instalments, the first due first",
        HALVES,
        [claim("disputed", 700, 3)],
        {},
        {(3, JAN): [("disputed", "500")], (3, MAR): [("disputed", "200")]},
    ),
    (
        "one instalment",
        HALVES,
        [claim("disputed", 700, 3, MAR)],
        {},
        {(3, MAR): [("disputed", "500")]},
    ),
    (
        "disputed before promised, never more than the item",
        [A],
        [claim("promised", 1240, 1), claim("disputed", 300, 1)],
        {},
        {(1, JAN): [("disputed", "300"), ("promised", "940")]},
    ),
    (
        "nothing left for the last",
        [A],
        [claim("disputed", 1240, 1), claim("promised", 1240)],
        {},
        {(1, JAN): [("disputed", "1240")]},
    ),
    (
        "what a credit covers needs no promise",
        [A, B],
        [claim("promised", 1640)],
        {EUR: Decimal(200)},
        {(1, JAN): [("promised", "1040")], (2, FEB): [("promised", "600")]},
    ),
    (
        "a credit in another currency covers nothing",
        [A],
        [claim("promised", 1240)],
        {USD: Decimal(200)},
        {(1, JAN): [("promised", "1240")]},
    ),
    (
        "a dispute keeps its amount whatever the credits",
        [A],
        [claim("disputed", 300, 1)],
        {EUR: Decimal(1240)},
        {(1, JAN): [("disputed", "300")]},
    ),
    (
        "each currency by itself",
        [A, owed(4, JAN, 100, currency=USD)],
        [claim("promised", 5000, currency=USD)],
        {},
        {(4, JAN): [("promised", "100")]},
    ),
    (
        "a balance does not reach what is due later",
        [A, owed(5, MAR, 90)],
        [claim("promised", 5000)],
        {},
        {(1, JAN): [("promised", "1240")]},
    ),
    (
        "nor what was issued later",
        [A, owed(6, FEB, 90, issued=date(2026, 2, 11))],
        [claim("promised", 5000)],
        {},
        {(1, JAN): [("promised", "1240")]},
    ),
    (
        "a document may be due later than its day",
        [owed(5, MAR, 90)],
        [claim("promised", 90, 5)],
        {},
        {(5, MAR): [("promised", "90")]},
    ),
]


@pytest.mark.parametrize(
    ("items", "claims", "credits", "expected"),
    [row[1:] for row in SITUATIONS],
    ids=[row[0] for row in SITUATIONS],
)
def test_claims_are_spread(items, claims, credits, expected):
    assert taken(items, claims, credits) == expected


def test_a_part_carries_the_days_of_its_claim():
    parts = parts_of([A], [claim("promised", 100, 1)], {})
    assert parts[1, JAN] == (Part("promised", Decimal(100), GIVEN, UNTIL, 3),)


@pytest.mark.parametrize(
    ("wanted", "credits", "expected"),
    [
        (claim("promised", 1), {}, 1840),
        (claim("promised", 1), {EUR: Decimal(240)}, 1600),
        (claim("promised", 1), {EUR: Decimal(9000)}, 0),
        (claim("promised", 1, 1), {EUR: Decimal(240)}, 1240),
        (claim("promised", 1, 1, FEB), {}, 0),
        (claim("promised", 1, 9), {}, 0),
        (claim("promised", 1, currency=USD), {}, 0),
    ],
)
def test_what_is_open_of_it(wanted, credits, expected):
    assert open_within([A, B], wanted, credits) == expected


@pytest.mark.parametrize(
    ("amount", "paid", "left", "expected"),
    [
        (1240, 0, 1240, 1240),
        (1240, 240, 1000, 1240),
        # 240 were credited.
        (1240, 1000, 0, 1000),
        (1000, 0, 1840, 1000),
        (1240, 0, 0, 0),
    ],
)
def test_a_promise_comes_to_what_may_still_be_paid(amount, paid, left, expected):
    amount, paid, left = Decimal(amount), Decimal(paid), Decimal(left)
    assert still_expected(amount, paid=paid, left=left) == expected


@pytest.mark.parametrize(
    ("credited", "left", "expected"),
    [
        (0, 1000, None),
        (100, 900, None),
        (300, 700, "credit"),
        (400, 0, "credit"),
        (100, 0, "payment"),
    ],
)
def test_the_facts_end_a_dispute_of_300(credited, left, expected):
    ended = dispute_end(Decimal(300), credited=Decimal(credited), left=Decimal(left))
    assert ended == expected


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        (0, [0, 0, 0]),
        (50, [50, 0, 0]),
        (150, [100, 50, 0]),
        (300, [100, 100, 100]),
        (400, [100, 100, 100]),
    ],
)
def test_payments_fill_the_first_instalments_first(paid, expected):
    assert share_paid([Decimal(100)] * 3, Decimal(paid)) == expected


AMOUNTS = st.integers(1, 200_000).map(lambda cents: Decimal(cents) / 100)
DAYS = st.sampled_from([JAN, FEB, MAR])
CURRENCIES = st.sampled_from([EUR, USD])


@st.composite
def books(draw):
    """Open items of up to four documents, claims on them, credits."""
    keys = draw(st.sets(st.tuples(st.integers(1, 4), DAYS), max_size=6))
    currencies = {document: draw(CURRENCIES) for document in range(1, 5)}
    items = [
        owed(document, due, draw(AMOUNTS), currency=currencies[document])
        for document, due in keys
    ]
    claims = draw(
        st.lists(
            st.builds(
                claim,
                st.sampled_from(["disputed", "promised", "planned"]),
                AMOUNTS,
                st.none() | st.integers(1, 4),
                st.none() | DAYS,
                currency=CURRENCIES,
            ),
            max_size=5,
        )
    )
    credits = draw(st.dictionaries(CURRENCIES, AMOUNTS))
    return items, claims, credits


@given(books())
def test_no_item_and_no_claim_is_exceeded(book):
    items, claims, credits = book
    parts = parts_of(items, claims, credits)
    amounts = {item.key: item.amount for item in items}
    for key, found in parts.items():
        assert all(part.amount > 0 for part in found)
        assert sum(part.amount for part in found) <= amounts[key]
    for kind in ("disputed", "promised", "planned"):
        spread_out = sum(
            part.amount
            for found in parts.values()
            for part in found
            if part.kind == kind
        )
        assert spread_out <= sum(c.amount for c in claims if c.kind == kind)


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_reading_does_not_matter(book, random):
    items, claims, credits = book
    mixed = random.sample(items, len(items))
    assert parts_of(mixed, claims, credits) == parts_of(items, claims, credits)


@given(books())
def test_a_claim_alone_takes_all_it_may(book):
    items, claims, credits = book
    for wanted in claims:
        parts = parts_of(items, [wanted], credits)
        total = sum(part.amount for found in parts.values() for part in found)
        assert total == min(wanted.amount, open_within(items, wanted, credits))


@given(st.lists(AMOUNTS, max_size=12), AMOUNTS)
def test_shares_add_up_to_what_was_paid(amounts, paid):
    assert sum(share_paid(amounts, paid)) == min(paid, sum(amounts))
