"""The words of mentions: filled in, or refused."""

import pytest
from law import law

from engine.mention_texts import (
    PLACEHOLDERS,
    InvalidText,
    Missing,
    Printed,
    fill,
    placeholders_of,
)
from engine.mentions import Rule

LAW = law()


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: f"{rule.code}-{rule.text[:20]}")
def test_every_shipped_text_can_be_filled_in(rule):
    assert set(placeholders_of(rule.text)) <= set(PLACEHOLDERS)
    assert ("{recovery}" in rule.text) == bool(rule.amount)


def test_a_mention_is_printed_with_its_facts():
    rule = Rule("late", "{rate} % a year from {due_date}", note_code="PMD")
    printed, missing = fill([rule], {"rate": "12.15", "due_date": "01/12/2026"})
    assert printed == [Printed("late", "PMD", "12.15 % a year from 01/12/2026")]
    assert missing == []


def test_a_mention_without_a_fact_is_not_printed_and_the_fact_is_told():
    rule = Rule("late", "{rate} % a year from {due_date}")
    printed, missing = fill([rule], {"rate": None, "due_date": "01/12/2026"})
    assert printed == []
    assert missing == [Missing("late", "rate", "rate")]


def test_an_optional_mention_without_its_fact_is_left_out():
    rule = Rule("register", "{register_city}", required=False)
    assert fill([rule], {"register_city": ""}) == ([], [])


def test_the_sum_of_the_law_is_the_mentions_own():
    rule = Rule("recovery", "{recovery}", amount="40 €")
    printed, _missing = fill([rule], {"recovery": "1 €"})
    assert printed[0].text == "40 €"


def test_the_same_words_are_printed_once():
    rules = [Rule("a", "VAT {buyer_vat}"), Rule("b", "VAT {buyer_vat}")]
    printed, _missing = fill(rules, {"buyer_vat": "DE1"})
    assert [one.code for one in printed] == ["a"]


def test_doubled_braces_are_printed_as_braces():
    assert fill([Rule("a", "{{x}} {rate}")], {"rate": "1"})[0][0].text == "{x} 1"


@pytest.mark.parametrize(
    ("text", "placeholder"),
    [
        ("{rte}", "rte"),
        ("{}", ""),
        ("{rate.real}", "rate.real"),
        ("{rate[0]}", "rate[0]"),
        ("{rate!r}", "rate"),
        ("{rate:.2f}", "rate"),
        ("{rate", ""),
        ("rate}", ""),
        ("{__class__}", "__class__"),
    ],
)
def test_a_text_that_nothing_fills_in_is_refused(text, placeholder):
    with pytest.raises(InvalidText) as refused:
        placeholders_of(text)
    assert refused.value.details["placeholder"] == placeholder
