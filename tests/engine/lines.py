"""Short ways to write a line's terms in a table test."""

from datetime import date
from decimal import Decimal

from ledger import Story

from engine.charging import BilledEntry, LineTerms, LineVersion
from engine.periods import Period
from engine.recurrence import RecurrenceRule

#: Months from the first, and calendar quarters.
MONTHLY = RecurrenceRule("month", 1, date(2026, 1, 1))
QUARTERLY_CALENDAR = RecurrenceRule("month", 3, date(2026, 3, 10), 1)
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))

money = Decimal


def version(day: date, price: str, *, sequence: int = 0, quantity: str = "1"):
    return LineVersion(day, money(quantity), money(price), sequence=sequence)


def line(
    price: str = "300.00",
    rule: RecurrenceRule = MONTHLY,
    start: date = date(2026, 3, 1),
    *,
    quantity: str = "1",
    discount: str = "0",
    more: list[LineVersion] | None = None,
    **values: object,
) -> LineTerms:
    """300.00 a month in advance from 1 March 2026, unless told otherwise."""
    first = LineVersion(start, money(quantity), money(price), money(discount))
    return LineTerms(
        line="line", rule=rule, start=start, versions=(first, *(more or ())), **values
    )


def opening(first: date, last: date, amount: str) -> list[BilledEntry]:
    """A ledger opened for days billed before, both included."""
    period = Period.inclusive(first, last)
    return [BilledEntry("opening", period, money(amount), money(amount))]


def rows(charges) -> list[tuple[str, ...]]:
    """Kind, first day, last day, settled and charged amount of each charge."""
    return [
        (c.kind, *map(str, (c.period.start, c.period.last, c.settled, c.charged)))
        for c in charges
    ]


def charged(start=date(2026, 3, 1), **values):
    """A line whose first period is charged."""
    story = Story(line(start=start, **values))
    story.run(start)
    assert len(story.billed) == 1
    return story


def change(story, day, price, *, sequence=1, quantity="1"):
    new = version(day, price, sequence=sequence, quantity=quantity)
    return story.edit(versions=(*story.terms.versions, new))


def only(charges):
    (charge,) = charges
    assert charge.kind == "adjustment"
    return charge
