"""Scripts and short messages: words filled in, parts that vanish, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dunning_texts import InvalidText, fill, placeholders_of

SMS = "{company}: {total} is open since {due_date}.[ Pay or answer: {answer_url}]"
WORDS = {"company": "Sterenn", "total": "120.00 €", "due_date": "14/11/2026"}


def test_a_text_is_filled_in():
    words = {**WORDS, "answer_url": "https://example.com/a"}
    assert fill(SMS, words) == (
        "Sterenn: 120.00 € is open since 14/11/2026. "
        "Pay or answer: https://example.com/a"
    )


@pytest.mark.parametrize("url", [None, False, ""])
def test_a_part_whose_word_is_not_known_vanishes(url):
    expected = "Sterenn: 120.00 € is open since 14/11/2026."
    assert fill(SMS, {**WORDS, "answer_url": url}) == expected
    assert fill(SMS, WORDS) == expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("No word at all.", {}, "No word at all."),
        ("{count} invoice(s)", {"count": 0}, "0 invoice(s)"),
        ("Hello {contact},", {"contact": None}, "Hello ,"),
        ("Hello {contact},", {}, "Hello ,"),
        ("a[ b]c", {}, "a bc"),
        ("[{a} and {b}]", {"a": "1"}, ""),
        ("[{a} and {b}]", {"a": "1", "b": "2"}, "1 and 2"),
        ("{a}", {"a": "{b}", "b": "no"}, "{b}"),
    ],
)
def test_table(text, words, expected):
    assert fill(text, words) == expected


@pytest.mark.parametrize(
    "text", ["{", "a } b", "[a", "a]", "[a [b] c]", "{a {b}}", "[{a]}"]
)
def test_what_is_not_closed_is_refused(text):
    with pytest.raises(InvalidText):
        placeholders_of(text)
    with pytest.raises(InvalidText):
        fill(text, {"a": "1", "b": "2"})


def test_placeholders_come_in_their_order():
    assert placeholders_of(SMS) == ["company", "total", "due_date", "answer_url"]


@given(st.text(st.characters(exclude_characters="{}[]")))
def test_a_text_without_placeholders_stays_as_it_is(text):
    assert fill(text, WORDS) == text
