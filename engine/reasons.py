"""Why a document to come differs from the one before it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from .charges import Charge
from .entries import COVERING, BilledEntry
from .promise import promised_amount
from .terms import LineTerms, LineVersion

ReasonKind = Literal[
    "new", "terms", "start", "end", "pause", "adjustment", "free", "also", "not_due"
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that makes a document differ from the one before.

    :param kind: ``new`` line; ``terms``: another quantity, price or discount;
        ``start``, ``end``, ``pause``: only a part of the period; ``adjustment`` of a
        period already billed; ``free``; ``also``: a line of another rhythm comes
        along; ``not_due``: a line of the document before is not due this time.
    :param line: the line it is about.
    :param charge: what stands on the document, None for ``not_due``.
    :param before: for ``terms``, the version that held before.
    """

    kind: ReasonKind
    line: Hashable
    charge: Charge | None = None
    before: LineVersion | None = None


def reasons(
    charges: Sequence[Charge],
    *,
    before: Iterable[Charge] | None,
    terms: Mapping[Hashable, LineTerms],
    billed: Mapping[Hashable, Sequence[BilledEntry]],
) -> list[Reason]:
    """What a person should know of a document, in the order of its charges.

    :param before: the charges of the document before; None when it is not known.
    :param billed: the ledger of each line before this document.
    """
    known = None if before is None else {charge.line for charge in before}
    found = [
        reason
        for charge in charges
        if (reason := _reason(charge, terms[charge.line], billed, known))
    ]
    here = {charge.line for charge in charges}
    gone = dict.fromkeys(c.line for c in before or () if c.line not in here)
    return found + [Reason("not_due", line) for line in gone]


def _reason(
    charge: Charge,
    terms: LineTerms,
    billed: Mapping[Hashable, Sequence[BilledEntry]],
    known: set[Hashable] | None,
) -> Reason | None:
    """What is to be said of one charge, if anything.

    :param known: the lines of the document before; None when it is not known.
    """
    if charge.kind == "adjustment":
        return Reason("adjustment", charge.line, charge)
    if charge.kind == "waiver":
        return Reason("free", charge.line, charge)
    if not charge.fraction:
        # Covers the days of a free period; its waiver tells of it.
        return None
    kind = _part(terms, charge)
    if kind:
        return Reason(kind, charge.line, charge)
    covering = [
        entry.period
        for entry in billed.get(charge.line, ())
        if entry.state != "void" and entry.kind in COVERING
    ]
    if not covering:
        return Reason("new", charge.line, charge)
    old = _version_on(terms, max(covering).start)
    new = _version_on(terms, charge.period.start)
    if replace(old, start=new.start, sequence=new.sequence) != new:
        return Reason("terms", charge.line, charge, old)
    if known is not None and charge.line not in known:
        return Reason("also", charge.line, charge)
    return None


def _part(terms: LineTerms, charge: Charge) -> ReasonKind | None:
    """Why a charge is for a part of its period only, None when it is for all of it."""
    if charge.kind != "charge" or charge.fraction >= 1:
        return None
    if charge.period.start == terms.start:
        return "start"
    if charge.period.end == terms.effective_end:
        return "end"
    return "pause"


def _version_on(terms: LineTerms, day: date) -> LineVersion:
    """The version in force on a day."""
    held = [version for version in terms.versions if version.start <= day]
    return held[-1] if held else terms.versions[0]


def settlement(known: LineTerms, charge: Charge) -> tuple[Decimal, Decimal]:
    """An adjustment as people read it: the credit of the old terms, the new charge.

    The credit is rounded, the charge is the remainder, so that both add up to what the
    document says.

    :param known: the terms before the change.
    :param charge: the adjustment.
    """
    if charge.charged != charge.settled:
        # After a concession the parts are not what was ever on a document.
        return Decimal(0), charge.charged
    credit = -promised_amount(known, charge.period)
    return credit, charge.charged - credit
