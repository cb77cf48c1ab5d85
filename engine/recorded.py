"""An entry as the ledger keeps it, for a replay to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .canonical import JsonValue
from .entries import EntryKind
from .periods import Period
from .printing import PrintedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry as the ledger keeps it, with what its document says.

    :param kind: of the entry.
    :param period: its days.
    :param settled: taken from the promise.
    :param charged: on the document.
    :param conceded: given up by editing the draft.
    :param facts: as stored.
    :param seal: the digest of the facts when they were written; "" when unknown.
    :param printed: the line of its document, if it stands on one.
    :param untaxed: copied from that line when it was posted.
    :param printed_untaxed: what the line says of it now.
    """

    kind: EntryKind
    period: Period
    settled: Decimal
    charged: Decimal
    facts: JsonValue
    seal: str
    conceded: Decimal = Decimal(0)
    printed: PrintedLine | None = None
    untaxed: Decimal | None = None
    printed_untaxed: Decimal | None = None
