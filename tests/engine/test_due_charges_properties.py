"""Properties of the heart: whatever is promised, each run tells the truth once."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from ledger import Story, overlapping
from strategies import LAST, SIGNED, days, terms

from engine.charging import BilledEntry, coverage, due_charges
from engine.facts import replay
from engine.invoice_dates import due_periods
from engine.money import quantize
from engine.next_dates import next_invoice_date
from engine.periods import Period
from engine.promise import promised_amount

RUN_DAYS = days(last=date(2027, 3, 1))
ONE_DAY = timedelta(days=1)


@st.composite
def opened(draw, **fixed):
    """Terms with an opening entry that settles the promise up to some day."""
    line = draw(terms(**fixed))
    if draw(st.booleans()):
        return line, ()
    until = draw(days(line.start + ONE_DAY, date(2026, 12, 31)))
    billed = Period(line.start, until)
    amount = promised_amount(line, billed)
    return line, (BilledEntry("opening", billed, amount, draw(st.just(amount))),)


@given(opened(prices=SIGNED), RUN_DAYS)
def test_second_run_creates_nothing(line, day):
    story = Story(*line)
    story.run(day)
    assert story.run(day) == ()


@given(opened(prices=SIGNED), RUN_DAYS)
def test_ledger_given_once_as_iterator_is_enough(line, day):
    terms_, billed = line
    charges = due_charges(terms_, billed, day)
    assert due_charges(terms_, iter(billed), day) == charges


@given(terms(prices=SIGNED), st.lists(RUN_DAYS, min_size=1, max_size=8))
def test_catch_up_equals_day_by_day(line, run_days):
    slow, fast = Story(line), Story(line)
    for day in sorted(run_days):
        slow.run(day)
    fast.run(max(run_days))
    assert Counter(map(repr, slow.billed)) == Counter(map(repr, fast.billed))


@given(opened(prices=SIGNED))
def test_all_settled_at_last_equals_promise(line):
    story = Story(*line)
    story.run(LAST)
    due = [p.grid for p in due_periods(story.terms, LAST)]
    until = max((grid.end for grid in due), default=date(2027, 1, 1))
    until = max([until, *(e.period.end for e in story.billed)])
    assert story.settled == story.promised(until)


@given(opened(prices=SIGNED), RUN_DAYS)
def test_replay_of_facts_gives_the_same_amounts(line, day):
    for charge in due_charges(*line, day):
        assert replay(charge.facts) == (charge.settled, charge.charged)


@given(opened(prices=SIGNED), RUN_DAYS)
def test_printed_line_multiplies_to_the_charged_amount(line, day):
    story = Story(*line)
    for charge in story.run(day):
        printed = charge.quantity * charge.price * (100 - charge.discount) / 100
        assert quantize(printed, story.terms.step) == charge.charged


@given(terms(), RUN_DAYS)
def test_each_due_day_is_covered_exactly_once(line, day):
    story = Story(line)
    story.run(day)
    for due in due_periods(story.terms, day):
        for found in coverage(story.terms, story.billed, due.period):
            assert found.state in ("billed", "waived", "paused")
    assert overlapping(story.billed) == []


@given(opened(prices=SIGNED), RUN_DAYS)
def test_charges_are_due_in_order_and_of_whole_steps(line, day):
    charges = due_charges(*line, day)
    assert list(charges) == sorted(charges, key=lambda c: c.period.start)
    for charge in charges:
        assert charge.scheduled <= day
        assert charge.settled % line[0].step == charge.charged % line[0].step == 0


@given(opened(), RUN_DAYS, days(date(2026, 1, 1), date(2026, 12, 31)))
def test_since_leaves_out_earlier_periods_only(line, day, since):
    terms_, billed = line
    after = due_charges(terms_, billed, day, since=since)
    index = terms_.rule.index_of(since)
    everything = due_charges(terms_, billed, day)
    expected = [c for c in everything if terms_.rule.index_of(c.period.start) >= index]
    assert list(after) == expected


@given(opened(prices=SIGNED), RUN_DAYS, st.integers(1, 60))
def test_no_run_before_the_next_invoice_date_finds_anything(line, day, later):
    story = Story(*line)
    story.run(day)
    following = next_invoice_date(story.terms, story.billed, as_of=day)
    probe = day + timedelta(days=later)
    if following is None or probe < following:
        assert due_charges(story.terms, story.billed, probe) == ()
    elif due_charges(story.terms, story.billed, following) == ():
        assert following > day


@given(terms(end=None, pauses=(), basis="actual"), st.data())
def test_void_entry_frees_its_period_for_the_same_charge(line, data):
    story = Story(line)
    charges = story.run(date(2026, 12, 31))
    if not charges:
        return
    lost = data.draw(st.sampled_from(charges))
    void = [
        BilledEntry(c.kind, c.period, c.settled, c.charged, "void")
        if c.period == lost.period
        else c.entry
        for c in charges
    ]
    again = due_charges(line, void, date(2026, 12, 31))
    assert again == tuple(c for c in charges if c.period == lost.period)
    assert sum((c.settled for c in again), Decimal(0)) == sum(
        (c.settled for c in charges if c.period == lost.period), Decimal(0)
    )
