"""A contact with a debtor on its way: its states, and what follows from each.

Nothing here sends. The ladder goes up only with a contact that was made, or that may
have been: the model tells what happened, and learns what follows from it.
"""

from __future__ import annotations

from typing import Literal

from .errors import InvalidDunning

#: ``to_approve`` waits for a person; ``unknown``: the answer of the mail server was
#: lost after the message had left; ``failed`` did not arrive, a person decides.
ActionState = Literal[
    "to_approve", "queued", "sending", "done", "failed", "unknown", "skipped"
]
#: What may happen to an action. ``changed``: the facts say something else by now, so
#: what was approved is looked at again; ``confirmed``: the debtor has it;
#: ``dropped``: nothing is to be done any more.
ActionEvent = Literal[
    "approved",
    "recalled",
    "changed",
    "begun",
    "accepted",
    "deferred",
    "refused",
    "doubted",
    "bounced",
    "made",
    "confirmed",
    "again",
    "dropped",
]

#: Where an event leads, by the states it may find.
_STEPS: dict[ActionEvent, tuple[frozenset[str], ActionState]] = {
    "approved": (frozenset({"to_approve"}), "queued"),
    "recalled": (frozenset({"queued"}), "to_approve"),
    "changed": (frozenset({"queued", "failed"}), "to_approve"),
    "begun": (frozenset({"queued"}), "sending"),
    "accepted": (frozenset({"sending"}), "done"),
    "deferred": (frozenset({"sending", "queued"}), "queued"),
    "refused": (frozenset({"sending", "queued"}), "failed"),
    "doubted": (frozenset({"sending"}), "unknown"),
    # A server may refuse afterwards what it took, even before its answer came.
    "bounced": (frozenset({"sending", "done", "unknown", "failed"}), "failed"),
    "made": (frozenset({"to_approve", "failed"}), "done"),
    "confirmed": (frozenset({"unknown"}), "done"),
    "again": (frozenset({"failed", "unknown"}), "queued"),
    "dropped": (frozenset({"to_approve", "queued", "failed"}), "skipped"),
}

#: One action of a case at a time is in one of these.
OPEN = frozenset({"to_approve", "queued", "sending", "failed"})
#: The contact was made, or may have been: it counts, and the ladder has gone up.
MADE = frozenset({"done", "unknown"})
#: What disturbs the debtor, or is about to: counted for the cap of a week.
COUNTED = MADE | {"sending"}


def next_state(state: str, event: ActionEvent) -> ActionState:
    """The state that an event leads to.

    :raises InvalidDunning: when the event cannot happen in that state.
    """
    allowed, target = _STEPS[event]
    if state not in allowed:
        raise InvalidDunning(
            f"{event} cannot happen to an action that is {state}",
            state=state,
            event=event,
        )
    return target


def may(state: str, event: ActionEvent) -> bool:
    """Whether an event can happen in a state."""
    return state in _STEPS[event][0]


def climbs(before: str, after: str) -> Literal[-1, 0, 1]:
    """What a change of state does to the ladder of the items.

    :return: 1: they go up; -1: they go back, since the contact did not arrive or is to
        be made anew; 0: they stay.
    """
    return int(after in MADE) - int(before in MADE)
