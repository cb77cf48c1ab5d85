"""Facts are plain JSON, enough to compute the amounts again."""

import json
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from edits import DOCUMENTS, KINDS, histories
from hypothesis import given
from hypothesis import strategies as st
from ledger import Story
from lines import APRIL, MARCH, line, money, version
from strategies import AMOUNTS, DISCOUNTS, QUANTITIES, SIGNED, STEPS, days
from strategies import terms as any_terms

from engine.canonical import canonical, digest
from engine.document_facts import (
    document_facts,
    emptied_facts,
    given_up_facts,
    reversed_facts,
)
from engine.entries import settled_by_document
from engine.errors import InvalidFacts
from engine.facts import FORMAT, opening_facts, replay
from engine.periods import Period
from engine.printing import PrintedLine
from engine.promise import opening_entry
from engine.recurrence import RecurrenceRule


def test_facts_of_a_stub_name_all_that_decided_the_amount():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    story = Story(line("33.33", rule, date(2026, 3, 10), quantity="3"))
    (charge,) = story.run(date(2026, 3, 10))
    assert charge.facts == {
        "format": FORMAT,
        "source": "promise",
        "basis": "actual",
        "timing": "in_advance",
        "lead_days": 0,
        "first_period": "prorate",
        "step": "0.01",
        "rule": {
            "unit": "month",
            "interval": 1,
            "anchor": "2026-03-10",
            "billing_day": 1,
            "billing_month": None,
        },
        "period": ["2026-03-10", "2026-03-31"],
        "parts": [
            {
                "whole": ["2026-03-01", "2026-03-31"],
                "served": [["2026-03-10", "2026-03-31"]],
                "share": "22/31",
                "versions": [
                    {
                        "start": "2026-03-10",
                        "sequence": 0,
                        "quantity": "3",
                        "price": "33.33",
                        "discount": "0",
                        "days": 22,
                    }
                ],
            }
        ],
        "settled_before": "0",
        "charged_ratio": "1",
        "scheduled": "2026-03-10",
    }
    assert replay(charge.facts) == (money("70.96"), money("70.96"))


def test_facts_survive_storage_as_json():
    story = Story(line())
    story.run(date(2026, 3, 1))
    story.billed[0] = story.billed[0].__class__(
        "charge", story.billed[0].period, money("300.00"), money("150.00")
    )
    story.edit(end=date(2026, 3, 22))
    (credit,) = story.run(date(2026, 3, 22))
    stored = json.loads(json.dumps(credit.facts))
    assert stored["charged_ratio"] == "1/2"
    assert stored["settled_before"] == "300.00"
    assert replay(stored) == (money("-96.77"), money("-48.39"))


def test_facts_tell_the_two_versions_of_an_upgrade():
    story = Story(line(start=date(2026, 4, 1)))
    story.run(date(2026, 4, 1))
    story.edit(versions=(*story.terms.versions, version(date(2026, 4, 16), "450.00")))
    (upgrade,) = story.run(date(2026, 4, 16))
    held = upgrade.facts["parts"][0]["versions"]
    assert [(v["price"], v["days"]) for v in held] == [("300.00", 15), ("450.00", 15)]
    assert replay(upgrade.facts) == (money("75.00"), money("75.00"))


def test_facts_of_a_free_period_replay_charge_and_waiver():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    story = Story(line("1000.00", rule, date(2026, 3, 10), first_period="free"))
    charge, waiver = story.run(date(2026, 3, 10))
    assert replay(charge.facts) == (Decimal(0), Decimal(0))
    assert replay(waiver.facts) == (money("709.68"), Decimal(0))


def credit(quantity="2", price="33.33", discount="10", *, ratio="1", name="RINV/1"):
    """The facts of a credit note's line for March."""
    printed = PrintedLine(
        quantity=money(quantity),
        price=money(price),
        discount=money(discount),
        credit=True,
        name=name,
    )
    return document_facts(
        printed,
        period=MARCH,
        step=money("0.01"),
        settled_ratio=Fraction(ratio),
        corrects=7,
        scheduled=date(2026, 3, 20),
    )


def test_facts_of_format_1_still_replay():
    story = Story(line("33.33", start=date(2026, 3, 10), quantity="3"))
    (charge,) = story.run(date(2026, 3, 10))
    old = {k: v for k, v in charge.facts.items() if k not in ("source", "period")}
    assert replay({**old, "format": 1}) == (charge.settled, charge.charged)


def test_credit_note_replays_from_its_line():
    assert replay(credit()) == (money("-59.99"), money("-59.99"))


def test_credit_note_gives_a_concession_back_in_proportion():
    assert replay(credit("1", "80.00", "0", ratio="5/4")) == (
        money("-100.00"),
        money("-80.00"),
    )


