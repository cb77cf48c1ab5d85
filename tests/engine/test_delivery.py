"""How a document reaches its customer, without a server."""

from datetime import date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.delivery import (
    DONE,
    LEAVING,
    MESSAGE_DELAYS,
    NEEDS_PERSON,
    SERVER_DELAYS,
    STILL_HERE,
    UNDER_WAY,
    WAITING,
    Event,
    State,
    common_mail_opening,
    is_servers_fault,
    judge,
    may,
    next_opening,
    next_state,
    next_try,
    overall,
    states_before,
)
from engine.errors import InvalidDelivery

STATES = get_args(State)
EVENTS = get_args(Event)
WORKING_DAYS = frozenset({1, 2, 3, 4, 5})


@pytest.mark.parametrize(
    ("state", "event", "expected"),
    [
        ("to_send", "prepared", "queued"),
        ("to_send", "no_address", "no_channel"),
        ("to_send", "prepare_failed", "failed"),
        ("to_send", "published", "portal"),
        ("to_send", "to_post", "to_post"),
        ("queued", "begun", "sending"),
        ("queued", "no_address", "no_channel"),
        ("sending", "accepted", "sent"),
        ("sending", "deferred", "queued"),
        ("sending", "refused", "failed"),
        ("sending", "doubted", "unknown"),
        ("sending", "received", "received"),
        ("sent", "bounced", "bounced"),
        ("unknown", "bounced", "bounced"),
        ("sent", "received", "received"),
        ("to_post", "posted", "posted"),
        ("bounced", "posted", "posted"),
        ("unknown", "again", "to_send"),
        ("failed", "again", "to_send"),
        ("held", "again", "to_send"),
        ("queued", "held", "held"),
        ("failed", "handed", "queued"),
        ("bounced", "replaced", "replaced"),
        ("replaced", "again", "to_send"),
    ],
)
def test_an_event_leads_to_its_state(state, event, expected):
    assert next_state(state, event) == expected


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("sending", "begun"),
        ("sending", "again"),
        ("sent", "begun"),
        ("unknown", "begun"),
        ("unknown", "deferred"),
        ("sent", "doubted"),
        ("failed", "bounced"),
        ("sent", "held"),
        ("sending", "handed"),
        ("sending", "replaced"),
        ("replaced", "begun"),
    ],
)
def test_what_cannot_happen_is_refused_with_both_names(state, event):
    with pytest.raises(InvalidDelivery) as refusal:
        next_state(state, event)
    assert refusal.value.details == {"state": state, "event": event}


@given(st.sampled_from(STATES), st.sampled_from(EVENTS))
def test_asking_first_agrees_with_doing(state, event):
    assert may(state, event) == (state in states_before(event))
    if may(state, event):
        assert next_state(state, event) in STATES
    else:
        with pytest.raises(InvalidDelivery):
            next_state(state, event)


@given(
    st.sampled_from(STATES),
    st.lists(
        st.sampled_from([e for e in EVENTS if e not in ("again", "handed")]), max_size=8
    ),
)
def test_nothing_is_sent_from_a_doubt_unless_a_person_says_so(state, events):
    doubted = False
    for event in events:
        doubted = doubted or state == "unknown"
        if may(state, event):
            state = next_state(state, event)
        if doubted:
            assert state != "sending"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], None),
        (["sent"], "sent"),
        (["sent", "queued"], "queued"),
        (["sent", "bounced", "queued"], "bounced"),
        (["portal", "sent"], "sent"),
        (["failed", "unknown"], "unknown"),
        (["posted", "no_channel"], "no_channel"),
        (["received", "sent"], "received"),
        (["replaced", "portal"], "portal"),
    ],
)
def test_a_document_shows_its_most_telling_delivery(states, expected):
    assert overall(states) == expected


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_a_document_needs_a_person_when_one_of_its_deliveries_does(states):
    said = overall(states)
    assert said in states
    if set(states) & NEEDS_PERSON:
        assert said in NEEDS_PERSON | {"held"}


def test_each_state_is_done_under_way_or_somebody_s():
    parts = [NEEDS_PERSON, UNDER_WAY, DONE, {"held", "replaced"}]
    assert sorted(state for part in parts for state in part) == sorted(STATES)
    assert WAITING < UNDER_WAY


@given(st.lists(st.sampled_from(EVENTS), max_size=10))
def test_what_nobody_outside_has_seen_had_no_event_that_shows_it(events):
    state, seen = "to_send", False
    for event in events:
        if may(state, event):
            state = next_state(state, event)
            seen = seen or event in LEAVING
    if not seen:
        assert state in STILL_HERE | {"sending", "replaced"}


