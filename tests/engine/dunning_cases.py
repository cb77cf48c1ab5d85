"""Situations of a debtor: who is contacted on a day about what, or why nobody is.

``level: items`` stands for a contact; else the reason, and after ``|`` the day and the
level of the next contact if no fact changes.
"""

from dunning_facts import (
    a,
    b,
    c,
    case,
    disputed,
    hold,
    on_way,
    planned,
    promised,
    standard,
)
from dunning_manners import AMOUNTS, CAPS, LEVELS, PRELUDES, REST_DAYS, SENDING

MANY = standard(friendly={"invoices_from": 2})

DELAYS = [
    ("long before", case(a()), -20, "not_due | -5 announce"),
    ("the day before its notice", case(a()), -6, "not_due | -5 announce"),
    ("five days before", case(a()), -5, "announce: a"),
    ("its notice is late", case(a()), -2, "announce: a"),
    ("its notice on the last day", case(a()), 0, "announce: a"),
    ("its notice was missed", case(a()), 1, "grace | 3 friendly"),
    ("noticed, due today", case(a(done="announce", on=-5)), 0, "not_due | 3 friendly"),
    ("noticed, overdue", case(a(done="announce", on=-5)), 1, "grace | 3 friendly"),
    ("noticed, three days late", case(a(done="announce", on=-5)), 3, "friendly: a"),
    ("noticed on the due date", case(a(done="announce", on=0)), 3, "friendly: a"),
    ("two days late", case(a()), 2, "grace | 3 friendly"),
    ("three days late", case(a()), 3, "friendly: a"),
    ("the day after", case(a(done="friendly", on=3)), 4, "resting | 10 firm"),
    ("nine days late", case(a(done="friendly", on=3)), 9, "resting | 10 firm"),
    ("ten days late", case(a(done="friendly", on=3)), 10, "firm: a"),
    ("nineteen days late", case(a(done="firm", on=10)), 19, "resting | 20 last"),
    ("twenty days late", case(a(done="firm", on=10)), 20, "last: a"),
    ("before formal notice", case(a(done="last", on=20)), 29, "resting | 30 formal"),
    ("formal notice", case(a(done="last", on=20)), 30, "formal: a"),
    ("before the file", case(a(done="formal", on=30)), 44, "resting | 45 file"),
    ("file", case(a(done="formal", on=30)), 45, "file: a"),
    ("after the file", case(a(done="file", on=45)), 46, "ladder_done | never"),
    ("a year later", case(a(done="file", on=45)), 400, "ladder_done | never"),
    ("a shorter ladder", case(a(at=9, on=45)), 46, "ladder_done | never"),
    ("two invoices", case(a(), b()), 3, "friendly: a b"),
    ("two due dates", case(a(), b(-4)), 3, "friendly: b a"),
]

OUTAGE = [
    ("nothing was sent", case(a()), 60, "friendly: a"),
    ("only the next one", case(a(done="friendly", on=3)), 60, "firm: a"),
    ("noticed, then silence", case(a(done="announce", on=-5)), 30, "friendly: a"),
    ("rest holds", case(a(done="friendly", on=58)), 60, "resting | 65 firm"),
    ("rest is over", case(a(done="friendly", on=58)), 65, "firm: a"),
    ("rest between late ones", case(a(done="firm", on=65)), 66, "resting | 72 last"),
    ("rest to formal", case(a(done="last", on=72)), 80, "resting | 82 formal"),
]

INSTALMENTS = [
    ("first of two", case(a(document=1), b(30, document=1)), 3, "friendly: a"),
    ("first paid", case(a(amount=0), b(30)), 3, "not_due | 25 announce"),
    ("first paid, second near", case(a(amount=0), b(30)), 25, "announce: b"),
    ("first paid, second late", case(a(amount=0), b(30)), 33, "friendly: b"),
    ("all paid", case(a(amount=0), b(30, amount=0)), 33, "nothing_owed | never"),
    (
        "the late one comes before the notice of the next",
        case(a(done="firm", on=10), b(30)),
        25,
        "last: a",
    ),
    ("two late, one to come", case(a(), b(), c(9)), 3, "friendly: a b"),
    (
        "one document counts once",
        case(a(document=1), b(document=1), rules=MANY),
        3,
        "grace | 10 firm",
    ),
    (
        "two documents count twice",
        case(a(document=1), b(document=2), rules=MANY),
        3,
        "friendly: a b",
    ),
]

