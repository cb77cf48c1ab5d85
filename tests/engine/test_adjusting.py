"""What is settled again when quantity or price change."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from ledger import Story
from lines import APRIL, MARCH, change, charged, line, money, only, opening

from engine.charging import BilledEntry, Pause
from engine.periods import Period


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


def test_change_learned_after_others_were_charged_waits_for_its_day():
    story = Story(line())
    change(story, date(2026, 3, 10), "310.00", sequence=1)
    change(story, date(2026, 3, 20), "320.00", sequence=2)
    story.run(date(2026, 3, 1))
    change(story, date(2026, 3, 25), "351.00", sequence=3)
    assert story.run(date(2026, 3, 5)) == story.run(date(2026, 3, 24)) == ()
    found = only(story.run(date(2026, 3, 25)))
    assert (found.settled, found.period.start) == (money("7.00"), date(2026, 3, 25))


def test_new_charge_inside_a_period_settles_it_with_all_that_is_known():
    pause = Pause(date(2026, 3, 10), date(2026, 3, 20))
    billed = [
        BilledEntry(
            "charge", Period(date(2026, 3, 1), pause.start), *[money("87.10")] * 2
        ),
        BilledEntry("charge", Period(pause.end, MARCH.end), *[money("116.13")] * 2),
    ]
    story = change(Story(line(pauses=(pause,)), billed), date(2026, 3, 25), "610.00")
    assert story.run(date(2026, 3, 12)) == ()
    story.edit(pauses=())
    charges = story.run(date(2026, 3, 12))
    assert [(c.kind, str(c.settled)) for c in charges] == [
        ("adjustment", "70.00"),
        ("charge", "96.77"),
    ]
    assert story.run(date(2026, 3, 31)) == ()


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


def test_adjustments_of_two_periods_are_two():
    story = charged()
    story.run(date(2026, 4, 1))
    change(story, date(2026, 3, 1), "310.00")
    charges = story.run(date(2026, 4, 2))
    assert [c.period for c in charges] == [MARCH, APRIL]
    assert {c.settled for c in charges} == {money("10.00")}
