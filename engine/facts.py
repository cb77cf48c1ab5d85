"""The facts of a computation, as JSON: enough to replay it without any setting."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .money import quantize
from .periods import Period
from .promise import Part
from .terms import LineTerms, LineVersion

#: Raised when the meaning of the keys changes; a replay knows old formats.
FORMAT = 1


def _days(period: Period) -> list[str]:
    """First and last day, both included, as records store them."""
    return [period.start.isoformat(), period.last.isoformat()]


def _part(part: Part) -> dict[str, Any]:
    return {
        "whole": _days(part.whole),
        "served": [_days(piece) for piece in part.served],
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


def charge_facts(
    terms: LineTerms,
    *,
    parts: list[Part],
    before: Decimal,
    ratio: Fraction,
    scheduled: date,
) -> dict[str, Any]:
    """The facts of one charge.

    :param parts: the promise it was computed from, one part a grid period.
    :param before: what was settled of it already.
    :param ratio: charged per settled unit: below 1 when a credit gives back less
        than the promise because less was charged.
    :param scheduled: the day it fell due.
    """
    return {
        "format": FORMAT,
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
        "parts": [_part(part) for part in parts],
        "settled_before": str(before),
        "charged_ratio": str(ratio),
        "scheduled": scheduled.isoformat(),
    }


def replay(facts: dict[str, Any]) -> tuple[Decimal, Decimal]:
    """Compute the amounts of a charge again from its facts alone.

    :param facts: what :func:`charge_facts` stored.
    :return: settled and charged amount.
    """
    step = Decimal(facts["step"])
    promised = Decimal(0)
    for part in facts["parts"]:
        total = sum(version["days"] for version in part["versions"])
        exact = sum(
            (
                LineVersion(
                    date.fromisoformat(version["start"]),
                    Decimal(version["quantity"]),
                    Decimal(version["price"]),
                    Decimal(version["discount"]),
                ).amount
                * Fraction(part["share"])
                * Fraction(version["days"], total)
                for version in part["versions"]
            ),
            Fraction(0),
        )
        promised += quantize(exact, step)
    settled = promised - Decimal(facts["settled_before"])
    ratio = Fraction(facts["charged_ratio"])
    return settled, quantize(Fraction(settled) * ratio, step)
