"""A moved fact is found and named; what was left alone is found identical."""

import copy
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from edits import DOCUMENTS, KINDS, histories
from hypothesis import given
from hypothesis import strategies as st
from ledger import Story
from lines import MARCH, line, money, version
from strategies import SIGNED

from engine.canonical import digest
from engine.document_facts import document_facts
from engine.moved import Moved
from engine.periods import Period
from engine.printing import PrintedLine
from engine.recorded import Recorded
from engine.recurrence import RecurrenceRule
from engine.verdicts import judge

ALIGNED = RecurrenceRule("month", 1, date(2026, 3, 10), 1)


def recorded(charge, **values):
    """A charge as the ledger keeps it and its document prints it."""
    credit = charge.charged < 0
    printed = PrintedLine(
        quantity=-charge.quantity if credit else charge.quantity,
        price=charge.price,
        discount=charge.discount,
        credit=credit,
        name="INV/2026/00001",
    )
    return Recorded(
        kind=charge.kind,
        period=charge.period,
        settled=charge.settled,
        charged=charge.charged,
        facts=json.loads(json.dumps(charge.facts)),
        seal=digest(charge.facts),
        **{"printed": None if charge.kind == "waiver" else printed, **values},
    )


def moved(entry, path, value):
    """The entry with one stored fact changed."""
    facts = copy.deepcopy(entry.facts)
    target = facts
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return replace(entry, facts=facts)


def stub(**values):
    """Three units, 22 days of March, 10 % discount: the price is solved back."""
    story = Story(
        line("33.33", ALIGNED, date(2026, 3, 10), quantity="3", discount="10", **values)
    )
    (charge,) = story.run(date(2026, 3, 10))
    return charge


def credit_note(settled="-83.33", ratio="5/4"):
    printed = PrintedLine(
        quantity=money("2.0"),
        price=money("33.33"),
        discount=money("0.0"),
        credit=True,
        name="RINV/2026/00001",
    )
    facts = document_facts(
        printed,
        period=MARCH,
        step=money("0.01"),
        settled_ratio=Fraction(ratio),
        corrects=7,
        scheduled=date(2026, 3, 20),
    )
    return Recorded(
        kind="adjustment",
        period=MARCH,
        settled=money(settled),
        charged=money("-66.66"),
        facts=facts,
        seal=digest(facts),
        printed=printed,
    )


VERSION = ("parts", 0, "versions", 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*VERSION, "quantity"), "4"),
        ((*VERSION, "price"), "38.00"),
        ((*VERSION, "price"), "3333.00"),
        ((*VERSION, "discount"), "12.5"),
        ((*VERSION, "days"), 21),
        ((*VERSION, "start"), "2026-02-10"),
        ((*VERSION, "sequence"), 3),
        (("parts", 0, "share"), "21/31"),
        (("parts", 0, "served", 0, 0), "2026-03-11"),
        (("parts", 0, "whole", 1), "2026-04-30"),
        (("settled_before",), "10.00"),
        (("charged_ratio",), "1/2"),
        (("scheduled",), "2026-03-12"),
        (("period", 1), "2026-03-30"),
        (("basis",), "30_360"),
        (("timing",), "in_arrears"),
        (("first_period",), "free"),
        (("lead_days",), 3),
        (("lead_days",), 2.5),
        (("step",), "0.05"),
        (("rule", "unit"), "year"),
        (("rule", "interval"), 2),
        (("rule", "anchor"), "2026-03-11"),
        (("rule", "billing_day"), None),
        (("rule", "billing_month"), 4),
        (("format",), 1),
        (("format",), 9),
        (("source",), "opening"),
    ],
)
def test_moved_fact_of_a_charge_is_named_with_what_it_was(path, value):
    entry = recorded(stub())
    before = entry.facts
    for key in path:
        before = before[key]
    verdict = judge(moved(entry, path, value))
    assert verdict.moved == Moved(path, value, before, proved=True)
    assert not verdict.identical


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("document", "quantity"), "3.0"),
        (("document", "price"), "33.34"),
        (("document", "credit"), False),
        (("document", "name"), "RINV/2026/00002"),
        (("corrects",), 8),
        (("settled_ratio",), "1"),
        (("charged_ratio",), "0"),
    ],
)
def test_moved_fact_of_a_credit_note_is_named_with_what_it_was(path, value):
    entry = credit_note()
    before = entry.facts
    for key in path:
        before = before[key]
    assert judge(moved(entry, path, value)).moved == Moved(
        path, value, before, proved=True
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("quantity", (*VERSION, "quantity")),
        ("served", ("parts", 0, "served", 0, 1)),
        ("anchor", ("rule", "anchor")),
    ],
)
def test_fact_is_called_by_the_last_key_on_the_way_to_it(name, path):
    assert Moved(path, "1", "2", proved=True).name == name


