"""How many days after the due date a customer usually pays."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from payers import HUNDRED, ON

from engine.errors import InvalidHistory
from engine.payer import (
    ClassLimits,
    Look,
    PayerClock,
    expected_day,
    first_shift,
    payer_clock,
    quantile,
    survival,
    usual_span,
)

NINE_TO_SIXTEEN = [5, 9, 9, 10, 10, 11, 11, 11, 12, 12, 12, 12] + [
    *[13, 13, 13, 14, 14, 14, 15, 16, 16, 30],
]
TIMES = st.lists(st.tuples(st.integers(-40, 120), st.booleans()), max_size=40)
PARTS = st.fractions(Fraction(1, 100), Fraction(99, 100))


def history(paid, still_open=()):
    """Invoices paid so many days late, and invoices open for so many days."""
    found = []
    for number, late in enumerate(paid):
        due = ON - timedelta(days=100 + 7 * number)
        found.append((due, due + timedelta(days=late), HUNDRED))
    found += [(ON - timedelta(days=age), None, HUNDRED) for age in still_open]
    return found


def clock_of(paid, still_open=(), **how):
    return payer_clock(history(paid, still_open), on=ON, **how)


# === The curve === #


def test_without_open_invoices_the_curve_is_the_share_unpaid():
    curve = survival([(3, True), (1, True), (3, True), (8, True)])
    assert curve == ((1, Fraction(3, 4)), (3, Fraction(1, 4)), (8, Fraction(0)))


def test_an_open_invoice_says_that_it_takes_longer_than_its_age():
    # The textbook's: 6, 6, 6, 6+, 7, 9+, 10, 10+, 11+, 13 … of 21 patients.
    times = [(6, True)] * 3 + [(7, True), (10, True), (13, True), (16, True)]
    times += [(22, True), (23, True)]
    times += [(t, False) for t in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
    rounded = [(days, round(float(left), 3)) for days, left in survival(times)]
    assert rounded == [
        (6, 0.857),
        (7, 0.807),
        (10, 0.753),
        (13, 0.690),
        (16, 0.627),
        (22, 0.538),
        (23, 0.448),
    ]


def test_nothing_known_is_an_empty_curve():
    assert survival([]) == survival([(3, False)]) == ()
    assert quantile((), Fraction(1, 2)) is None
    assert usual_span((), 5) == (None, None)


@given(TIMES)
def test_the_curve_falls_from_one_and_never_below_nothing(times):
    curve = survival(times)
    parts = [Fraction(1), *(left for _days, left in curve)]
    assert all(after < before for before, after in pairwise(parts))
    assert parts[-1] >= 0
    assert [days for days, _left in curve] == sorted({d for d, paid in times if paid})


@given(TIMES, st.integers(0, 50))
def test_one_more_open_invoice_never_makes_a_payer_quicker(times, more):
    assume(times)
    age = max(days for days, _paid in times) + more
    before, after = survival(times), survival([*times, (age, False)])
    for (_day, quicker), (_same, slower) in zip(before, after, strict=True):
        assert slower >= quicker


@given(TIMES, PARTS)
def test_by_its_quantile_so_many_are_paid_and_not_a_day_before(times, part):
    curve = survival(times)
    found = quantile(curve, part)
    paid = {days: 1 - left for days, left in curve}
    if found is None:
        assert all(done < part for done in paid.values())
    else:
        assert paid[found] >= part
        assert all(done < part for days, done in paid.items() if days < found)


# === The usual span === #


@given(TIMES)
def test_the_usual_span_holds_eight_of_ten_and_no_shorter_one_does(times):
    assume(times)
    curve = survival(times)
    low, high = usual_span(curve, len(times))
    assume(low is not None)
    left = dict(curve)

    def held(first, last):
        before = [part for days, part in curve if days < first]
        return (before[-1] if before else 1) - left[last]

    needed = min(Fraction(1), Fraction(8, 10) * Fraction(len(times) + 1, len(times)))
    assert held(low, high) >= needed >= Fraction(8, 10)
    for first in left:
        for last in left:
            if first <= last < first + high - low:
                assert held(first, last) < needed


def test_of_spans_of_one_length_the_fullest_is_told():
    # 1 to 3 and 2 to 4 hold enough; the latter holds one more.
    times = [(t, True) for t in (1, *[2] * 5, *[3] * 25, *[4] * 3)]
    assert usual_span(survival(times), len(times)) == (2, 3)
    times = [(t, True) for t in (*[1] * 2, *[2] * 10, *[3] * 3)]
    assert usual_span(survival(times), len(times)) == (2, 3)


# === What is told === #


def test_who_pays_a_fortnight_late():
    clock = clock_of(NINE_TO_SIXTEEN, [1, 4])
    assert (clock.usual, clock.low, clock.high) == (12, 9, 16)
    assert (clock.count, clock.open_count, clock.class_) == (24, 2, "slow")
    assert (clock.habit, clock.unpaid) == ("late", None)


@pytest.mark.parametrize(
    ("paid", "still_open", "told"),
    [
        # usual, low, high, class, habit
        ([0] * 6, [], (0, 0, 0, "prompt", "on_the_day")),
        ([-8, -7, -7, -6, -5], [], (-7, -8, -5, "prompt", "early")),
        ([3] * 12, [1], (3, 3, 3, "prompt", "late")),
        ([5, 5, 5, 5], [], (5, 5, 5, "prompt", "late")),
        ([6, 6, 6, 6], [], (6, 6, 6, "slow", "late")),
        # Half in time; one of ten is not, and late enough to tell.
        ([2] * 9 + [15], [], (2, 2, 2, "prompt", "late")),
        ([2] * 8 + [16, 16], [], (2, 2, 16, "slow", "late")),
        ([2] * 8 + [60, 60], [], (2, 2, 60, "slow", "late")),
        ([2] * 8 + [61, 61], [], (2, 2, 61, "risky", "late")),
        ([30] * 4, [], (30, 30, 30, "slow", "late")),
        ([31] * 4, [], (31, 31, 31, "risky", "late")),
        # Two of ten are open, for long: nobody knows when they will be paid.
        ([2] * 8, [61, 70], (2, None, None, "risky", "late")),
        ([2] * 8, [20, 25], (2, None, None, "slow", "late")),
        ([2] * 8, [3, 4], (2, None, None, "prompt", "late")),
    ],
)
def test_a_history_is_told_in_days_and_a_class(paid, still_open, told):
    clock = clock_of(paid, still_open)
    assert told == (clock.usual, clock.low, clock.high, clock.class_, clock.habit)


@pytest.mark.parametrize(
    ("paid", "still_open", "unpaid", "class_", "habit"),
    [
        ([], [], None, "unknown", "unknown"),
        ([3, 3, 3], [], None, "unknown", "unknown"),
        # Three payments say nothing of what is usual, however many are just due.
        ([3, 3, 3], [0, 1, 1, 2], None, "unknown", "unknown"),
        ([], [1, 1, 2, 2], None, "unknown", "unknown"),
        ([], [31, 31, 31], None, "unknown", "unknown"),
        # Half of the invoices wait for long: that much is known.
        ([], [31, 31, 31, 31], 31, "risky", "unpaid"),
        ([50, 55, 60], [40, 40, 40], 50, "risky", "unpaid"),
        ([2] * 4, [35] * 5, 35, "risky", "unpaid"),
        ([2] * 4, [5] * 5, None, "unknown", "unknown"),
    ],
)
def test_too_little_known_is_said_so(paid, still_open, unpaid, class_, habit):
    clock = clock_of(paid, still_open)
    assert clock == PayerClock(
        class_=class_,
        count=len(paid) + len(still_open),
        open_count=len(still_open),
        unpaid=unpaid,
    )
    assert clock.habit == habit


def test_the_limits_of_the_classes_are_a_choice():
    strict = ClassLimits(prompt=1, prompt_most=2, slow=3, slow_most=4)
    assert clock_of([2] * 4, limits=strict).class_ == "slow"
    assert clock_of([4] * 4, limits=strict).class_ == "risky"


# === Which invoices count === #


def test_what_is_not_due_yet_does_not_count():
    # Or of the newest invoices only those paid early would be seen.
    early = [
        (ON + timedelta(days=10), ON - timedelta(days=1), HUNDRED),
        (ON + timedelta(days=10), None, HUNDRED),
    ]
    due_today = [(ON, None, HUNDRED)]
    clock = payer_clock(history([4] * 5) + early + due_today, on=ON)
    assert (clock.count, clock.open_count, clock.usual) == (6, 1, 4)


def test_what_asks_for_nothing_does_not_count():
    nothing = [(date(2026, 5, 1), date(2026, 5, 1), Decimal(n)) for n in (0, -100)]
    assert payer_clock(history([4] * 5) + nothing, on=ON).count == 5


def test_on_an_earlier_day_what_was_paid_later_is_open():
    paid = [(date(2026, 5, n), date(2026, 6, n), HUNDRED) for n in range(1, 9)]
    clock = payer_clock(paid, on=date(2026, 6, 4))
    assert (clock.count, clock.open_count) == (8, 4)
    assert payer_clock(paid, on=ON).open_count == 0


def test_the_latest_invoices_count():
    changed = history([2] * 6 + [40] * 30)
    assert payer_clock(changed, on=ON).usual == 40
    assert payer_clock(changed, on=ON, look=Look(most=8)).usual == 2
    assert payer_clock(changed, on=ON, look=Look(days=140)).count == 6
    assert payer_clock(changed, on=ON, look=Look(most=8)).count == 8


def test_how_much_is_enough_is_a_choice():
    assert clock_of([3, 3]).usual is None
    assert clock_of([3, 3], look=Look(enough=2)).usual == 3


@pytest.mark.parametrize("name", ["days", "most", "enough"])
def test_a_look_at_nothing_is_refused(name):
    with pytest.raises(InvalidHistory):
        Look(**{name: 0})


@given(
    st.lists(st.integers(-20, 90), max_size=12),
    st.lists(st.integers(0, 90), max_size=6),
    st.integers(-9, 9),
    st.randoms(),
)
def test_the_order_of_invoices_is_of_no_account(paid, still_open, shift, chance):
    bills = history(paid, still_open)
    clock = payer_clock(bills, on=ON)
    assert clock.count == len(bills)
    assert (clock.usual is None) == (clock.class_ == "unknown" or bool(clock.unpaid))
    if clock.low is not None:
        assert clock.low <= clock.high
    moved = [(d + timedelta(shift), p and p + timedelta(shift), a) for d, p, a in bills]
    chance.shuffle(moved)
    assert payer_clock(moved, on=ON + timedelta(shift)) == clock


# === The first reminder === #


@pytest.mark.parametrize(
    ("paid", "delay", "longest", "shift"),
    [
        # Always three days late: the day after is the first that says something.
        ([3] * 10, 0, 10, 4),
        ([3] * 10, 3, 10, 1),
        ([3] * 10, 4, 10, 0),
        ([3] * 10, 0, 4, 4),
        # A shorter wait would end on the day on which the money comes.
        ([3] * 10, 0, 3, 0),
        ([0] * 10, 0, 10, 1),
        ([-5] * 10, 0, 10, 0),
        # A fortnight late: a week's wait spares nothing, three weeks' does.
        (NINE_TO_SIXTEEN, 3, 7, 0),
        (NINE_TO_SIXTEEN, 3, 10, 10),
        (NINE_TO_SIXTEEN, 3, 21, 12),
        # Risky, or not known.
        ([2] * 8 + [61, 61], 0, 30, 0),
        ([3, 3, 3], 0, 10, 0),
    ],
)
def test_the_first_reminder_waits_for_the_usual_delay(paid, delay, longest, shift):
    assert first_shift(clock_of(paid), longest=longest, delay=delay) == shift


def test_there_is_no_wait_where_more_than_a_quarter_is_open():
    clock = clock_of([4] * 8, [5, 6, 7])
    assert (clock.usual, clock.class_) == (4, "prompt")
    assert first_shift(clock, longest=7, delay=3) == 0
    assert first_shift(clock_of([4] * 8, [5, 6]), longest=7, delay=3) == 2


def test_the_odd_invoice_that_is_forgotten_makes_no_wait():
    clock = clock_of([2] * 8 + [25, 30])
    assert (clock.usual, clock.high) == (2, 25)
    assert first_shift(clock, longest=30, delay=3) == 0


@given(
    st.lists(st.integers(-20, 90), max_size=12),
    st.lists(st.integers(0, 90), max_size=6),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_a_wait_is_never_longer_than_allowed(paid, still_open, longest, delay):
    clock = clock_of(paid, still_open)
    shift = first_shift(clock, longest=longest, delay=delay)
    assert 0 <= shift <= longest
    if clock.class_ in {"risky", "unknown"}:
        assert shift == 0


# === When an open invoice is paid === #

TENTH, HALF, NINE = Fraction(1, 10), Fraction(1, 2), Decimal("0.9")


@pytest.mark.parametrize(
    ("age", "part", "late"),
    [
        (-20, TENTH, 9),
        (-20, HALF, 12),
        (-20, NINE, 16),
        (0, HALF, 12),
        # Nothing by the usual day: of the rest, half are paid three days later.
        (12, HALF, 14),
        (12, TENTH, 13),
        (16, HALF, 30),
        (29, TENTH, 30),
        # Later than it ever was.
        (30, HALF, None),
        (200, TENTH, None),
    ],
)
def test_the_day_on_which_an_open_invoice_is_expected(age, part, late):
    clock = clock_of(NINE_TO_SIXTEEN)
    due = ON - timedelta(days=age)
    day = expected_day(clock, due, on=ON, part=part)
    assert day == (None if late is None else due + timedelta(days=late))


def test_no_day_is_expected_where_too_many_are_open_or_nothing_is_known():
    clock = clock_of([2] * 8, [20, 25])
    assert expected_day(clock, ON, on=ON, part=HALF) == ON + timedelta(days=2)
    assert expected_day(clock, ON, on=ON, part=NINE) is None
    assert expected_day(clock_of([3]), ON, on=ON, part=HALF) is None


@pytest.mark.parametrize("part", [Fraction(0), Fraction(1), Decimal("1.5")])
def test_a_part_of_no_cases_or_of_more_than_all_is_refused(part):
    with pytest.raises(InvalidHistory):
        expected_day(clock_of([3] * 5), ON, on=ON, part=part)


@given(
    st.lists(st.integers(-20, 90), min_size=4, max_size=14),
    st.lists(st.integers(0, 90), max_size=4),
    st.integers(-30, 60),
    PARTS,
    PARTS,
)
def test_expected_days_are_to_come_and_rise_with_the_part(
    paid, still_open, age, one, other
):
    clock = clock_of(paid, still_open)
    due = ON - timedelta(days=age)
    early, late = (
        expected_day(clock, due, on=ON, part=part) for part in sorted([one, other])
    )
    if late is not None:
        assert ON < early <= late