def test_what_is_given_up_after_a_credit_note_settles_it_again():
    assert replay(reversed_facts(credit())) == (money("59.99"), Decimal(0))


def test_draft_that_is_given_up_settles_its_period_for_nothing():
    story = Story(line("33.33", quantity="3", start=date(2026, 3, 10)))
    (charge,) = story.run(date(2026, 3, 10))
    assert replay(given_up_facts(charge.facts)) == (charge.settled, Decimal(0))
    assert replay(emptied_facts(charge.facts)) == (Decimal(0), Decimal(0))


def test_opening_replays_the_promise_of_its_days():
    terms = line(start=date(2024, 1, 10), more=[version(date(2025, 6, 1), "400.00")])
    until = date(2026, 3, 20)
    entry = opening_entry(terms, until, charged=Decimal(0))
    facts = opening_facts(terms, period=entry.period, document=None)
    assert replay(facts) == (entry.settled, Decimal(0))
    numbers = [part.get("periods", 1) for part in facts["parts"]]
    assert numbers == [1, 16, 9, 1]


def test_opening_by_an_invoice_charges_what_its_line_says():
    terms = line()
    paid = PrintedLine(quantity=money(3), price=money("90.00"), discount=money(0))
    facts = opening_facts(terms, period=MARCH, document=paid)
    assert replay(facts) == (money("300.00"), money("270.00"))


@given(any_terms(), st.data())
def test_any_opening_replays_to_the_cent(terms, data):
    entry = opening_entry(terms, data.draw(days(terms.start)), charged=Decimal(0))
    facts = opening_facts(terms, period=entry.period, document=None)
    assert replay(json.loads(json.dumps(facts))) == (entry.settled, Decimal(0))


@given(QUANTITIES, SIGNED, DISCOUNTS, STEPS, AMOUNTS, AMOUNTS, st.booleans())
def test_any_document_replays_to_the_cent(
    quantity, price, discount, step, settled, charged, is_credit
):
    printed = PrintedLine(
        quantity=quantity, price=price, discount=discount, credit=is_credit
    )
    ratio = Fraction(settled) / Fraction(charged) if charged else Fraction(1)
    facts = document_facts(
        printed,
        period=APRIL,
        step=step,
        settled_ratio=ratio,
        corrects=1,
        scheduled=None,
    )
    amount = printed.amount(step)
    taken = settled_by_document(
        amount, origin_settled=settled, origin_charged=charged, step=step
    )
    assert replay(facts) == (taken, amount)


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_facts_of_any_charge_never_hold_its_amount_under_a_name(history):
    story, _day = history
    for charge in story.charges:
        assert not {"settled", "charged", "amount"}.intersection(charge.facts)
        for part in charge.facts["parts"]:
            assert set(part) <= {"whole", "served", "share", "versions", "periods"}


def test_no_stored_fact_is_the_amount():
    story = Story(line("33.33", start=date(2026, 3, 10), quantity="3", discount="10"))
    (charge,) = story.run(date(2026, 3, 10))
    every = [charge.facts, credit(), given_up_facts(charge.facts)]
    every.append(opening_facts(story.terms, period=charge.period, document=None))
    for facts in every:
        told = set(map(str, _leaves(facts)))
        assert not told & {str(abs(amount)) for amount in replay(facts) if amount}


def _leaves(value):
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield value


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"document": "INV/1", "corrects": 3},
        {**credit(), "format": 3},
        {**credit(), "step": "0"},
        {**credit(), "period": ["2026-03-01"]},
        {**credit(), "document": None},
        {**credit(), "settled_ratio": "1/0"},
        "no facts",
        None,
    ],
)
def test_facts_of_another_shape_are_refused(broken):
    with pytest.raises(InvalidFacts):
        replay(broken)


@given(histories(kinds=KINDS, prices=SIGNED), st.randoms())
def test_canonical_text_does_not_depend_on_the_order_of_keys(history, chance):
    story, _day = history
    for charge in story.charges:
        shuffled = _shuffled(charge.facts, chance)
        assert canonical(shuffled) == canonical(charge.facts)
        assert digest(json.loads(canonical(charge.facts))) == digest(charge.facts)


def _shuffled(value, chance: random.Random):
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: _shuffled(value[key], chance) for key in keys}
    if isinstance(value, list):
        return [_shuffled(item, chance) for item in value]
    return value


def test_digest_is_that_of_the_canonical_text():
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'
    assert digest({}) == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


def test_period_of_an_opening_is_a_fact():
    facts = opening_facts(line(), period=MARCH, document=None)
    assert facts["period"] == ["2026-03-01", "2026-03-31"]
    assert Period.inclusive(*map(date.fromisoformat, facts["period"])) == MARCH
