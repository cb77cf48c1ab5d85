"""The documents to come: what the runs of the next days will make.

The run's own computation, day after day, on a copy of the ledger. The quote's first
invoice, the sentence of what happens next, the effect of a change before it is applied:
all ask here, so that what is announced is what will be billed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .charges import Charge
from .charging import due_charges
from .documents import CatchUpForm, by_document, without_excess_credit
from .entries import BilledEntry
from .money import quantize
from .next_dates import next_charge_date, next_invoice_date
from .periods import FOREVER
from .reasons import Reason, reasons
from .terms import LineTerms


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A document to come.

    :param day: the day of the run that makes it.
    :param charges: what stands on it, line by line in the order given.
    :param reasons: what makes it differ from the document before.
    """

    day: date
    charges: tuple[Charge, ...]
    reasons: tuple[Reason, ...]

    @property
    def amount(self) -> Decimal:
        """What its lines come to, each in its own price convention."""
        return sum((charge.charged for charge in self.charges), Decimal(0))


def upcoming(
    lines: Iterable[tuple[LineTerms, Sequence[BilledEntry]]],
    *,
    as_of: date,
    form: CatchUpForm = "per_period",
    carry_over: bool = False,
) -> Iterator[Upcoming]:
    """The documents that the runs of a subscription will make, in order.

    Endless while a line has no end. What comes to nothing makes no document.

    :param lines: the promise and the ledger of each line.
    :param as_of: the first day a run may take place: what is due then comes first.
    :param form: whether missed periods make one document each.
    :param carry_over: credits wait for a document that can absorb them, while one is
        still to come.
    :raises CatchUpLimitExceeded: when more periods of a line are due than its limit.
    """
    promises = [
        (terms, [entry for entry in billed if entry.state != "void"])
        for terms, billed in lines
    ]
    terms_of = {terms.line: terms for terms, _billed in promises}
    ledger = {terms.line: billed for terms, billed in promises}
    over = max((terms.effective_end for terms, _billed in promises), default=as_of)
    before: tuple[Charge, ...] | None = None
    day: date | None = as_of
    while day is not None:
        due = [c for terms, billed in promises for c in due_charges(terms, billed, day)]
        waits = carry_over and day < over
        for charges in _documents(due, form=form, carry_over=waits):
            told = reasons(charges, before=before, terms=terms_of, billed=ledger)
            for charge in charges:
                ledger[charge.line].append(charge.entry)
            if any(charge.charged for charge in charges):
                before = tuple(charges)
                yield Upcoming(day, before, tuple(told))
        if _is_silent(promises, day):
            return
        day = _next_day(promises, day, over if waits and over < FOREVER else None)


def _is_silent(
    promises: Iterable[tuple[LineTerms, Sequence[BilledEntry]]], day: date
) -> bool:
    """Whether nothing will ever be charged after ``day``: all that is left is free.

    Without this a subscription at no price would be looked through for ever.
    """
    for terms, billed in promises:
        known = [terms.start, *(version.start for version in terms.versions)]
        known += [d for p in terms.pauses for d in (p.start, p.end) if d]
        known += [entry.period.end for entry in billed if entry.charged]
        if max(known) > day or (terms.end and terms.effective_end > day):
            return False
        if quantize(terms.versions[-1].amount, terms.step):
            return False
    return True


def _documents(
    due: Sequence[Charge], *, form: CatchUpForm, carry_over: bool
) -> Iterator[list[Charge]]:
    """The charges of each document of a day, missed periods first."""
    buckets = by_document(due, form=form)
    for key in sorted(buckets, key=lambda key: (key is None, key or date.min)):
        charges = buckets[key]
        if carry_over and sum(charge.charged for charge in charges) < 0:
            charges = without_excess_credit(charges)
        yield charges


def _next_day(
    promises: Sequence[tuple[LineTerms, list[BilledEntry]]],
    day: date,
    over: date | None,
) -> date | None:
    """The next day after ``day`` on which a run finds something, or None.

    :param over: the day on which credits wait no longer, if one is known.
    """
    days = [over] if over else []
    for terms, billed in promises:
        found = next_invoice_date(terms, billed, as_of=day)
        if found is not None and found <= day:
            # What is left is a credit that waits for the next charge.
            found = next_charge_date(terms, billed, after=day)
        if found is not None:
            days.append(found)
    return min(days, default=None)
