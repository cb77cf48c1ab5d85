"""Whether an entry of the ledger says what its own facts give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from .entries import BilledEntry, settled_by_document
from .facts import replay
from .periods import Period, hull
from .terms import LineTerms


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
    # What adjusts may be for days that are not served any more.
    spans = [
        part["served"] if entry.kind == "charge" else [part["whole"]]
        for part in facts["parts"]
    ]
    whole = hull(
        Period.inclusive(*map(date.fromisoformat, days))
        for found in spans
        for days in found
    )
    return whole is None or whole.intersect(entry.period) == entry.period
