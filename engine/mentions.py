"""Which legal mentions a document prints, and in which order.

The law is data: each mention is a ``Rule`` with its dates, its conditions and a text
with placeholders. What is decided here is which rules a document's situation calls for;
``mention_texts`` fills them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

#: Departments overseas live by the commercial law of their country.
_HOME = dict.fromkeys(("GP", "MQ", "RE", "GF", "YT"), "FR")

#: Forms of business without a share capital to print, as people write them.
_WITHOUT_CAPITAL = frozenset(
    {
        "EI",
        "EIRL",
        "GIE",
        "ASSOCIATION",
        "FONDATION",
        "FREELANCE",
        "SOLE TRADER",
        "MICRO-ENTREPRENEUR",
        "AUTO-ENTREPRENEUR",
        "ENTREPRENEUR INDIVIDUEL",
        "ENTREPRISE INDIVIDUELLE",
        "PROFESSION LIBÉRALE",
    }
)


@dataclass(frozen=True)
class Situation:
    """What the conditions of the law ask of a document.

    :param seller: the seller's country, ISO 3166 (two letters).
    :param kind: what the buyer is: ``professional``, ``consumer``, ``public``.
    :param zone: where the buyer is, seen from the seller: see ``zone_of``.
    :param operation: ``goods``, ``services`` or ``mixed``.
    :param document: ``invoice`` or ``credit_note``.
    :param treatments: how its lines stand with VAT: see ``treatment_of``.
    :param regime: the seller's: ``collection``, ``debits``, ``exempt``,
        ``small_business``.
    :param discount: for early payment: ``none``, ``flat`` (whenever before the due
        date) or ``term`` (within days).
    :param has_capital: whether the seller's legal form has a share capital.
    :param in_vat_group: whether the seller belongs to a single taxable person.
    :param delivered_elsewhere: goods that go to another address than the buyer's.
    """

    seller: str
    kind: str
    zone: str
    operation: str = "services"
    document: str = "invoice"
    treatments: frozenset[str] = frozenset({"S"})
    regime: str = "collection"
    discount: str = "none"
    has_capital: bool = True
    in_vat_group: bool = False
    delivered_elsewhere: bool = False


@dataclass(frozen=True)
class Rule:
    """A mention of the law; an empty condition asks for nothing.

    :param code: stable name of the mention.
    :param sequence: its place among the others.
    :param text: what is printed, with placeholders such as ``{rate}``.
    :param note_code: UNTDID 4451 code of the note in an electronic invoice, or None.
    :param required: whether a missing fact is a fault, or the mention is left out.
    :param first: first day it holds for, by the date of the document, or None.
    :param last: last day it holds for, or None.
    :param amount: a sum that the law itself names, as printed, or None.
    """

    code: str
    text: str
    sequence: int = 0
    note_code: str | None = None
    required: bool = True
    first: date | None = None
    last: date | None = None
    sellers: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    operations: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    treatments: frozenset[str] = frozenset()
    regimes: frozenset[str] = frozenset()
    discounts: frozenset[str] = frozenset()
    has_capital: bool | None = None
    in_vat_group: bool | None = None
    delivered_elsewhere: bool | None = None
    amount: str | None = None


def _met(asked: frozenset[str], value: str) -> bool:
    return not asked or value in asked


def _same(asked: bool | None, value: bool) -> bool:
    return asked is None or asked == value


#: Condition by name; the order is the one in which reasons are told.
_CONDITIONS: dict[str, Callable[[Rule, Situation], bool]] = {
    "seller": lambda rule, case: _met(rule.sellers, case.seller),
    "kind": lambda rule, case: _met(rule.kinds, case.kind),
    "zone": lambda rule, case: _met(rule.zones, case.zone),
    "document": lambda rule, case: _met(rule.documents, case.document),
    "operation": lambda rule, case: _met(rule.operations, case.operation),
    "treatment": lambda rule, case: (
        not rule.treatments or bool(rule.treatments & case.treatments)
    ),
    "regime": lambda rule, case: _met(rule.regimes, case.regime),
    "discount": lambda rule, case: _met(rule.discounts, case.discount),
    "capital": lambda rule, case: _same(rule.has_capital, case.has_capital),
    "vat_group": lambda rule, case: _same(rule.in_vat_group, case.in_vat_group),
    "delivery": lambda rule, case: _same(
        rule.delivered_elsewhere, case.delivered_elsewhere
    ),
}


def reasons_against(rule: Rule, case: Situation, *, on: date) -> list[str]:
    """The conditions of a rule that a document does not meet.

    :param on: the date of the document.
    :return: names of conditions; empty when the mention is called for.
    """
    against = []
    if (rule.first and on < rule.first) or (rule.last and rule.last < on):
        against.append("date")
    return against + [name for name, met in _CONDITIONS.items() if not met(rule, case)]


def choose(rules: Iterable[Rule], case: Situation, *, on: date) -> list[Rule]:
    """The rules that a document's situation calls for, in the order of printing.

    :param on: the date of the document.
    """
    chosen = [rule for rule in rules if not reasons_against(rule, case, on=on)]
    return sorted(chosen, key=lambda rule: (rule.sequence, rule.code))


def home_of(country: str) -> str:
    """The country whose commercial law holds in a territory."""
    return _HOME.get(country, country)


def zone_of(seller: str, buyer: str, *, union: frozenset[str]) -> str:
    """Where a buyer is, seen from the seller.

    :param union: countries of the European Union on the day of the document.
    :return: ``domestic``, ``union`` (another member state) or ``outside``; a buyer
        without a country is taken for a domestic one.
    """
    if not buyer or home_of(seller) == home_of(buyer):
        return "domestic"
    return "union" if home_of(buyer) in union else "outside"


def treatment_of(
    *, taxed: bool, category: str | None, goods: bool, regime: str, kind: str, zone: str
) -> str:
    """How a line stands with VAT, as its UNTDID 5305 category says; and ``F`` for the
    scheme of small businesses.

    Without a category on its tax, a line on which no tax is due is what the place of
    its buyer makes of it (directive 2006/112/EC, art. 44, 138, 146, 196). A small
    business delivers no goods exempt within the Union (art. 139): its scheme holds.

    :param taxed: whether VAT is charged on it.
    :param category: what its tax says, or None.
    :param goods: whether goods are sold, not services.
    """
    small = regime == "small_business"
    if category:
        return "F" if small and category == "E" else category
    if taxed:
        return "S"
    if zone == "outside":
        return "G" if goods else "O"
    if zone == "union" and kind != "consumer" and not (small and goods):
        return "K" if goods else "AE"
    return "F" if small else "E"


def operation_of(kinds: Iterable[bool]) -> str:
    """What a document sells (decree 2022-1299).

    :param kinds: for each line, whether it sells goods; none: services.
    """
    found = set(kinds)
    if found == {True, False}:
        return "mixed"
    return "goods" if found == {True} else "services"


def has_share_capital(legal_form: str) -> bool:
    """Whether businesses of a legal form print a share capital; so it is taken of
    forms that are not known, and of one that is not named.
    """
    return legal_form.strip().upper() not in _WITHOUT_CAPITAL
