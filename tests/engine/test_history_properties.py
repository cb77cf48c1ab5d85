"""Terms are edited between runs, back-dated too: at last the promise is settled."""

from collections import defaultdict
from datetime import date, timedelta

from edits import DOCUMENTS, KINDS, close, histories
from hypothesis import given
from hypothesis import strategies as st
from ledger import overlapping
from strategies import AMOUNTS, LAST, SIGNED

from engine.charging import coverage, due_charges
from engine.facts import replay
from engine.next_dates import next_invoice_date
from engine.periods import Period
from engine.promise import promise

PRICES = st.sampled_from(["never negative", "any sign"])


def _finish(story):
    """Run in the far future, on a line that ends before."""
    close(story, date(2027, 1, 31)).run(LAST)


@given(histories(kinds=KINDS, prices=SIGNED))
def test_edited_history_finally_settles_the_promise(history):
    story, _day = history
    _finish(story)
    assert story.settled == story.promised(LAST)


@given(histories(kinds=KINDS + DOCUMENTS, prices=AMOUNTS))
def test_edited_documents_finally_settle_the_promise(history):
    story, _day = history
    _finish(story)
    assert story.settled == story.promised(LAST)


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_second_run_after_edits_creates_nothing(history):
    story, day = history
    story.run(day)
    assert story.run(day) == ()


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_edited_history_never_bills_a_day_twice(history):
    story, _day = history
    assert overlapping(story.billed) == []
    _finish(story)
    assert overlapping(story.billed) == []


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_facts_of_an_edited_history_replay_to_the_cent(history):
    story, _day = history
    _finish(story)
    for charge in story.charges:
        assert replay(charge.facts) == (charge.settled, charge.charged)


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_charges_of_an_edited_history_are_never_scheduled_after_the_run(history):
    story, day = history
    assert all(charge.scheduled <= day for charge in story.run(day))


@given(histories(kinds=KINDS + DOCUMENTS))
def test_credits_never_exceed_what_was_charged(history):
    story, _day = history
    _finish(story)
    charged = defaultdict(int)
    for entry in story.live:
        charged[story.terms.rule.index_of(entry.period.start)] += entry.charged
    assert min(charged.values(), default=0) >= 0


@given(histories(kinds=KINDS))
def test_each_settled_day_is_proven_complete(history):
    story, _day = history
    _finish(story)
    for found in coverage(story.terms, story.billed, Period(date(2025, 1, 1), LAST)):
        assert found.state in ("billed", "waived", "paused", "not_contracted")


@given(histories(kinds=KINDS + DOCUMENTS), st.integers(1, 60))
def test_no_run_before_the_next_invoice_date_of_an_edited_line(history, later):
    story, day = history
    following = next_invoice_date(story.terms, story.billed, as_of=day)
    probe = day + timedelta(days=later)
    if following is None or probe < following:
        assert due_charges(story.terms, story.billed, probe) == ()


@given(histories(kinds=KINDS + DOCUMENTS))
def test_work_of_today_is_announced_by_the_next_invoice_date(history):
    story, day = history
    if due_charges(story.terms, story.billed, day):
        following = next_invoice_date(story.terms, story.billed, as_of=day)
        assert following is not None
        assert following <= day


@given(histories(kinds=KINDS + DOCUMENTS), st.integers(-60, 60))
def test_since_leaves_later_periods_as_they_are(history, back):
    story, day = history
    since = day - timedelta(days=back)
    rule = story.terms.rule
    everything = due_charges(story.terms, story.billed, day)
    later = [
        c for c in everything if rule.period(rule.index_of(c.period.start)).end > since
    ]
    found = due_charges(story.terms, story.billed, day, since=since)
    if story.terms.upgrade == story.terms.downgrade == "at_once":
        assert list(found) == later


@given(histories(kinds=KINDS, basis="none"))
def test_each_period_settled_alone(history):
    story, _day = history
    _finish(story)
    settled = defaultdict(int)
    for entry in story.live:
        settled[story.terms.rule.index_of(entry.period.start)] += entry.settled
    for index, amount in settled.items():
        assert amount == promise(story.terms, story.terms.rule.period(index)).amount
