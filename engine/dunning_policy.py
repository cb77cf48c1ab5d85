"""Which policy a debtor falls under: the first whose criteria all hold, and why."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DebtorFacts:
    """What the criteria ask of a debtor.

    :param company: whose debtor it is.
    :param country: ISO 3166, two letters; empty: not known.
    :param kind: ``professional``, ``consumer``, ``public``.
    :param payer_class: as the payer's own clock gives it.
    :param amount: overdue, in the company's currency.
    :param plans: of its running subscriptions.
    """

    company: Hashable
    tags: frozenset[Hashable] = frozenset()
    industry: Hashable | None = None
    country: str = ""
    language: str = ""
    kind: str = "professional"
    payer_class: str = "unknown"
    amount: Decimal = Decimal(0)
    plans: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """Who a policy is for; an empty criterion asks for nothing.

    :param tags: any of them; likewise ``plans``.
    :param amount_from: lowest overdue amount in the company's currency, 0 for any.
    """

    key: Hashable
    companies: frozenset[Hashable] = frozenset()
    tags: frozenset[Hashable] = frozenset()
    industries: frozenset[Hashable] = frozenset()
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    buyer_kinds: frozenset[str] = frozenset()
    payer_classes: frozenset[str] = frozenset()
    amount_from: Decimal = Decimal(0)
    plans: frozenset[Hashable] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """The policy of a debtor.

    :param key: of the policy; None when none is for it.
    :param because: the criteria that it asks for and the debtor meets; empty for a
        policy for everybody.
    :param passed_over: each policy before it, with the first criterion not met.
    """

    key: Hashable | None
    because: tuple[str, ...] = ()
    passed_over: tuple[tuple[Hashable, str], ...] = ()


#: Criterion by name: what the rule asks for, and whether the debtor meets it. The
#: order is the one in which they are told.
_CRITERIA: dict[
    str,
    tuple[Callable[[PolicyRule], object], Callable[[PolicyRule, DebtorFacts], bool]],
] = {
    "company": (lambda r: r.companies, lambda r, d: d.company in r.companies),
    "tag": (lambda r: r.tags, lambda r, d: bool(r.tags & d.tags)),
    "industry": (lambda r: r.industries, lambda r, d: d.industry in r.industries),
    "country": (lambda r: r.countries, lambda r, d: d.country in r.countries),
    "language": (lambda r: r.languages, lambda r, d: d.language in r.languages),
    "kind": (lambda r: r.buyer_kinds, lambda r, d: d.kind in r.buyer_kinds),
    "payer_class": (
        lambda r: r.payer_classes,
        lambda r, d: d.payer_class in r.payer_classes,
    ),
    "amount": (lambda r: r.amount_from, lambda r, d: d.amount >= r.amount_from),
    "plan": (lambda r: r.plans, lambda r, d: bool(r.plans & d.plans)),
}


def choose(rules: Iterable[PolicyRule], debtor: DebtorFacts) -> Choice:
    """The first policy, in their order, whose criteria a debtor meets."""
    passed_over: list[tuple[Hashable, str]] = []
    for rule in rules:
        asked = [name for name, (asks, _met) in _CRITERIA.items() if asks(rule)]
        failed = next(
            (name for name in asked if not _CRITERIA[name][1](rule, debtor)), None
        )
        if failed is None:
            return Choice(rule.key, tuple(asked), tuple(passed_over))
        passed_over.append((rule.key, failed))
    return Choice(None, passed_over=tuple(passed_over))
