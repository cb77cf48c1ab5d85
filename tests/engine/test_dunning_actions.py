"""What may happen to a contact on its way, and what it does to the ladder."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dunning_actions import (
    _STEPS,
    COUNTED,
    MADE,
    OPEN,
    climbs,
    may,
    next_state,
)
from engine.errors import InvalidDunning

STATES = ("to_approve", "queued", "sending", "done", "failed", "unknown", "skipped")


@pytest.mark.parametrize(
    ("state", "event", "expected"),
    [
        ("to_approve", "approved", "queued"),
        ("queued", "recalled", "to_approve"),
        ("queued", "begun", "sending"),
        ("sending", "accepted", "done"),
        ("sending", "deferred", "queued"),
        ("sending", "refused", "failed"),
        ("sending", "doubted", "unknown"),
        ("done", "bounced", "failed"),
        ("to_approve", "made", "done"),
        ("unknown", "again", "queued"),
        ("unknown", "confirmed", "done"),
        ("queued", "dropped", "skipped"),
    ],
)
def test_an_event_leads_to_a_state(state, event, expected):
    assert may(state, event)
    assert next_state(state, event) == expected


def test_an_event_in_the_wrong_state_is_refused():
    for state, event in product(STATES, _STEPS):
        if not may(state, event):
            with pytest.raises(InvalidDunning):
                next_state(state, event)


def test_what_is_in_doubt_is_not_sent_again_by_itself():
    by_itself = {"begun", "accepted", "deferred", "refused", "doubted"}
    assert not any(may("unknown", event) for event in by_itself)
    assert not any(may("done", event) for event in by_itself)


def test_a_skipped_action_stays_skipped():
    assert not any(may("skipped", event) for event in _STEPS)


def test_states_are_open_made_or_over():
    assert OPEN.isdisjoint(MADE)
    assert {*OPEN, *MADE, "skipped"} == set(STATES)
    assert {"sending", "done", "unknown"} == COUNTED


@given(st.lists(st.sampled_from(sorted(_STEPS)), max_size=40))
def test_the_ladder_is_up_once_exactly_while_the_contact_was_made(events):
    state, height = "to_approve", 0
    for event in events:
        if may(state, event):
            after = next_state(state, event)
            height += climbs(state, after)
            state = after
        assert height == (state in MADE)
