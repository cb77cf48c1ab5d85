"""What a run bills: first invoices, catch-up, first periods, rounding, printing."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from ledger import Story
from lines import line, money, opening, rows

from engine.charging import BilledEntry, LineVersion, Pause, due_charges
from engine.errors import CatchUpLimitExceeded
from engine.next_dates import next_invoice_date
from engine.periods import Period
from engine.recurrence import RecurrenceRule


def test_first_invoice_in_advance_is_due_on_the_first_day():
    story = Story(line())
    assert story.run(date(2026, 2, 28)) == ()
    (charge,) = story.run(date(2026, 3, 1))
    assert rows([charge]) == [
        ("charge", "2026-03-01", "2026-03-31", "300.00", "300.00")
    ]
    assert charge.line == "line"
    assert (charge.quantity, charge.price, charge.discount) == (1, money("300.00"), 0)
    assert charge.fraction == 1
    assert charge.scheduled == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("timing", "lead_days", "due"),
    [
        ("in_advance", 0, date(2026, 3, 1)),
        ("in_advance", 15, date(2026, 2, 14)),
        ("in_advance", -5, date(2026, 3, 6)),
        ("in_arrears", 0, date(2026, 4, 1)),
        ("in_arrears", 1, date(2026, 3, 31)),
        ("in_arrears", -4, date(2026, 4, 5)),
    ],
)
def test_lead_days_move_the_day_a_period_is_due(timing, lead_days, due):
    terms = line(timing=timing, lead_days=lead_days)
    (charge,) = due_charges(terms, (), due)
    assert charge.scheduled == due
    assert due_charges(terms, (), due.fromordinal(due.toordinal() - 1)) == ()


def test_second_run_on_the_same_day_creates_nothing():
    story = Story(line())
    assert len(story.run(date(2026, 5, 10))) == 3
    assert story.run(date(2026, 5, 10)) == ()


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "amount"),
    [
        ("2", "50.00", "10", "90.00"),
        ("1", "100.00", "100", "0.00"),
        ("0", "100.00", "0", "0.00"),
        ("1", "-20.00", "0", "-20.00"),
        ("-2", "15.00", "0", "-30.00"),
        ("3", "33.33", "33.33", "66.66"),
    ],
)
def test_full_period_prints_as_sold(quantity, price, discount, amount):
    terms = line(price, quantity=quantity, discount=discount)
    (charge,) = due_charges(terms, (), date(2026, 3, 1))
    assert charge.charged == charge.settled == Decimal(amount)
    printed = (charge.quantity, charge.price, charge.discount)
    assert printed == (Decimal(quantity), Decimal(price), Decimal(discount))


def test_version_inside_a_period_shares_the_price_by_days():
    later = LineVersion(date(2026, 4, 16), Decimal(1), money("450.00"))
    terms = line(start=date(2026, 4, 1), more=[later])
    (charge,) = due_charges(terms, (), date(2026, 4, 1))
    assert charge.settled == money("375.00")


def test_version_on_a_boundary_takes_the_whole_new_period():
    later = LineVersion(date(2026, 4, 1), Decimal(1), money("450.00"))
    charges = due_charges(line(more=[later]), (), date(2026, 4, 1))
    assert [c.settled for c in charges] == [money("300.00"), money("450.00")]


def test_without_proration_a_change_waits_for_the_next_boundary():
    later = LineVersion(date(2026, 3, 10), Decimal(1), money("450.00"))
    terms = line(basis="none", more=[later])
    charges = due_charges(terms, (), date(2026, 4, 1))
    assert [c.settled for c in charges] == [money("300.00"), money("450.00")]


def test_missed_periods_use_the_versions_in_force_in_each():
    later = LineVersion(date(2026, 5, 1), Decimal(2), money("300.00"))
    charges = due_charges(line(more=[later]), (), date(2026, 6, 20))
    assert [str(c.settled) for c in charges] == ["300.00", "300.00", "600.00", "600.00"]
    assert [c.scheduled.month for c in charges] == [3, 4, 5, 6]


def test_more_periods_than_the_limit_bill_nothing():
    story = Story(line(catch_up_limit=3))
    with pytest.raises(CatchUpLimitExceeded) as refusal:
        story.run(date(2026, 6, 1))
    assert refusal.value.code == "catch_up_limit"
    assert refusal.value.details == {"due": 4, "limit": 3, "first": date(2026, 3, 1)}
    assert len(story.run(date(2026, 5, 31))) == 3


def test_pieces_of_one_period_count_once_for_the_limit():
    billed = [BilledEntry("charge", _days(10, 12), money("29.03"), money("29.03"))]
    terms = line(catch_up_limit=1)
    charges = due_charges(terms, billed, date(2026, 3, 31))
    assert rows(charges) == [
        ("charge", "2026-03-01", "2026-03-09", "87.10", "87.10"),
        ("charge", "2026-03-13", "2026-03-31", "183.87", "183.87"),
    ]


def test_opening_that_ends_inside_a_period_leaves_the_rest_to_bill():
    billed = opening(date(2026, 3, 1), date(2026, 6, 10), "1000.00")
    (charge,) = due_charges(line(), billed, date(2026, 6, 11))
    assert rows([charge]) == [
        ("charge", "2026-06-11", "2026-06-30", "200.00", "200.00")
    ]
    assert charge.scheduled == date(2026, 6, 11)
    assert charge.fraction == Fraction(20, 30)
    assert due_charges(line(), billed, date(2026, 6, 10)) == ()


def test_void_entry_frees_its_period():
    void = BilledEntry("charge", _days(1, 31), money("300.00"), money("300.00"), "void")
    (charge,) = due_charges(line(), [void], date(2026, 3, 5))
    assert charge.settled == money("300.00")


def test_charge_made_void_counts_what_still_corrects_it():
    credit = BilledEntry("adjustment", _days(10, 12), money("-29.03"), money("-29.03"))
    story = Story(line(), [credit])
    (charge,) = story.run(date(2026, 3, 5))
    assert rows([charge]) == [
        ("charge", "2026-03-01", "2026-03-31", "329.03", "329.03")
    ]
    assert story.settled == money("300.00")
    assert story.run(date(2026, 3, 5)) == ()


def test_waiver_given_before_the_charge_leaves_nothing_to_pay():
    waiver = BilledEntry("waiver", _days(1, 31), money("300.00"), Decimal(0))
    story = Story(line(), [waiver])
    (charge,) = story.run(date(2026, 3, 1))
    assert rows([charge]) == [("charge", "2026-03-01", "2026-03-31", "0.00", "0.00")]
    assert story.run(date(2026, 3, 31)) == ()


def test_waiver_given_before_the_charge_waits_for_it():
    waiver = BilledEntry("waiver", _days(1, 31), money("300.00"), Decimal(0))
    assert due_charges(line(), [waiver], date(2026, 2, 20)) == ()
    found = next_invoice_date(line(), [waiver], as_of=date(2026, 2, 20))
    assert found == date(2026, 3, 1)


def test_paused_days_between_charges_get_none():
    pause = Pause(date(2026, 3, 5), date(2026, 3, 10))
    billed = [
        BilledEntry("charge", _days(3, 4), money("19.35"), money("19.35")),
        BilledEntry("charge", _days(10, 19), money("96.78"), money("96.78")),
    ]
    story = Story(line(pauses=(pause,)), billed)
    assert [c.period for c in story.run(date(2026, 3, 20))] == [
        _days(1, 2),
        _days(20, 31),
    ]
    assert story.settled == money("251.61")


def test_waiver_larger_than_the_price_is_not_paid_out():
    waiver = BilledEntry("waiver", _days(1, 31), money("350.00"), Decimal(0))
    (charge,) = due_charges(line(), [waiver], date(2026, 3, 1))
    assert (charge.settled, charge.charged) == (money("-50.00"), 0)


def test_credit_of_a_period_that_is_void_and_not_promised_is_taken_back():
    credit = BilledEntry("adjustment", _days(10, 12), money("-29.03"), money("-29.03"))
    story = Story(line(pauses=(Pause(date(2026, 3, 1), date(2026, 4, 1)),)), [credit])
    (charge,) = story.run(date(2026, 3, 20))
    assert (charge.kind, charge.charged) == ("adjustment", money("29.03"))
    assert story.run(date(2026, 3, 20)) == ()


def test_since_keeps_what_belongs_to_a_period_that_goes_on():
    story = Story(line(end=date(2026, 3, 11)))
    story.run(date(2026, 3, 1))
    since = date(2026, 3, 20)
    assert due_charges(story.terms, story.billed, date(2026, 3, 25), since=since) == ()
    april = date(2026, 4, 1)
    assert (
        due_charges(line(), (), date(2026, 4, 1), since=april)[0].period.start == april
    )


def test_ledger_may_be_an_iterator():
    story = Story(line(upgrade="next_invoice"))
    story.run(date(2026, 3, 1))
    later = LineVersion(date(2026, 3, 12), Decimal(1), money("450.00"))
    story.edit(versions=(*story.terms.versions, later))
    assert due_charges(story.terms, iter(story.billed), date(2026, 3, 20)) == ()


def test_unaligned_line_keeps_the_day_of_its_anchor():
    charges = due_charges(
        line(
            rule=RecurrenceRule("month", 1, date(2026, 1, 31)), start=date(2026, 1, 31)
        ),
        (),
        date(2026, 3, 31),
    )
    assert [(str(c.period.start), str(c.period.last)) for c in charges] == [
        ("2026-01-31", "2026-02-27"),
        ("2026-02-28", "2026-03-30"),
        ("2026-03-31", "2026-04-29"),
    ]
    assert {c.settled for c in charges} == {money("300.00")}


def _days(first, last):
    return Period.inclusive(date(2026, 3, first), date(2026, 3, last))
