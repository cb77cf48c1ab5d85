"""How an amount was reached, step by step, from the facts alone; values, no words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .facts import part_amount, period_of, printed_of, replay, rule_of, version_of
from .money import quantize
from .periods import Period
from .printing import PrintedLine
from .proration import days_30e_360
from .terms import LineVersion


@dataclass(frozen=True, slots=True)
class Held:
    """Terms that held for some days of a period.

    :param version: quantity, price and discount, from their first day on.
    :param days: number of days; of no meaning where a part is charged in full.
    :param full: what a whole period costs at these terms, rounded.
    """

    version: LineVersion
    days: int
    full: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """The promise of a billing period, or of several full ones in a row.

    :param whole: the full period its days are counted against.
    :param served: the days that are paid for.
    :param counted: those days and all days, counted by the basis.
    :param share: what the days make up of the whole.
    :param held: what held on them, in order.
    :param periods: how many full periods in a row it stands for.
    :param stub: whether a first period cut by the start was charged in full.
    :param amount: what it comes to, rounded once a period.
    """

    whole: Period
    served: tuple[Period, ...]
    counted: tuple[int, int]
    share: Fraction
    held: tuple[Held, ...]
    periods: int
    stub: bool
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The way from the terms to the amount.

    :param source: ``promise``, ``opening`` or ``document``.
    :param steps: what was promised, period by period; none for a document.
    :param promised: their sum.
    :param before: what was settled of it already.
    :param settled: promised less before: what the entry takes from the promise.
    :param ratio: charged per settled unit.
    :param charged: what was charged, before a concession by hand.
    :param given_up: whether a person gave the amount up.
    :param free: whether it keeps the days of a first period that is free.
    :param printed: the document's line that was read instead of a promise.
    :param unit: of the rhythm, "" for a document.
    :param interval: units a period lasts.
    :param basis: how the days of a cut period are counted.
    :param timing: invoiced before or after the period.
    :param first_period: what a cut first period costs.
    """

    source: str
    steps: tuple[Step, ...]
    promised: Decimal
    before: Decimal
    settled: Decimal
    ratio: Fraction
    charged: Decimal
    given_up: bool
    free: bool
    printed: PrintedLine | None
    unit: str = ""
    interval: int = 1
    basis: str = ""
    timing: str = ""
    first_period: str = ""

    @property
    def last_version(self) -> LineVersion | None:
        """The terms that held at last."""
        held = [held for step in self.steps for held in step.held]
        return held[-1].version if held else None

    @property
    def is_uniform(self) -> bool:
        """Whether one version held all the time."""
        return len({held.version for step in self.steps for held in step.held}) == 1


def explanation(facts: dict[str, Any]) -> Explanation:
    """Tell how the amounts of an entry were reached.

    :param facts: what is stored with it, in any format.
    :raises InvalidFacts: when nothing can be computed from them.
    """
    settled, charged = replay(facts)
    source = facts.get("source", "promise")
    given_up = facts.get("given_up", False)
    ratio, printed = Fraction(facts["charged_ratio"]), printed_of(facts)
    if source == "document":
        return Explanation(
            source=source,
            steps=(),
            promised=settled,
            before=Decimal(0),
            settled=settled,
            ratio=ratio,
            charged=charged,
            given_up=given_up,
            free=False,
            printed=printed,
        )
    steps = tuple(_step(facts, part) for part in facts["parts"])
    return Explanation(
        source=source,
        steps=steps,
        promised=sum((step.amount for step in steps), Decimal(0)),
        before=Decimal(facts["settled_before"]),
        settled=settled,
        ratio=ratio,
        charged=charged,
        given_up=given_up,
        free=not steps and not given_up,
        printed=printed,
        unit=facts["rule"]["unit"],
        interval=facts["rule"]["interval"],
        basis=facts["basis"],
        timing=facts["timing"],
        first_period=facts["first_period"],
    )


def _step(facts: dict[str, Any], part: dict[str, Any]) -> Step:
    step = Decimal(facts["step"])
    whole = period_of(part["whole"])
    served = tuple(period_of(days) for days in part["served"])
    periods, rule = part.get("periods", 1), rule_of(facts)
    grid = rule.period(rule.index_of(whole.start))
    return Step(
        whole=whole,
        served=served,
        counted=counted_days(served, whole, facts["basis"]),
        share=Fraction(part["share"]),
        held=tuple(
            Held(version, row["days"], quantize(version.amount, step))
            for row in part["versions"]
            for version in [version_of(row)]
        ),
        periods=periods,
        stub=periods == 1 and whole != grid,
        amount=part_amount(part, step),
    )


def counted_days(
    served: tuple[Period, ...], whole: Period, basis: str
) -> tuple[int, int]:
    """Days served and days of the whole, as the basis counts them.

    A whole period is counted by its real days in every basis: it costs its price.
    """
    days = sum(piece.days for piece in served)
    if days == whole.days or basis in ("actual", "none"):
        return days, whole.days
    if basis == "actual_30":
        return min(days, 30), 30
    return (
        sum(days_30e_360(piece.start, piece.end) for piece in served),
        days_30e_360(whole.start, whole.end),
    )
