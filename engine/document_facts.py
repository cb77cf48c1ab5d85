"""The facts of what people do to a charge: credit it, replace it, give it up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .facts import FORMAT, days_of, line_facts
from .periods import Period
from .printing import PrintedLine


def document_facts(
    line: PrintedLine,
    *,
    period: Period,
    step: Decimal,
    settled_ratio: Fraction,
    corrects: int,
    scheduled: date | None,
) -> dict[str, Any]:
    """The facts of a line that a person made to credit or to replace a charge.

    :param line: what the document says.
    :param period: the days of the charge.
    :param step: rounding step of the currency.
    :param settled_ratio: settled per charged unit of the corrected entry.
    :param corrects: identifies the corrected entry.
    :param scheduled: the day of the document.
    """
    return {
        "format": FORMAT,
        "source": "document",
        "step": str(step),
        "period": days_of(period),
        "document": line_facts(line),
        "corrects": corrects,
        "settled_ratio": str(settled_ratio),
        "charged_ratio": "1",
        "scheduled": scheduled and scheduled.isoformat(),
    }


def given_up_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of what settles the same days and charges nothing."""
    return {**facts, "given_up": True, "charged_ratio": "0"}


def emptied_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a charge that only keeps its days covered: a waiver settles them."""
    return {**facts, "given_up": True, "parts": [], "settled_before": "0"}


def reversed_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of what settles again what a credit note gave back, for nothing."""
    ratio = -Fraction(facts["settled_ratio"])
    return {**given_up_facts(facts), "settled_ratio": str(ratio)}
