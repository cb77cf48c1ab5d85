"""The archive of issued documents: their records, the chain that seals them.

A record holds all that the archive answers for: what stands on the document, and the
SHA-256 of each kept file. A link seals a record to the one before it:

    digest = SHA-256(canonical record)
    seal   = SHA-256(canonical {digest, previous, sealed_at, sequence})

The seals of a company make one chain, numbered from 1 without a gap. Whoever changes,
removes, adds or moves a document in it breaks the links that follow.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .canonical import digest as canonical_digest

#: Raised when the keys of records or links change their meaning.
FORMAT = 1
#: What the first link of a chain follows.
GENESIS = "0" * 64
#: Code de commerce, L123-22: accounting documents and their vouchers.
RETENTION_YEARS = 10


@dataclass(frozen=True)
class KeptFile:
    """A file as it was when it entered the archive.

    :param kind: ``pdf``, ``xml``, ``computation`` or ``proof``.
    :param size: in bytes.
    :param sha256: of the content, in hexadecimal.
    """

    kind: str
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Link:
    """The place of a record in its company's chain.

    :param sequence: 1 for the first.
    :param previous: seal of the link before, :data:`GENESIS` for the first.
    :param digest: of the record.
    :param sealed_at: moment of the sealing, ISO 8601 in UTC.
    :param seal: over the four others.
    """

    sequence: int
    previous: str
    digest: str
    sealed_at: str
    seal: str


def record_of(
    *,
    kind: str,
    company: Mapping[str, str],
    document: Mapping[str, str],
    files: Iterable[KeptFile],
    retained_until: date,
) -> dict[str, Any]:
    """All that the archive answers for, of one document or one proof.

    :param kind: ``document``, or ``proof`` for what belongs to a document.
    :param company: who issued it.
    :param document: what stands on it; text only, amounts as written in decimals.
    """
    return {
        "format": FORMAT,
        "kind": kind,
        "company": dict(company),
        "document": dict(document),
        "files": [
            {
                "kind": file.kind,
                "name": file.name,
                "size": file.size,
                "sha256": file.sha256,
            }
            for file in sorted(files, key=lambda file: (file.kind, file.name))
        ],
        "retained_until": retained_until.isoformat(),
    }


def seal_of(*, sequence: int, previous: str, digest: str, sealed_at: str) -> str:
    """The seal of a link from its four parts."""
    return canonical_digest(
        {
            "digest": digest,
            "previous": previous,
            "sealed_at": sealed_at,
            "sequence": sequence,
        }
    )


def extend_chain(
    digests: Iterable[str], *, sequence: int, seal: str, sealed_at: str
) -> list[Link]:
    """Links for records that enter the chain, in their order.

    :param digests: of the records.
    :param sequence: of the last link so far, 0 for none.
    :param seal: of the last link so far, :data:`GENESIS` for none.
    """
    links = []
    for record_digest in digests:
        sequence += 1
        previous = seal
        seal = seal_of(
            sequence=sequence,
            previous=previous,
            digest=record_digest,
            sealed_at=sealed_at,
        )
        links.append(Link(sequence, previous, record_digest, sealed_at, seal))
    return links


def financial_year_end(day: date, *, last_month: int, last_day: int) -> date:
    """The last day of the financial year that a day lies in.

    :param last_month: month in which financial years end, 1 to 12.
    :param last_day: their last day; a month that is shorter ends the year.
    """
    end = _year_end(day.year, last_month, last_day)
    return end if end >= day else _year_end(day.year + 1, last_month, last_day)


def _year_end(year: int, month: int, day: int) -> date:
    last = monthrange(year, month)[1]
    # Who closes on 28 February closes on the last day of that month.
    closes_with_month = month == 2 and day >= 28
    return date(year, month, last if closes_with_month else min(day, last))


def retention_end(day: date, *, last_month: int, last_day: int) -> date:
    """The last day on which a document must be kept.

    Ten years from the end of the financial year (Code de commerce, L123-22).

    :param day: the document's date in the books.
    """
    end = financial_year_end(day, last_month=last_month, last_day=last_day)
    return _year_end(end.year + RETENTION_YEARS, last_month, last_day)
