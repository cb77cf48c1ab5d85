"""What holds for any debtor, whatever happens to it in ninety days."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

from debtor import LENGTH, debtors, week_of
from dunning_facts import day, hold, part
from hypothesis import given
from hypothesis import strategies as st

from engine.dunning import ReasonCode, decide
from engine.open_items import askable

KEPT = st.sampled_from(["disputed", "promised", "planned", "on_way"])
DAYS = st.integers(0, LENGTH)


@given(debtors())
def test_no_seven_days_hold_more_contacts_than_the_policy_allows(debtor):
    for on in debtor.contacts:
        within = [past for past in week_of(on) if past in debtor.contacts]
        assert len(within) <= debtor.policy.contacts_a_week
        assert debtor.policy.calendar.is_open(on)


@given(debtors())
def test_nobody_is_asked_for_more_than_it_owes_less_its_credits(debtor):
    for on, contact in debtor.contacts.items():
        facts = debtor.seen[on]
        for currency, total in contact.totals:
            owed = sum(i.amount for i in facts.items if i.currency == currency)
            given_back = sum(c.amount for c in facts.credits if c.currency == currency)
            assert 0 < total <= owed - given_back


@given(debtors())
def test_nobody_is_reminded_of_what_is_paid_or_left_in_peace(debtor):
    for on, contact in debtor.contacts.items():
        facts = debtor.seen[on]
        assert facts.sending_on
        assert not (facts.hold and facts.hold.keeps(on))
        shares = askable(facts.items, facts.credits, on=on)
        for item in facts.items:
            if item.key in contact.items:
                assert shares[item.key].left > 0
                assert not (item.hold and item.hold.keeps(on))


@given(debtors())
def test_no_level_is_skipped_and_each_is_recorded(debtor):
    for item in debtor.facts.items:
        steps = debtor.steps_of(item.key)
        positions = [step.position for step in steps]
        assert positions == list(range(1, item.ladder.position + 1))
        levels = [level.key for level in debtor.policy.levels]
        assert [step.level for step in steps] == levels[: len(steps)]


@given(debtors())
def test_an_item_goes_up_at_most_one_level_by_a_contact(debtor):
    for decision in debtor.decisions.values():
        moved = [s.item for s in decision.steps if s.kind in ("reminded", "announced")]
        assert len(moved) == len(set(moved))
        assert bool(moved) <= bool(decision.contact)
        if decision.contact:
            assert set(moved) <= set(decision.contact.items)


@given(debtors())
def test_every_contact_moves_the_item_that_called_for_it(debtor):
    for on, contact in debtor.contacts.items():
        decision = debtor.decisions[on]
        called = decision.reason.facts["item"]
        assert called in contact.items
        assert (called, contact.level) in [
            (s.item, s.level)
            for s in decision.steps
            if s.kind in ("reminded", "announced")
        ]


@given(debtors())
def test_a_formal_level_lists_only_what_a_reminder_has_listed(debtor):
    formal = {level.key for level in debtor.policy.levels if level.formal}
    reminded = set()
    for on in sorted(debtor.contacts):
        contact = debtor.contacts[on]
        if contact.level in formal:
            assert set(contact.items) <= reminded
        overdue = {i.key for i in debtor.seen[on].items if i.due < on}
        reminded |= set(contact.items) & overdue


@given(debtors())
def test_the_item_that_calls_for_a_contact_has_had_its_rest(debtor):
    rests = {level.key: level.rest for level in debtor.policy.levels}
    for on, contact in debtor.contacts.items():
        called = debtor.decisions[on].reason.facts["item"]
        (last,) = (i.ladder.last_step for i in debtor.seen[on].items if i.key == called)
        if last:
            assert (on - last).days >= max(1, rests[contact.level])


@given(debtors())
def test_there_is_always_a_reason(debtor):
    for decision in debtor.decisions.values():
        assert decision.reason.code in get_args(ReasonCode)
        assert bool(decision.contact) == (decision.reason.code in ("due", "announced"))


@st.composite
def moments(draw):
    """A debtor on some day of its life, before that day's run."""
    number = draw(DAYS)
    debtor = draw(debtors(number - 1))
    debtor.happen(day(number))
    return debtor, day(number)


