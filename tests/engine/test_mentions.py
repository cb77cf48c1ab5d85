"""Which mentions the law wants on which document: the shipped data, case by case."""

from datetime import date

import pytest
from law import UNION, law

from engine.mentions import (
    PLACEHOLDERS,
    InvalidText,
    Missing,
    Printed,
    Rule,
    Situation,
    choose,
    fill,
    has_share_capital,
    home_of,
    operation_of,
    placeholders_of,
    reasons_against,
    treatment_of,
    zone_of,
)

ON = date(2026, 12, 1)
LAW = law()

SELLER = "seller register seller_vat"
LATE = "late_penalty recovery early_payment"
NEW = "buyer_siren operation"


def case(seller="FR", kind="professional", zone="domestic", **facts):
    if "treatment" in facts:
        facts["treatments"] = frozenset(facts.pop("treatment").split())
    return Situation(seller=seller, kind=kind, zone=zone, **facts)


#: (what it is, situation, date, codes in the order of printing)
TABLE = [
    # French seller, customer in France.
    ("professional", case(), ON, f"{SELLER} {NEW} {LATE}"),
    ("public body", case(kind="public"), ON, f"{SELLER} {NEW} {LATE}"),
    ("consumer", case(kind="consumer"), ON, SELLER),
    ("before 2026-09-01", case(), date(2026, 8, 31), f"{SELLER} {LATE}"),
    ("on 2026-09-01", case(), date(2026, 9, 1), f"{SELLER} {NEW} {LATE}"),
    ("goods", case(operation="goods"), ON, f"{SELLER} {NEW} {LATE}"),
    ("mixed", case(operation="mixed"), ON, f"{SELLER} {NEW} {LATE}"),
    (
        "goods delivered elsewhere",
        case(operation="goods", delivered_elsewhere=True),
        ON,
        f"{SELLER} {NEW} delivery {LATE}",
    ),
    (
        "mixed, delivered elsewhere",
        case(operation="mixed", delivered_elsewhere=True),
        ON,
        f"{SELLER} {NEW} delivery {LATE}",
    ),
    (
        "services, another address",
        case(delivered_elsewhere=True),
        ON,
        f"{SELLER} {NEW} {LATE}",
    ),
    (
        "consumer, goods elsewhere",
        case(kind="consumer", operation="goods", delivered_elsewhere=True),
        ON,
        SELLER,
    ),
    ("on debits", case(regime="debits"), ON, f"{SELLER} {NEW} debits {LATE}"),
    (
        "on debits, goods only",
        case(regime="debits", operation="goods"),
        ON,
        f"{SELLER} {NEW} {LATE}",
    ),
    (
        "on debits, mixed",
        case(regime="debits", operation="mixed"),
        ON,
        f"{SELLER} {NEW} debits {LATE}",
    ),
    (
        "on debits, consumer",
        case(kind="consumer", regime="debits"),
        ON,
        f"{SELLER} debits",
    ),
    (
        "on debits, before 2026-09-01",
        case(regime="debits"),
        date(2026, 8, 31),
        f"{SELLER} {LATE}",
    ),
    (
        "on debits, reverse charge",
        case(regime="debits", zone="union", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "small business",
        case(regime="small_business", treatment="F"),
        ON,
        f"{SELLER} {NEW} small_business {LATE}",
    ),
    (
        "small business, consumer",
        case(kind="consumer", regime="small_business", treatment="F"),
        ON,
        f"{SELLER} small_business",
    ),
    (
        "sole trader",
        case(has_capital=False),
        ON,
        f"seller register siren seller_vat {NEW} {LATE}",
    ),
    (
        "sole trader, small business",
        case(has_capital=False, regime="small_business", treatment="F"),
        ON,
        f"seller register siren seller_vat {NEW} small_business {LATE}",
    ),
    (
        "sole trader, consumer",
        case(kind="consumer", has_capital=False),
        ON,
        "seller register siren seller_vat",
    ),
    (
        "exempt",
        case(regime="exempt", treatment="E"),
        ON,
        f"{SELLER} {NEW} exemption {LATE}",
    ),
    (
        "exempt, consumer",
        case(kind="consumer", regime="exempt", treatment="E"),
        ON,
        f"{SELLER} exemption",
    ),
    (
        "taxed and exempt lines",
        case(treatment="S E"),
        ON,
        f"{SELLER} {NEW} exemption {LATE}",
    ),
    (
        "domestic reverse charge",
        case(treatment="AE"),
        ON,
        f"{SELLER} {NEW} reverse_charge {LATE}",
    ),
    ("VAT group", case(in_vat_group=True), ON, f"{SELLER} {NEW} {LATE} vat_group"),
    (
        "VAT group, consumer",
        case(kind="consumer", in_vat_group=True),
        ON,
        f"{SELLER} vat_group",
    ),
    (
        "VAT group before 2023",
        case(in_vat_group=True),
        date(2022, 12, 31),
        f"{SELLER} {LATE}",
    ),
    ("flat discount", case(discount="flat"), ON, f"{SELLER} {NEW} {LATE}"),
    ("discount within days", case(discount="term"), ON, f"{SELLER} {NEW} {LATE}"),
    (
        "consumer with a discount",
        case(kind="consumer", discount="term"),
        ON,
        SELLER,
    ),
    (
        "credit note",
        case(document="credit_note"),
        ON,
        f"{SELLER} {NEW} credit_note",
    ),
    (
        "credit note, public body",
        case(kind="public", document="credit_note"),
        ON,
        f"{SELLER} {NEW} credit_note",
    ),
    (
        "credit note, consumer",
        case(kind="consumer", document="credit_note"),
        ON,
        f"{SELLER} credit_note",
    ),
    (
        "credit note, small business",
        case(document="credit_note", regime="small_business", treatment="F"),
        ON,
        f"{SELLER} {NEW} small_business credit_note",
    ),
    (
        "professional before 2013: no indemnity",
        case(),
        date(2012, 12, 31),
        f"{SELLER} late_penalty early_payment",
    ),
    (
        "public body before the code of 2019",
        case(kind="public"),
        date(2019, 3, 31),
        f"{SELLER} recovery early_payment",
    ),
    (
        "public body on 2019-04-01",
        case(kind="public"),
        date(2019, 4, 1),
        f"{SELLER} {LATE}",
    ),
    (
        "professional before 2009",
        case(),
        date(2008, 12, 31),
        f"{SELLER} early_payment",
    ),
    ("seller in Réunion", case(seller="RE"), ON, f"{SELLER} {NEW} {LATE}"),
    # French seller, customer elsewhere in the Union.
    (
        "services to a German business",
        case(zone="union", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "goods to a German business",
        case(zone="union", operation="goods", treatment="K"),
        ON,
        f"{SELLER} buyer_vat operation exemption {LATE}",
    ),
    (
        "services and goods to a German business",
        case(zone="union", operation="mixed", treatment="AE K"),
        ON,
        f"{SELLER} buyer_vat buyer_vat operation reverse_charge exemption {LATE}",
    ),
    (
        "German consumer, French VAT",
        case(kind="consumer", zone="union"),
        ON,
        SELLER,
    ),
    (
        "German business, French VAT",
        case(zone="union"),
        ON,
        f"{SELLER} operation {LATE}",
    ),
    (
        "German public body",
        case(kind="public", zone="union", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "small business to a German business",
        case(zone="union", regime="small_business", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge {LATE}",
    ),
    (
        "credit note to a German business",
        case(zone="union", document="credit_note", treatment="AE"),
        ON,
        f"{SELLER} buyer_vat operation reverse_charge credit_note",
    ),
    # French seller, customer outside the Union.
    (
        "services to a Swiss business",
        case(zone="outside", treatment="O"),
        ON,
        f"{SELLER} operation exemption {LATE}",
    ),
    (
        "goods to a Swiss business",
        case(zone="outside", operation="goods", treatment="G"),
        ON,
        f"{SELLER} operation exemption {LATE}",
    ),
    (
        "services to a Swiss consumer",
        case(kind="consumer", zone="outside", treatment="O"),
        ON,
        f"{SELLER} exemption",
    ),
    (
        "goods to a Swiss consumer",
        case(kind="consumer", zone="outside", operation="goods", treatment="G"),
        ON,
        f"{SELLER} exemption",
    ),
    (
        "Swiss public body",
        case(kind="public", zone="outside", treatment="O"),
        ON,
        f"{SELLER} operation exemption {LATE}",
    ),
    (
        "exported goods delivered elsewhere",
        case(
            zone="outside", operation="goods", treatment="G", delivered_elsewhere=True
        ),
        ON,
        f"{SELLER} operation delivery exemption {LATE}",
    ),
    # Sellers elsewhere in the Union: the general set.
    (
        "Belgian seller",
        case(seller="BE", regime="debits"),
        ON,
        "seller_vat late_penalty recovery",
    ),
    (
        "Belgian seller, consumer",
        case(seller="BE", kind="consumer", regime="debits"),
        ON,
        "seller_vat",
    ),
    (
        "Belgian seller, public body",
        case(seller="BE", kind="public", regime="debits"),
        ON,
        "seller_vat late_penalty recovery",
    ),
    (
        "German seller on collection",
        case(seller="DE"),
        ON,
        "seller_vat cash_accounting late_penalty recovery",
    ),
    (
        "German seller, reverse charge",
        case(seller="DE", zone="union", regime="debits", treatment="AE"),
        ON,
        "seller_vat buyer_vat reverse_charge late_penalty recovery",
    ),
    (
        "German seller, goods within the Union",
        case(
            seller="DE",
            zone="union",
            operation="goods",
            regime="debits",
            treatment="K",
        ),
        ON,
        "seller_vat buyer_vat exemption late_penalty recovery",
    ),
    (
        "German seller, export",
        case(
            seller="DE",
            zone="outside",
            operation="goods",
            regime="debits",
            treatment="G",
        ),
        ON,
        "seller_vat exemption late_penalty recovery",
    ),
    (
        "German seller, services outside the Union",
        case(seller="DE", zone="outside", regime="debits", treatment="O"),
        ON,
        "seller_vat exemption late_penalty recovery",
    ),
    (
        "German small enterprise",
        case(seller="DE", regime="small_business", treatment="F"),
        ON,
        "small_business late_penalty recovery",
    ),
    (
        "German exempt seller",
        case(seller="DE", regime="exempt", treatment="E"),
        ON,
        "exemption late_penalty recovery",
    ),
    (
        "German seller with a discount",
        case(seller="DE", regime="debits", discount="flat"),
        ON,
        "seller_vat late_penalty recovery early_payment",
    ),
    (
        "German seller, discount within days, consumer",
        case(seller="DE", kind="consumer", regime="debits", discount="term"),
        ON,
        "seller_vat early_payment",
    ),
    (
        "German credit note",
        case(seller="DE", regime="debits", document="credit_note"),
        ON,
        "seller_vat credit_note",
    ),
    (
        "German seller before the directive",
        case(seller="DE", regime="debits"),
        date(2013, 3, 15),
        "seller_vat",
    ),
    # Sellers outside the Union: what they enter themselves.
    ("Swiss seller", case(seller="CH"), ON, ""),
    ("seller without a country", case(seller=""), ON, ""),
]


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


@pytest.mark.parametrize("rule", LAW, ids=lambda rule: f"{rule.code}-{rule.text[:20]}")
def test_every_shipped_text_can_be_filled_in(rule):
    assert set(placeholders_of(rule.text)) <= set(PLACEHOLDERS)
    assert ("{recovery}" in rule.text) == bool(rule.amount)


# === Filling in === #


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
        ("", False),
    ],
)
def test_which_legal_forms_have_a_share_capital(form, capital):
    assert has_share_capital(form) is capital
