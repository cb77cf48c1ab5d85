"""The completeness map: billed once, or it shows."""

from datetime import date
from itertools import pairwise

import pytest
from ledger import Story
from lines import line, money, opening

from engine.charging import BilledEntry, Pause, coverage
from engine.coverage import due_days, paint
from engine.periods import Period

SPRING = Period(date(2026, 2, 1), date(2026, 6, 1))


def states(terms, billed, span=SPRING):
    return [
        (f.state, str(f.period.start), str(f.period.last))
        for f in coverage(terms, billed, span)
    ]


def charge(first, last, amount="300.00", state="posted", kind="charge"):
    period = Period.inclusive(date(2026, 3, first), date(2026, 3, last))
    return BilledEntry(kind, period, money(amount), money(amount), state)


def test_promised_days_are_missing_until_they_are_billed():
    story = Story(line(end=date(2026, 5, 1)))
    assert states(story.terms, ())[1][0] == "missing"
    story.run(date(2026, 3, 1))
    assert states(story.terms, story.billed) == [
        ("not_contracted", "2026-02-01", "2026-02-28"),
        ("billed", "2026-03-01", "2026-03-31"),
        ("missing", "2026-04-01", "2026-04-30"),
        ("not_contracted", "2026-05-01", "2026-05-31"),
    ]


def test_opened_days_are_billed_and_void_ones_are_not():
    billed = [*opening(date(2026, 3, 1), date(2026, 3, 9), "87.10")]
    billed.append(charge(10, 31, "212.90", state="void"))
    found = states(line(), billed, Period(date(2026, 3, 1), date(2026, 4, 1)))
    assert [row[0] for row in found] == ["billed", "missing"]


def test_day_charged_twice_shows_as_double():
    found = states(line(end=date(2026, 4, 1)), [charge(1, 31), charge(10, 12, "29.03")])
    assert ("double", "2026-03-10", "2026-03-12") in found


def test_paused_days_are_paused_and_a_paused_charge_is_outside_until_credited():
    story = Story(line(end=date(2026, 4, 1)))
    story.run(date(2026, 3, 1))
    story.edit(pauses=(Pause(date(2026, 3, 10), date(2026, 3, 20)),))
    assert ("outside", "2026-03-10", "2026-03-19") in states(story.terms, story.billed)
    story.run(date(2026, 3, 10))
    assert ("paused", "2026-03-10", "2026-03-19") in states(story.terms, story.billed)


def test_pause_that_moves_the_end_is_not_outside():
    story = Story(line(end=date(2026, 4, 1), extend_on_pause=True))
    story.run(date(2026, 3, 1))
    story.edit(pauses=(Pause(date(2026, 3, 10), date(2026, 3, 20)),))
    assert ("paused", "2026-03-10", "2026-03-19") in states(story.terms, story.billed)


@pytest.mark.parametrize("price", ["300.00", "-20.00", "0.00"])
def test_days_after_an_early_end_are_not_contracted_once_settled(price):
    story = Story(line(price, end=date(2026, 4, 1)))
    story.run(date(2026, 3, 1))
    story.edit(end=date(2026, 3, 22))
    story.run(date(2026, 3, 22))
    assert states(story.terms, story.billed)[1:] == [
        ("billed", "2026-03-01", "2026-03-21"),
        ("not_contracted", "2026-03-22", "2026-05-31"),
    ]


def test_days_kept_in_full_without_proration_are_not_outside():
    story = Story(line(basis="none", end=date(2026, 4, 1)))
    story.run(date(2026, 3, 1))
    story.edit(end=date(2026, 3, 22))
    assert "outside" not in [row[0] for row in states(story.terms, story.billed)]


def test_map_has_no_gap_and_each_run_of_days_is_as_long_as_it_can_be():
    story = Story(line(pauses=(Pause(date(2026, 4, 10), date(2026, 4, 20)),)))
    story.run(date(2026, 6, 1))
    found = coverage(story.terms, story.billed, SPRING)
    assert (found[0].period.start, found[-1].period.end) == (SPRING.start, SPRING.end)
    for one, two in pairwise(found):
        assert one.period.end == two.period.start
        assert one.state != two.state


def test_days_due_and_billed_are_counted():
    story = Story(line(end=date(2026, 6, 1)))
    story.run(date(2026, 4, 1))
    assert due_days(story.terms, story.billed, date(2026, 4, 30)) == (61, 61)
    assert due_days(story.terms, story.billed, date(2026, 5, 1)) == (61, 92)


def test_paused_days_are_not_due():
    paused = line(pauses=(Pause(date(2026, 3, 11), date(2026, 3, 21)),))
    assert due_days(paused, (), date(2026, 3, 1)) == (0, 21)


def test_in_arrears_the_running_month_is_not_due():
    assert due_days(line(timing="in_arrears"), (), date(2026, 3, 31)) == (0, 0)


def test_days_that_fall_due_later_are_not_due_instead_of_missing():
    found = coverage(line(end=date(2026, 5, 1)), (), SPRING, as_of=date(2026, 3, 31))
    assert [(f.state, f.period.days) for f in found] == [
        ("not_contracted", 28),
        ("missing", 31),
        ("not_due", 30),
        ("not_contracted", 31),
    ]


def test_days_that_were_given_up_are_waived_unless_taken_back():
    waiver = charge(1, 31, kind="waiver")
    free = charge(1, 31, "0.00")
    terms = line(end=date(2026, 4, 1))
    assert [row[0] for row in states(terms, [free, waiver])][1] == "waived"
    back = charge(1, 31, "-300.00", kind="waiver")
    assert [row[0] for row in states(terms, [free, waiver, back])][1] == "billed"


def test_days_of_another_state_are_painted_between_the_others():
    days = coverage(line(end=date(2026, 4, 1)), [charge(1, 31)], SPRING)
    piece = Period(date(2026, 3, 10), date(2026, 3, 20))
    found = paint(days, [piece], "edited")
    assert [(f.state, f.period.days) for f in found] == [
        ("not_contracted", 28),
        ("billed", 9),
        ("edited", 10),
        ("billed", 12),
        ("not_contracted", 61),
    ]
