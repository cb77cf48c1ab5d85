"""How a document reaches its customer: states, retries, hours and common mails.

A delivery is one document on its way to one recipient over one channel. Nothing here
sends: the model tells what happened, and learns what follows from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from .errors import InvalidDelivery

Channel = Literal["email", "portal", "post", "platform"]

#: States of a delivery. ``held`` is a copy of a database, where nothing leaves;
#: ``unknown`` an answer that was lost after the message had left; ``replaced`` a
#: recipient of then, to whom nothing goes any more.
State = Literal[
    "to_send",
    "queued",
    "sending",
    "sent",
    "received",
    "portal",
    "to_post",
    "posted",
    "held",
    "no_channel",
    "bounced",
    "unknown",
    "failed",
    "replaced",
]

#: What may happen to a delivery. ``handed``: somebody else sends it, and tells us.
Event = Literal[
    "prepared",
    "no_address",
    "prepare_failed",
    "begun",
    "accepted",
    "deferred",
    "refused",
    "doubted",
    "bounced",
    "received",
    "published",
    "to_post",
    "posted",
    "again",
    "handed",
    "replaced",
    "held",
]

#: States in which nobody speaks to a server about it.
_AT_REST = frozenset(
    {
        "sent",
        "received",
        "portal",
        "to_post",
        "posted",
        "held",
        "no_channel",
        "bounced",
        "unknown",
        "failed",
        "to_send",
        "queued",
        "replaced",
    }
)

#: Where an event leads, by the state it finds.
_STEPS: dict[Event, tuple[frozenset[str], State]] = {
    "prepared": (frozenset({"to_send", "queued"}), "queued"),
    "no_address": (frozenset({"to_send", "queued"}), "no_channel"),
    "prepare_failed": (frozenset({"to_send", "queued"}), "failed"),
    "begun": (frozenset({"queued"}), "sending"),
    "accepted": (frozenset({"sending", "queued", "failed", "unknown"}), "sent"),
    "deferred": (frozenset({"sending", "queued"}), "queued"),
    "refused": (frozenset({"sending", "queued"}), "failed"),
    "doubted": (frozenset({"sending"}), "unknown"),
    # A server may refuse afterwards what it took, even before its answer came.
    "bounced": (frozenset({"sending", "sent", "unknown", "bounced"}), "bounced"),
    "received": (frozenset({"sending", "sent", "unknown"}), "received"),
    "published": (frozenset({"to_send", "queued"}), "portal"),
    "to_post": (frozenset({"to_send", "queued"}), "to_post"),
    "posted": (
        frozenset(
            {"to_post", "held", "no_channel", "bounced", "unknown", "failed", "queued"}
        ),
        "posted",
    ),
    "again": (_AT_REST, "to_send"),
    "handed": (_AT_REST, "queued"),
    "replaced": (_AT_REST, "replaced"),
    "held": (frozenset({"to_send", "queued", "sending"}), "held"),
}

#: The most telling state of a document comes first.
_TELLING: tuple[State, ...] = (
    "unknown",
    "bounced",
    "failed",
    "no_channel",
    "held",
    "to_post",
    "sending",
    "queued",
    "to_send",
    "received",
    "sent",
    "posted",
    "portal",
    "replaced",
)

#: States that wait for a person.
NEEDS_PERSON = frozenset({"bounced", "no_channel", "failed", "unknown", "to_post"})
#: Somebody outside took it.
REACHED = frozenset({"sent", "received", "posted"})
#: States in which there is nothing left to do.
DONE = REACHED | {"portal"}
#: States in which nobody outside has seen it; ``replaced`` says neither.
STILL_HERE = frozenset({"to_send", "queued", "held", "no_channel", "to_post", "failed"})
#: States in which a job of ours takes it up.
WAITING = frozenset({"to_send", "queued"})
#: States that go on by themselves.
UNDER_WAY = WAITING | {"sending"}
#: Events after which somebody outside has seen it, or may have.
LEAVING = frozenset(
    {"accepted", "bounced", "doubted", "received", "published", "posted"}
)

#: Waits after a temporary refusal of one message; after the last it needs a person.
MESSAGE_DELAYS = (
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(hours=24),
)
#: Waits while the server itself does not serve; the last one is repeated.
SERVER_DELAYS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
)

#: How far a conversation with a mail server got.
Stage = Literal["connect", "sender", "recipient", "data", "payload"]


def next_state(state: str, event: Event) -> State:
    """The state that an event leads to.

    :raises InvalidDelivery: when the event cannot happen in that state; ``details``
        carry both.
    """
    allowed, target = _STEPS[event]
    if state not in allowed:
        raise InvalidDelivery(
            f"{event} cannot happen to a delivery that is {state}",
            state=state,
            event=event,
        )
    return target


def may(state: str, event: Event) -> bool:
    """Whether an event can happen in a state."""
    return state in _STEPS[event][0]


def states_before(event: Event) -> frozenset[str]:
    """The states in which an event can happen."""
    return _STEPS[event][0]


def overall(states: Iterable[str]) -> State | None:
    """The state of a document: that of the delivery which says most about it.

    Doubt and refusal come before waiting, waiting before success; None without any.
    """
    present = set(states)
    return next((state for state in _TELLING if state in present), None)


def judge(stage: Stage, code: int | None = None) -> Event:
    """What a failure of an SMTP conversation means for the message.

    RFC 5321, 4.2.1: a reply of 4xx is temporary, of 5xx permanent. Without a reply
    nothing was accepted as long as the text of the message had not left; once it had,
    nobody can tell.

    :param stage: how far the conversation got.
    :param code: the server's reply; None when it gave none (refused or dropped
        connection, time-out).
    """
    if code is None:
        return "doubted" if stage == "payload" else "deferred"
    if stage == "connect":
        # A wrong password or a server in maintenance is no message's fault.
        return "deferred"
    return "refused" if 500 <= code < 600 else "deferred"


def is_servers_fault(stage: Stage, code: int | None) -> bool:
    """Whether the next message would fare no better: connecting failed, the server is
    closing down (421), or it did not answer.
    """
    return stage == "connect" or code in (None, 421)


def next_try(tries: int, at: datetime, *, server: bool = False) -> datetime | None:
    """When to try again after the ``tries``-th failure in a row.

    :param tries: failures so far, this one included.
    :param at: moment of the failure.
    :param server: whether the server was at fault: such tries never end, since one
        day it will be back, and no person can help a single message.
    :return: None when it is a person's turn.
    """
    delays = SERVER_DELAYS if server else MESSAGE_DELAYS
    if tries > len(delays):
        return at + delays[-1] if server else None
    return at + delays[max(tries, 1) - 1]


def next_opening(
    at: datetime,
    *,
    days: frozenset[int] = frozenset(),
    first_hour: float = 0.0,
    last_hour: float = 0.0,
) -> datetime:
    """The first moment from ``at`` on at which messages may leave.

    A window that ends at or before its start lasts over midnight and belongs to the
    day on which it opened.

    :param at: a moment on the company's own clock (naive).
    :param days: ISO week-days on which a window opens; empty for all.
    :param first_hour: hour at which it opens, minutes as a fraction.
    :param last_hour: hour at which it closes; equal to the first: all day.
    :raises InvalidDelivery: for hours that no day has.
    """
    if not (0 <= first_hour <= 24 and 0 <= last_hour <= 24):
        raise InvalidDelivery("no such hour in a day", first=first_hour, last=last_hour)
    midnight = datetime.combine(at.date(), datetime.min.time())
    length = (last_hour - first_hour) % 24 or 24
    for shift in range(-1, 8):
        day = midnight + timedelta(days=shift)
        if days and day.isoweekday() not in days:
            continue
        opens = day + timedelta(hours=first_hour)
        if at < opens + timedelta(hours=length):
            return max(at, opens)
    raise InvalidDelivery("no day of the week is open", days=sorted(days))


def common_mail_opening(at: datetime, last_sent: date | None) -> datetime:
    """The earliest moment for a mail that gathers all documents of a customer's day.

    :param at: a moment on the company's own clock (naive).
    :param last_sent: day of the last common mail to that recipient.
    """
    if last_sent is None or last_sent < at.date():
        return at
    following = last_sent + timedelta(days=1)
    return datetime.combine(following, datetime.min.time())
