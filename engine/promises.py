"""Promises to pay and payment plans: what the facts make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from .errors import InvalidPromise
from .money import split
from .periods import ONE_DAY
from .recurrence import RecurrenceRule

PromiseState = Literal["open", "kept", "partly", "broken"]
PlanStanding = Literal["running", "kept", "broken"]


def last_day(until: date, bank_days: int = 0) -> date:
    """The last day on which money may reach the books and keep a promise.

    :param until: the day promised.
    :param bank_days: days a payment takes to reach the books.
    """
    return until + timedelta(days=bank_days)


def promise_state(
    amount: Decimal, until: date, *, paid: Decimal, on: date, bank_days: int = 0
) -> PromiseState:
    """What became of a promise by a day.

    :param amount: promised.
    :param until: the day promised, included.
    :param paid: from the day it was given to :func:`last_day`, both included, in the
        same currency; what comes later keeps no promise.
    :param bank_days: as :func:`last_day` takes it.
    :return: after the last day ``partly`` when something was paid, ``broken`` when
        nothing was; ``kept`` as soon as all is paid.
    """
    if paid >= amount:
        return "kept"
    if on <= last_day(until, bank_days):
        return "open"
    return "partly" if paid > 0 else "broken"


def check_promise(amount: Decimal, open_amount: Decimal) -> None:
    """Refuse a promise over nothing, or over more than is open.

    :param open_amount: of what it is about, less what is promised already.
    :raises InvalidPromise: with ``amount`` and ``open``.
    """
    if not 0 < amount <= open_amount:
        raise InvalidPromise(
            f"A promise of {amount} on {open_amount} open.",
            amount=amount,
            open=open_amount,
        )


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a payment plan.

    :param due: the day agreed, included.
    """

    due: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PlanState:
    """How a payment plan stands on a day.

    :param covered: how many instalments are paid in full.
    :param following: the first that is not, with what is open of it; None: all are.
    :param broken_since: first day on which it was broken; None: it is not.
    """

    state: PlanStanding
    covered: int
    following: Instalment | None
    broken_since: date | None


def plan_state(
    instalments: Sequence[Instalment], *, paid: Decimal, on: date, tolerance: int = 0
) -> PlanState:
    """How a payment plan stands on a day: money covers its instalments in turn.

    :param instalments: in order of their days.
    :param paid: since it was agreed, in the same currency.
    :param tolerance: days after an instalment's day before the plan is broken.
    :raises InvalidPromise: a plan without instalments.
    """
    if not instalments:
        raise InvalidPromise("A payment plan has instalments.", count=0)
    asked = Decimal(0)
    for covered, instalment in enumerate(instalments):
        asked += instalment.amount
        if paid < asked:
            following = Instalment(instalment.due, min(asked - paid, instalment.amount))
            broken = last_day(instalment.due, tolerance) + ONE_DAY
            if on < broken:
                return PlanState("running", covered, following, None)
            return PlanState("broken", covered, following, broken)
    return PlanState("kept", len(instalments), None, None)


def split_plan(
    total: Decimal, count: int, first: date, *, step: Decimal
) -> tuple[Instalment, ...]:
    """Equal instalments, a month apart, which add up to the total.

    Of amounts that do not divide evenly the first instalments are a step larger. A
    plan from the 31st on is due on the last day of shorter months.

    :param total: a multiple of ``step``.
    :param count: of instalments.
    :param first: day of the first.
    :param step: smallest unit of the currency.
    :raises InvalidPromise: no instalment, or one of nothing.
    :raises InvalidAmount: a total that is no multiple of the step.
    """
    if count < 1 or total < count * step:
        raise InvalidPromise(
            f"{total} makes no {count} instalments.", total=total, count=count
        )
    months = RecurrenceRule("month", 1, first)
    return tuple(
        Instalment(months.boundary(index), amount)
        for index, amount in enumerate(split(total, [1] * count, step))
    )
