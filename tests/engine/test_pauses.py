"""Pauses: known, open, ended, resumed, moving the end."""

from datetime import date

import pytest
from ledger import Story, overlapping
from lines import MONTHLY, line, money

from engine.charging import Pause
from engine.periods import Period
from engine.promise import promised_amount

MARCH_10, MARCH_20 = date(2026, 3, 10), date(2026, 3, 20)


def charged(**values):
    story = Story(line(price="310.00", **values))
    story.run(date(2026, 3, 1))
    return story


def settled(charges):
    return [str(charge.settled) for charge in charges]


def test_pause_known_before_is_not_charged():
    story = charged(pauses=(Pause(MARCH_10, MARCH_20),))
    assert settled(story.charges) == ["210.00"]
    assert story.charges[0].period == Period(date(2026, 3, 1), date(2026, 4, 1))
    assert story.run(date(2026, 3, 31)) == ()


def test_pause_learned_later_is_credited_when_it_begins():
    story = charged().edit(pauses=(Pause(MARCH_10, MARCH_20),))
    assert story.run(date(2026, 3, 9)) == ()
    (credit,) = story.run(MARCH_10)
    assert (credit.kind, credit.charged) == ("adjustment", money("-100.00"))
    assert credit.period == Period(MARCH_10, MARCH_20)
    assert story.run(MARCH_20) == ()


def test_pause_of_an_early_invoice_waits_until_it_begins():
    story = Story(line(price="310.00", lead_days=20))
    story.run(date(2026, 3, 12))
    story.edit(pauses=(Pause(date(2026, 3, 25), date(2026, 4, 11)),))
    assert story.run(date(2026, 3, 24)) == ()
    charges = story.run(date(2026, 3, 25))
    assert settled(charges) == ["-70.00", "-103.33"]
    assert {charge.scheduled for charge in charges} == {date(2026, 3, 25)}


def test_back_dated_pause_is_credited_at_once():
    story = charged().edit(pauses=(Pause(MARCH_10, MARCH_20),))
    assert settled(story.run(date(2026, 3, 25))) == ["-100.00"]


def test_second_pause_is_credited_for_its_own_days():
    story = charged(pauses=(Pause(date(2026, 3, 3), date(2026, 3, 6)),))
    story.edit(pauses=(*story.terms.pauses, Pause(MARCH_10, MARCH_20)))
    (credit,) = story.run(MARCH_10)
    assert credit.period == Period(MARCH_10, MARCH_20)


def test_open_pause_credits_to_the_end_of_the_period():
    story = charged().edit(pauses=(Pause(MARCH_10),))
    assert settled(story.run(MARCH_10)) == ["-220.00"]
    assert story.run(date(2026, 9, 1)) == ()


def test_resuming_makes_the_rest_due_on_its_day_in_advance():
    story = charged().edit(pauses=(Pause(MARCH_10),))
    story.run(MARCH_10)
    story.edit(pauses=(Pause(MARCH_10, MARCH_20),))
    assert story.run(date(2026, 3, 19)) == ()
    (rest,) = story.run(MARCH_20)
    assert (rest.kind, rest.charged) == ("adjustment", money("120.00"))
    assert rest.period == Period(MARCH_20, date(2026, 4, 1))


def test_resuming_a_pause_known_before_charges_the_rest():
    story = charged(pauses=(Pause(MARCH_10),))
    assert settled(story.charges) == ["90.00"]
    story.edit(pauses=(Pause(MARCH_10, MARCH_20),))
    assert story.run(date(2026, 3, 19)) == ()
    (rest,) = story.run(MARCH_20)
    assert (rest.kind, rest.charged) == ("charge", money("120.00"))
    assert rest.scheduled == MARCH_20


def test_resuming_in_arrears_is_due_at_the_end_of_the_period():
    pause = Pause(MARCH_10, MARCH_20)
    story = Story(line(price="310.00", timing="in_arrears", pauses=(pause,)))
    assert story.run(date(2026, 3, 31)) == ()
    assert settled(story.run(date(2026, 4, 1))) == ["210.00"]


