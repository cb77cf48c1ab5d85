"""What a decision says besides the contact: steps, sums, reasons, verdicts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from dunning_facts import (
    STANDARD,
    WEEKEND,
    a,
    b,
    c,
    case,
    day,
    disputed,
    hold,
    item,
    on_way,
    planned,
    policy,
    promised,
    standard,
)

from engine.dunning import Level, Step, advance, carry_over, decide
from engine.errors import InvalidDunning
from engine.open_items import Ladder
from engine.rest_days import ContactCalendar


def steps(situation, on):
    return [
        (step.item, step.level, step.kind, step.position)
        for step in decide(*situation, day(on)).steps
    ]


def reason(situation, on):
    found = decide(*situation, day(on)).reason
    return found.code, dict(found.facts)


# === Steps === #


def test_a_notice_that_was_missed_is_recorded_on_the_first_overdue_day():
    assert steps(case(a()), 1) == [("a", "announce", "not_applicable", 1)]


def test_a_notice_is_no_reminder():
    assert steps(case(a()), -5) == [("a", "announce", "announced", 1)]


def test_other_overdue_items_go_up_one_level_each():
    situation = case(a(-20, done="firm", on=-10), b(-1), c(-10, done="last", on=-2))
    assert steps(situation, 0) == [
        ("b", "announce", "not_applicable", 1),
        ("a", "last", "reminded", 4),
        ("b", "friendly", "reminded", 2),
        ("c", "last", "listed", 4),
    ]


def test_an_item_without_a_reminder_does_not_step_over_a_formal_level():
    ladder = (*STANDARD[:3], Level("notice", 20, formal=True), Level("call", 30))
    situation = case(
        a(-30, at=4, on=-10), b(-25, at=3, listed=False), rules=policy(ladder)
    )
    assert steps(situation, 0) == [
        ("a", "call", "reminded", 5),
        ("b", "call", "listed", 3),
    ]


def test_a_level_that_is_not_applicable_is_recorded_though_nothing_may_leave():
    rules = standard(friendly={"amount_from": Decimal(500)})
    shut = replace(rules, calendar=ContactCalendar(holidays=frozenset({day(3)})))
    assert steps(case(a(done="announce", on=-5), rules=shut), 3) == [
        ("a", "friendly", "not_applicable", 2)
    ]


def test_several_levels_may_not_apply_on_one_day_of_an_outage():
    rules = standard(
        friendly={"payer_classes": frozenset({"slow"})},
        firm={"invoices_from": 2},
    )
    assert steps(case(a(), rules=rules), 30) == [
        ("a", "announce", "not_applicable", 1),
        ("a", "friendly", "not_applicable", 2),
        ("a", "firm", "not_applicable", 3),
        ("a", "last", "reminded", 4),
    ]


def test_no_second_step_on_a_day_even_without_a_rest():
    rules = standard(firm={"rest": 0, "amount_from": Decimal(500)})
    late = a(done="friendly", on=30)
    assert steps(case(late, contacts=[30], rules=rules), 30) == []
    assert steps(case(late, contacts=[30], rules=rules), 31) == [
        ("a", "firm", "not_applicable", 3)
    ]


def test_what_is_kept_out_stands_still():
    for kept in (a(parts=[disputed()]), a(hold=hold()), a(amount=0)):
        assert steps(case(kept), 30) == []


def test_while_sending_is_off_nothing_is_written():
    assert steps(case(a(), sending_on=False), 30) == []


# === Ladders === #


@pytest.mark.parametrize(
    ("kind", "position", "expected"),
    [
        ("announced", 3, Ladder(3, day(9), False)),
        ("reminded", 3, Ladder(3, day(9), True)),
        ("listed", 2, Ladder(2, day(9), True)),
        ("not_applicable", 3, Ladder(3, day(1), False)),
    ],
)
def test_a_step_moves_the_ladder(kind, position, expected):
    step = Step("a", "firm", kind, position)
    assert advance(Ladder(2, day(1)), step, day(9)) == expected


def test_listing_again_starts_no_rest():
    ladder = Ladder(2, day(1), True)
    assert advance(ladder, Step("a", "firm", "listed", 2), day(9)) == ladder


def test_what_was_listed_stays_listed():
    step = Step("a", "firm", "announced", 3)
    assert advance(Ladder(2, day(1), True), step, day(9)).listed


@pytest.mark.parametrize(
    ("kind", "position"),
    [("reminded", 4), ("reminded", 2), ("not_applicable", 5), ("listed", 3)],
)
def test_a_ladder_refuses_a_step_that_skips(kind, position):
    with pytest.raises(InvalidDunning) as refusal:
        advance(Ladder(2, day(1)), Step("a", "firm", kind, position), day(9))
    assert refusal.value.code == "invalid_dunning"
    assert refusal.value.details["position"] == 2


@pytest.mark.parametrize(
    ("position", "expected"),
    [(0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 3), (9, 3)],
)
def test_another_policy_goes_on_where_its_days_say(position, expected):
    slower = policy((Level("first", 7), Level("second", 30), Level("third", 40)))
    assert carry_over(position, old=policy(), new=slower) == expected


@pytest.mark.parametrize("position", range(len(STANDARD) + 1))
def test_the_same_policy_changes_nothing(position):
    assert carry_over(position, old=policy(), new=policy()) == position


@pytest.mark.parametrize(
    "values",
    [
        {"levels": (Level("x", 3), Level("y", 3))},
        {"levels": (Level("x", 5), Level("y", 3))},
        {"levels": (Level("x", 3), Level("x", 5))},
        {"levels": (Level("x", 3, -1),)},
        {"grace": -1},
        {"smallest": -1},
        {"first_shift": -1},
        {"contacts_a_week": 0},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(values):
    with pytest.raises(InvalidDunning):
        policy(**values)


# === Contacts === #


def test_a_contact_asks_for_what_is_left_by_currency():
    situation = case(
        a(parts=[disputed(30)]), b(-2), c(currency="USD", amount=80), eur=40, usd=5
    )
    contact = decide(*situation, day(3)).contact
    assert contact.items == ("b", "a", "c")
    assert contact.totals == (("EUR", Decimal(130)), ("USD", Decimal(75)))


def test_while_sending_is_off_the_contact_is_shown_and_withheld():
    decision = decide(*case(a(), sending_on=False), day(3))
    assert decision.contact is None
    assert decision.withheld.level == "friendly"


def test_a_contact_of_today_is_the_next_one():
    decision = decide(*case(a()), day(3))
    assert (decision.next_on, decision.next_level) == (day(3), "friendly")


# === Reasons === #


@pytest.mark.parametrize(
    ("situation", "on", "code", "facts"),
    [
        (
            case(a(-7, done="friendly", on=-4), b(-8, done="friendly", on=-3)),
            4,
            "due",
            {"item": "b", "due": day(-8), "level": "firm", "last_step": day(-3)},
        ),
        (
            case(a()),
            -5,
            "announced",
            {"item": "a", "due": day(0), "level": "announce", "last_step": None},
        ),
        (
            # The older one stands at the same level and would still rest.
            case(a(-40, done="last", on=-7), b(-30, done="last", on=-10)),
            0,
            "due",
            {"item": "b", "due": day(-30), "level": "formal", "last_step": day(-10)},
        ),
        (case(), 3, "nothing_owed", {}),
        (
            case(a(), eur=130),
            3,
            "covered",
            {"credits": ("credit",), "net": Decimal(-30), "currency": "EUR"},
        ),
        (
            case(a(), b(9), eur=100, usd=50),
            3,
            "covered",
            {"credits": ("credit",), "net": Decimal(100), "currency": "EUR"},
        ),
        (
            case(a(), hold=hold(until=9, since=1)),
            3,
            "held",
            {"cause": "hold", "since": day(1), "until": day(9)},
        ),
        (
            case(a(hold=hold("undecided", since=-9))),
            3,
            "undecided",
            {"cause": "undecided", "since": day(-9), "until": None},
        ),
        (case(a(), sending_on=False), 3, "sending_off", {"level": "friendly"}),
        (
            case(a(2), rules=policy(calendar=WEEKEND)),
            5,
            "rest_day",
            {"last": None, "next": day(7)},
        ),
        (
            case(a(), contacts=[-9, 1]),
            3,
            "week_full",
            {"last": day(1), "next": day(8)},
        ),
        (case(a(), contacts=[3]), 3, "contacted", {"last": day(3), "next": day(10)}),
        (case(a(9), b(20), eur=100), 3, "not_due", {"due": day(20)}),
        (
            case(a(amount=7), b(amount=2), rules=policy(smallest=50)),
            3,
            "below_smallest",
            {"amount": Decimal(9), "smallest": Decimal(50)},
        ),
        (
            case(
                a(parts=[disputed(100, 16, since=2)]),
                b(parts=[disputed(until=9)]),
                c(currency="USD", parts=[disputed()], company=90),
            ),
            3,
            "disputed",
            {
                "amount": Decimal(200),
                "currency": "EUR",
                "since": day(2),
                "until": day(9),
            },
        ),
        (
            case(a(parts=[promised(100, 16, since=2)])),
            3,
            "promised",
            {
                "amount": Decimal(100),
                "currency": "EUR",
                "since": day(2),
                "until": day(16),
            },
        ),
        (
            case(a(parts=[planned(100, 30)])),
            3,
            "planned",
            {
                "amount": Decimal(100),
                "currency": "EUR",
                "since": None,
                "until": day(30),
            },
        ),
        (
            case(a(parts=[on_way(since=1)])),
            3,
            "on_way",
            {"amount": Decimal(100), "currency": "EUR", "since": day(1), "until": None},
        ),
        (
            case(a(done="friendly", on=3), b(done="firm", on=4)),
            5,
            "resting",
            {"last_step": day(4), "day": day(10), "level": "firm"},
        ),
        (
            case(a(), b(-1)),
            1,
            "grace",
            {"until": day(1), "day": day(2), "level": "friendly"},
        ),
        (
            case(a(done="file", on=45), b(done="file", on=44)),
            60,
            "ladder_done",
            {"last_step": day(45)},
        ),
        (
            case(a(), rules=policy(STANDARD[4:])),
            40,
            "not_listed",
            {"level": "formal"},
        ),
    ],
)
def test_a_reason_carries_the_facts_of_its_sentence(situation, on, code, facts):
    assert reason(situation, on) == (code, facts)


# === Verdicts === #


@pytest.mark.parametrize(
    ("one", "eur", "on", "expected"),
    [
        (a(), 0, 3, ("due", "friendly", day(3))),
        (a(), 0, 1, ("due", "friendly", day(3))),
        (a(), 0, -9, ("not_due", "announce", day(-5))),
        (a(amount=0), 0, 3, ("paid", None, None)),
        (a(), 100, 3, ("covered", None, None)),
        (a(parts=[disputed(60), promised(40, 9)]), 0, 3, ("disputed", None, None)),
        (a(parts=[disputed(40), promised(60, 9)]), 0, 3, ("promised", None, None)),
        (a(parts=[on_way()]), 0, 3, ("on_way", None, None)),
        (a(parts=[planned(until=9)]), 0, 3, ("planned", None, None)),
        (a(hold=hold()), 0, 3, ("held", None, None)),
        (a(hold=hold("blocked")), 0, 3, ("blocked", None, None)),
        (a(done="file", on=45), 0, 60, ("due", None, None)),
    ],
)
def test_each_item_has_its_word(one, eur, on, expected):
    (verdict,) = decide(*case(one, eur=eur), day(on)).items
    assert (verdict.state, verdict.level, verdict.day) == expected


def test_a_notice_whose_rest_outlasts_its_time_is_not_announced_as_next():
    rules = policy((Level("early", -10), Level("near", -3, 10), *STANDARD[1:]))
    (verdict,) = decide(*case(a(10, at=1, on=5), rules=rules), day(8)).items
    assert (verdict.level, verdict.day) == (None, None)


def test_two_items_of_one_key_are_refused():
    with pytest.raises(InvalidDunning):
        decide(*case(item("a"), item("a")), day(3))
