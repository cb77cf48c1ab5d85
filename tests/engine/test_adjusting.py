"""What is settled again: upgrades, downgrades, ends, concessions, credit notes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from ledger import Story
from lines import APRIL, MARCH, line, money, opening, version

from engine.charging import BilledEntry, Pause
from engine.periods import Period
from engine.recurrence import RecurrenceRule


def charged(start=date(2026, 3, 1), **values):
    """A line whose first period is charged."""
    story = Story(line(start=start, **values))
    story.run(start)
    assert len(story.billed) == 1
    return story


def change(story, day, price, *, sequence=1, quantity="1"):
    new = version(day, price, sequence=sequence, quantity=quantity)
    return story.edit(versions=(*story.terms.versions, new))


def only(charges):
    (charge,) = charges
    assert charge.kind == "adjustment"
    return charge


@pytest.mark.parametrize(
    ("start", "day", "difference", "share"),
    [
        (date(2026, 4, 1), date(2026, 4, 16), "75.00", Fraction(15, 30)),
        (date(2026, 3, 1), date(2026, 3, 12), "96.77", Fraction(20, 31)),
    ],
)
def test_upgrade_inside_a_period_is_due_on_its_day(start, day, difference, share):
    story = change(charged(start), day, "450.00")
    assert story.run(day.replace(day=day.day - 1)) == ()
    found = only(story.run(day))
    assert (found.settled, found.charged) == (money(difference), money(difference))
    assert (found.period.start, found.scheduled) == (day, day)
    assert found.fraction == share
    assert (found.quantity, found.price) == (1, money(difference))
    assert story.run(day) == ()


def test_back_dated_upgrade_is_due_at_once():
    story = change(charged(date(2026, 4, 1)), date(2026, 4, 16), "450.00")
    found = only(story.run(date(2026, 4, 25)))
    assert found.settled == money("75.00")
    assert found.scheduled == date(2026, 4, 16)


def test_upgrade_of_a_past_period_is_billed_with_the_next():
    story = charged(date(2026, 4, 1))
    change(story, date(2026, 4, 16), "450.00")
    charges = story.run(date(2026, 5, 1))
    assert [str(c.settled) for c in charges] == ["75.00", "450.00"]


def test_downgrade_gives_back_with_a_negative_quantity():
    story = change(charged(date(2026, 4, 1), quantity="3"), date(2026, 4, 16), "200.00")
    story.edit(versions=(story.terms.versions[0], replace_quantity(story, "3")))
    found = only(story.run(date(2026, 4, 16)))
    assert found.settled == found.charged == money("-150.00")
    assert found.quantity == -3
    assert found.price == money("50.00")


def replace_quantity(story, quantity):
    return replace(story.terms.versions[1], quantity=money(quantity))


def test_change_and_change_back_on_the_same_day_is_nothing():
    story = charged(date(2026, 4, 1))
    change(story, date(2026, 4, 16), "450.00", sequence=1)
    change(story, date(2026, 4, 16), "300.00", sequence=2)
    assert story.run(date(2026, 4, 30)) == ()


def test_change_back_after_it_was_billed_gives_the_same_amount_back():
    story = change(charged(), date(2026, 3, 12), "450.00")
    assert only(story.run(date(2026, 3, 12))).charged == money("96.77")
    change(story, date(2026, 3, 12), "300.00", sequence=2)
    assert only(story.run(date(2026, 3, 13))).charged == money("-96.77")
    assert story.settled == money("300.00")


def test_change_known_before_the_charge_is_in_it():
    story = Story(line(start=date(2026, 4, 1)))
    change(story, date(2026, 4, 16), "450.00")
    story.run(date(2026, 4, 1))
    assert story.settled == money("375.00")
    assert story.run(date(2026, 4, 16)) == ()


def test_change_of_a_period_invoiced_early_waits_for_its_day():
    story = Story(line(lead_days=20))
    story.run(date(2026, 3, 12))
    assert len(story.billed) == 2
    change(story, date(2026, 4, 1), "450.00")
    assert story.run(date(2026, 3, 31)) == ()
    assert only(story.run(date(2026, 4, 1))).settled == money("150.00")


@pytest.mark.parametrize(
    ("policy", "price", "expected"),
    [
        ("upgrade", "450.00", ["96.77", "450.00"]),
        ("downgrade", "150.00", ["-96.77", "150.00"]),
    ],
)
def test_change_that_waits_rides_on_the_next_invoice(policy, price, expected):
    story = change(charged(**{policy: "next_invoice"}), date(2026, 3, 12), price)
    assert story.run(date(2026, 3, 31)) == ()
    assert [str(c.settled) for c in story.run(date(2026, 4, 1))] == expected


def test_change_that_waits_is_settled_when_no_invoice_will_come():
    story = charged(upgrade="next_invoice", end=date(2026, 4, 1))
    change(story, date(2026, 3, 12), "450.00")
    assert only(story.run(date(2026, 3, 12))).settled == money("96.77")


def test_waiting_policy_holds_beside_an_earlier_pause():
    pause = Pause(date(2026, 3, 5), date(2026, 3, 8))
    story = charged(upgrade="next_invoice", pauses=(pause,))
    change(story, date(2026, 3, 12), "450.00")
    assert story.run(date(2026, 3, 20)) == ()
    assert len(story.run(date(2026, 4, 1))) == 2


def test_waiting_downgrade_holds_beside_an_earlier_pause():
    pause = Pause(date(2026, 3, 5), date(2026, 3, 8))
    story = charged(downgrade="next_invoice", pauses=(pause,))
    change(story, date(2026, 3, 12), "150.00")
    assert story.run(date(2026, 3, 20)) == ()


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


def test_rise_of_a_discount_line_is_printed_with_a_positive_price():
    story = change(charged(price="-20.00"), date(2026, 3, 1), "-30.00")
    found = only(story.run(date(2026, 3, 2)))
    assert (found.charged, found.quantity, found.price) == (money("-10.00"), -1, 10)


def test_change_to_nothing_credits_as_one_unit():
    story = change(charged(), date(2026, 3, 1), "300.00", quantity="0")
    found = only(story.run(date(2026, 3, 2)))
    assert (found.quantity, found.price) == (-1, money("300.00"))


def test_back_dated_change_over_opened_months_is_one_adjustment():
    billed = opening(date(2026, 3, 1), date(2026, 5, 31), "900.00")
    story = change(Story(line(), billed), date(2026, 4, 1), "310.00")
    found = only(story.run(date(2026, 5, 31)))
    assert found.settled == money("20.00")
    assert found.fraction == 2


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


def test_adjustments_of_two_periods_are_two():
    story = charged()
    story.run(date(2026, 4, 1))
    change(story, date(2026, 3, 1), "310.00")
    charges = story.run(date(2026, 4, 2))
    assert [c.period for c in charges] == [MARCH, APRIL]
    assert {c.settled for c in charges} == {money("10.00")}


def note(amount):
    return BilledEntry("adjustment", MARCH, money(amount), money(amount))