def test_pause_at_the_end_brings_no_invoice_in_arrears_forward():
    pause = Pause(MARCH_10, date(2026, 4, 1))
    story = Story(line(price="310.00", timing="in_arrears", pauses=(pause,)))
    assert story.run(date(2026, 3, 31)) == ()
    assert settled(story.run(date(2026, 4, 1))) == ["90.00"]


def test_pause_over_the_first_days_is_due_on_resumption():
    story = Story(line(price="310.00", pauses=(Pause(date(2026, 3, 1), MARCH_20),)))
    assert story.run(date(2026, 3, 19)) == ()
    assert settled(story.run(MARCH_20)) == ["120.00"]


def test_whole_period_paused_has_no_entry():
    story = charged(pauses=(Pause(date(2026, 4, 1), date(2026, 5, 1)),))
    assert settled(story.run(date(2026, 5, 1))) == ["310.00"]
    assert [c.period.start.month for c in story.charges] == [3, 5]


def test_pause_ended_before_it_began_is_none():
    story = charged().edit(pauses=(Pause(MARCH_10, date(2026, 3, 5)),))
    assert story.run(date(2026, 3, 31)) == ()
    assert story.terms.pauses[0].period is None


def test_withdrawn_pauses_around_a_charge_never_overlap_it():
    pauses = (Pause(date(2026, 3, 1), MARCH_10), Pause(MARCH_20))
    story = Story(line(price="310.00", pauses=pauses))
    story.run(MARCH_10)
    story.edit(pauses=())
    charges = story.run(date(2026, 3, 25))
    assert settled(charges) == ["90.00", "120.00"]
    assert overlapping(story.billed) == []
    assert story.settled == money("310.00")


def test_pauses_that_overlap_count_each_day_once():
    pauses = (Pause(MARCH_10, MARCH_20), Pause(date(2026, 3, 15), date(2026, 3, 25)))
    assert settled(charged(pauses=pauses).charges) == ["160.00"]


@pytest.mark.parametrize(
    ("pauses", "end"),
    [
        ((Pause(MARCH_10, MARCH_20),), date(2026, 5, 11)),
        (
            (Pause(MARCH_10, MARCH_20), Pause(date(2026, 3, 15), date(2026, 3, 25))),
            date(2026, 5, 16),
        ),
        ((Pause(MARCH_10),), date.max),
        ((Pause(date(2026, 5, 5), date(2026, 5, 9)),), date(2026, 5, 1)),
        (
            (
                Pause(date(2026, 4, 25), date(2026, 5, 5)),
                Pause(date(2026, 5, 6), date(2026, 5, 8)),
            ),
            date(2026, 5, 13),
        ),
        ((Pause(date(2026, 1, 1), date(2026, 2, 1)),), date(2026, 5, 1)),
        ((Pause(MARCH_20, MARCH_10),), date(2026, 5, 1)),
    ],
)
def test_plan_that_extends_moves_the_end_by_the_paused_days(pauses, end):
    terms = line(end=date(2026, 5, 1), pauses=pauses, extend_on_pause=True)
    assert terms.effective_end == end


def test_plan_that_extends_credits_nothing_before_the_end():
    story = charged(end=date(2026, 5, 1), extend_on_pause=True)
    story.edit(pauses=(Pause(MARCH_10, MARCH_20),))
    assert story.run(date(2026, 3, 31)) == ()
    story.run(date(2026, 4, 1))
    last = story.run(date(2026, 5, 1))
    assert settled(last) == ["-100.00", "100.00"]
    assert story.settled == promised_amount(
        story.terms, Period(date(2026, 3, 1), date(2026, 6, 1))
    )


def test_resumption_of_a_fully_credited_month_is_charged_though_plan_extends():
    pause = Pause(date(2026, 3, 1), date(2026, 3, 2))
    story = charged(extend_on_pause=True, end=date(2026, 3, 1))
    assert story.billed == []
    story = charged().edit(pauses=(Pause(date(2026, 3, 1)),))
    assert settled(story.run(date(2026, 3, 1))) == ["-310.00"]
    story.edit(pauses=(pause,), end=date(2026, 9, 1), extend_on_pause=True)
    assert settled(story.run(date(2026, 3, 2))) == ["300.00"]


def test_line_without_end_is_not_extended():
    terms = line(rule=MONTHLY, pauses=(Pause(MARCH_10),), extend_on_pause=True)
    assert terms.effective_end == date.max
