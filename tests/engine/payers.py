"""Made-up payers for the tests of the payer's clock: seeded, the same each time."""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

HUNDRED = Decimal(100)
ON = date(2026, 11, 24)

#: How late a payer of a kind pays an invoice, in days past the due date.
HABITS = {
    "on the day": lambda chance: round(chance.gauss(0, 2)),
    "a few days late": lambda chance: round(chance.gauss(4, 1.5)),
    "a fortnight late": lambda chance: round(chance.gauss(12, 3)),
    "early": lambda chance: round(chance.gauss(-6, 3)),
    "by weekly batches": lambda chance: 7 * chance.randint(0, 2) + chance.randint(0, 1),
    "late, now and then very": lambda chance: round(math.exp(chance.gauss(2.5, 0.6))),
    "forgetful": lambda chance: round(
        chance.gauss(2, 2) if chance.random() < 0.85 else chance.gauss(40, 10)
    ),
    "bad": lambda chance: round(chance.gauss(45, 15)),
}


@dataclass
class Payer:
    """Somebody who gets an invoice each month."""

    habit: str
    chance: random.Random

    def delays(self, count):
        return [HABITS[self.habit](self.chance) for _ in range(count)]


def bills(delays, *, on=ON, every=30, first_age=3):
    """Invoices that fell due every so many days before a day, the latest first.

    :param delays: days past the due date on which each is paid, some day.
    :param first_age: days since the due date of the latest.
    """
    found = []
    for number, delay in enumerate(delays):
        due = on - timedelta(days=first_age + every * number)
        found.append((due, due + timedelta(days=delay), HUNDRED))
    return found


def payer(habit, seed):
    return Payer(habit, random.Random(f"{habit} {seed}"))
