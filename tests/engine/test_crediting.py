"""What is given back: ends, concessions, free periods, credit notes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from ledger import Story
from lines import MARCH, change, charged, line, money, only, opening

from engine.charging import BilledEntry
from engine.entries import settled_by_document
from engine.periods import Period
from engine.recurrence import RecurrenceRule


def test_closing_inside_a_period_credits_the_rest_on_that_day():
    story = charged().edit(end=date(2026, 3, 22))
    assert story.run(date(2026, 3, 21)) == ()
    found = only(story.run(date(2026, 3, 22)))
    assert found.charged == money("-96.77")
    assert found.period == Period(date(2026, 3, 22), date(2026, 4, 1))
    assert found.fraction == Fraction(10, 31)
    assert (found.quantity, found.price) == (-1, money("96.77"))


def test_end_before_a_charged_period_gives_it_all_back():
    story = charged()
    story.run(date(2026, 4, 1))
    story.edit(end=date(2026, 3, 1))
    assert [c.settled for c in story.run(date(2026, 4, 2))] == [money("-300.00")] * 2
    assert story.settled == 0


def test_end_that_is_withdrawn_is_charged_again_without_overlap():
    story = charged().edit(end=date(2026, 3, 22))
    story.run(date(2026, 3, 22))
    story.edit(end=None)
    assert only(story.run(date(2026, 3, 25))).charged == money("96.77")
    assert story.settled == money("300.00")


@pytest.mark.parametrize("basis", ["actual", "30_360", "actual_30", "none"])
def test_credit_of_all_days_is_the_whole_charge(basis):
    story = charged(basis=basis).edit(end=date(2026, 3, 1))
    assert only(story.run(date(2026, 3, 2))).charged == money("-300.00")


@pytest.mark.parametrize(
    ("basis", "credit"),
    [("actual", "-154.84"), ("30_360", "-150.00"), ("actual_30", "-150.00")],
)
def test_credit_counts_by_the_basis_of_the_line(basis, credit):
    story = charged(basis=basis).edit(end=date(2026, 3, 16))
    assert only(story.run(date(2026, 3, 16))).charged == money(credit)


def test_line_without_proration_gives_nothing_back_for_an_end():
    story = charged(basis="none").edit(end=date(2026, 3, 16))
    assert story.run(date(2026, 4, 30)) == ()


def test_credit_after_a_concession_gives_back_what_was_charged():
    story = charged()
    story.billed[0] = replace(story.billed[0], charged=money("150.00"))
    found = only(story.edit(end=date(2026, 3, 22)).run(date(2026, 3, 22)))
    assert (found.settled, found.charged) == (money("-96.77"), money("-48.39"))
    assert story.settled == money("203.23")


def test_credit_after_a_free_period_is_nothing():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    story = Story(line("1000.00", rule, date(2026, 3, 10), first_period="free"))
    story.run(date(2026, 3, 10))
    found = only(story.edit(end=date(2026, 3, 21)).run(date(2026, 3, 21)))
    assert (found.settled, found.charged) == (money("-354.84"), 0)


def test_upgrade_inside_a_free_period_is_waived():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    story = Story(line("1000.00", rule, date(2026, 3, 10), first_period="free"))
    story.run(date(2026, 3, 10))
    (found,) = change(story, date(2026, 3, 21), "2000.00").run(date(2026, 3, 21))
    assert (found.kind, found.settled, found.charged) == ("waiver", money("354.84"), 0)


def test_upgrade_after_an_opening_over_a_free_period_is_charged():
    rule = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
    billed = opening(date(2026, 3, 10), date(2026, 4, 30), "1709.68")
    terms = line("1000.00", rule, date(2026, 3, 10), first_period="free")
    story = change(Story(terms, billed), date(2026, 4, 16), "2000.00")
    found = only(story.run(date(2026, 4, 16)))
    assert (found.settled, found.charged) == (money("500.00"), money("500.00"))


def test_credit_that_goes_beyond_all_settled_is_full_for_the_rest():
    story = charged()
    story.billed[0] = replace(story.billed[0], charged=Decimal(0))
    found = only(change(story, date(2026, 3, 1), "-100.00").run(date(2026, 3, 2)))
    assert (found.settled, found.charged) == (money("-400.00"), money("-100.00"))


def test_credit_note_that_bills_again_leaves_the_difference_open():
    story = charged()
    story.billed.append(note("-100.00"))
    assert only(story.run(date(2026, 3, 20))).charged == money("100.00")


def test_credit_note_with_a_waiver_leaves_nothing_open():
    story = charged()
    waiver = BilledEntry("waiver", MARCH, money("100.00"), Decimal(0))
    story.billed += [note("-100.00"), waiver]
    assert story.run(date(2026, 3, 20)) == ()
    assert story.charged == money("200.00")


def note(amount):
    return BilledEntry("adjustment", MARCH, money(amount), money(amount))


@pytest.mark.parametrize(
    ("charged_back", "settled", "billed", "expected"),
    [
        # Charged in full: what the credit note says.
        ("-30.00", "100.00", "100.00", "-30.00"),
        # 20 conceded on 100: the whole credit takes the concession back with it.
        ("-80.00", "100.00", "80.00", "-100.00"),
        ("-26.67", "100.00", "80.00", "-33.34"),
        # Nothing was charged: nothing to be in proportion to.
        ("-5.00", "100.00", "0", "-5.00"),
    ],
)
def test_credit_note_takes_concessions_back_with_it(
    charged_back, settled, billed, expected
):
    found = settled_by_document(
        Decimal(charged_back),
        origin_settled=Decimal(settled),
        origin_charged=Decimal(billed),
        step=Decimal("0.01"),
    )
    assert found == Decimal(expected)