@given(moments())
def test_a_second_run_of_the_day_has_nothing_to_do(moment):
    debtor, on = moment
    debtor.run(on)
    again = decide(debtor.facts, debtor.policy, on)
    assert again.contact is None
    assert again.steps == ()


@given(moments(), KEPT, st.integers(0, 4))
def test_an_answer_stops_the_ladder_of_its_part_the_same_day(moment, kind, number):
    debtor, on = moment
    item = debtor.facts.items[number % len(debtor.facts.items)]
    kept = replace(item, parts=(part(kind, item.amount, 400),))
    items = tuple(kept if i is item else i for i in debtor.facts.items)
    decision = decide(replace(debtor.facts, items=items), debtor.policy, on)
    assert item.key not in {step.item for step in decision.steps}
    if decision.contact:
        assert item.key not in decision.contact.items


@given(moments(), st.integers(0, 4))
def test_what_is_not_disputed_of_an_item_is_all_that_is_asked(moment, number):
    debtor, on = moment
    item = debtor.facts.items[number % len(debtor.facts.items)]
    kept = replace(item, parts=(part("disputed", item.amount / 2),))
    items = tuple(kept if i is item else i for i in debtor.facts.items)
    decision = decide(replace(debtor.facts, items=items), debtor.policy, on)
    verdict = next(v for v in decision.items if v.item == item.key)
    assert verdict.share.left <= item.amount / 2


@given(moments(), st.sampled_from(["hold", "answer", "blocked", "undecided"]))
def test_a_hold_of_the_case_stops_all_of_it_the_same_day(moment, cause):
    debtor, on = moment
    facts = replace(debtor.facts, hold=hold(cause))
    decision = decide(facts, debtor.policy, on)
    assert decision.contact is None
    assert decision.steps == ()
    assert decision.next_on is None


@given(moments())
def test_once_all_is_paid_nothing_leaves_for_ever(moment):
    debtor, on = moment
    paid = tuple(replace(i, amount=0 * i.amount) for i in debtor.facts.items)
    decision = decide(replace(debtor.facts, items=paid), debtor.policy, on)
    assert decision.reason.code == "nothing_owed"
    assert decision.next_on is None
    assert decision.steps == ()


@given(moments())
def test_nothing_leaves_before_the_day_announced_and_something_does_on_it(moment):
    debtor, on = moment
    debtor.facts = replace(debtor.facts, sending_on=True)
    announced = decide(debtor.facts, debtor.policy, on)
    last = announced.next_on or on + timedelta(days=120)
    while on < last:
        decision = debtor.run(on)
        assert decision.contact is None
        assert decision.next_on == announced.next_on
        assert decision.next_level == announced.next_level
        on += timedelta(days=1)
    contact = debtor.run(on).contact
    assert (contact and contact.level) == announced.next_level


@given(moments())
def test_switching_sending_off_withholds_the_contact_and_writes_nothing(moment):
    debtor, on = moment
    live = decide(replace(debtor.facts, sending_on=True), debtor.policy, on)
    off = decide(replace(debtor.facts, sending_on=False), debtor.policy, on)
    assert (off.contact, off.steps) == (None, ())
    assert off.withheld == live.contact
    assert (off.next_on, off.next_level) == (live.next_on, live.next_level)


@given(moments())
def test_the_parts_of_an_item_add_up_to_it(moment):
    debtor, on = moment
    for item, share in zip(
        debtor.facts.items,
        askable(debtor.facts.items, debtor.facts.credits, on=on).values(),
        strict=True,
    ):
        parts = [getattr(share, name) for name in share.__slots__]
        assert sum(parts) == item.amount
        assert min(parts) >= 0
