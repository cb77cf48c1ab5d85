"""A ledger that the engine wrote has no fault; what is done to it shows."""

from dataclasses import replace
from datetime import timedelta

from edits import KINDS, histories
from hypothesis import assume, given
from hypothesis import strategies as st
from ledger import Story
from proof import ALWAYS, facts_of, faults, look
from strategies import SIGNED
from strategies import terms as any_terms

from engine.adjusting import promised_on_covered
from engine.coverage import missing_days, units_in
from engine.faithful import Record, is_faithful

STATES = ("billed", "waived", "paused", "not_contracted", "not_due")
#: Also what happens to drafts.
DRAFTS = ("void", "concession")


def _charges(story):
    return [e for e in story.live if e.kind == "charge"]


@given(histories(kinds=KINDS + DRAFTS, prices=SIGNED))
def test_what_the_runs_wrote_has_no_fault(history):
    story, day = history
    story.run(day)
    seen = look(story.terms, story.billed, facts_of(story), day)
    assert faults(seen) == []
    assert {run.state for run in seen.days} <= set(STATES)


@given(histories(kinds=KINDS, prices=SIGNED), st.integers(0, 400))
def test_ledger_of_untouched_terms_has_no_fault_on_any_later_day_once_run(
    history, later
):
    story, day = history
    day += timedelta(days=later)
    story.run(day)
    assert faults(look(story.terms, story.billed, facts_of(story), day)) == []


@given(histories(kinds=KINDS), st.data())
def test_deleted_charge_is_a_hole(history, data):
    story, day = history
    story.run(day)
    assume(_charges(story))
    facts = facts_of(story)
    lost = data.draw(st.sampled_from(_charges(story)))
    rest = [e for e in story.billed if e is not lost]
    work = units_in(story.terms, rest, ALWAYS, day)
    due = [
        days
        for unit in work
        for _grid, pieces in missing_days(story.terms, unit, day)
        for days in pieces
    ]
    # A charge whose days are not promised any more, or not due any more, is no loss.
    assume(due)
    index_of = story.terms.rule.index_of
    seen = look(story.terms, rest, facts, day)
    holes = [fault for fault in faults(seen) if fault[0] == "hole"]
    assert sum(fault[3] for fault in holes) == sum(days.days for days in due)
    # Days that would have fallen due later come back with it, none of another charge.
    assert {index_of(d.start) for d in due} == {index_of(lost.period.start)}
    assert seen.count("missing") == sum(days.days for days in due)


@given(any_terms(), st.integers(0, 500), st.data())
def test_each_of_several_deleted_charges_is_a_hole_of_its_amount(terms, later, data):
    story = Story(terms)
    day = terms.start + timedelta(days=later)
    story.run(day)
    charges = [e for e in story.live if e.kind == "charge" and e.settled]
    assume(charges)
    lost = data.draw(st.sets(st.sampled_from(range(len(charges))), min_size=1))
    gone = [charges[i] for i in sorted(lost)]
    rest = [e for e in story.billed if not any(e is g for g in gone)]
    found = faults(look(terms, rest, facts_of(story), day))
    assert [(f[0], f[1], f[4]) for f in found] == [
        ("hole", str(_first_served(terms, e)), str(e.settled)) for e in gone
    ]


def _first_served(terms, entry):
    return terms.served(entry.period)[0].start


@given(histories(kinds=KINDS, prices=SIGNED), st.data())
def test_copied_charge_is_a_double_of_all_its_days(history, data):
    story, day = history
    story.run(day)
    assume(_charges(story))
    facts = facts_of(story)
    old = data.draw(st.sampled_from(_charges(story)))
    twin = replace(old)
    facts[id(twin)] = facts[id(old)]
    found = faults(look(story.terms, [*story.billed, twin], facts, day))
    assert [fault[:4] for fault in found] == [
        ("double", str(twin.period.start), str(twin.period.last), twin.period.days)
    ]


@given(histories(kinds=KINDS, prices=SIGNED), st.integers(-50, 50), st.data())
def test_edited_amount_shows(history, steps, data):
    story, day = history
    story.run(day)
    assume(steps and story.live)
    facts = facts_of(story)
    old = data.draw(st.sampled_from(story.live))
    new = replace(old, settled=old.settled + steps * story.terms.step)
    facts[id(new)] = facts[id(old)]
    edited = [new if e is old else e for e in story.billed]
    seen = look(story.terms, edited, facts, day)
    # An edit may undo another difference: the replay of facts finds that one.
    assume(
        any(
            new in unit.entries
            and unit.covered
            and unit.settled != promised_on_covered(story.terms, unit)
            for unit in units_in(story.terms, edited, ALWAYS, day)
        )
    )
    assert [fault[0] for fault in faults(seen)] in (["edited"], ["outside"])


@given(any_terms(basis="actual"), st.integers(30, 500), st.integers(-40, 40), st.data())
def test_moved_charge_shows(terms, later, shift, data):
    story = Story(terms)
    day = terms.start + timedelta(days=later)
    story.run(day)
    assume(shift and _charges(story))
    facts = facts_of(story)
    old = data.draw(st.sampled_from(_charges(story)))
    # What costs nothing, or the same for fewer days, shows once a lost day is due.
    assume(old.settled)
    moved = replace(
        old,
        period=replace(
            old.period,
            start=old.period.start + timedelta(days=shift),
            end=old.period.end + timedelta(days=shift),
        ),
    )
    facts[id(moved)] = facts[id(old)]
    edited = [moved if e is old else e for e in story.billed]
    assert faults(look(terms, edited, facts, day))


@given(histories(kinds=KINDS, prices=SIGNED))
def test_what_a_run_wrote_says_what_its_facts_give(history):
    story, _day = history
    facts = facts_of(story)
    records = [Record(e, facts[id(e)]) for e in story.billed]
    assert is_faithful(story.terms, records) is True


@given(histories(kinds=KINDS, prices=SIGNED), st.integers(0, 60))
def test_days_of_two_spans_are_those_of_both(history, length):
    story, day = history
    facts = facts_of(story)
    cut = story.terms.start + timedelta(days=length)
    whole = look(story.terms, story.billed, facts, day)
    parts = [
        look(story.terms, story.billed, facts, day, replace(ALWAYS, end=cut)),
        look(story.terms, story.billed, facts, day, replace(ALWAYS, start=cut)),
    ]
    for state in (*STATES, "missing", "double"):
        assert whole.count(state) == sum(part.count(state) for part in parts)
