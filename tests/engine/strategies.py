"""Random rules, terms and prices, kept small enough to look at when a test fails."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from engine.proration import BASES
from engine.recurrence import RecurrenceRule
from engine.terms import LineTerms, LineVersion, Pause

#: All promises begin here or later …
FIRST = date(2026, 1, 1)
#: … and a run on this day finds nothing left to come.
LAST = date(2029, 1, 1)

STEPS = st.sampled_from([Decimal(s) for s in ("1", "0.01", "0.001", "0.05")])
AMOUNTS = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
SIGNED = st.integers(-50_000, 50_000).map(lambda cents: Decimal(cents) / 100)
QUANTITIES = st.sampled_from([Decimal(q) for q in ("1", "1", "3", "2.5", "0")])
DISCOUNTS = st.sampled_from([Decimal(d) for d in ("0", "0", "0", "10", "33.33", "100")])
CENTURIES = st.dates(date(1850, 1, 1), date(2250, 12, 31))
OFFSETS = st.integers(-45, 45).map(lambda n: timedelta(days=n))


def days(first: date = FIRST, last: date = date(2026, 9, 30)) -> st.SearchStrategy:
    return st.dates(first, last)


@st.composite
def rules(draw, anchors=None, intervals=(1, 30)):
    """Any grid: all units, aligned or not."""
    anchor = draw(days() if anchors is None else anchors)
    unit = draw(st.sampled_from(["day", "week", "month", "year"]))
    interval = draw(st.integers(*intervals))
    day = month = None
    if unit != "day" and draw(st.booleans()):
        day = draw(st.integers(1, 7 if unit == "week" else 31))
        if unit != "week":
            month = draw(st.none() | st.integers(1, 12))
    return RecurrenceRule(unit, interval, anchor, day, month)


@st.composite
def short_rules(draw):
    """Grids of a fortnight to a year: a few periods in the time of a test."""
    unit, interval = draw(
        st.sampled_from(
            [("day", 14), ("day", 45), ("week", 2), ("week", 6), ("month", 1)]
            + [("month", 1), ("month", 3), ("month", 5), ("year", 1)]
        )
    )
    day = None
    if unit != "day" and draw(st.booleans()):
        day = draw(
            st.integers(1, 7) if unit == "week" else st.sampled_from([1, 15, 31])
        )
    return RecurrenceRule(unit, interval, draw(days(last=date(2026, 4, 1))), day)


@st.composite
def versions(draw, start, prices=AMOUNTS):
    """The first on ``start``, a few later ones."""
    starts = [start, *draw(st.lists(days(start), max_size=3))]
    return tuple(
        LineVersion(
            begin, draw(QUANTITIES), draw(prices), draw(DISCOUNTS), sequence=number
        )
        for number, begin in enumerate(starts)
    )


@st.composite
def pauses(draw, start):
    found = []
    for begin in draw(st.lists(days(start), max_size=2)):
        length = draw(st.integers(0, 70))
        found.append(Pause(begin, begin + timedelta(days=length)))
    if draw(st.integers(0, 3)) == 0:
        found.append(Pause(draw(days(start))))
    return tuple(found)


@st.composite
def terms(draw, prices=AMOUNTS, **fixed):
    """Any promise; ``fixed`` values are taken as given."""
    rule = fixed.pop("rule", None) or draw(short_rules())
    start = fixed.pop("start", None) or draw(days(last=date(2026, 4, 1)))
    timing = draw(st.sampled_from(["in_advance", "in_arrears"]))
    values = {
        "end": draw(st.none() | days(start)),
        "timing": timing,
        "lead_days": draw(st.integers(-5, 20 if timing == "in_advance" else 1)),
        "basis": draw(st.sampled_from(BASES)),
        "first_period": draw(st.sampled_from(["prorate", "full", "free", "merged"])),
        "step": draw(STEPS),
        "versions": draw(versions(start, prices)),
        "pauses": draw(pauses(start)),
        "extend_on_pause": draw(st.integers(0, 3)) == 0,
        "upgrade": draw(st.sampled_from(["at_once", "next_invoice"])),
        "downgrade": draw(st.sampled_from(["at_once", "next_invoice"])),
        "catch_up_limit": 1000,
    }
    return LineTerms(line="line", rule=rule, start=start, **{**values, **fixed})
