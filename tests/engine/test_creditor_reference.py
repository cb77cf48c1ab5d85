"""The structured creditor reference of ISO 11649."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from references import structured
from stdnum import iso11649

from engine.creditor_reference import is_creditor_reference

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: What follows the check digits: letters and digits, at most so many.
LONGEST = 21
BODIES = st.text(alphabet=ALPHABET, min_size=1, max_size=LONGEST)


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


@given(BODIES)
def test_every_reference_made_elsewhere_is_recognised(body):
    assert is_creditor_reference(structured(body))


@given(
    BODIES, st.integers(min_value=0, max_value=LONGEST - 1), st.sampled_from(ALPHABET)
)
def test_one_wrong_character_is_noticed(body, place, character):
    reference = structured(body)
    place = 4 + place % len(body)
    wrong = reference[:place] + character + reference[place + 1 :]
    assert is_creditor_reference(wrong) is (wrong == reference)


@given(st.text(alphabet=ALPHABET, min_size=1, max_size=4 + LONGEST))
def test_an_independent_check_says_the_same(text):
    assert is_creditor_reference(f"RF{text}") is iso11649.is_valid(f"RF{text}")