@pytest.mark.parametrize(
    ("stage", "code", "expected"),
    [
        ("connect", None, "deferred"),
        ("connect", 421, "deferred"),
        ("connect", 535, "deferred"),
        ("sender", 451, "deferred"),
        ("sender", 550, "refused"),
        ("recipient", 450, "deferred"),
        ("recipient", 550, "refused"),
        ("recipient", 552, "refused"),
        ("data", 451, "deferred"),
        ("data", 554, "refused"),
        ("data", None, "deferred"),
        ("payload", 451, "deferred"),
        ("payload", 552, "refused"),
        ("payload", None, "doubted"),
        ("recipient", None, "deferred"),
        ("recipient", 600, "deferred"),
    ],
)
def test_a_failure_is_permanent_temporary_or_in_doubt(stage, code, expected):
    assert judge(stage, code) == expected


@pytest.mark.parametrize(
    ("stage", "code", "expected"),
    [
        ("connect", 535, True),
        ("recipient", 421, True),
        ("data", None, True),
        ("recipient", 450, False),
        ("payload", 554, False),
    ],
)
def test_a_server_at_fault_is_told_from_a_message(stage, code, expected):
    assert is_servers_fault(stage, code) is expected


NOON = datetime.fromisoformat("2026-03-02 12:00")


def test_the_wait_grows_and_then_a_person_is_needed():
    waits = [next_try(tries, NOON) - NOON for tries in range(1, 6)]
    assert waits == list(MESSAGE_DELAYS)
    assert waits == sorted(waits)
    assert next_try(6, NOON) is None


def test_a_server_that_is_away_is_asked_for_ever():
    waits = [next_try(tries, NOON, server=True) - NOON for tries in (1, 4, 5, 400)]
    assert waits == [SERVER_DELAYS[0], *[SERVER_DELAYS[-1]] * 3]


def test_no_failure_counted_waits_like_the_first():
    assert next_try(0, NOON) == next_try(1, NOON)


@pytest.mark.parametrize(
    ("at", "days", "first", "last", "expected"),
    [
        # Monday the 2nd of March 2026; no window.
        ("2026-03-02 03:10", (), 0, 0, "2026-03-02 03:10"),
        ("2026-03-02 03:10", (), 8, 18, "2026-03-02 08:00"),
        ("2026-03-02 08:00", (), 8, 18, "2026-03-02 08:00"),
        ("2026-03-02 17:59", (), 8, 18, "2026-03-02 17:59"),
        ("2026-03-02 18:00", (), 8, 18, "2026-03-03 08:00"),
        ("2026-03-02 20:15", (), 8.5, 18, "2026-03-03 08:30"),
        # Friday evening, Saturday, Sunday: Monday.
        ("2026-03-06 19:00", WORKING_DAYS, 8, 18, "2026-03-09 08:00"),
        ("2026-03-07 10:00", WORKING_DAYS, 0, 0, "2026-03-09 00:00"),
        ("2026-03-08 23:59", WORKING_DAYS, 8, 18, "2026-03-09 08:00"),
        # Over midnight: the window of Monday lasts till Tuesday at six.
        ("2026-03-03 05:30", (), 22, 6, "2026-03-03 05:30"),
        ("2026-03-03 06:00", (), 22, 6, "2026-03-03 22:00"),
        ("2026-03-07 05:30", WORKING_DAYS, 22, 6, "2026-03-07 05:30"),
        ("2026-03-08 05:30", WORKING_DAYS, 22, 6, "2026-03-09 22:00"),
        # Once a week.
        ("2026-03-03 09:00", {1}, 8, 18, "2026-03-09 08:00"),
        ("2026-03-02 19:00", {1}, 8, 18, "2026-03-09 08:00"),
        ("2026-03-02 12:00", (), 0, 24, "2026-03-02 12:00"),
    ],
)
def test_messages_wait_for_their_window(at, days, first, last, expected):
    opening = next_opening(
        datetime.fromisoformat(at),
        days=frozenset(days),
        first_hour=first,
        last_hour=last,
    )
    assert opening == datetime.fromisoformat(expected)


@pytest.mark.parametrize(("first", "last"), [(-1, 5), (3, 24.5), (25, 3)])
def test_an_hour_that_no_day_has_is_refused(first, last):
    with pytest.raises(InvalidDelivery):
        next_opening(NOON, first_hour=first, last_hour=last)


def test_a_week_without_an_open_day_is_refused():
    with pytest.raises(InvalidDelivery):
        next_opening(NOON, days=frozenset({8}))


@given(
    st.datetimes(
        datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2035-01-01")
    ),
    st.frozensets(st.integers(1, 7)),
    st.integers(0, 24),
    st.integers(0, 24),
)
def test_an_opening_is_never_before_and_stays_open(at, days, first, last):
    window = {"days": days, "first_hour": first, "last_hour": last}
    opening = next_opening(at, **window)
    assert at <= opening <= at + timedelta(days=8)
    assert next_opening(opening, **window) == opening


@pytest.mark.parametrize(
    ("last_sent", "expected"),
    [
        (None, NOON),
        (date(2026, 3, 1), NOON),
        (date(2026, 3, 2), datetime.fromisoformat("2026-03-03")),
        (date(2026, 3, 3), datetime.fromisoformat("2026-03-04")),
    ],
)
def test_a_common_mail_leaves_once_a_day(last_sent, expected):
    assert common_mail_opening(NOON, last_sent) == expected
