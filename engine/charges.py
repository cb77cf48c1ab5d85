"""One thing to write into the ledger, and how it is built."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from .entries import BilledEntry
from .facts import charge_facts
from .money import quantize
from .periods import Period
from .printing import printed_line
from .promise import Part
from .terms import LineTerms, LineVersion

ChargeKind = Literal["charge", "adjustment", "waiver"]


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing to write into the ledger, and onto a document when it has an amount.

    :param line: the line it belongs to.
    :param kind: ``charge`` a period for the first time, ``adjustment`` of one already
        charged, ``waiver`` of what is given up.
    :param period: the days it is for.
    :param settled: what it takes from the promise.
    :param charged: what the document says; ``quantity`` × ``price`` less ``discount``.
    :param quantity: negative on a credit; never prorated.
    :param price: of one unit, unrounded when it was solved back from the amount.
    :param discount: percent.
    :param fraction: share of a full period that its days make up.
    :param facts: enough to replay it (:mod:`.facts`).
    :param scheduled: the day it fell due.
    """

    line: Hashable
    kind: ChargeKind
    period: Period
    settled: Decimal
    charged: Decimal
    quantity: Decimal
    price: Decimal
    discount: Decimal
    fraction: Fraction
    facts: dict[str, Any] = field(compare=False)
    scheduled: date

    @property
    def entry(self) -> BilledEntry:
        """What the ledger keeps of it, as reconciliation reads it."""
        return BilledEntry(self.kind, self.period, self.settled, self.charged)


def build_charge(
    terms: LineTerms,
    *,
    kind: ChargeKind,
    period: Period,
    parts: list[Part],
    before: Decimal,
    settled: Decimal,
    version: LineVersion,
    fraction: Fraction,
    scheduled: date,
    ratio: Fraction = Fraction(1),
) -> Charge:
    """Build a charge: its amounts, the way a document prints them, its facts.

    :param parts: the promise it is computed from.
    :param before: what was settled of it already.
    :param settled: the promise less ``before``.
    :param version: gives the document its quantity, price and discount.
    :param ratio: charged per settled unit.
    """
    charged = quantize(Fraction(settled) * ratio, terms.step)
    quantity, price, discount = printed_line(
        charged, version, step=terms.step, adjusts=kind != "charge"
    )
    return Charge(
        line=terms.line,
        kind=kind,
        period=period,
        settled=settled,
        charged=charged,
        quantity=quantity,
        price=price,
        discount=discount,
        fraction=fraction,
        facts=charge_facts(
            terms,
            period=period,
            parts=parts,
            before=before,
            ratio=ratio,
            scheduled=scheduled,
        ),
        scheduled=scheduled,
    )