def test_recomputed_amounts_are_told():
    verdict = judge(moved(recorded(stub()), (*VERSION, "quantity"), "4"))
    assert (verdict.reason, verdict.settled, verdict.charged) == (
        "facts",
        money("85.15"),
        money("85.15"),
    )


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_any_charge_is_found_identical(history):
    story, _day = history
    for charge in story.charges:
        assert judge(recorded(charge)).identical


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED), st.data())
def test_any_moved_fact_is_detected(history, data):
    story, _day = history
    if not story.charges:
        return
    entry = recorded(data.draw(st.sampled_from(story.charges)))
    paths = [path for path, _value in _leaves(entry.facts)]
    path = data.draw(st.sampled_from(paths))
    other = data.draw(st.sampled_from([None, 4, "4", "1/3", "2031-05-06", "week"]))
    found = entry.facts
    for key in path:
        found = found[key]
    if other != found:
        assert judge(moved(entry, path, other)).reason in ("facts", "unreadable")


def _leaves(value, path=()):
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from _leaves(value[key], (*path, key))
    else:
        yield path, value


@pytest.mark.parametrize(
    ("path", "reason"), [(("lead_days",), "facts"), (("step",), "unreadable")]
)
def test_caller_may_do_without_the_name(path, reason):
    verdict = judge(moved(recorded(stub()), path, "none"), name=False)
    assert (verdict.reason, verdict.moved) == (reason, None)


def test_changed_amount_is_told_apart_from_a_changed_fact():
    entry = recorded(stub())
    verdict = judge(replace(entry, charged=money("60.00")))
    assert (verdict.reason, verdict.charged, verdict.moved) == (
        "amount",
        entry.charged,
        None,
    )
    assert judge(replace(entry, settled=money("60.00"))).reason == "amount"


def test_concession_by_hand_is_no_difference():
    entry = recorded(stub(), printed=None)
    conceded = replace(entry, charged=entry.charged - 20, conceded=money(20))
    assert judge(conceded).identical
    assert judge(replace(conceded, conceded=money(21))).reason == "amount"


def test_moved_days_of_the_entry_are_told():
    entry = recorded(stub())
    verdict = judge(replace(entry, period=MARCH))
    assert verdict.reason == "period"
    assert verdict.moved == Moved(
        ("period",),
        ["2026-03-01", "2026-03-31"],
        ["2026-03-10", "2026-03-31"],
        proved=True,
    )


def test_document_that_says_something_else_is_told():
    entry = recorded(stub())
    other = replace(entry, printed=replace(entry.printed, quantity=Decimal(2)))
    assert judge(other).reason == "document"


def test_untaxed_amount_that_is_not_that_of_the_line_is_told():
    entry = recorded(stub(), untaxed=money("63.86"), printed_untaxed=money("63.86"))
    assert judge(entry).identical
    assert judge(replace(entry, untaxed=money("60.00"))).reason == "document"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [(None, "no_facts"), ({}, "no_facts"), ("text", "unreadable"), ([3], "unreadable")],
)
def test_facts_that_are_none_are_told(facts, reason):
    verdict = judge(replace(recorded(stub()), facts=facts))
    assert (verdict.reason, verdict.settled, verdict.moved) == (reason, None, None)


def test_facts_that_nobody_can_mend_are_told_without_a_name():
    entry = moved(recorded(stub()), ("parts", 0, "whole", 0), "never")
    verdict = judge(entry)
    assert (verdict.reason, verdict.moved) == ("facts", None)
    for seal in (entry.seal, ""):
        lost = moved(replace(entry, seal=seal, settled=Decimal(0)), ("step",), "none")
        assert judge(lost).reason == "unreadable"
        assert judge(lost).moved is None


