"""What is wrong with a ledger: holes, doubles, days outside the contract, edits.

The promise and the ledger are compared unit by unit, as a run does. What a run would
bill or settle by itself is told apart from what only a person can mend: an entry that
does not say what its own facts give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import combinations

from .adjusting import due_adjustment, events, promised_on_covered
from .coverage import Coverage, CoverageState, day_states, missing_days, paint, units_in
from .entries import BilledEntry, Unit
from .findings import FAULTS, Finding, doubles, holes, inside, make_finding
from .periods import Period, hull, merge, subtract
from .terms import LineTerms, LineVersion

#: States of days that a ledger owes an entry for.
DUE_STATES = ("billed", "waived", "missing", "double", "edited")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A unit that does not settle its promise, and why is not known yet.

    :param unit: grid periods with their entries.
    :param difference: settled beyond the promise, without what doubles explain.
    :param outside: charged days that are not promised.
    :param due: whether a run would settle the difference.
    """

    unit: Unit
    difference: Decimal
    outside: tuple[Period, ...]
    due: bool


@dataclass(frozen=True, slots=True)
class Examination:
    """What an examination of one line found in a span of days.

    :param days: the state of each day.
    :param findings: what is certain.
    :param suspects: what the facts of its entries must decide (:func:`verdict`).
    """

    terms: LineTerms
    span: Period
    days: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    suspects: tuple[Suspect, ...]

    def decide(self, faithful: Iterable[bool | None]) -> Examination:
        """The examination with a verdict on each suspect.

        :param faithful: for each suspect, what :func:`.faithful.is_faithful` says of
            its entries.
        """
        findings, days = list(self.findings), self.days
        for suspect, answer in zip(self.suspects, faithful, strict=True):
            found = verdict(self.terms, suspect, answer, self.span)
            if found:
                findings.append(found)
            again = [run.period for run in days if run.state == "double"]
            for pieces, state in _repaint(self.terms, suspect, found):
                days = paint(days, subtract(pieces, again), state)
        findings.sort(key=lambda f: (f.period.start, f.kind))
        return replace(self, days=days, findings=tuple(findings), suspects=())

    def count(self, *states: str) -> int:
        """How many days are in one of ``states``."""
        return sum(run.period.days for run in self.days if run.state in states)


def examine(
    terms: LineTerms, billed: Iterable[BilledEntry], span: Period, as_of: date
) -> Examination:
    """Compare the promise of a line with its ledger.

    :param billed: the whole ledger of the line, in order of writing.
    :param span: the days to look at; a unit that touches them is looked at whole.
    :param as_of: what falls due later is no hole.
    """
    live = [entry for entry in billed if entry.state != "void"]
    work = units_in(terms, live, span, as_of)
    right, suspects, findings = [], [], []
    gaps: list[tuple[Period, tuple[Period, ...]]] = []
    promised = _Promise(terms)
    for unit in work:
        excess = unit.settled - promised.on_covered(unit)
        if not excess:
            right.append(unit)
        if not excess and _is_plain(terms, unit):
            continue
        missing = list(missing_days(terms, unit, as_of))
        gaps += missing
        for double in doubles(unit, excess, span, terms.step):
            findings.append(double)
            excess -= double.amount
        suspect = _suspect(terms, unit, excess, as_of, charges=bool(missing))
        if suspect:
            suspects.append(suspect)
    if gaps:
        findings += holes(terms, live, gaps, span, as_of)
    days = day_states(
        terms,
        work,
        span,
        right=right,
        missing=[piece for _grid, pieces in gaps for piece in pieces],
    )
    return Examination(
        terms=terms,
        span=span,
        days=days,
        findings=tuple(sorted(findings, key=lambda f: (f.period.start, f.kind))),
        suspects=tuple(suspects),
    )


