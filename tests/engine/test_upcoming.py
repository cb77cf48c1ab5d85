"""The documents to come are those the runs will make."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger import Story
from lines import APRIL, MARCH, line, money, opening, version
from strategies import terms as any_terms

from engine.charging import BilledEntry, Pause, due_charges
from engine.documents import by_document, without_excess_credit
from engine.errors import CatchUpLimitExceeded
from engine.recurrence import RecurrenceRule
from engine.upcoming import upcoming


def told(lines, count=3, **values):
    """(day, amount) of the next documents."""
    found = islice(upcoming(lines, **values), count)
    return [(str(document.day), document.amount) for document in found]


def test_a_quote_starts_with_the_days_of_its_first_month():
    terms = line("1070.00", start=date(2026, 12, 15))
    assert told([(terms, ())], as_of=date(2026, 11, 24)) == [
        ("2026-12-15", money("586.77")),
        ("2027-01-01", money("1070.00")),
        ("2027-02-01", money("1070.00")),
    ]


def test_what_is_due_already_comes_on_the_first_day_one_document_a_period():
    found = told([(line(), ())], as_of=date(2026, 4, 10))
    assert found == [
        ("2026-04-10", money("300.00")),
        ("2026-04-10", money("300.00")),
        ("2026-05-01", money("300.00")),
    ]


def test_missed_periods_share_a_document_where_the_plan_says_so():
    found = told([(line(), ())], 2, as_of=date(2026, 4, 10), form="one_document")
    assert found == [("2026-04-10", money("600.00")), ("2026-05-01", money("300.00"))]


def test_lines_of_different_rhythms_meet_on_their_common_days():
    monthly = replace(line("100.00"), line="support")
    yearly = replace(
        line("600.00", RecurrenceRule("year", 1, date(2026, 3, 1))), line="licence"
    )
    found = told([(monthly, ()), (yearly, ())], 2, as_of=date(2026, 3, 1))
    assert found == [("2026-03-01", money("700.00")), ("2026-04-01", money("100.00"))]


def test_a_change_shows_on_the_document_that_settles_it():
    story = Story(line("30.00", quantity="10", downgrade="next_invoice"))
    story.run(date(2026, 3, 1))
    more = version(date(2026, 3, 16), "30.00", quantity="15")
    terms = line("30.00", quantity="10", more=[more], upgrade="next_invoice")
    (document,) = islice(upcoming([(terms, story.billed)], as_of=date(2026, 3, 16)), 1)
    assert document.day == date(2026, 4, 1)
    kinds = {charge.kind: charge.charged for charge in document.charges}
    assert kinds == {"adjustment": money("77.42"), "charge": money("450.00")}


def test_an_end_closes_the_list_and_credits_what_was_paid():
    terms = line(end=date(2026, 3, 11))
    billed = [BilledEntry("charge", MARCH, money(300), money(300))]
    assert told([(terms, billed)], as_of=date(2026, 3, 5)) == [
        ("2026-03-11", money("-203.23"))
    ]


def test_carried_over_the_credit_waits_for_the_end():
    other = replace(line("10.00", end=date(2026, 4, 1)), line="other")
    ended = line(end=date(2026, 3, 11))
    billed = [BilledEntry("charge", MARCH, money(300), money(300))]
    ledger = [
        (ended, billed),
        (other, [BilledEntry("charge", MARCH, money(10), money(10))]),
    ]
    found = told(ledger, as_of=date(2026, 3, 5), carry_over=True)
    assert found == [("2026-04-01", money("-203.23"))]


def test_carried_over_the_credit_is_deducted_as_soon_as_a_charge_absorbs_it():
    paused = line(pauses=(Pause(date(2026, 3, 11), date(2026, 4, 1)),))
    billed = [BilledEntry("charge", MARCH, money(300), money(300))]
    found = told([(paused, billed)], 2, as_of=date(2026, 3, 5), carry_over=True)
    assert found == [("2026-04-01", money("96.77")), ("2026-05-01", money("300.00"))]


def test_an_open_pause_leaves_nothing_to_come():
    paused = line(pauses=(Pause(date(2026, 4, 1)),))
    billed = [BilledEntry("charge", MARCH, money(300), money(300))]
    assert told([(paused, billed)], as_of=date(2026, 3, 5)) == []


def test_a_free_first_period_makes_no_document():
    terms = line(start=date(2026, 3, 15), first_period="free")
    assert told([(terms, ())], 1, as_of=date(2026, 3, 15)) == [
        ("2026-04-01", money("300.00"))
    ]


def test_days_billed_before_are_left_out():
    billed = opening(date(2026, 3, 1), date(2026, 3, 31), "300.00")
    assert told([(line(), billed)], 1, as_of=date(2026, 3, 20)) == [
        ("2026-04-01", money("300.00"))
    ]


def test_what_is_free_for_ever_makes_no_document_and_ends():
    assert told([(line("0.00"), ())], as_of=date(2026, 3, 1)) == []


def test_what_was_paid_before_it_became_free_is_still_settled():
    billed = [BilledEntry("charge", MARCH, money(300), money(300))]
    free = line(more=[version(date(2026, 3, 11), "0.00")])
    assert told([(free, billed)], as_of=date(2026, 3, 5)) == [
        ("2026-03-11", money("-203.23"))
    ]


def test_a_void_entry_counts_for_nothing():
    void = BilledEntry("charge", MARCH, money(300), money(300), "void")
    assert told([(line(), [void])], 1, as_of=date(2026, 3, 20)) == [
        ("2026-03-20", money("300.00"))
    ]


def test_more_missed_periods_than_the_limit_are_refused():
    with pytest.raises(CatchUpLimitExceeded):
        told([(line(catch_up_limit=1), ())], as_of=date(2026, 5, 1))


def test_no_line_makes_no_document():
    assert told([], as_of=date(2026, 5, 1)) == []


def test_adjustments_stand_on_the_last_document():
    story = Story(line("30.00", quantity="10", upgrade="next_invoice"))
    story.run(date(2026, 3, 1))
    story.terms = line(
        "30.00",
        quantity="10",
        upgrade="next_invoice",
        more=[version(date(2026, 3, 16), "30.00", quantity="15")],
    )
    due = due_charges(story.terms, story.billed, date(2026, 5, 1))
    shares = by_document(due, form="per_period")
    assert {
        key: sorted(c.kind for c in charges) for key, charges in shares.items()
    } == {
        APRIL.start: ["charge"],
        None: ["adjustment", "charge"],
    }


def test_credits_beyond_the_charges_are_left_out():
    terms = line(end=date(2026, 3, 11))
    billed = [BilledEntry("charge", MARCH, money(300), money(300))]
    due = due_charges(terms, billed, date(2026, 3, 11))
    assert without_excess_credit(due) == []


@given(any_terms(), st.integers(0, 400))
def test_the_runs_make_what_was_announced(terms, later):
    """A run on each day bills, day by day, the documents that were announced."""
    as_of = terms.start + timedelta(days=later % 60)
    terms = replace(terms, catch_up_limit=10_000)
    announced = list(
        islice(upcoming([(terms, ())], as_of=as_of, form="one_document"), 4)
    )
    billed: list[BilledEntry] = []
    made = []
    last = announced[-1].day if announced else as_of + timedelta(days=90)
    day = as_of
    while day <= last:
        charges = due_charges(terms, billed, day)
        billed += [charge.entry for charge in charges]
        if any(charge.charged for charge in charges):
            made.append((day, sum((c.charged for c in charges), Decimal(0))))
        day += timedelta(days=1)
    assert made == [(found.day, found.amount) for found in announced]
