"""Which policy a debtor falls under, and why the others do not apply."""

from dataclasses import replace
from decimal import Decimal

import pytest

from engine.dunning_policy import Choice, DebtorFacts, PolicyRule, choose

DEBTOR = DebtorFacts(
    company="lumen",
    tags=frozenset({"north", "key account"}),
    industry="food",
    country="FR",
    language="fr_FR",
    kind="professional",
    payer_class="slow",
    amount=Decimal(1840),
    plans=frozenset({"monthly"}),
)
EVERYBODY = PolicyRule("standard")


def only(*values):
    return frozenset(values)


#: Criterion, what meets it, what does not.
CRITERIA = [
    ("company", {"companies": only("lumen")}, {"companies": only("other")}),
    ("tag", {"tags": only("key account", "x")}, {"tags": only("small")}),
    ("industry", {"industries": only("food")}, {"industries": only("steel")}),
    ("country", {"countries": only("FR", "BE")}, {"countries": only("DE")}),
    ("language", {"languages": only("fr_FR")}, {"languages": only("en_US")}),
    ("kind", {"buyer_kinds": only("professional")}, {"buyer_kinds": only("public")}),
    ("payer_class", {"payer_classes": only("slow")}, {"payer_classes": only("risky")}),
    ("amount", {"amount_from": Decimal(1840)}, {"amount_from": Decimal("1840.01")}),
    ("plan", {"plans": only("monthly", "x")}, {"plans": only("yearly")}),
]


@pytest.mark.parametrize(("name", "met", "_failed"), CRITERIA)
def test_a_criterion_that_is_met_is_the_reason(name, met, _failed):
    assert choose([PolicyRule("one", **met)], DEBTOR) == Choice("one", (name,))


@pytest.mark.parametrize(("name", "_met", "failed"), CRITERIA)
def test_a_criterion_that_is_not_met_passes_the_policy_over(name, _met, failed):
    found = choose([PolicyRule("one", **failed), EVERYBODY], DEBTOR)
    assert found == Choice("standard", (), (("one", name),))


@pytest.mark.parametrize(("name", "met", "_failed"), CRITERIA[1:])
def test_a_debtor_of_whom_nothing_is_known_meets_no_criterion(name, met, _failed):
    unknown = DebtorFacts("lumen", kind="consumer")
    assert choose([PolicyRule("one", **met)], unknown).passed_over == (("one", name),)


def test_the_first_policy_that_fits_wins():
    rules = [
        PolicyRule("abroad", countries=only("DE"), tags=only("north")),
        PolicyRule("key", tags=only("key account"), countries=only("FR")),
        PolicyRule("french", countries=only("FR")),
        EVERYBODY,
    ]
    assert choose(rules, DEBTOR) == Choice(
        "key", ("tag", "country"), (("abroad", "country"),)
    )


def test_the_first_criterion_that_fails_is_told():
    rule = PolicyRule("one", countries=only("DE"), plans=only("yearly"))
    assert choose([rule], DEBTOR).passed_over == (("one", "country"),)


def test_no_policy_may_fit():
    rule = PolicyRule("one", countries=only("DE"))
    assert choose([rule], DEBTOR) == Choice(None, (), (("one", "country"),))
    assert choose([], DEBTOR) == Choice(None)


def test_all_criteria_of_a_policy_must_hold():
    rule = PolicyRule("one")
    for _name, met, _failed in CRITERIA:
        rule = replace(rule, **met)
    assert choose([rule], DEBTOR).because == tuple(name for name, *_ in CRITERIA)
