"""The structured creditor reference of ISO 11649."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from engine.creditor_reference import (
    LONGEST,
    InvalidReference,
    creditor_reference,
    is_creditor_reference,
)

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("539007547034", "RF18539007547034"),
        ("FAC/2026/00812", "RF46FAC202600812"),
        ("fac-2026-00812", "RF46FAC202600812"),
        ("A", "RF25A"),
    ],
)
def test_reference_is_made_of_letters_and_digits(text, reference):
    assert creditor_reference(text) == reference


@pytest.mark.parametrize("text", ["", "/ -", "A" * 22])
def test_reference_of_nothing_or_too_much_is_refused(text):
    with pytest.raises(InvalidReference):
        creditor_reference(text)


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("RF18539007547034", True),
        ("RF18 5390 0754 7034", True),
        ("rf18539007547034", True),
        ("RF17539007547034", False),
        ("RF18", False),
        ("18539007547034", False),
        ("FAC/2026/00812", False),
        ("RF18539007547034539007547034", False),
        ("RF1853900754703é", False),
    ],
)
def test_reference_is_recognised_by_its_check_digits(text, valid):
    assert is_creditor_reference(text) is valid


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=LONGEST))
def test_every_reference_passes_an_independent_check(text):
    reference = creditor_reference(text)
    assert is_creditor_reference(reference)
    assert iso11649.is_valid(reference)


@given(
    st.text(alphabet=ALPHABET, min_size=2, max_size=LONGEST),
    st.integers(min_value=0, max_value=LONGEST - 1),
    st.sampled_from(ALPHABET),
)
def test_one_wrong_character_is_noticed(text, place, character):
    reference = creditor_reference(text)
    place = 4 + place % len(text)
    wrong = reference[:place] + character + reference[place + 1 :]
    assert is_creditor_reference(wrong) is (wrong == reference)
