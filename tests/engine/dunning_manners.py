"""How debtors are treated: rest days, caps, amounts, grace, notices, formal levels.

Rows as in ``dunning_cases``.
"""

from decimal import Decimal

from dunning_facts import (
    STANDARD,
    WEEKEND,
    a,
    b,
    c,
    case,
    day,
    disputed,
    hold,
    policy,
    standard,
)

from engine.dunning import Level
from engine.rest_days import ContactCalendar

WEEK = policy(calendar=WEEKEND)
TWICE = policy(contacts_a_week=2)
FIFTY = policy(smallest=50)
HABIT = policy(first_shift=5)
RICH = standard(friendly={"amount_from": Decimal(200)})
PAIRS = standard(announce={"invoices_from": 2})
NOTICE = standard(formal={"amount_from": Decimal(150)})
RISKY = standard(friendly={"payer_classes": frozenset({"risky"})})
NOTICES = (Level("early", -10, 0), Level("near", -3, 0), *STANDARD[1:])
EARLY = policy(NOTICES)
TIRED = policy((Level("early", -10), Level("near", -3, 10), *STANDARD[1:]))
PROMPT = policy([Level("today", 0), *STANDARD[1:]])
FORMAL = policy(STANDARD[4:])


def shut(first, last):
    return policy(
        calendar=ContactCalendar(holidays=frozenset(map(day, range(first, last + 1))))
    )


REST_DAYS = [
    ("on a Saturday", case(a(2), rules=WEEK), 5, "rest_day | 7 friendly"),
    ("on a Sunday", case(a(2), rules=WEEK), 6, "rest_day | 7 friendly"),
    ("on the Monday", case(a(2), rules=WEEK), 7, "friendly: a"),
    ("nothing due on Saturday", case(a(4), rules=WEEK), 5, "grace | 7 friendly"),
    ("due on Saturday", case(a(2), rules=WEEK), 4, "grace | 7 friendly"),
    ("notice on a Saturday", case(a(10), rules=WEEK), 5, "rest_day | 7 announce"),
    ("a holiday", case(a(), rules=shut(3, 3)), 3, "rest_day | 4 friendly"),
    ("a closed week", case(a(), rules=shut(3, 9)), 3, "rest_day | 10 friendly"),
    (
        "no open day for the notice",
        case(a(10), rules=shut(5, 10)),
        5,
        "rest_day | 13 friendly",
    ),
]

CAPS = [
    ("contacted this week", case(a(), contacts=[1]), 3, "week_full | 8 friendly"),
    ("on the seventh day", case(a(), contacts=[1]), 7, "week_full | 8 friendly"),
    ("a week later", case(a(), contacts=[1]), 8, "friendly: a"),
    ("six days ago", case(a(), contacts=[-3]), 3, "week_full | 4 friendly"),
    ("seven days ago", case(a(), contacts=[-4]), 3, "friendly: a"),
    ("contacted today", case(a(), contacts=[3]), 3, "contacted | 10 friendly"),
    ("twice a week", case(a(), contacts=[1], rules=TWICE), 3, "friendly: a"),
    ("never twice a day", case(a(), contacts=[3], rules=TWICE), 3, "contacted"),
    ("two this week", case(a(), contacts=[1, 2], rules=TWICE), 3, "week_full | 8"),
    ("two, one leaves", case(a(), contacts=[-3, 2], rules=TWICE), 3, "week_full | 4"),
    ("and has left", case(a(), contacts=[-3, 2], rules=TWICE), 4, "friendly: a"),
    ("room on a Saturday", case(a(), contacts=[-2], rules=WEEK), 3, "week_full | 7"),
    ("Saturday, and full", case(a(2), contacts=[-1], rules=WEEK), 5, "rest_day | 7"),
    ("Saturday, and fuller", case(a(2), contacts=[1], rules=WEEK), 5, "week_full | 8"),
    (
        "nothing more today",
        case(a(done="friendly", on=3), contacts=[3]),
        3,
        "resting | 10 firm",
    ),
]

AMOUNTS = [
    ("too small", case(a(amount=30), rules=FIFTY), 3, "below_smallest | never"),
    ("just enough", case(a(amount=50), rules=FIFTY), 3, "friendly: a"),
    (
        "enough together",
        case(a(amount=30), b(amount=30), rules=FIFTY),
        3,
        "friendly: a b",
    ),
    (
        "enough when the next is overdue",
        case(a(amount=30), b(10, amount=30), rules=FIFTY),
        3,
        "below_smallest | 11 friendly",
    ),
    (
        "in the company's currency",
        case(a(amount=1000, currency="JPY", company=6), rules=FIFTY),
        3,
        "below_smallest",
    ),
    (
        "both currencies together",
        case(a(amount=30), b(amount=40, currency="USD", company=36), rules=FIFTY),
        3,
        "friendly: a b",
    ),
    ("a small rest", case(a(), eur=80, rules=FIFTY), 3, "covered | never"),
    (
        "mostly disputed, the rest too small",
        case(a(parts=[disputed(90)]), rules=FIFTY),
        3,
        "disputed | never",
    ),
    (
        "too small for a notice",
        case(a(10, amount=20), rules=FIFTY),
        5,
        "not_due | never",
    ),
    ("level not reached", case(a(), rules=RICH), 3, "grace | 10 firm"),
    ("level reached", case(a(), b(), rules=RICH), 3, "friendly: a b"),
    ("the level after it", case(a(), rules=RICH), 10, "firm: a"),
    ("a third for the level", case(a(), b(-1), c(9), rules=RICH), 2, "friendly: b a"),
    (
        "passed by, the next invoice makes it possible",
        case(a(), b(4, done="announce", on=-1), rules=RICH),
        3,
        "grace | 7 friendly",
    ),
    (
        "a notice of two, and the other not near",
        case(a(10), b(40), rules=PAIRS),
        5,
        "not_due | 13 friendly",
    ),
    ("a notice of two", case(a(10), b(9), rules=PAIRS), 5, "announce: b a"),
    ("payer of another class", case(a(), rules=RISKY), 3, "grace | 10 firm"),
    (
        "payer of the class",
        case(a(), payer_class="risky", rules=RISKY),
        3,
        "friendly: a",
    ),
]