CREDITS = [
    ("nothing at all", case(), 3, "nothing_owed | never"),
    ("only a credit", case(eur=50), 3, "nothing_owed | never"),
    ("credit of the same amount", case(a(), eur=100), 3, "covered | never"),
    ("credit beyond", case(a(), eur=300), 3, "covered | never"),
    ("credit of a part", case(a(), eur=40), 3, "friendly: a"),
    ("a cent is left", case(a(), eur="99.99"), 3, "friendly: a"),
    ("the oldest is covered", case(a(-9), b(), eur=100), 3, "friendly: b"),
    ("the oldest in part", case(a(), b(), eur=50), 3, "friendly: a b"),
    ("both are covered", case(a(-9), b(), eur=200), 3, "covered | never"),
    (
        "the overdue one is covered, the next is not",
        case(a(), b(20), eur=100),
        3,
        "covered | 15 announce",
    ),
    ("credit in dollars", case(a(), usd=500), 3, "friendly: a"),
    ("two currencies", case(a(), b(currency="USD")), 3, "friendly: a b"),
    ("dollars covered", case(a(), b(currency="USD"), usd=100), 3, "friendly: a"),
    ("euros covered", case(a(), b(currency="USD"), eur=100), 3, "friendly: b"),
    ("all covered", case(a(), b(currency="USD"), eur=100, usd=100), 3, "covered"),
    (
        "the covered dollars weigh more than what rests",
        case(a(done="friendly", on=3), b(currency="USD", company=500), usd=100),
        5,
        "covered | 10 firm",
    ),
    ("covered before it is due", case(a(), eur=100), -5, "covered | never"),
    ("covered and held", case(a(), eur=100, hold=hold()), 3, "covered | never"),
]

PAYMENTS = [
    ("paid", case(a(amount=0)), 3, "nothing_owed | never"),
    (
        "paid after a reminder",
        case(a(amount=0, done="firm", on=10)),
        20,
        "nothing_owed",
    ),
    ("paid in part", case(a(amount=30)), 3, "friendly: a"),
    ("one of two paid", case(a(amount=0), b()), 3, "friendly: b"),
    ("returned after firm", case(a(done="firm", on=10)), 40, "last: a"),
    ("returned in the rest", case(a(done="firm", on=38)), 40, "resting | 45 last"),
    ("returned after formal", case(a(done="formal", on=30)), 60, "file: a"),
    ("returned, never reminded", case(a()), 40, "friendly: a"),
    ("on its way", case(a(parts=[on_way(since=1)])), 3, "on_way | never"),
    ("a part on its way", case(a(parts=[on_way(40)])), 3, "friendly: a"),
    ("one of two on its way", case(a(parts=[on_way()]), b()), 3, "friendly: b"),
    (
        "a part on its way, the rest covered",
        case(a(parts=[on_way(60)]), eur=40),
        3,
        "on_way | never",
    ),
]

DISPUTES = [
    ("disputed", case(a(parts=[disputed()])), 3, "disputed | never"),
    ("past its review", case(a(parts=[disputed(until=10)])), 20, "disputed | never"),
    ("disputed in part", case(a(parts=[disputed(40)])), 3, "friendly: a"),
    ("one of two disputed", case(a(parts=[disputed()]), b()), 3, "friendly: b"),
    (
        "covered and disputed: the credit weighs more",
        case(a(parts=[disputed(40)]), eur=60),
        3,
        "covered | never",
    ),
    (
        "a large dispute, a small rest",
        case(a(amount=900, parts=[disputed(900)]), b(done="friendly", on=3)),
        5,
        "disputed | 10 firm",
    ),
    (
        "released: goes on where it stood",
        case(a(done="friendly", on=3)),
        25,
        "firm: a",
    ),
    (
        "disputed before it is due",
        case(a(parts=[disputed()])),
        -5,
        "not_due | never",
    ),
]

