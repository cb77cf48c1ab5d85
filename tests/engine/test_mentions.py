"""Which mentions the law wants on which document: the shipped data, case by case."""

from datetime import date

import pytest
from law import UNION, law
from mention_cases import ON, TABLE, case

from engine.mentions import (
    Rule,
    Situation,
    choose,
    has_share_capital,
    home_of,
    operation_of,
    reasons_against,
    treatment_of,
    zone_of,
)

LAW = law()


@pytest.mark.parametrize(
    ("situation", "on", "codes"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_the_law_asks_for_these_mentions(situation, on, codes):
    chosen = [rule.code for rule in choose(LAW, situation, on=on)]
    assert chosen == codes.split()


def test_the_table_has_at_least_sixty_situations():
    assert len({(row[1], row[2]) for row in TABLE}) >= 60


def note_codes(situation):
    return [r.note_code for r in choose(LAW, situation, on=ON) if r.note_code]


@pytest.mark.parametrize("kind", ["professional", "public"])
@pytest.mark.parametrize("discount", ["none", "flat", "term"])
def test_a_french_invoice_in_business_carries_the_three_coded_notes(kind, discount):
    assert note_codes(case(kind=kind, discount=discount)) == ["PMD", "PMT", "AAB"]


def test_a_consumer_reads_no_coded_note():
    assert note_codes(case(kind="consumer")) == []


def test_a_public_body_reads_the_rate_of_its_own_code():
    penalty = {
        kind: next(
            rule.text
            for rule in choose(LAW, case(kind=kind), on=ON)
            if rule.code == "late_penalty"
        )
        for kind in ("professional", "public")
    }
    assert "{rate}" in penalty["professional"]
    assert "plus eight percentage points" in penalty["public"]
    assert "{rate}" not in penalty["public"]


# === Reasons === #


def test_reasons_name_each_condition_that_is_not_met():
    rule = Rule(
        "x",
        "x",
        first=date(2027, 1, 1),
        sellers=frozenset({"FR"}),
        kinds=frozenset({"professional"}),
        zones=frozenset({"domestic"}),
        operations=frozenset({"goods"}),
        documents=frozenset({"invoice"}),
        treatments=frozenset({"S"}),
        regimes=frozenset({"debits"}),
        discounts=frozenset({"term"}),
        has_capital=True,
        in_vat_group=True,
        delivered_elsewhere=True,
    )
    other = Situation(
        seller="DE",
        kind="consumer",
        zone="union",
        document="credit_note",
        treatments=frozenset({"E"}),
        has_capital=False,
    )
    against = reasons_against(rule, other, on=ON)
    assert " ".join(against) == (
        "date seller kind zone document operation treatment regime discount capital "
        "vat_group delivery"
    )


def test_a_rule_that_ended_is_against_its_date():
    rule = Rule("x", "x", last=date(2026, 11, 30))
    assert reasons_against(rule, case(), on=ON) == ["date"]
    assert reasons_against(rule, case(), on=date(2026, 11, 30)) == []


# === Where, what, how === #


@pytest.mark.parametrize(
    ("seller", "buyer", "zone"),
    [
        ("FR", "FR", "domestic"),
        ("FR", "RE", "domestic"),
        ("GP", "FR", "domestic"),
        ("FR", "DE", "union"),
        ("DE", "RE", "union"),
        ("FR", "CH", "outside"),
        ("CH", "FR", "union"),
        ("FR", "NC", "outside"),
        ("FR", "", "domestic"),
    ],
)
def test_the_zone_of_a_buyer(seller, buyer, zone):
    assert zone_of(seller, buyer, union=UNION) == zone


def test_departments_overseas_live_by_french_law():
    assert {home_of(code) for code in ("GP", "MQ", "RE", "GF", "YT")} == {"FR"}


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({"taxed": True}, "S"),
        ({"taxed": True, "category": "AE"}, "AE"),
        ({"category": "Z"}, "Z"),
        ({}, "E"),
        ({"regime": "small_business"}, "F"),
        ({"regime": "exempt"}, "E"),
        ({"zone": "union"}, "AE"),
        ({"zone": "union", "goods": True}, "K"),
        ({"zone": "union", "kind": "public"}, "AE"),
        ({"zone": "union", "kind": "consumer"}, "E"),
        ({"zone": "union", "kind": "consumer", "regime": "small_business"}, "F"),
        ({"zone": "union", "regime": "small_business"}, "AE"),
        ({"zone": "union", "regime": "small_business", "goods": True}, "F"),
        ({"category": "E", "regime": "small_business"}, "F"),
        ({"category": "E"}, "E"),
        ({"zone": "outside"}, "O"),
        ({"zone": "outside", "goods": True}, "G"),
        ({"zone": "outside", "kind": "consumer"}, "O"),
    ],
)
def test_how_a_line_stands_with_vat(facts, category):
    usual = {
        "taxed": False,
        "category": None,
        "goods": False,
        "regime": "collection",
        "kind": "professional",
        "zone": "domestic",
    }
    assert treatment_of(**{**usual, **facts}) == category


@pytest.mark.parametrize(
    ("kinds", "operation"),
    [
        ([], "services"),
        ([False, False], "services"),
        ([True], "goods"),
        ([True, False, True], "mixed"),
    ],
)
def test_what_a_document_sells(kinds, operation):
    assert operation_of(kinds) == operation


@pytest.mark.parametrize(
    ("form", "capital"),
    [
        ("SAS", True),
        ("SARL à capital variable", True),
        ("GmbH", True),
        ("EI", False),
        ("ei", False),
        (" Association ", False),
        ("Profession libérale", False),
        ("", True),
    ],
)
def test_which_legal_forms_have_a_share_capital(form, capital):
    assert has_share_capital(form) is capital