PRELUDES = [
    ("grace", case(a(), rules=policy(grace=5)), 3, "grace | 6 friendly"),
    ("grace is over", case(a(), rules=policy(grace=5)), 6, "friendly: a"),
    ("grace within the delay", case(a(), rules=policy(grace=1)), 3, "friendly: a"),
    (
        "grace holds for each level",
        case(a(done="friendly", on=3), rules=policy(grace=15)),
        10,
        "resting | 16 firm",
    ),
    ("on the due date", case(a(), rules=PROMPT), 0, "not_due | 1 today"),
    ("the day after", case(a(), rules=PROMPT), 1, "today: a"),
    ("a habit", case(a(), first_shift=4, rules=HABIT), 3, "grace | 7 friendly"),
    ("beyond the habit", case(a(), first_shift=4, rules=HABIT), 7, "friendly: a"),
    (
        "the longest wait",
        case(a(), first_shift=90, rules=HABIT),
        3,
        "grace | 8 friendly",
    ),
    ("no wait", case(a(), first_shift=4), 3, "friendly: a"),
    ("pays early", case(a(), first_shift=-4, rules=HABIT), 3, "friendly: a"),
    (
        "a habit moves the first one only",
        case(a(done="friendly", on=3), first_shift=4, rules=HABIT),
        10,
        "firm: a",
    ),
    ("two notices", case(a(10), rules=EARLY), 0, "early: a"),
    ("the first one late", case(a(10), rules=EARLY), 8, "early: a"),
    ("the second", case(a(10, at=1, on=0), rules=EARLY), 7, "near: a"),
    ("both in one", case(a(10, at=1, on=0), b(17), rules=EARLY), 7, "near: a b"),
    (
        "its rest outlasts the due date",
        case(a(10, at=1, on=5), rules=TIRED),
        8,
        "not_due | 13 friendly",
    ),
]

LEVELS = [
    (
        "a new invoice of an old debtor",
        case(a(-10, done="friendly", on=-7), b(-1)),
        0,
        "firm: a b",
    ),
    (
        "the highest of three",
        case(a(-20, done="firm", on=-10), b(-10, done="friendly", on=-7), c(-3)),
        0,
        "last: a b c",
    ),
    (
        "one stands higher and rests",
        case(a(-20, done="last", on=-2), b()),
        3,
        "friendly: a b",
    ),
    ("not yet due, not listed", case(a(), b(5)), 3, "friendly: a"),
    (
        "formal notice, and an invoice never reminded",
        case(a(-30, done="last", on=-10), b(-1)),
        0,
        "formal: a",
    ),
    (
        "formal notice, and an invoice announced only",
        case(a(-30, done="last", on=-10), b(-1, done="announce", on=-6)),
        0,
        "formal: a",
    ),
    (
        "formal notice, and an invoice reminded once",
        case(a(-30, done="last", on=-10), b(-5, done="friendly", on=-2)),
        0,
        "formal: a b",
    ),
    (
        "a formal level counts what was reminded only",
        case(a(-30, done="last", on=-10), b(-3), rules=NOTICE),
        0,
        "friendly: a b",
    ),
    (
        "a formal level waits for an item that was never reminded",
        case(a(-30, at=4, listed=False), rules=NOTICE),
        0,
        "not_listed | never",
    ),
    (
        "and rests once it was",
        case(a(-30, at=4, on=-3, listed=True)),
        0,
        "resting | 7 formal",
    ),
    ("nothing but formal levels", case(a(), rules=FORMAL), 40, "not_listed | never"),
    (
        "not ready for the formal one: the next lower",
        case(a(-30, at=4, listed=False), b(-10, done="friendly", on=-7)),
        0,
        "firm: a b",
    ),
    (
        "hand-over with a new invoice",
        case(a(-45, done="formal", on=-15), b(-2)),
        0,
        "file: a",
    ),
]

SENDING = [
    ("off, and due", case(a(), sending_on=False), 3, "sending_off | 3 friendly"),
    ("off, in grace", case(a(), sending_on=False), 1, "grace | 3 friendly"),
    ("off, not due", case(a(), sending_on=False), -9, "not_due | -5 announce"),
    ("off, covered", case(a(), eur=100, sending_on=False), 3, "covered | never"),
    ("off, held", case(a(), hold=hold(), sending_on=False), 3, "held | never"),
    (
        "off, on a Saturday",
        case(a(2), rules=WEEK, sending_on=False),
        5,
        "sending_off | 7 friendly",
    ),
]
