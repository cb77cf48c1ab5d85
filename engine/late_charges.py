"""What late payment may be charged now: interest and recovery cost, never twice.

Each invoice stands alone: its interest is the exact sum over its instalments, spans and
rates, rounded once. What was charged before is rounded the same way and taken off, so
that asking in three steps comes to the cent to what asking once would.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .interest import (
    InterestLine,
    Span,
    YearBasis,
    exact_lines,
    exact_sum,
    first_unrated,
    open_spans,
    recovery_cost,
    shared,
)
from .money import quantize
from .periods import ONE_DAY
from .statutory import HalfYearRates, Kind, Rate, late_rates


@dataclass(frozen=True, slots=True)
class Instalment:
    """What an invoice asks for at one due date.

    :param invoice: identifies the invoice; its instalments share it.
    :param due: the due date.
    :param amount: as :func:`.open_spans` takes it; what is disputed and put off stays
        out of it.
    :param payments: day and amount, as :func:`.open_spans` takes them.
    :param own: percent a year that the terms of the invoice agree on, or None.
    :param notice: the day on which the formal notice reached the buyer, or None.
    """

    invoice: Hashable
    due: date
    amount: Decimal
    payments: tuple[tuple[date, Decimal], ...] = ()
    own: Decimal | None = None
    notice: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateLaw:
    """The law that a claim follows.

    :param kind: what the buyer is.
    :param rates: by first day of the half-year.
    :param scheme: whose law fills in: see :func:`.late_rate`.
    :param basis: days of a year.
    :param each: recovery cost of one invoice, in the currency of all; 0 where no law
        gives it.
    :param step: rounding step of the currency.
    """

    kind: Kind
    rates: Mapping[date, HalfYearRates]
    scheme: str = "french"
    basis: YearBasis = 365
    each: Decimal = Decimal(40)
    step: Decimal = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What was done about an invoice before.

    :param until: the last day whose interest was asked for or given up, or None.
    :param interest: what was asked for these days; less what was given up.
    :param cost: what was asked for as recovery cost.
    :param cost_waived: whether the recovery cost was given up.
    """

    until: date | None = None
    interest: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    cost_waived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCharges:
    """What may be asked for one invoice now.

    :param lines: the computation of its interest; their shares add up to it.
    :param interest: rounded.
    :param cost: recovery cost, unless it was asked for or given up before.
    :param until: the last day whose interest is dealt with once this is asked for, or
        None.
    :param unrated: the first late day whose rate nobody knows: interest stops before
        it; or None.
    :param excess: what was asked for before and is not owed by what is known today (a
        payment entered late, a mistake put right): to be given back by a credit note.
    """

    invoice: Hashable
    lines: tuple[InterestLine, ...]
    interest: Decimal
    cost: Decimal
    until: date | None
    unrated: date | None
    excess: Decimal

    @property
    def total(self) -> Decimal:
        """What may be asked now."""
        return self.interest + self.cost


@dataclass(frozen=True, slots=True)
class LateCharges:
    """What may be asked of a debtor now, invoice by invoice in the order given."""

    invoices: tuple[InvoiceCharges, ...] = field(default=())

    @property
    def interest(self) -> Decimal:
        """Of all invoices."""
        return sum((one.interest for one in self.invoices), Decimal(0))

    @property
    def cost(self) -> Decimal:
        """The recovery cost of all invoices."""
        return sum((one.cost for one in self.invoices), Decimal(0))

    @property
    def total(self) -> Decimal:
        """Interest and recovery cost."""
        return self.interest + self.cost

    @property
    def excess(self) -> Decimal:
        """What was asked for too much before, over all invoices."""
        return sum((one.excess for one in self.invoices), Decimal(0))

    @property
    def unrated(self) -> date | None:
        """The first day whose rate nobody knows, over all invoices."""
        days = [one.unrated for one in self.invoices if one.unrated]
        return min(days, default=None)


def late_invoices(instalments: Iterable[Instalment], *, until: date) -> list[Hashable]:
    """The invoices of which something was still open after its due date.

    Paid since or not; one paid in time by a payment that came back is among them.

    :param until: the last day that counts.
    """
    late = (one.invoice for one in instalments if _spans(one, until))
    return list(dict.fromkeys(late))


def charges_of(
    instalments: Iterable[Instalment],
    *,
    law: LateLaw,
    until: date,
    before: Mapping[Hashable, Before] | None = None,
) -> LateCharges:
    """What late payment may be charged on a day.

    :param until: the last day of interest.
    :param before: what was done about an invoice before, by what identifies it.
    :raises BillingError: see :func:`.late_interest`; but a rate that nobody knows
        stops the interest of its invoice, and is said.
    """
    found: dict[Hashable, list[Instalment]] = {}
    for one in instalments:
        found.setdefault(one.invoice, []).append(one)
    known = before or {}
    return LateCharges(
        tuple(
            _invoice_charges(parts, law, until, known.get(invoice, Before()))
            for invoice, parts in found.items()
        )
    )


def _invoice_charges(
    parts: Sequence[Instalment], law: LateLaw, until: date, before: Before
) -> InvoiceCharges:
    since = before.until and before.until + ONE_DAY
    claims = _claims(parts, law, until, since)
    unrated = _unrated(claims)
    last = unrated - ONE_DAY if unrated else until
    lines = _lines(_claims(parts, law, last, since), law)
    founded, excess = Decimal(0), Decimal(0)
    interest = quantize(exact_sum(lines), law.step)
    if before.until:
        settled = _claims(parts, law, before.until, None)
        if not _unrated(settled):
            exact = exact_sum(_lines(settled, law))
            founded = quantize(exact, law.step)
            interest = quantize(exact + exact_sum(lines), law.step) - founded
            excess = max(before.interest - founded, Decimal(0))
    late = late_invoices(parts, until=until)
    cost = recovery_cost(late, kind=law.kind, each=law.each)
    return InvoiceCharges(
        invoice=parts[0].invoice,
        lines=shared(lines, interest, step=law.step),
        interest=interest,
        cost=Decimal(0) if before.cost or before.cost_waived else cost,
        until=last if lines else before.until,
        unrated=unrated,
        excess=excess + max(before.cost - cost, Decimal(0)),
    )


#: What was open of an instalment, and the rates it bears.
_Claim = tuple[tuple[Span, ...], tuple[Rate, ...]]


def _claims(
    parts: Iterable[Instalment], law: LateLaw, until: date, since: date | None
) -> list[_Claim]:
    return [
        (
            _spans(one, until, since),
            late_rates(
                law.kind,
                law.rates,
                due=one.due,
                own=one.own,
                notice=one.notice,
                scheme=law.scheme,
            ),
        )
        for one in parts
    ]


def _spans(one: Instalment, until: date, since: date | None = None) -> tuple[Span, ...]:
    return open_spans(
        one.amount, due=one.due, payments=one.payments, until=until, since=since
    )


def _unrated(claims: Iterable[_Claim]) -> date | None:
    days = [first_unrated(spans, rates=rates) for spans, rates in claims]
    return min((day for day in days if day), default=None)


def _lines(claims: Iterable[_Claim], law: LateLaw) -> list[InterestLine]:
    return [
        line
        for spans, rates in claims
        for line in exact_lines(spans, rates=rates, basis=law.basis)
    ]