PROMISES = [
    ("promised", case(a(parts=[promised(until=10)])), 3, "promised | 11 friendly"),
    ("on the day promised", case(a(parts=[promised(until=10)])), 10, "promised"),
    ("the day after", case(a(parts=[promised(until=10)])), 11, "friendly: a"),
    (
        "money takes two days",
        case(a(parts=[promised(until=10, bank_days=2)])),
        11,
        "promised | 13 friendly",
    ),
    (
        "and did not come",
        case(a(parts=[promised(until=10, bank_days=2)])),
        13,
        "friendly: a",
    ),
    ("promised in part", case(a(parts=[promised(60, 10)])), 3, "friendly: a"),
    ("promised too much", case(a(parts=[promised(500, 10)])), 3, "promised"),
    (
        "promised after the firm one",
        case(a(done="firm", on=10, parts=[promised(until=25)])),
        20,
        "promised | 26 last",
    ),
    (
        "broken after the firm one",
        case(a(done="firm", on=10, parts=[promised(until=25)])),
        26,
        "last: a",
    ),
    (
        "two promises",
        case(a(parts=[promised(60, 10), promised(40, 20)])),
        5,
        "promised | 11 friendly",
    ),
    (
        "mostly disputed",
        case(a(parts=[disputed(70), promised(30, 10)])),
        5,
        "disputed | 11 friendly",
    ),
    (
        "half and half: the dispute lasts longer",
        case(a(parts=[promised(50, 10), disputed(50)])),
        5,
        "disputed | 11 friendly",
    ),
    ("planned", case(a(parts=[planned(until=30)])), 10, "planned | 31 friendly"),
    ("plan broken", case(a(parts=[planned(until=30)])), 31, "friendly: a"),
    ("one of two planned", case(a(parts=[planned(until=30)]), b()), 3, "friendly: b"),
]

HOLDS = [
    ("held", case(a(), hold=hold()), 3, "held | never"),
    ("held until", case(a(), hold=hold(until=10)), 10, "held | 11 friendly"),
    ("no longer held", case(a(), hold=hold(until=10)), 11, "friendly: a"),
    ("held in the past", case(a(), hold=hold(until=1)), 2, "grace | 3 friendly"),
    ("held over the due date", case(a(), hold=hold(until=-1)), -3, "held | 0 announce"),
    ("held past its notice", case(a(), hold=hold(until=1)), -3, "held | 3 friendly"),
    ("held and paid", case(a(amount=0), hold=hold()), 3, "nothing_owed"),
    ("an item held", case(a(hold=hold())), 3, "held | never"),
    ("an item held until", case(a(hold=hold(until=5))), 3, "held | 6 friendly"),
    ("one of two held", case(a(hold=hold()), b()), 3, "friendly: b"),
    ("the case holds longer", case(a(hold=hold(until=4)), hold=hold()), 3, "held"),
    ("blocked", case(a(hold=hold("blocked"))), 3, "blocked | never"),
    ("one of two blocked", case(a(hold=hold("blocked")), b()), 3, "friendly: b"),
    (
        "blocked, the other in grace",
        case(a(-9, hold=hold("blocked")), b()),
        1,
        "blocked | 3 friendly",
    ),
    ("an answer to read", case(a(), hold=hold("answer")), 3, "answer | never"),
    ("an answer on an item", case(a(hold=hold("answer")), b()), 3, "friendly: b"),
    ("undecided", case(a(-90, hold=hold("undecided"))), 3, "undecided | never"),
    (
        "undecided, and a new one",
        case(a(-90, hold=hold("undecided")), b()),
        3,
        "friendly: b",
    ),
    ("left alone", case(a(-90, hold=hold("left_alone"))), 3, "left_alone | never"),
    (
        "left alone, and the next to come",
        case(a(-90, hold=hold("left_alone")), b(20)),
        3,
        "left_alone | 15 announce",
    ),
    ("started at the first level", case(a(-90)), 3, "friendly: a"),
]

TABLES = {
    "delay": DELAYS,
    "outage": OUTAGE,
    "instalment": INSTALMENTS,
    "credit": CREDITS,
    "payment": PAYMENTS,
    "dispute": DISPUTES,
    "promise": PROMISES,
    "hold": HOLDS,
    "rest day": REST_DAYS,
    "cap": CAPS,
    "amount": AMOUNTS,
    "before and first": PRELUDES,
    "level": LEVELS,
    "sending": SENDING,
}
TABLE = [
    (f"{theme}: {row[0]}", *row[1:]) for theme, rows in TABLES.items() for row in rows
]
