"""Scheduled dates, next dates and the state a subscription shows."""

from datetime import date
from itertools import islice

import pytest
from ledger import Story
from lines import MARCH, line, opening, version

from engine.charging import Pause
from engine.invoice_dates import contracted_periods, due_periods, invoice_date
from engine.lifecycle import standing_on, state_on
from engine.next_dates import next_charge_date, next_invoice_date

MARCH_1, APRIL_1 = date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("timing", "lead_days", "expected"),
    [
        ("in_advance", 0, date(2026, 3, 1)),
        ("in_advance", 30, date(2026, 1, 30)),
        ("in_advance", -3, date(2026, 3, 4)),
        ("in_arrears", 0, date(2026, 4, 1)),
        ("in_arrears", 1, date(2026, 3, 31)),
        ("in_arrears", -10, date(2026, 4, 11)),
    ],
)
def test_scheduled_date_counts_from_the_period(timing, lead_days, expected):
    assert invoice_date(MARCH, timing=timing, lead_days=lead_days) == expected


def test_due_periods_are_clipped_by_start_and_end():
    terms = line(start=date(2026, 3, 10), end=date(2026, 5, 6))
    due = due_periods(terms, date(2027, 1, 1))
    assert [(str(d.period.start), str(d.period.last)) for d in due] == [
        ("2026-03-10", "2026-03-31"),
        ("2026-04-01", "2026-04-30"),
        ("2026-05-01", "2026-05-05"),
    ]
    assert [d.grid.start.day for d in due] == [1, 1, 1]
    assert [d.scheduled for d in due] == [d.period.start for d in due]


def test_line_closed_in_arrears_is_due_when_it_closes():
    terms = line(timing="in_arrears", end=date(2026, 3, 16))
    (due,) = due_periods(terms, date(2026, 3, 16))
    assert due.scheduled == date(2026, 3, 16)


def test_contracted_periods_stop_at_an_open_pause():
    terms = line(pauses=(Pause(date(2026, 4, 10)),))
    assert [d.period.last for d in contracted_periods(terms)] == [
        date(2026, 3, 31),
        date(2026, 4, 9),
    ]


def test_contracted_periods_begin_with_the_one_of_since():
    found = islice(contracted_periods(line(), since=date(2026, 7, 14)), 2)
    assert [d.grid.start.month for d in found] == [7, 8]


def test_next_charge_is_the_first_day_that_no_charge_covers():
    story = Story(line())
    assert next_charge_date(story.terms, ()) == MARCH_1
    story.run(MARCH_1)
    assert next_charge_date(story.terms, story.billed) == APRIL_1
    later = next_charge_date(story.terms, story.billed, after=date(2026, 6, 10))
    assert later == date(2026, 7, 1)


def test_next_charge_of_a_late_opening_is_the_hole_before_it():
    billed = opening(APRIL_1, date(2026, 5, 31), "600.00")
    assert next_charge_date(line(), billed) == MARCH_1


def test_line_that_is_billed_to_its_end_has_no_next_date():
    story = Story(line(end=date(2026, 5, 1)))
    story.run(date(2026, 5, 1))
    assert next_charge_date(story.terms, story.billed) is None
    assert next_invoice_date(story.terms, story.billed, as_of=APRIL_1) is None


def test_planned_change_inside_a_charged_period_is_a_next_date():
    story = Story(line())
    story.run(MARCH_1)
    story.edit(versions=(*story.terms.versions, version(date(2026, 3, 12), "450.00")))
    found = next_invoice_date(story.terms, story.billed, as_of=date(2026, 3, 5))
    assert found == date(2026, 3, 12)


def test_back_dated_change_is_due_now():
    story = Story(line())
    story.run(MARCH_1)
    story.edit(versions=(*story.terms.versions, version(date(2026, 3, 12), "450.00")))
    found = next_invoice_date(story.terms, story.billed, as_of=date(2026, 3, 20))
    assert found == date(2026, 3, 12)


def test_change_that_waits_is_due_with_the_next_charge():
    story = Story(line(upgrade="next_invoice"))
    story.run(MARCH_1)
    story.edit(versions=(*story.terms.versions, version(date(2026, 3, 12), "450.00")))
    found = next_invoice_date(story.terms, story.billed, as_of=date(2026, 3, 20))
    assert found == APRIL_1


def test_moved_end_keeps_the_old_end_as_a_next_date():
    terms = line(
        end=date(2026, 3, 25),
        extend_on_pause=True,
        pauses=(Pause(date(2026, 3, 5), date(2026, 3, 15)),),
    )
    story = Story(terms)
    story.run(MARCH_1)
    found = next_invoice_date(terms, story.billed, as_of=date(2026, 3, 16))
    assert found == date(2026, 3, 25)


def test_moved_end_in_arrears_is_announced_though_nothing_is_charged_around_it():
    story = Story(
        line(timing="in_arrears", end=date(2026, 6, 15), extend_on_pause=True)
    )
    story.run(date(2026, 6, 1))
    story.edit(pauses=(Pause(date(2026, 3, 5), date(2026, 3, 15)),))
    found = next_invoice_date(story.terms, story.billed, as_of=date(2026, 6, 2))
    assert found == date(2026, 6, 15)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 3, 9), "running"),
        (date(2026, 3, 10), "paused"),
        (date(2026, 3, 19), "paused"),
        (date(2026, 3, 20), "running"),
        (date(2026, 6, 30), "paused"),
        (date(2026, 7, 1), "closed"),
    ],
)
def test_state_follows_pauses_and_end(day, state):
    pauses = [
        Pause(date(2026, 3, 10), date(2026, 3, 20)),
        Pause(date(2026, 5, 2), date(2026, 5, 1)),
        Pause(date(2026, 6, 1)),
    ]
    assert state_on(day, end=date(2026, 7, 1), pauses=pauses) == state


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2026, 2, 28), "coming"),
        (date(2026, 3, 1), "running"),
        (date(2026, 3, 10), "paused"),
        (date(2026, 7, 1), "closed"),
    ],
)
def test_nothing_is_said_to_run_before_its_first_day(day, standing):
    pauses = [Pause(date(2026, 2, 1), date(2026, 3, 1)), Pause(date(2026, 3, 10))]
    end = date(2026, 7, 1)
    found = standing_on(day, start=date(2026, 3, 1), end=end, pauses=pauses)
    assert found == standing


def test_state_without_end_or_pause_is_running():
    assert state_on(date(2026, 3, 1), end=None) == "running"