def _repaint(
    terms: LineTerms, suspect: Suspect, found: Finding | None
) -> Iterator[tuple[list[Period], CoverageState]]:
    """The days of a suspect whose state its verdict changes."""
    if found is None or found.kind not in FAULTS:
        yield list(suspect.outside), "not_contracted"
        contracted = [terms.contracted(piece) for piece in suspect.outside]
        yield [piece for piece in contracted if piece], "paused"
    elif suspect.outside:
        yield list(suspect.outside), "outside"
    else:
        once = [
            piece
            for grid in suspect.unit.grids
            for served in terms.served(grid)
            for piece in inside(suspect.unit.covered, served)
        ]
        yield once, "edited"


class _Promise:
    """What a line promises for the charged days of its units.

    A period that is served and charged in full under one version costs the same each
    time: it is computed once a version.
    """

    def __init__(self, terms: LineTerms) -> None:
        self._terms = terms
        self._whole: dict[LineVersion, Decimal] = {}

    def on_covered(self, unit: Unit) -> Decimal:
        version = self._only_version(unit)
        if version is None:
            return promised_on_covered(self._terms, unit)
        if version not in self._whole:
            self._whole[version] = promised_on_covered(self._terms, unit)
        return self._whole[version]

    def _only_version(self, unit: Unit) -> LineVersion | None:
        """The version of a unit of one whole period, None when it is not so plain."""
        grids = unit.grids
        if (
            len(grids) > 1
            or unit.covered != grids
            or self._terms.served(grids[0]) != grids
        ):
            return None
        held = self._terms.versions_in(grids)
        return held[0][0] if len(held) == 1 else None


def _is_plain(terms: LineTerms, unit: Unit) -> bool:
    """Whether one charge covers what one period promises, and nothing else."""
    if len(unit.grids) > 1 or len(unit.entries) != 1:
        return False
    # A lone waiver or adjustment covers nothing.
    return terms.served(unit.grids[0]) == unit.covered


def _suspect(
    terms: LineTerms, unit: Unit, difference: Decimal, as_of: date, *, charges: bool
) -> Suspect | None:
    if charges and not unit.covered:
        # What was settled before any charge is part of the charge to come.
        return None
    outside = merge(
        piece
        for grid in unit.grids
        for piece in subtract(inside(unit.covered, grid), terms.served(grid))
    )
    if not difference and not outside and not _off_grid(terms, unit):
        return None
    due = due_adjustment(terms, unit, as_of, rides=True, charges=charges)
    return Suspect(unit, difference, outside, due is not None)


def _off_grid(terms: LineTerms, unit: Unit) -> bool:
    """Whether a charge reaches over a boundary: a run never writes such a one."""
    return len(unit.grids) > 1 and any(
        terms.rule.index_of(entry.period.start)
        != terms.rule.index_of(entry.period.last)
        for entry in unit.entries
        if entry.kind == "charge"
    )


def verdict(
    terms: LineTerms, suspect: Suspect, faithful: bool | None, span: Period
) -> Finding | None:
    """What a suspect is: a fault, the next run's work, or rightly as it is.

    :param faithful: whether its entries say what their facts give; None when that
        cannot be told, then the terms must explain what is settled.
    """
    if faithful is None:
        faithful = not suspect.due or _is_explained(terms, suspect.unit)
    unit = suspect.unit
    touched = unit.covered or merge(entry.period for entry in unit.entries)
    if faithful:
        if not suspect.due:
            return None
        return make_finding("adjustment", inside(touched, span), -suspect.difference)
    if suspect.outside:
        return make_finding(
            "outside", inside(suspect.outside, span), suspect.difference
        )
    return make_finding("edited", inside(touched, span), suspect.difference)


def _is_explained(terms: LineTerms, unit: Unit) -> bool:
    """Whether leaving out what may have been learned later gives what is settled."""
    covered = hull(unit.covered)
    days = events(terms, covered, after=date.min) if covered else []
    known = [terms.as_known(day) for day in days]
    for count in (1, 2):
        for lost in combinations(terms.versions[1:], count):
            kept = tuple(v for v in terms.versions if v not in lost)
            known.append(replace(terms, versions=kept))
        for gone in combinations(terms.pauses, count):
            stay = tuple(p for p in terms.pauses if p not in gone)
            known.append(replace(terms, pauses=stay))
    known.append(replace(terms, end=None))
    return any(promised_on_covered(then, unit) == unit.settled for then in known)
