"""The facts of a computation, as JSON: enough to replay it without any setting.

They hold what went into an amount, never the amount: a replay that agrees with the
ledger proves something.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .errors import InvalidFacts
from .money import quantize
from .periods import Period
from .printing import PrintedLine
from .promise import Part, promised_parts
from .recurrence import RecurrenceRule
from .terms import LineTerms, LineVersion

#: Raised when the meaning of the keys changes; a replay knows old formats.
#: 1: charges of a promise. 2: also openings, documents and what was given up; a
#: ``source`` tells them apart, and the ``period`` of the entry is a fact too.
FORMAT = 2
#: What facts of a shape that nobody wrote raise while they are read.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


# === Writing === #


def days_of(period: Period) -> list[str]:
    """First and last day, both included, as records store them."""
    return [period.start.isoformat(), period.last.isoformat()]


def _part(part: Part) -> dict[str, Any]:
    return {
        "whole": days_of(part.whole),
        "served": [days_of(piece) for piece in part.served],
        "share": str(part.share),
        "versions": [
            {
                "start": version.start.isoformat(),
                "sequence": version.sequence,
                "quantity": str(version.quantity),
                "price": str(version.price),
                "discount": str(version.discount),
                "days": days,
            }
            for version, days in part.versions
        ],
    }


def _parts(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """The parts as facts; full periods of one version in a row become one with their
    number, or ten years of a monthly line would be a hundred and twenty.
    """
    rows: list[dict[str, Any]] = []
    last: Part | None = None
    for part in parts:
        row = _part(part)
        if last is not None and _goes_on(last, part):
            before = rows[-1]
            before["periods"] = before.get("periods", 1) + 1
            before["whole"][1] = row["whole"][1]
            before["served"][-1][1] = row["served"][-1][1]
            before["versions"][0]["days"] += row["versions"][0]["days"]
        else:
            rows.append(row)
        last = part
    return rows


def _goes_on(one: Part, two: Part) -> bool:
    """Whether ``two`` is the next full period at the same terms as ``one``."""
    return (
        one.share == two.share == 1
        and len(one.versions) == len(two.versions) == 1
        and one.versions[0][0] == two.versions[0][0]
        and one.whole.end == two.whole.start
        and one.served == (one.whole,)
        and two.served == (two.whole,)
    )


def _terms_facts(terms: LineTerms) -> dict[str, Any]:
    return {
        "basis": terms.basis,
        "timing": terms.timing,
        "lead_days": terms.lead_days,
        "first_period": terms.first_period,
        "step": str(terms.step),
        "rule": {
            "unit": terms.rule.unit,
            "interval": terms.rule.interval,
            "anchor": terms.rule.anchor.isoformat(),
            "billing_day": terms.rule.billing_day,
            "billing_month": terms.rule.billing_month,
        },
    }


def line_facts(line: PrintedLine) -> dict[str, Any]:
    """What a line of a document says."""
    return {
        "name": line.name,
        "quantity": str(line.quantity),
        "price": str(line.price),
        "discount": str(line.discount),
        "credit": line.credit,
    }


def charge_facts(
    terms: LineTerms,
    *,
    period: Period,
    parts: list[Part],
    before: Decimal,
    ratio: Fraction,
    scheduled: date,
) -> dict[str, Any]:
    """The facts of one charge.

    :param period: the days it is for.
    :param parts: the promise it was computed from, one part a grid period.
    :param before: what was settled of it already.
    :param ratio: charged per settled unit: below 1 when a credit gives back less
        than the promise because less was charged.
    :param scheduled: the day it fell due.
    """
    return {
        "format": FORMAT,
        "source": "promise",
        **_terms_facts(terms),
        "period": days_of(period),
        "parts": _parts(parts),
        "settled_before": str(before),
        "charged_ratio": str(ratio),
        "scheduled": scheduled.isoformat(),
    }


def opening_facts(
    terms: LineTerms, *, period: Period, document: PrintedLine | None
) -> dict[str, Any]:
    """The facts of the entry that opens a ledger: the promise of its days.

    :param period: the days that were billed elsewhere.
    :param document: the invoice line that paid for them, when it is known.
    """
    return {
        "format": FORMAT,
        "source": "opening",
        **_terms_facts(terms),
        "period": days_of(period),
        "parts": _parts(promised_parts(terms, period)),
        "settled_before": "0",
        "charged_ratio": "0",
        "document": document and line_facts(document),
    }


# === Reading === #


def period_of(days: list[str]) -> Period:
    """The span of two stored days, both included."""
    first, last = map(date.fromisoformat, days)
    return Period.inclusive(first, last)


def rule_of(facts: dict[str, Any]) -> RecurrenceRule:
    """The grid of billing periods."""
    rule = facts["rule"]
    return RecurrenceRule(**{**rule, "anchor": date.fromisoformat(rule["anchor"])})


def version_of(row: dict[str, Any]) -> LineVersion:
    """Quantity, price and discount that held."""
    return LineVersion(
        date.fromisoformat(row["start"]),
        Decimal(row["quantity"]),
        Decimal(row["price"]),
        Decimal(row["discount"]),
        row["sequence"],
    )


def printed_of(facts: dict[str, Any]) -> PrintedLine | None:
    """The document's line the facts name, if any."""
    row = facts.get("document")
    return row and PrintedLine(
        quantity=Decimal(row["quantity"]),
        price=Decimal(row["price"]),
        discount=Decimal(row["discount"]),
        credit=row["credit"],
        name=row["name"],
    )


def part_amount(part: dict[str, Any], step: Decimal) -> Decimal:
    """What the facts of a part promise, rounded once a period."""
    total = sum(version["days"] for version in part["versions"])
    exact = sum(
        (
            version_of(version).amount
            * Fraction(part["share"])
            * Fraction(version["days"], total)
            for version in part["versions"]
        ),
        Fraction(0),
    )
    return quantize(exact, step) * part.get("periods", 1)


def replay(facts: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Compute the amounts of an entry again from its facts alone.

    :param facts: what one of the functions above stored, in any format.
    :return: settled and charged amount; what was conceded by hand is not in them.
    :raises InvalidFacts: when nothing can be computed from them.
    """
    try:
        known = facts["format"] in (1, FORMAT)
        if facts["format"] != 1:
            period_of(facts["period"])
        amounts = _replay(facts)
    except UNREADABLE as error:
        raise InvalidFacts(f"Facts that cannot be read: {error!r}.") from error
    if not known:
        raise InvalidFacts(f"Unknown format of facts: {facts['format']}.")
    return amounts


def _replay(facts: dict[str, Any]) -> tuple[Decimal, Decimal]:
    step = Decimal(facts["step"])
    ratio = Fraction(facts["charged_ratio"])
    source, printed = facts.get("source", "promise"), printed_of(facts)
    if source == "document" and printed:
        amount = Fraction(printed.amount(step))
        settled = quantize(amount * Fraction(facts["settled_ratio"]), step)
        return settled, quantize(amount * ratio, step)
    promised = sum((part_amount(part, step) for part in facts["parts"]), Decimal(0))
    settled = promised - Decimal(facts["settled_before"])
    if source == "opening" and printed:
        return settled, printed.amount(step)
    return settled, quantize(Fraction(settled) * ratio, step)
