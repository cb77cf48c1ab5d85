"""What is said of a document that differs from the one before."""

from dataclasses import replace
from datetime import date
from itertools import islice

from lines import MARCH, MONTHLY, line, money, version

from engine.charging import BilledEntry, Pause
from engine.reasons import settlement
from engine.recurrence import RecurrenceRule
from engine.upcoming import upcoming


def kinds(lines, count=3):
    """The reasons of the next documents, each seen from the one before."""
    return [
        [reason.kind for reason in document.reasons]
        for document in islice(upcoming(lines, as_of=date(2026, 3, 1)), count)
    ]


def paid(amount=300):
    """March is billed."""
    return [BilledEntry("charge", MARCH, money(amount), money(amount))]


def test_the_first_document_is_new_and_the_next_ones_say_nothing():
    assert kinds([(line(), ())]) == [["new"], [], []]


def test_a_start_inside_the_month_is_a_part():
    assert kinds([(line(start=date(2026, 3, 15)), ())], 2) == [["start"], []]


def test_an_end_inside_the_month_is_a_part():
    assert kinds([(line(end=date(2026, 4, 11)), paid())], 2) == [["end"]]


def test_a_pause_inside_the_month_is_a_part():
    paused = line(pauses=(Pause(date(2026, 4, 10), date(2026, 4, 20)),))
    assert kinds([(paused, paid())], 2) == [["pause"], []]


def test_another_quantity_is_told_with_what_held_before():
    more = line(
        "30.00", quantity="10", more=[version(date(2026, 4, 1), "30", quantity="15")]
    )
    (document,) = islice(upcoming([(more, paid())], as_of=date(2026, 3, 1)), 1)
    (found,) = document.reasons
    assert (found.kind, found.before.quantity) == ("terms", money(10))


def test_a_line_of_another_rhythm_comes_along_and_goes():
    quarterly = replace(
        line("90.00", RecurrenceRule("month", 3, date(2026, 1, 1))), line="licence"
    )
    quarter = BilledEntry("charge", MARCH, money(31), money(31))
    found = kinds([(line(), paid()), (quarterly, [quarter])], 4)
    assert found == [[], ["not_due"], [], ["also"]]


def test_a_free_first_period_that_shares_a_document_is_told():
    free = replace(line(start=date(2026, 3, 15), first_period="free"), line="free")
    assert kinds([(line(start=date(2026, 3, 15)), ()), (free, ())], 1) == [
        ["start", "free"]
    ]


def test_an_adjustment_is_the_old_credit_and_the_new_charge():
    old = line("30.00", quantity="10")
    new = line(
        "30.00",
        quantity="10",
        more=[version(date(2026, 3, 17), "30", quantity="15")],
    )
    (document,) = islice(upcoming([(new, paid())], as_of=date(2026, 3, 17)), 1)
    (charge,) = document.charges
    assert charge.period.days == 15
    assert settlement(old, charge) == (money("-145.16"), money("217.74"))
    assert charge.charged == money("72.58")
    assert [reason.kind for reason in document.reasons] == ["adjustment"]


def test_after_a_concession_only_the_difference_is_told():
    conceded = [BilledEntry("charge", MARCH, money(300), money(150))]
    ended = line(rule=MONTHLY, end=date(2026, 3, 11))
    (document,) = islice(upcoming([(ended, conceded)], as_of=date(2026, 3, 11)), 1)
    assert settlement(line(), document.charges[0]) == (0, money("-101.62"))
