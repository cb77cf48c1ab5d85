"""Cut-off: what is earned and deferred of an amount, what is earned and not billed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from edits import DOCUMENTS, KINDS, histories
from hypothesis import given
from hypothesis import strategies as st
from ledger import Story
from lines import QUARTERLY_CALENDAR, line, money, version
from oracle import is_promised, version_on
from strategies import SIGNED, STEPS

from engine.charging import BilledEntry, Pause, due_charges
from engine.cutoff import MONTH, Portion, portion, position, share, unbilled, weight
from engine.errors import InvalidTerms
from engine.periods import Period
from engine.recurrence import RecurrenceRule

CENT = Decimal("0.01")
BASES = st.sampled_from(["days", "months"])
YEARS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
YEARLY = RecurrenceRule("year", 1, date(2026, 1, 1))


def days(first: str, last: str) -> Period:
    return Period.inclusive(date.fromisoformat(first), date.fromisoformat(last))


@st.composite
def spans(draw):
    start = draw(YEARS)
    return Period(start, start + timedelta(days=draw(st.integers(1, 900))))


# === What is earned of an amount === #


@pytest.mark.parametrize(
    ("charged", "first", "last", "on", "basis", "earned", "deferred"),
    [
        # A year in advance, at the end of a month and in its middle.
        ("1200", "2026-01-01", "2026-12-31", "2026-01-31", "months", "100", "1100"),
        ("1200", "2026-01-01", "2026-12-31", "2026-01-31", "days", "101.92", "1098.08"),
        ("1200", "2026-01-01", "2026-12-31", "2026-02-14", "months", "150", "1050"),
        ("1200", "2026-01-01", "2026-12-31", "2026-02-28", "months", "200", "1000"),
        ("1200", "2028-01-01", "2028-12-31", "2028-02-29", "months", "200", "1000"),
        # An anniversary in the middle of months: each part by its own month.
        ("100", "2026-01-15", "2026-02-14", "2026-01-31", "days", "54.84", "45.16"),
        ("100", "2026-01-15", "2026-02-14", "2026-01-31", "months", "52.31", "47.69"),
        # One day, one month, before and after.
        ("31", "2026-03-01", "2026-03-31", "2026-03-01", "days", "1", "30"),
        ("31", "2026-03-01", "2026-03-31", "2026-03-01", "months", "1", "30"),
        ("31", "2026-03-01", "2026-03-31", "2026-02-28", "days", "0", "31"),
        ("31", "2026-03-01", "2026-03-31", "2026-03-31", "days", "31", "0"),
        ("31", "2026-03-01", "2026-03-31", "2027-01-01", "months", "31", "0"),
        ("7", "2026-03-31", "2026-03-31", "2026-03-31", "months", "7", "0"),
        # A credit is spread like the charge it takes back.
        ("-100", "2026-01-15", "2026-02-14", "2026-01-31", "days", "-54.84", "-45.16"),
        # A cent is never split, halves go away from zero.
        ("0.01", "2026-02-01", "2026-02-28", "2026-02-14", "days", "0.01", "0"),
        ("-0.01", "2026-02-01", "2026-02-28", "2026-02-14", "days", "-0.01", "0"),
        ("0.01", "2026-02-01", "2026-02-28", "2026-02-13", "days", "0", "0.01"),
        ("0", "2026-02-01", "2026-02-28", "2026-02-13", "days", "0", "0"),
    ],
)
def test_earned_and_deferred(charged, first, last, on, basis, earned, deferred):
    found = portion(
        Decimal(charged),
        days(first, last),
        date.fromisoformat(on),
        basis=basis,
        step=CENT,
    )
    assert found == Portion(Decimal(charged), Decimal(earned))
    assert found.deferred == Decimal(deferred)


@pytest.mark.parametrize(
    ("charged", "part", "step", "earned", "deferred"),
    [
        ("100", Fraction(1, 3), "0.01", "33.33", "66.67"),
        ("0.01", Fraction(1, 2), "0.01", "0.01", "0"),
        ("-0.01", Fraction(1, 2), "0.01", "-0.01", "0"),
        ("1000", Fraction(2, 3), "1", "667", "333"),
        ("70.96", Fraction(1), "0.01", "70.96", "0"),
        ("70.96", Fraction(0), "0.01", "0", "70.96"),
    ],
)
def test_part_of_an_amount_is_rounded_once(charged, part, step, earned, deferred):
    found = Portion.of(Decimal(charged), part, step=Decimal(step))
    assert found == Portion(Decimal(charged), Decimal(earned))
    assert found.deferred == Decimal(deferred)


def test_currency_without_cents_rounds_to_its_own_step():
    found = portion(
        Decimal(1000),
        days("2026-03-01", "2026-03-31"),
        date(2026, 3, 10),
        basis="days",
        step=Decimal(1),
    )
    assert (found.earned, found.deferred) == (323, 677)


@pytest.mark.parametrize("month", range(1, 13))
def test_each_month_weighs_the_same(month):
    first = date(2028, month, 1)
    following = date(2028 + month // 12, month % 12 + 1, 1)
    assert weight(Period(first, following), "months") == MONTH


def test_unknown_basis_is_refused():
    with pytest.raises(InvalidTerms, match="basis"):
        position(date(2026, 1, 1), "weeks")


@given(SIGNED, spans(), YEARS, BASES, STEPS)
def test_earned_and_deferred_add_up_to_what_was_charged(amount, span, on, basis, step):
    charged = amount - amount % step
    found = portion(charged, span, on, basis=basis, step=step)
    assert found.earned + found.deferred == charged
    assert found.earned % step == 0
    assert abs(found.earned) <= abs(charged)


@given(SIGNED, spans(), YEARS, YEARS, BASES)
def test_what_is_earned_never_goes_back(amount, span, one, two, basis):
    first, last = sorted((one, two))
    before, after = (
        portion(amount, span, on, basis=basis, step=CENT).earned for on in (first, last)
    )
    assert abs(before) <= abs(after)
    assert before * after >= 0


@given(spans(), st.integers(1, 899), BASES)
def test_weights_of_parts_add_up(span, cut, basis):
    if cut < span.days:
        middle = span.start + timedelta(days=cut)
        parts = Period(span.start, middle), Period(middle, span.end)
        assert sum(weight(part, basis) for part in parts) == weight(span, basis)
        assert min(weight(part, basis) for part in parts) > 0


@given(SIGNED, spans(), YEARS, BASES)
def test_credit_of_everything_leaves_nothing(amount, span, on, basis):
    charge = portion(amount, span, on, basis=basis, step=CENT)
    credit = portion(-amount, span, on, basis=basis, step=CENT)
    assert charge.earned + credit.earned == 0
    assert charge.deferred + credit.deferred == 0


@given(SIGNED, spans(), BASES)
def test_months_of_a_schedule_add_up_to_the_charge(amount, span, basis):
    total, before, on = Decimal(0), Decimal(0), span.start.replace(day=1)
    while on < span.end:
        on = (on.replace(day=28) + timedelta(days=4)).replace(day=1)
        last = on - timedelta(days=1)
        earned = portion(amount, span, last, basis=basis, step=CENT).earned
        total, before = total + earned - before, earned
    assert total == amount


# === What is earned and not billed === #


def accrued(terms, billed, on, basis="days", since=None):
    """[(kind, first day, last day, amount of the document, earned of it)]"""
    return [
        (
            row.charge.kind,
            str(row.charge.period.start),
            str(row.charge.period.last),
            str(row.charge.charged),
            str(round(float(Fraction(row.charge.charged) * row.share), 2)),
        )
        for row in unbilled(
            terms, billed, date.fromisoformat(on), basis=basis, since=since
        )
    ]


def test_arrears_are_earned_day_by_day_before_their_invoice():
    terms = line("310.00", timing="in_arrears")
    assert accrued(terms, (), "2026-03-10") == [
        ("charge", "2026-03-01", "2026-03-31", "310.00", "100.0")
    ]
    assert accrued(terms, (), "2026-02-28") == []
    assert accrued(terms, (), "2026-03-31") == [
        ("charge", "2026-03-01", "2026-03-31", "310.00", "310.0")
    ]


def test_billed_period_is_not_accrued():
    story = Story(line("310.00", timing="in_arrears"))
    story.run(date(2026, 4, 1))
    assert accrued(story.terms, story.billed, "2026-03-31") == []
    assert accrued(story.terms, story.billed, "2026-04-15") == [
        ("charge", "2026-04-01", "2026-04-30", "310.00", "155.0")
    ]


def test_void_charge_is_accrued_again():
    story = Story(line("310.00", timing="in_arrears"))
    story.run(date(2026, 4, 1))
    void = [
        BilledEntry(e.kind, e.period, e.settled, e.charged, "void")
        for e in story.billed
    ]
    assert accrued(story.terms, void, "2026-03-31")[0][4] == "310.0"


def test_year_in_arrears_by_months():
    terms = line("1200.00", YEARLY, date(2026, 1, 1), timing="in_arrears")
    assert accrued(terms, (), "2026-03-31", "months")[0][4] == "300.0"
    assert accrued(terms, (), "2026-03-31", "days")[0][4] == "295.89"


def test_known_rise_is_earned_from_its_day_on():
    """19 days at 100.00 a month and 12 at 200.00; by the 15th only the old price."""
    rise = version(date(2026, 3, 20), "200.00")
    terms = line("100.00", timing="in_arrears", more=[rise])
    (row,) = accrued(terms, (), "2026-03-15")
    assert row[3] == "138.71"
    assert row[4] == "48.39"  # 15 / 31 of 100.00


def test_paused_days_are_not_earned():
    pause = Pause(date(2026, 3, 11), date(2026, 3, 21))
    terms = line("310.00", timing="in_arrears", pauses=(pause,))
    assert [accrued(terms, (), f"2026-03-{day}")[0][4] for day in (10, 15, 20, 21)] == [
        "100.0",
        "100.0",
        "100.0",
        "110.0",
    ]


def test_rise_inside_a_billed_period_is_accrued_from_its_day_on():
    story = Story(line("310.00", upgrade="next_invoice"))
    story.run(date(2026, 3, 1))
    story.edit(versions=(*story.terms.versions, version(date(2026, 3, 12), "620.00")))
    assert accrued(story.terms, story.billed, "2026-03-11") == []
    assert accrued(story.terms, story.billed, "2026-03-21") == [
        ("adjustment", "2026-03-12", "2026-03-31", "200.00", "100.0")
    ]


def test_end_inside_a_billed_period_is_a_credit_to_come():
    story = Story(line("310.00"))
    story.run(date(2026, 3, 1))
    story.edit(end=date(2026, 3, 22))
    (row,) = accrued(story.terms, story.billed, "2026-03-31")
    assert row == ("adjustment", "2026-03-22", "2026-03-31", "-100.00", "-100.0")


def test_merged_first_period_does_not_wait():
    terms = line(
        "310.00", start=date(2026, 3, 22), first_period="merged", timing="in_arrears"
    )
    assert accrued(terms, (), "2026-03-26") == [
        ("charge", "2026-03-22", "2026-03-31", "100.00", "50.0")
    ]


def test_free_first_period_is_worth_nothing():
    terms = line("310.00", start=date(2026, 3, 22), first_period="free")
    assert accrued(terms, (), "2026-03-31") == []


def test_waived_period_is_not_accrued():
    story = Story(line("310.00", timing="in_arrears"))
    story.run(date(2026, 4, 1))
    waived = [
        BilledEntry("charge", e.period, money("0"), money("0")) for e in story.billed
    ] + [BilledEntry("waiver", e.period, e.settled, money("0")) for e in story.billed]
    assert accrued(story.terms, waived, "2026-03-31") == []


def test_years_of_an_outage_are_accrued_whatever_the_catch_up_limit():
    terms = line("310.00", catch_up_limit=1)
    assert len(accrued(terms, (), "2027-02-28")) == 12


def test_lead_does_not_bring_a_period_forward():
    terms = line("310.00", QUARTERLY_CALENDAR, date(2026, 4, 1), lead_days=20)
    assert accrued(terms, (), "2026-03-31") == []


def test_change_between_price_signs_is_spread_evenly():
    """Days of opposite value have no price to be weighed by."""
    back = version(date(2026, 3, 17), "-310.00")
    terms = line("310.00", timing="in_arrears", more=[back], basis="none")
    assert accrued(terms, (), "2026-03-31")[0][4] == "310.0"


# === Properties === #


@given(histories(kinds=KINDS + DOCUMENTS), YEARS, BASES)
def test_earned_part_is_a_part(history, on, basis):
    story, _day = history
    for row in unbilled(story.terms, story.billed, on, basis=basis):
        assert row.charge.charged
        assert 0 < row.share <= 1
        assert row.charge.period.start <= on


@given(histories(kinds=KINDS + DOCUMENTS), BASES)
def test_billing_everything_leaves_nothing_to_accrue(history, basis):
    story, day = history
    story.edit(catch_up_limit=1000).run(date(2029, 1, 1))
    assert unbilled(story.terms, story.billed, day, basis=basis) == ()


@given(st.data(), YEARS)
def test_unbilled_days_are_worth_what_their_days_cost(data, on):
    """Against a sum over single days, for lines of whole months that bill nothing."""
    start = data.draw(st.dates(date(2026, 1, 1), date(2026, 6, 30)))
    rise = version(start + timedelta(days=data.draw(st.integers(0, 200))), "555.55")
    length = data.draw(st.integers(0, 40))
    begin = start + timedelta(days=data.draw(st.integers(0, 200)))
    terms = line(
        start=start,
        more=[rise] if rise.start > start else None,
        pauses=(Pause(begin, begin + timedelta(days=length)),),
        timing="in_arrears",
    )
    on = min(on, date(2027, 3, 31))
    found = unbilled(terms, (), on, basis="days")
    exact, day = Fraction(0), start
    while day <= on:
        month = Period(day.replace(day=1), _following(day))
        if is_promised(terms, day):
            exact += version_on(terms, day).amount / month.days
        day += timedelta(days=1)
    total = sum(
        (Fraction(row.charge.charged) * row.share for row in found), Fraction(0)
    )
    assert abs(total - exact) <= len(found) * Fraction(CENT)


def _following(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


@given(spans(), YEARS, BASES)
def test_share_is_nothing_before_and_all_after(span, on, basis):
    found = share(span, on, basis)
    assert (found == 0) == (on < span.start)
    assert (found == 1) == (on >= span.last)


@given(histories(kinds=KINDS + DOCUMENTS), BASES)
def test_new_charge_of_a_run_is_accrued_from_its_first_day_on(history, basis):
    story, day = history
    due = due_charges(replace(story.terms, catch_up_limit=1000), story.billed, day)
    accrual = unbilled(story.terms, story.billed, day, basis=basis)
    begun = {
        c.period.start
        for c in due
        if c.kind == "charge" and c.charged and c.period.start <= day
    }
    worth = {row.charge.period.start for row in accrual}
    assert begun <= worth or any(v.amount < 0 for v in story.terms.versions)
