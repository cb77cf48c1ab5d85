"""What is settled needs no second look: the rest alone gives the same answers."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from edits import DOCUMENTS, KINDS, histories
from hypothesis import given
from hypothesis import strategies as st
from ledger import Story
from lines import line
from strategies import SIGNED

from engine.charging import LineVersion, Pause, due_charges
from engine.errors import CatchUpLimitExceeded
from engine.next_dates import next_charge_date, next_invoice_date
from engine.settled import settled_until


def test_nothing_billed_is_settled_up_to_the_grid_period_of_the_start():
    assert settled_until(line(start=date(2026, 1, 15)), ()) == date(2026, 1, 1)


def test_whole_periods_are_settled_up_to_their_boundary():
    story = Story(line(start=date(2026, 1, 1)))
    story.run(date(2026, 3, 1))
    assert settled_until(story.terms, story.billed) == date(2026, 4, 1)


def test_hole_stops_the_settled_days():
    story = Story(line(start=date(2026, 1, 1)))
    story.run(date(2026, 3, 1))
    del story.billed[1]
    assert settled_until(story.terms, story.billed) == date(2026, 2, 1)


def test_known_change_to_come_leaves_its_period_unsettled():
    story = Story(line(start=date(2026, 1, 1)))
    story.run(date(2026, 3, 1))
    story.edit(pauses=(Pause(date(2026, 3, 20), date(2026, 3, 25)),))
    assert settled_until(story.terms, story.billed) == date(2026, 3, 1)


def test_what_was_found_before_is_built_upon():
    story = Story(line(start=date(2026, 1, 1)))
    story.run(date(2026, 3, 1))
    since = date(2026, 3, 1)
    rest = [entry for entry in story.billed if entry.period.start >= since]
    assert settled_until(story.terms, rest, since=since) == date(2026, 4, 1)


@pytest.mark.parametrize("days", [1, 20, 59, 400])
def test_back_dated_change_is_found_by_looking_from_the_start(days):
    story = Story(line(start=date(2026, 1, 1)))
    story.run(date(2026, 12, 1))
    start = date(2026, 1, 1) + timedelta(days=days)
    known = story.terms.versions
    story.edit(versions=(*known, LineVersion(start, Decimal(3), Decimal(7))))
    assert settled_until(story.terms, story.billed) <= max(start, date(2026, 1, 1))


def _due(*arguments, **keywords):
    try:
        return due_charges(*arguments, **keywords)
    except CatchUpLimitExceeded as error:
        return error.details


@given(
    histories(kinds=KINDS + DOCUMENTS, prices=SIGNED),
    st.integers(0, 500),
    st.sampled_from([1, 3, 12]),
)
def test_rest_of_a_history_gives_the_same_answers(history, days, limit):
    story, day = history
    since = settled_until(story.terms, story.billed)
    rest = [entry for entry in story.billed if entry.period.start >= since]
    later = day + timedelta(days=days)
    terms = replace(story.terms, catch_up_limit=limit)
    assert _due(terms, rest, later, since=since) == _due(terms, story.billed, later)
    for function, options in (
        (next_charge_date, {}),
        (next_charge_date, {"after": later}),
        (next_invoice_date, {"as_of": later}),
    ):
        assert function(terms, rest, since=since, **options) == function(
            terms, story.billed, **options
        )
    assert settled_until(terms, rest, since=since) == since
