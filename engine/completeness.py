"""What is wrong with a ledger: holes, doubles, days outside the contract, edits.

The promise and the ledger are compared unit by unit, as a run does. What a run would
bill or settle by itself is told apart from what only a person can mend: an entry that
does not say what its own facts give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any, Literal

from .adjusting import due_adjustment, events, promised_on_covered
from .charging import due_charges
from .coverage import Coverage, CoverageState, day_states, missing_days, paint, units_in
from .entries import COVERING, BilledEntry, Unit, settled_by_document
from .facts import replay
from .money import quantize
from .periods import Period, hull, merge, subtract
from .promise import promise, promised_amount
from .terms import LineTerms

FindingKind = Literal["hole", "double", "outside", "edited", "overlap", "adjustment"]
#: Kinds that somebody must look at; an adjustment is the next run's work.
FAULTS: tuple[FindingKind, ...] = ("hole", "double", "outside", "edited", "overlap")
#: States of days that a ledger owes an entry for.
DUE_STATES = ("billed", "waived", "missing", "double", "edited")
_NO_LIMIT = 10**6


@dataclass(frozen=True, slots=True)
class Finding:
    """Days on which ledger and promise differ.

    :param kind: ``hole``: due and not billed; ``double``: charged twice; ``outside``
        the contract; ``edited``: an entry says something else than its facts;
        ``overlap``: two lines of one chain promise the same days; ``adjustment``: a
        change that the next run settles, no fault.
    :param period: from the first to the last of the days.
    :param days: how many days.
    :param amount: of a hole and an adjustment, what is to be billed; of the others,
        what is settled beyond the promise.
    """

    kind: FindingKind
    period: Period
    days: int
    amount: Decimal


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

        :param faithful: for each suspect, what :func:`is_faithful` says of its entries.
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
    for unit in work:
        missing = list(missing_days(terms, unit, as_of))
        gaps += missing
        excess = unit.settled - promised_on_covered(terms, unit)
        if not excess:
            right.append(unit)
        for double in _doubles(terms, unit, excess, span):
            findings.append(double)
            excess -= double.amount
        suspect = _suspect(terms, unit, excess, as_of, charges=bool(missing))
        if suspect:
            suspects.append(suspect)
    if gaps:
        findings += _holes(terms, live, gaps, span, as_of)
    days = day_states(terms, work, span, right=right, as_of=as_of)
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
            for piece in _inside(suspect.unit.covered, served)
        ]
        yield once, "edited"


def _inside(pieces: Iterable[Period], span: Period) -> list[Period]:
    return [common for piece in pieces if (common := piece.intersect(span))]


def _finding(
    kind: FindingKind, pieces: Iterable[Period], amount: Decimal
) -> Finding | None:
    """A finding on the days of ``pieces``, None when there are none."""
    days = merge(pieces)
    whole = hull(days)
    return whole and Finding(kind, whole, sum(p.days for p in days), amount)


# === Holes === #


def _holes(
    terms: LineTerms,
    live: Sequence[BilledEntry],
    gaps: Sequence[tuple[Period, tuple[Period, ...]]],
    span: Period,
    as_of: date,
) -> Iterator[Finding]:
    """The holes, each with what a run would charge for it."""
    unlimited = replace(terms, catch_up_limit=_NO_LIMIT)
    charges = due_charges(unlimited, live, as_of, since=span.start)
    for grid, missing in gaps:
        for charge in charges:
            if charge.kind != "charge" or not grid.contains(charge.period.start):
                continue
            days = _inside(missing, charge.period)
            seen = _inside(days, span)
            # A hole that reaches beyond the span counts for its days in it.
            amount = (
                charge.charged
                if seen == days
                else promise(terms, grid, seen).amount
                if charge.charged
                else charge.charged
            )
            found = _finding("hole", seen, amount)
            if found:
                yield found


# === Doubles === #


def _doubles(
    terms: LineTerms, unit: Unit, excess: Decimal, span: Period
) -> Iterator[Finding]:
    """Days that a later charge charges again, with what it settled for them.

    What was given back of it since (a credit note) counts no more.
    """
    before: tuple[Period, ...] = ()
    for entry in unit.entries:
        if entry.kind not in COVERING:
            continue
        again = merge(_inside(before, entry.period))
        before = merge([*before, entry.period])
        share = _share_of(entry, again, terms.step)
        credited = any(
            e.kind not in COVERING and e.settled * share < 0 for e in unit.entries
        )
        if credited:
            share = min(share, max(excess, Decimal(0))) if share > 0 else share
            if not share:
                continue
        found = _finding("double", _inside(again, span), share)
        if found:
            yield found
            excess -= share


def _share_of(entry: BilledEntry, days: Iterable[Period], step: Decimal) -> Decimal:
    """What an entry settled for some of its days."""
    count = sum(piece.days for piece in days)
    if count == entry.period.days:
        return entry.settled
    return quantize(Fraction(entry.settled) * Fraction(count, entry.period.days), step)


# === Amounts that differ === #


def _suspect(
    terms: LineTerms, unit: Unit, difference: Decimal, as_of: date, *, charges: bool
) -> Suspect | None:
    if charges and not unit.covered:
        # What was settled before any charge is part of the charge to come.
        return None
    outside = merge(
        piece
        for grid in unit.grids
        for piece in subtract(_inside(unit.covered, grid), terms.served(grid))
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
        return _finding("adjustment", _inside(touched, span), -suspect.difference)
    if suspect.outside:
        return _finding("outside", _inside(suspect.outside, span), suspect.difference)
    return _finding("edited", _inside(touched, span), suspect.difference)


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


# === What an entry says of itself === #


@dataclass(frozen=True, slots=True)
class Record:
    """An entry with what it keeps of its computation.

    :param entry: as reconciliation reads it.
    :param facts: as stored; None or empty when there are none.
    :param origin: what it corrects, for the entries of credit notes.
    :param concession: what editing its draft took off the charged amount.
    """

    entry: BilledEntry
    facts: Mapping[str, Any] | None
    origin: BilledEntry | None = None
    concession: Decimal = Decimal(0)


def is_faithful(terms: LineTerms, records: Sequence[Record]) -> bool | None:
    """Whether entries settle what their own facts give, for the days these are about.

    :return: False when one does not; None when one keeps no facts to tell by.
    """
    answers = [_is_faithful(terms, record, records) for record in records]
    if False in answers:
        return False
    return None if None in answers else True


def _is_faithful(
    terms: LineTerms, record: Record, records: Sequence[Record]
) -> bool | None:
    entry, facts = record.entry, record.facts
    if entry.kind == "opening":
        # Settles the days since the start; what was promised then is not kept.
        return None if entry.period.start == terms.start else False
    if facts and "corrects" in facts:
        return record.origin and _says_its_document(terms, record, record.origin)
    if not facts or "parts" not in facts:
        return False
    if not _is_about(terms, entry, facts):
        return False
    settled, _charged = replay(dict(facts))
    # Given up: the charge stays on its days for nothing, a waiver has its amount.
    given_up = not entry.settled and any(
        other.entry.kind == "waiver"
        and other.entry.settled == settled
        and other.entry.period == entry.period
        for other in records
    )
    return entry.settled == settled or given_up


def _says_its_document(terms: LineTerms, record: Record, origin: BilledEntry) -> bool:
    """Whether an entry of a credit note takes back in proportion to it."""
    entry = record.entry
    if entry.kind == "waiver":
        # It gives up what the entry beside it takes back.
        return True
    expected = settled_by_document(
        entry.charged + record.concession,
        origin_settled=origin.settled,
        origin_charged=origin.charged,
        step=terms.step,
    )
    return entry.settled == expected


def _is_about(terms: LineTerms, entry: BilledEntry, facts: Mapping[str, Any]) -> bool:
    """Whether the facts of an entry are about its days."""
    if entry.kind == "charge" and terms.rule.index_of(
        entry.period.start
    ) != terms.rule.index_of(entry.period.last):
        return False
    # An adjustment may be for days that are not served any more.
    spans = [
        [part["whole"]] if entry.kind == "adjustment" else part["served"]
        for part in facts["parts"]
    ]
    whole = hull(
        Period.inclusive(*map(date.fromisoformat, days))
        for found in spans
        for days in found
    )
    return whole is None or whole.intersect(entry.period) == entry.period


# === Lines of one chain === #


def overlaps(chain: Sequence[LineTerms], span: Period) -> Iterator[tuple[int, Finding]]:
    """Days that a later line of a chain promises though an earlier one does.

    :param chain: the lines of one root, the first one first.
    :return: position of the later line, the finding with what it promises for them.
    """
    taken: tuple[Period, ...] = ()
    for position, terms in enumerate(chain):
        served = terms.served(span)
        common = [piece for days in served for piece in _inside(taken, days)]
        amount = sum((promised_amount(terms, piece) for piece in common), Decimal(0))
        found = _finding("overlap", common, amount)
        if found:
            yield position, found
        taken = merge([*taken, *served])
