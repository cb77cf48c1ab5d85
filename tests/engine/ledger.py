"""A line with its ledger, told as a story: terms are edited, runs happen."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from engine.charging import BilledEntry, Charge, LineTerms, due_charges
from engine.periods import Period, hull
from engine.promise import promise


def overlapping(entries: list[BilledEntry]) -> list[tuple[Period, Period]]:
    """The pairs the database would refuse: live charges or openings that overlap."""
    live = sorted(
        e.period
        for e in entries
        if e.state != "void" and e.kind in ("charge", "opening")
    )
    return [(one, two) for one, two in pairwise(live) if two.start < one.end]


class Story:
    """One line: its terms now, its ledger, all its charges so far."""

    def __init__(self, terms: LineTerms, billed: tuple[BilledEntry, ...] = ()) -> None:
        self.terms = terms
        self.billed = list(billed)
        self.charges: list[Charge] = []

    def edit(self, **values: object) -> "Story":
        self.terms = replace(self.terms, **values)
        return self

    def run(self, day: date) -> tuple[Charge, ...]:
        charges = due_charges(self.terms, self.billed, day)
        self.charges.extend(charges)
        self.billed.extend(charge.entry for charge in charges)
        return charges

    def __repr__(self) -> str:
        rows = "\n".join(
            f"  {e.kind} {e.period.start} {e.period.end} settled {e.settled}"
            f" charged {e.charged} {e.state}"
            for e in self.billed
        )
        return f"Story({self.terms},\n{rows})"

    @property
    def live(self) -> list[BilledEntry]:
        return [e for e in self.billed if e.state != "void"]

    @property
    def settled(self) -> Decimal:
        return sum((e.settled for e in self.live), Decimal(0))

    @property
    def charged(self) -> Decimal:
        return sum((e.charged for e in self.live), Decimal(0))

    def promised(self, until: date) -> Decimal:
        """All that the terms promise for the periods before ``until``."""
        first = hull(
            [Period(self.terms.start, until), *(e.period for e in self.billed)]
        )
        return sum(
            (
                promise(self.terms, grid).amount
                for grid in self.terms.rule.periods(first.start, until)
            ),
            Decimal(0),
        )
