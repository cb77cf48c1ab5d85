"""Random edits of a line's history, as people make them between two runs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from ledger import Story
from strategies import AMOUNTS, DISCOUNTS, OFFSETS, QUANTITIES
from strategies import terms as any_terms

from engine.charging import BilledEntry, LineVersion, Pause

KINDS = ("version", "pause", "open_pause", "resume", "drop_pause", "end", "no_end")
#: Also what happens to documents after the run.
DOCUMENTS = ("void", "concession", "credit_note", "waiver")


def _version(draw, story, day, prices):
    start = max(day + draw(OFFSETS), story.terms.start)
    sequence = 1 + max(v.sequence for v in story.terms.versions)
    version = LineVersion(
        start, draw(QUANTITIES), draw(prices), draw(DISCOUNTS), sequence=sequence
    )
    story.edit(versions=(*story.terms.versions, version))


def _pause(draw, story, day):
    start = day + draw(OFFSETS)
    end = start + timedelta(days=draw(st.integers(1, 60)))
    story.edit(pauses=(*story.terms.pauses, Pause(start, end)))


def _open_pause(draw, story, day):
    if all(p.end for p in story.terms.pauses):
        story.edit(pauses=(*story.terms.pauses, Pause(day + draw(OFFSETS))))


def _resume(draw, story, day):
    end = day + draw(OFFSETS)
    story.edit(
        pauses=tuple(
            p if p.end else replace(p, end=max(end, p.start))
            for p in story.terms.pauses
        )
    )


def _drop_pause(draw, story, day):
    if story.terms.pauses:
        lost = draw(st.sampled_from(story.terms.pauses))
        story.edit(pauses=tuple(p for p in story.terms.pauses if p != lost))


def _end(draw, story, day):
    story.edit(end=max(day + draw(OFFSETS), story.terms.start))


def _no_end(draw, story, day):
    story.edit(end=None)


def _void(draw, story, day):
    """A draft is cancelled: all entries one run made for a period are void."""
    if story.live:
        lost = draw(st.sampled_from(story.live))
        story.billed = [
            replace(e, state="void") if e.period == lost.period else e
            for e in story.billed
        ]


def _concession(draw, story, day):
    """A draft is edited by hand, before anything corrects it: less is charged."""
    charges = [
        i
        for i, e in enumerate(story.billed)
        if e.settled > 0 < e.charged
        and sum(_same_period(story, e, other) for other in story.live) == 1
    ]
    if charges:
        at = draw(st.sampled_from(charges))
        entry = story.billed[at]
        percent = draw(st.integers(0, 100))
        steps = int(entry.charged / story.terms.step) * percent // 100
        story.billed[at] = replace(entry, charged=steps * story.terms.step)


def _credit_note(draw, story, day):
    """A credit note of part of a charge: "bill again" leaves the difference open."""
    _give_back(draw, story, waive=False)


def _waiver(draw, story, day):
    """The same, "do not bill again": a waiver of the same amount."""
    _give_back(draw, story, waive=True)


def _give_back(draw, story, *, waive):
    charges = [e for e in story.live if e.kind == "charge" and e.charged > 0]
    if not charges:
        return
    entry = draw(st.sampled_from(charges))
    rest = sum(e.charged for e in story.live if _same_period(story, e, entry))
    part = min(rest, entry.charged)
    if part > 0:
        none = Decimal(0)
        story.billed.append(BilledEntry("adjustment", entry.period, -part, -part))
        if waive:
            story.billed.append(BilledEntry("waiver", entry.period, part, none))


def _same_period(story, one, two):
    index_of = story.terms.rule.index_of
    return index_of(one.period.start) == index_of(two.period.start)


_ACTIONS = {
    "pause": _pause,
    "open_pause": _open_pause,
    "resume": _resume,
    "drop_pause": _drop_pause,
    "end": _end,
    "no_end": _no_end,
    "void": _void,
    "concession": _concession,
    "credit_note": _credit_note,
    "waiver": _waiver,
}


@st.composite
def histories(draw, *, kinds=KINDS, prices=AMOUNTS, check=None, **fixed):
    """A line whose terms were edited step by step, with runs in between.

    ``check(story, day)`` is called after each run.
    """
    story = Story(draw(any_terms(prices=prices, **fixed)))
    day = story.terms.start - timedelta(days=draw(st.integers(0, 10)))
    for _ in range(draw(st.integers(1, 9))):
        day += timedelta(days=draw(st.integers(0, 40)))
        kind = draw(st.sampled_from(["run", *kinds]))
        if kind == "version":
            _version(draw, story, day, prices)
        elif kind != "run":
            _ACTIONS[kind](draw, story, day)
        if kind == "run" or draw(st.booleans()):
            story.run(day)
            if check:
                check(story, day)
    return story, day


def close(story: Story, end: date) -> Story:
    """End the line, so that all of its promise comes to an end."""
    ended = tuple(
        p if p.end else Pause(p.start, max(p.start, end)) for p in story.terms.pauses
    )
    if story.terms.end is None or story.terms.end > end:
        story.edit(end=max(end, story.terms.start))
    return story.edit(pauses=ended)
