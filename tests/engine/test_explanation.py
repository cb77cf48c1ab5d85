"""The steps from the facts to the amount, as values."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from edits import DOCUMENTS, KINDS, histories
from hypothesis import given
from ledger import Story
from lines import MARCH, line, money, version
from strategies import SIGNED

from engine.document_facts import document_facts, emptied_facts, given_up_facts
from engine.errors import InvalidFacts
from engine.explanation import counted_days, explanation
from engine.facts import opening_facts
from engine.periods import Period
from engine.printing import PrintedLine
from engine.recurrence import RecurrenceRule
from engine.terms import Pause

ALIGNED = RecurrenceRule("month", 1, date(2026, 3, 10), 1)
START = date(2026, 3, 10)


def explained(terms, day):
    story = Story(terms)
    return [explanation(charge.facts) for charge in story.run(day)]


def span(first, last):
    return Period.inclusive(date.fromisoformat(first), date.fromisoformat(last))


def test_full_period_is_quantity_times_price():
    (found,) = explained(line("38.00", quantity="25"), date(2026, 3, 1))
    (step,) = found.steps
    (held,) = step.held
    assert (held.version.quantity, held.version.price, held.full) == (
        25,
        money("38.00"),
        money("950.00"),
    )
    assert (step.counted, step.amount) == ((31, 31), money("950.00"))
    assert (found.unit, found.interval, found.timing) == ("month", 1, "in_advance")
    assert (found.settled, found.charged) == (money("950.00"), money("950.00"))
    assert found.is_uniform
    assert not (step.stub or found.free or found.given_up)


def test_discount_is_in_the_full_price():
    (found,) = explained(line("100.00", discount="10"), date(2026, 3, 1))
    assert found.steps[0].held[0].full == money("90.00")
    assert found.last_version.discount == 10


@pytest.mark.parametrize(
    ("basis", "counted", "amount"),
    [
        ("actual", (22, 31), "212.90"),
        ("30_360", (21, 30), "210.00"),
        ("actual_30", (22, 30), "220.00"),
        ("none", (22, 31), "300.00"),
    ],
)
def test_cut_period_is_counted_by_its_basis(basis, counted, amount):
    (found,) = explained(line(rule=ALIGNED, start=START, basis=basis), START)
    (step,) = found.steps
    assert (step.counted, step.amount) == (counted, money(amount))
    assert (found.basis, step.served) == (basis, (span("2026-03-10", "2026-03-31"),))


@pytest.mark.parametrize("basis", ["actual", "30_360", "actual_30", "none"])
def test_whole_period_is_counted_by_its_real_days(basis):
    assert counted_days((MARCH,), MARCH, basis) == (31, 31)


def test_two_versions_share_the_days_of_a_period():
    terms = line(start=date(2026, 4, 1), more=[version(date(2026, 4, 16), "450.00")])
    (found,) = explained(terms, date(2026, 4, 1))
    (step,) = found.steps
    assert [(held.days, held.full) for held in step.held] == [
        (15, money("300.00")),
        (15, money("450.00")),
    ]
    assert step.amount == money("375.00")
    assert not found.is_uniform
    assert found.last_version.price == money("450.00")


def test_adjustment_tells_what_was_settled_before():
    story = Story(line(start=date(2026, 4, 1)))
    story.run(date(2026, 4, 1))
    story.edit(versions=(*story.terms.versions, version(date(2026, 4, 16), "450.00")))
    (upgrade,) = story.run(date(2026, 4, 20))
    found = explanation(upgrade.facts)
    assert (found.promised, found.before, found.charged) == (
        money("375.00"),
        money("300.00"),
        money("75.00"),
    )


def test_credit_after_a_concession_tells_the_ratio():
    story = Story(line())
    story.run(date(2026, 3, 1))
    first = story.billed[0]
    story.billed[0] = first.__class__(
        "charge", first.period, money("300.00"), money("150.00")
    )
    story.edit(end=date(2026, 3, 22))
    (credit,) = story.run(date(2026, 3, 22))
    found = explanation(credit.facts)
    assert (found.ratio, found.settled, found.charged) == (
        Fraction(1, 2),
        money("-96.77"),
        money("-48.39"),
    )


def test_pause_cuts_the_days_in_two():
    terms = line(pauses=(Pause(date(2026, 3, 10), date(2026, 3, 20)),))
    (found,) = explained(terms, date(2026, 3, 1))
    assert found.steps[0].served == (
        span("2026-03-01", "2026-03-09"),
        span("2026-03-20", "2026-03-31"),
    )
    assert found.steps[0].counted == (21, 31)


def test_first_period_charged_in_full_is_told():
    terms = line(rule=ALIGNED, start=START, first_period="full")
    (found,) = explained(terms, START)
    assert found.steps[0].stub
    assert found.charged == money("300.00")


def test_free_first_period_is_a_charge_of_nothing_and_a_waiver():
    terms = line(rule=ALIGNED, start=START, first_period="free")
    charge, waiver = explained(terms, START)
    assert (charge.free, charge.charged, charge.last_version) == (True, 0, None)
    assert (waiver.free, waiver.settled, waiver.charged) == (False, money("212.90"), 0)
    assert not charge.is_uniform


def test_what_a_person_gave_up_is_told():
    story = Story(line())
    (charge,) = story.run(date(2026, 3, 1))
    found = explanation(given_up_facts(charge.facts))
    assert (found.given_up, found.settled, found.charged) == (True, money("300.00"), 0)
    empty = explanation(emptied_facts(charge.facts))
    assert (empty.given_up, empty.free, empty.settled) == (True, False, 0)


def test_opening_tells_full_periods_in_a_row_as_one_step():
    terms = line(start=date(2025, 1, 1))
    facts = opening_facts(terms, period=span("2025-01-01", "2026-02-28"), document=None)
    found = explanation(facts)
    (step,) = found.steps
    assert (step.periods, step.amount, step.stub) == (14, money("4200.00"), False)
    assert (found.source, found.settled, found.charged) == (
        "opening",
        money("4200.00"),
        0,
    )


def test_credit_note_tells_its_line_and_no_promise():
    printed = PrintedLine(
        quantity=money(1), price=money(80), discount=money(0), credit=True, name="R/1"
    )
    facts = document_facts(
        printed,
        period=MARCH,
        step=money("0.01"),
        settled_ratio=Fraction(5, 4),
        corrects=1,
        scheduled=date(2026, 3, 20),
    )
    found = explanation(facts)
    assert (found.steps, found.printed, found.unit) == ((), printed, "")
    assert (found.settled, found.charged) == (money("-100.00"), money("-80.00"))


def test_unreadable_facts_are_refused():
    with pytest.raises(InvalidFacts):
        explanation({"document": "INV/1"})


@given(histories(kinds=KINDS + DOCUMENTS, prices=SIGNED))
def test_steps_of_any_charge_add_up_to_its_amount(history):
    story, _day = history
    for charge in story.charges:
        found = explanation(charge.facts)
        assert sum((step.amount for step in found.steps), Decimal(0)) == found.promised
        assert found.promised - found.before == charge.settled
        for step in found.steps:
            days = sum(piece.days for piece in step.served)
            if found.basis != "none":
                assert sum(held.days for held in step.held) == days
