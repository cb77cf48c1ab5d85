"""Rates and amounts of late payment that several tests share."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from engine.statutory import HalfYearRates

CENT = Decimal("0.01")
DUE = date(2026, 4, 30)
#: What professionals bear in the first half of 2026.
FRENCH = ((date(2026, 1, 1), Decimal("12.15")),)


def published(ecb, legal=None):
    """The rates of a half-year; None: not published yet."""
    return HalfYearRates(
        ecb=ecb and Decimal(ecb),
        french_points=Decimal(10),
        union_points=Decimal(8),
        legal_professional=legal and Decimal(legal),
    )


RATES = {
    date(2024, 7, 1): published("4.25", "4.92"),
    date(2025, 1, 1): published("3.15", "3.71"),
    date(2025, 7, 1): published("2.15", "2.76"),
    date(2026, 1, 1): published("2.15", "2.62"),
    date(2026, 7, 1): published(None),
}

AMOUNTS = st.integers(0, 5_000_000).map(lambda cents: Decimal(cents) / 100)
PERCENTS = st.integers(0, 3_000).map(lambda points: Decimal(points) / 100)
DAYS = st.dates(date(2023, 6, 1), date(2025, 3, 31))
BASES = st.sampled_from([365, 360, "actual"])


@st.composite
def rate_tables(draw):
    """Rates that are known on each day of ``DAYS``, in any order."""
    changes = draw(st.lists(st.tuples(DAYS, PERCENTS), max_size=4))
    return [*dict(changes).items(), (date(2000, 1, 1), draw(PERCENTS))]


@st.composite
def spans(draw):
    """Days on which an amount was open."""
    first = draw(DAYS)
    days = draw(st.integers(0, 500))
    return first, first + timedelta(days=days), draw(AMOUNTS)


#: Payments, returned ones among them, around a due date.
PAYMENTS = st.lists(
    st.tuples(
        st.integers(-30, 120).map(lambda n: DUE + timedelta(days=n)),
        st.integers(-300_000, 600_000).map(lambda cents: Decimal(cents) / 100),
    ),
    max_size=6,
).map(tuple)