def test_old_facts_know_no_days():
    entry = recorded(stub())
    old = {k: v for k, v in entry.facts.items() if k not in ("source", "period")}
    old["format"] = 1
    kept = replace(entry, facts=old, seal=digest(old), period=MARCH)
    assert judge(kept).identical


def test_ratio_that_nobody_can_guess_is_told_from_the_amounts():
    entry = credit_note("-70.41", "50000/47339")
    assert judge(entry).identical
    assert judge(moved(entry, ("settled_ratio",), "1")).moved == Moved(
        ("settled_ratio",), "1", "920/871", proved=False
    )
    conceded = recorded(stub(), printed=None)
    facts = {**conceded.facts, "charged_ratio": "123456/654321"}
    entry = replace(conceded, facts=facts, charged=money("12.05"), seal=digest(facts))
    assert judge(entry).identical
    verdict = judge(moved(entry, ("charged_ratio",), "1"))
    assert verdict.moved.path == ("charged_ratio",)
    assert not verdict.moved.proved


# === Without a seal, the document and the entry are the witnesses === #


def full(**values):
    story = Story(line("38.00", quantity="25", **values))
    (charge,) = story.run(date(2026, 3, 1))
    return replace(recorded(charge), seal="")


@pytest.mark.parametrize(
    ("key", "value", "was"),
    [("quantity", "24", "25"), ("price", "37.00", "38.00"), ("discount", "5", "0")],
)
def test_without_a_seal_the_printed_line_names_the_fact(key, value, was):
    entry = moved(full(), (*VERSION, key), value)
    assert judge(entry).moved == Moved((*VERSION, key), value, was, proved=False)


def test_without_a_seal_the_entry_names_its_days():
    entry = moved(full(), ("period", 0), "2026-03-02")
    assert judge(entry).moved == Moved(
        ("period",),
        ["2026-03-02", "2026-03-31"],
        ["2026-03-01", "2026-03-31"],
        proved=False,
    )


def test_without_a_seal_unmoved_facts_are_still_reported():
    verdict = judge(full())
    assert (verdict.reason, verdict.moved) == ("facts", None)


def test_without_a_seal_a_prorated_price_proves_nothing():
    entry = replace(recorded(stub()), seal="")
    assert judge(moved(entry, (*VERSION, "price"), "30.00")).moved is None


def test_without_a_seal_only_the_last_version_stands_on_the_line():
    story = Story(line(start=date(2026, 4, 1), quantity="2"))
    story.edit(
        versions=(
            *story.terms.versions,
            version(date(2026, 4, 16), "450.00", quantity="3"),
        )
    )
    (charge,) = story.run(date(2026, 4, 1))
    entry = replace(recorded(charge), seal="")
    assert judge(moved(entry, (*VERSION, "quantity"), "9")).moved is None
    last = ("parts", 0, "versions", 1, "quantity")
    assert judge(moved(entry, last, "9")).moved == Moved(last, "9", "3", proved=False)


def test_without_a_seal_a_number_that_is_none_is_named():
    entry = moved(full(), (*VERSION, "quantity"), "many")
    assert judge(entry).moved == Moved(
        (*VERSION, "quantity"), "many", "25", proved=False
    )


def test_without_a_seal_a_credit_note_names_its_line():
    entry = moved(replace(credit_note(), seal=""), ("document", "price"), "30")
    assert judge(entry).moved == Moved(
        ("document", "price"), "30", "33.33", proved=False
    )


def test_two_moved_facts_are_named_one_by_one_by_the_printed_line():
    entry = replace(full(), seal="0" * 64)
    entry = moved(entry, (*VERSION, "quantity"), "24")
    entry = moved(entry, (*VERSION, "price"), "39.00")
    verdict = judge(entry)
    assert verdict.moved == Moved((*VERSION, "quantity"), "24", "25", proved=False)


def test_free_period_without_amount_has_its_facts_proved_too():
    story = Story(line("1000.00", ALIGNED, date(2026, 3, 10), first_period="free"))
    charge, waiver = story.run(date(2026, 3, 10))
    assert judge(recorded(charge)).identical
    assert judge(recorded(waiver)).identical
    entry = moved(recorded(waiver), ("charged_ratio",), "1")
    assert judge(entry).moved == Moved(("charged_ratio",), "1", "0", proved=True)
    days = Period.inclusive(date(2026, 3, 10), date(2026, 3, 31))
    assert recorded(waiver).period == days
