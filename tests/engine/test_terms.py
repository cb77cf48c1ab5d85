"""What a line's terms refuse, and what they say of versions and days."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from lines import MARCH, line, version

from engine.charging import LineTerms, LineVersion, Pause
from engine.errors import InvalidTerms
from engine.periods import Period

START = date(2026, 3, 1)


@pytest.mark.parametrize(
    "values",
    [
        {"basis": "actual_360"},
        {"timing": "afterwards"},
        {"first_period": "half"},
        {"upgrade": "never"},
        {"downgrade": "never"},
        {"step": Decimal(0)},
        {"step": Decimal("-0.01")},
        {"timing": "in_arrears", "lead_days": 2},
        {"more": [version(START, "1.00", sequence=0)]},
    ],
)
def test_terms_that_promise_nothing_definite_are_refused(values):
    with pytest.raises(InvalidTerms) as refusal:
        line(**values)
    assert refusal.value.code == "invalid_terms"
    assert refusal.value.details == {"line": "line"}


@pytest.mark.parametrize("versions", [(), (version(date(2026, 3, 2), "1.00"),)])
def test_first_day_without_a_version_is_refused(versions):
    rule = line().rule
    with pytest.raises(InvalidTerms):
        LineTerms(line=1, rule=rule, start=START, versions=versions)


def test_amount_of_a_version_is_exact():
    sold = LineVersion(START, Decimal(3), Decimal("33.33"), Decimal("33.33"))
    assert sold.amount == Fraction("66.663333")


def test_versions_and_pauses_are_sorted():
    terms = line(
        more=[version(date(2026, 5, 1), "2.00"), version(date(2026, 4, 1), "1.00")],
        pauses=(Pause(date(2026, 6, 1)), Pause(date(2026, 4, 1), date(2026, 4, 2))),
    )
    assert [v.start.month for v in terms.versions] == [3, 4, 5]
    assert [p.start.month for p in terms.pauses] == [4, 6]


def test_later_sequence_replaces_a_version_of_its_day():
    terms = line(more=[version(START, "310.00", sequence=1)])
    assert [(v.sequence, days) for v, days in terms.versions_in((MARCH,))] == [(1, 31)]


def test_versions_in_counts_the_days_each_holds():
    terms = line(more=[version(date(2026, 3, 12), "450.00")])
    held = terms.versions_in((MARCH,))
    assert [(str(v.price), days) for v, days in held] == [
        ("300.00", 11),
        ("450.00", 20),
    ]


def test_served_days_are_contracted_and_not_paused():
    pause = Pause(date(2026, 3, 10), date(2026, 3, 20))
    terms = line(start=date(2026, 3, 5), end=date(2026, 3, 25), pauses=(pause,))
    assert terms.contracted(MARCH) == Period(date(2026, 3, 5), date(2026, 3, 25))
    assert terms.served(MARCH) == (
        Period(date(2026, 3, 5), date(2026, 3, 10)),
        Period(date(2026, 3, 20), date(2026, 3, 25)),
    )


def test_line_that_ends_on_its_first_day_promises_nothing():
    terms = line(end=START)
    assert terms.contracted(MARCH) is None
    assert terms.served(MARCH) == ()


def test_as_known_leaves_out_what_has_not_begun():
    terms = line(
        end=date(2026, 6, 1),
        more=[version(date(2026, 4, 1), "450.00")],
        pauses=(Pause(date(2026, 5, 1), date(2026, 5, 9)),),
    )
    march = terms.as_known(date(2026, 3, 31))
    assert (len(march.versions), march.pauses, march.end) == (1, (), None)
    assert terms.as_known(date(2026, 6, 1)) == terms
