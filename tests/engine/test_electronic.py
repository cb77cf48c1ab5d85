"""Notes, parties and unit prices of an electronic invoice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.electronic import Note, Party, notes_of, party_of, plain, unit_price

SIREN = "334175221"
SIRET = "33417522101010"
NOBODY = {"registry": "", "vat": "", "address_scheme": "", "address": "", "mail": ""}


def mention(code, text, note_code=None):
    return {"code": code, "note_code": note_code, "text": text}


def test_notes_keep_the_order_of_the_mentions():
    notes = notes_of(
        [
            mention("seller", "ACME, SAS"),
            mention("operation", "Services"),
            mention("recovery", "40 €", "PMT"),
        ]
    )
    assert notes == [Note("ACME, SAS", "REG"), Note("Services"), Note("40 €", "PMT")]


def test_texts_of_one_subject_make_one_note():
    notes = notes_of(
        [
            mention("late", "First", "PMD"),
            mention("other", "Alone"),
            mention("late", "Second", "PMD"),
        ]
    )
    assert notes == [Note("First\nSecond", "PMD"), Note("Alone")]


def test_texts_without_a_subject_stay_apart():
    notes = notes_of([mention("a", "One"), mention("b", "Two")])
    assert [note.text for note in notes] == ["One", "Two"]


def test_flat_note_carries_its_subject_in_front():
    assert Note("40 €", "PMT").flat == "#PMT#40 €"
    assert Note("Services").flat == "Services"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # A SIRET gives SIREN, establishment and the address in the directory.
        (
            {"registry": "334 175 221 01010"},
            Party(SIREN, "0002", SIRET, "0009", SIREN, "0225"),
        ),
        # A SIREN has no establishment.
        ({"registry": SIREN}, Party(SIREN, "0002", None, None, SIREN, "0225")),
        # Without a register number, the tax number holds the SIREN.
        ({"vat": "FR23 334175221"}, Party(SIREN, "0002", None, None, SIREN, "0225")),
        # Wrong check digits, foreign tax number: nothing is known.
        ({"registry": "334175222"}, Party()),
        ({"vat": "DE123456788"}, Party()),
        ({"vat": "DE23334175221"}, Party()),
        # An address that only repeats the register gives way to the directory.
        (
            {"registry": SIRET, "address_scheme": "0009", "address": SIRET},
            Party(SIREN, "0002", SIRET, "0009", SIREN, "0225"),
        ),
        # A line of the directory that the customer gave stays.
        (
            {
                "registry": SIREN,
                "address_scheme": "0225",
                "address": f"{SIREN}_COMPTA",
            },
            Party(SIREN, "0002", None, None, f"{SIREN}_COMPTA", "0225"),
        ),
        # A person has mail only.
        (
            {"mail": "zoe@example.com"},
            Party(address="zoe@example.com", address_scheme="EM"),
        ),
    ],
)
def test_french_party_is_known_by_its_siren(facts, expected):
    assert party_of(french=True, **{**NOBODY, **facts}) == expected


def test_foreign_party_keeps_its_number_without_a_scheme():
    party = party_of(
        french=False,
        **{
            **NOBODY,
            "registry": " HRB 12345 ",
            "address_scheme": "9930",
            "address": "DE123456788",
        },
    )
    assert party == Party(
        legal="HRB 12345", address="DE123456788", address_scheme="9930"
    )


def test_foreign_party_without_an_address_is_written_to_by_mail():
    party = party_of(french=False, **{**NOBODY, "mail": "hans@example.com"})
    assert (party.address, party.address_scheme) == ("hans@example.com", "EM")


@pytest.mark.parametrize(
    ("amount", "quantity", "discount", "gross", "reduction", "net"),
    [
        ("200.00", "2", "0", "100", "0", "100"),
        ("180.00", "2", "10", "100", "10", "90"),
        # Part of a period: 22 of 31 days of 3 x 33.33.
        ("70.96", "3", "0", "23.653333", "0", "23.653333"),
        # A credit: the quantity is negative, the price is not.
        ("-70.96", "-3", "0", "23.653333", "0", "23.653333"),
        ("-5.00", "1", "0", "5", "0", "5"),
        # A surcharge is part of the price.
        ("110.00", "1", "-10", "110", "0", "110"),
    ],
)
def test_unit_price_leads_back_to_the_amount(
    amount, quantity, discount, gross, reduction, net
):
    price = unit_price(Decimal(amount), Decimal(quantity), Decimal(discount))
    assert price.gross == Decimal(gross)
    assert price.discount == Decimal(reduction)
    assert price.net == Decimal(net)


@pytest.mark.parametrize(("quantity", "discount"), [("0", "0"), ("1", "100")])
def test_what_sells_nothing_has_no_unit_price(quantity, discount):
    assert unit_price(Decimal(0), Decimal(quantity), Decimal(discount)) is None


CENTS = st.integers(-10_000_000, 10_000_000).map(lambda n: Decimal(n) / 100)


@given(
    amount=CENTS,
    quantity=st.integers(-900, 900).filter(bool).map(Decimal),
    discount=st.integers(0, 99).map(Decimal),
)
def test_unit_price_is_never_negative_and_gives_the_amount_to_the_cent(
    amount, quantity, discount
):
    price = unit_price(amount, quantity, discount)
    assert price.gross - price.discount == price.net >= 0
    assert price.discount >= 0
    assert abs(price.net * abs(quantity) - abs(amount)) <= Decimal("0.0005")


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        ("100", 2, "100.00"),
        ("100.000000", 2, "100.00"),
        ("23.653333", 2, "23.653333"),
        ("0E+3", 2, "0.00"),
        ("12.50", 0, "12.5"),
        ("12", 0, "12"),
    ],
)
def test_plain_number_has_a_point_and_no_exponent(number, places, text):
    assert plain(Decimal(number), places=places) == text
