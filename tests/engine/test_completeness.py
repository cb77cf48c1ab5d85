"""Holes, doubles, days outside the contract and edits, each with days and amount."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from ledger import Story
from lines import APRIL, change, line, money, opening, version
from proof import facts_of, faults, look

from engine.charging import BilledEntry, Pause
from engine.completeness import DUE_STATES, examine
from engine.faithful import Record, is_faithful
from engine.findings import Finding, overlaps
from engine.periods import Period

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
MAY = date(2026, 5, 20)


def billed(until=MAY, **values):
    """A line of 300.00 from 1 March, run on the first of each month."""
    story = Story(line(**values))
    for month in range(3, until.month + 1):
        story.run(date(2026, month, 1))
    return story


def without(story, position):
    return [e for i, e in enumerate(story.billed) if i != position]


def with_(story, position, **values):
    return [
        replace(e, **values) if i == position else e for i, e in enumerate(story.billed)
    ]


def found(story, ledger=None, as_of=MAY, span=YEAR):
    facts = facts_of(story)
    if ledger is None:
        return faults(look(story.terms, story.billed, facts, as_of, span))
    kept = dict(zip(map(id, story.billed), story.billed, strict=True))
    for old, new in zip(story.billed, ledger, strict=False):
        if id(new) not in kept and id(old) in facts:
            facts[id(new)] = facts[id(old)]
    return faults(look(story.terms, ledger, facts, as_of, span))


def test_clean_ledger_has_no_fault():
    story = billed()
    assert found(story) == []
    seen = look(story.terms, story.billed, facts_of(story), MAY, YEAR)
    assert (seen.count(*DUE_STATES), seen.count("billed")) == (92, 92)
    assert seen.count("not_due") == 214


def test_deleted_charge_is_a_hole_of_its_days_and_price():
    story = billed()
    assert found(story, without(story, 1)) == [
        ("hole", "2026-04-01", "2026-04-30", 30, "300.00")
    ]


def test_hole_is_prorated_as_a_charge_would_be():
    story = billed(start=date(2026, 3, 17))
    assert found(story, without(story, 0)) == [
        ("hole", "2026-03-17", "2026-03-31", 15, "145.16")
    ]


def test_hole_that_reaches_beyond_the_span_counts_for_its_days_in_it():
    story = billed()
    half = Period(date(2026, 4, 16), date(2026, 6, 1))
    assert found(story, without(story, 1), span=half) == [
        ("hole", "2026-04-16", "2026-04-30", 15, "150.00")
    ]
    assert found(story, without(story, 0), span=half) == []


def test_waiver_left_behind_by_a_deleted_charge_covers_nothing():
    story = Story(line(start=date(2026, 3, 17), first_period="free"))
    story.run(date(2026, 3, 17))
    assert [entry.kind for entry in story.billed] == ["charge", "waiver"]
    assert found(story, story.billed[1:], as_of=date(2026, 3, 20)) == [
        ("hole", "2026-03-17", "2026-03-31", 15, "0.00")
    ]


def test_hole_before_the_span_is_left_out_of_it():
    terms = line(start=date(2026, 4, 1), end=date(2026, 4, 10))
    seen = look(terms, [], {}, MAY, Period(date(2026, 4, 16), date(2026, 6, 1)))
    assert faults(seen) == []


def test_hole_leaves_paused_days_out():
    story = Story(line(pauses=(Pause(date(2026, 4, 11), date(2026, 4, 21)),)))
    story.run(date(2026, 3, 1))
    assert found(story, as_of=date(2026, 4, 1)) == [
        ("hole", "2026-04-01", "2026-04-30", 20, "200.00")
    ]


def test_hole_of_a_free_first_period_costs_nothing():
    terms = line(start=date(2026, 3, 17), first_period="free")
    seen = look(terms, [], {}, date(2026, 3, 17), YEAR)
    assert faults(seen) == [("hole", "2026-03-17", "2026-03-31", 15, "0.00")]


def test_hole_of_a_free_first_period_stays_free_in_a_part_of_it():
    terms = line(start=date(2026, 3, 17), first_period="free")
    part = Period(date(2026, 3, 20), date(2026, 3, 22))
    seen = look(terms, [], {}, date(2026, 3, 17), part)
    assert faults(seen) == [("hole", "2026-03-20", "2026-03-21", 2, "0.00")]


def test_more_holes_than_one_run_may_bill_are_all_told():
    terms = line(catch_up_limit=1)
    seen = look(terms, [], {}, MAY, YEAR)
    assert [f[4] for f in faults(seen)] == ["300.00"] * 3


def test_in_arrears_a_period_is_no_hole_before_its_end():
    terms = line(timing="in_arrears")
    seen = look(terms, [], {}, date(2026, 3, 31), YEAR)
    assert faults(seen) == []
    assert {run.state for run in seen.days} == {"not_contracted", "not_due"}
    seen = look(terms, [], {}, date(2026, 4, 1), YEAR)
    assert [f[0] for f in faults(seen)] == ["hole"]


def test_resumption_to_come_is_not_due_though_its_period_began():
    story = Story(line(pauses=(Pause(date(2026, 3, 10)),)))
    story.run(date(2026, 3, 1))
    story.edit(pauses=(Pause(date(2026, 3, 10), date(2026, 3, 25)),))
    assert found(story, as_of=date(2026, 3, 20)) == []
    assert [f[1] for f in found(story, as_of=date(2026, 3, 25))] == ["2026-03-25"]


def test_copied_charge_is_a_double_of_what_it_settled():
    story = billed()
    assert found(story, [*story.billed, replace(story.billed[1])]) == [
        ("double", "2026-04-01", "2026-04-30", 30, "300.00")
    ]


def test_part_of_a_month_charged_again_is_a_double_of_that_part():
    story = billed()
    again = BilledEntry(
        "charge",
        Period(date(2026, 4, 16), date(2026, 5, 1)),
        money("150.00"),
        money("150.00"),
    )
    assert found(story, [*story.billed, again]) == [
        ("double", "2026-04-16", "2026-04-30", 15, "150.00")
    ]


def test_double_before_the_span_is_left_out_of_it():
    story = billed()
    late = Period(date(2026, 4, 16), date(2026, 6, 1))
    part = BilledEntry(
        "charge", Period(date(2026, 4, 1), date(2026, 4, 4)), money(0), money(0)
    )
    assert found(story, [*story.billed, part], span=late) == []


def test_charge_that_overlaps_by_a_third_is_a_double_of_a_third():
    story = billed(end=date(2026, 4, 1), until=date(2026, 3, 1))
    story.billed = [
        replace(story.billed[0], period=Period(date(2026, 3, 1), APRIL.end))
    ]
    story.billed[0] = replace(story.billed[0], settled=money("290.32"))
    late = BilledEntry(
        "opening", Period(date(2026, 4, 21), date(2026, 5, 21)), money("30"), money(0)
    )
    seen = examine(story.terms, [*story.billed, late], YEAR, MAY)
    assert [(f.kind, f.days, f.amount) for f in seen.findings] == [
        ("double", 10, money("10.00"))
    ]


@pytest.mark.parametrize(("credit", "left"), [("-300.00", []), ("-100.00", ["200.00"])])
def test_double_that_was_credited_counts_for_the_rest(credit, left):
    story = billed()
    twin = replace(story.billed[1])
    back = BilledEntry("adjustment", APRIL, money(credit), money(credit))
    ledger = [*story.billed, twin, back]
    seen = examine(story.terms, ledger, YEAR, MAY)
    assert [str(f.amount) for f in seen.findings] == left


def test_double_of_a_credit_line_is_negative():
    story = billed(price="-20.00")
    twin = replace(story.billed[1])
    assert [f[4] for f in found(story, [*story.billed, twin])] == ["-20.00"]


def test_edited_amount_is_found_with_its_difference():
    story = billed()
    assert found(story, with_(story, 1, settled=money("280.00"))) == [
        ("edited", "2026-04-01", "2026-04-30", 30, "-20.00")
    ]


def test_edited_days_are_counted_apart():
    story = billed()
    ledger = with_(story, 1, settled=money("280.00"))
    facts = dict.fromkeys(map(id, ledger), story.charges[1].facts)
    seen = look(story.terms, ledger, facts, MAY, YEAR)
    assert (seen.count("edited"), seen.count("billed")) == (30, 62)


def test_double_stays_a_double_where_the_other_charge_was_edited_too():
    story = billed()
    ledger = [*with_(story, 1, settled=money("280.00")), replace(story.billed[1])]
    facts = dict.fromkeys(map(id, ledger), story.charges[1].facts)
    seen = look(story.terms, ledger, facts, MAY, YEAR)
    assert [f[0] for f in faults(seen)] == ["double", "edited"]
    assert (seen.count("double"), seen.count("edited")) == (30, 0)


def test_charge_moved_out_of_the_contract_is_outside_and_leaves_a_hole():
    story = billed(end=date(2026, 6, 1))
    july = Period(date(2026, 7, 1), date(2026, 8, 1))
    assert found(story, with_(story, 1, period=july)) == [
        ("hole", "2026-04-01", "2026-04-30", 30, "300.00"),
        ("outside", "2026-07-01", "2026-07-31", 31, "300.00"),
    ]


def test_charge_over_a_boundary_shows_though_its_amount_is_right():
    story = billed(basis="none")
    ledger = with_(story, 1, period=Period(date(2026, 4, 1), date(2026, 5, 1)))
    assert found(story, ledger) == []
    april_and_may = Period(date(2026, 4, 1), date(2026, 6, 1))
    ledger = [
        story.billed[0],
        replace(story.billed[1], period=april_and_may, settled=money("600.00")),
    ]
    assert [f[0] for f in found(story, ledger)] == ["edited"]


def test_planned_pause_of_days_charged_before_is_no_fault():
    story = billed()
    story.edit(pauses=(Pause(date(2026, 5, 25), date(2026, 5, 28)),))
    seen = look(story.terms, story.billed, facts_of(story), MAY, YEAR)
    assert (faults(seen), seen.count("paused")) == ([], 3)


def test_change_that_the_next_run_settles_is_an_adjustment_and_no_fault():
    story = change(billed(), date(2026, 5, 11), "400.00")
    seen = look(story.terms, story.billed, facts_of(story), MAY, YEAR)
    assert faults(seen) == []
    assert seen.findings == (
        Finding(
            "adjustment", Period(date(2026, 5, 1), date(2026, 6, 1)), 31, money("67.74")
        ),
    )


def test_early_end_that_the_next_run_credits_is_an_adjustment():
    story = billed().edit(end=date(2026, 5, 16))
    seen = look(story.terms, story.billed, facts_of(story), MAY, YEAR)
    assert [(f.kind, str(f.amount)) for f in seen.findings] == [
        ("adjustment", "-154.84")
    ]
    assert seen.count("outside") == 0


@pytest.mark.parametrize(
    ("edit", "kinds"),
    [
        ({}, []),
        ({"versions": "change"}, ["adjustment"]),
        ({"pauses": (Pause(date(2026, 3, 5), date(2026, 3, 8)),)}, ["adjustment"]),
        ({"end": date(2026, 3, 11)}, ["adjustment"]),
    ],
)
def test_opened_days_keep_no_facts_and_are_judged_by_the_terms(edit, kinds):
    story = Story(line(), tuple(opening(date(2026, 3, 1), date(2026, 3, 31), "300.00")))
    story.run(date(2026, 4, 1))
    if edit.get("versions"):
        story = change(story, date(2026, 3, 11), "400.00")
    else:
        story.edit(**edit)
    seen = look(story.terms, story.billed[:1], {}, date(2026, 3, 31), YEAR)
    assert [f.kind for f in seen.findings] == kinds


def test_opening_that_was_edited_or_moved_is_found():
    terms = line()
    (opened,) = opening(date(2026, 3, 1), date(2026, 3, 31), "299.00")
    seen = look(terms, [opened], {}, date(2026, 3, 31), YEAR)
    assert faults(seen) == [("edited", "2026-03-01", "2026-03-31", 31, "-1.00")]
    (moved,) = opening(date(2026, 2, 28), date(2026, 3, 31), "300.00")
    seen = look(terms, [moved], {}, date(2026, 3, 31), YEAR)
    assert faults(seen) == [("outside", "2026-02-28", "2026-02-28", 1, "0.00")]


def test_orphan_of_a_deleted_charge_is_part_of_the_hole():
    story = change(billed(), date(2026, 5, 11), "400.00")
    story.run(MAY)
    assert found(story, without(story, 2)) == [
        ("hole", "2026-05-01", "2026-05-31", 31, "300.00")
    ]


# === What an entry says of itself === #


def record(story, position, **values):
    entry = story.billed[position]
    facts = facts_of(story)[id(entry)]
    return Record(replace(entry, **values), facts)


def test_entry_without_facts_is_not_faithful():
    story = billed()
    for facts in (None, {}, {"document": "INV/1"}):
        bare = Record(story.billed[0], facts)
        assert is_faithful(story.terms, [bare]) is False


def test_given_up_charge_is_faithful_with_its_waiver_only():
    story = billed()
    nothing = record(story, 0, settled=money(0), charged=money(0))
    waiver = record(story, 0, kind="waiver", charged=money(0))
    assert is_faithful(story.terms, [nothing, waiver]) is True
    assert is_faithful(story.terms, [nothing]) is False


@pytest.mark.parametrize(
    ("settled", "charged", "concession", "faithful"),
    [
        ("-100.00", "-100.00", "0", True),
        ("-90.00", "-100.00", "0", False),
        ("100.00", "60.00", "40.00", True),
    ],
)
def test_entry_of_a_credit_note_says_what_its_document_says(
    settled, charged, concession, faithful
):
    story = billed()
    entry = BilledEntry("adjustment", APRIL, money(settled), money(charged))
    facts = {"document": "INV/2", "corrects": 7}
    told = Record(entry, facts, story.billed[1], Decimal(concession))
    assert is_faithful(story.terms, [told]) is faithful
    # Without what it corrects nothing can be told.
    assert is_faithful(story.terms, [Record(entry, facts)]) is None
    waiver = Record(replace(entry, kind="waiver"), facts, story.billed[1])
    assert is_faithful(story.terms, [waiver]) is True


# === Lines of one chain === #


def test_successor_that_starts_the_day_after_does_not_overlap():
    chain = [line(end=date(2026, 4, 16)), line(start=date(2026, 4, 16))]
    assert list(overlaps(chain, YEAR)) == []


def test_successor_that_starts_too_early_overlaps_with_what_it_promises():
    late = line(start=date(2026, 4, 1), more=[version(date(2026, 5, 1), "400.00")])
    chain = [line(end=date(2026, 4, 16)), late]
    assert list(overlaps(chain, YEAR)) == [
        (
            1,
            Finding(
                "overlap",
                Period(date(2026, 4, 1), date(2026, 4, 16)),
                15,
                money("150.00"),
            ),
        )
    ]
