"""The words of legal mentions: their placeholders, filled in, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter

from .errors import BillingError
from .mentions import Rule

#: What a text may ask for, and whose fact it is: the record on which it is mended.
PLACEHOLDERS = {
    "company": "seller",
    "legal_form": "seller",
    "capital": "seller",
    "register_city": "seller",
    "siren": "seller",
    "seller_vat": "seller",
    "exemption": "seller",
    "vat_group": "seller",
    "buyer_siren": "buyer",
    "buyer_vat": "buyer",
    "rate": "rate",
    "recovery": "mention",
    "discount": "document",
    "discount_days": "document",
    "due_date": "document",
    "delivery_address": "document",
    "origin": "document",
    "origin_date": "document",
}


class InvalidText(BillingError):
    """A text with a placeholder that nothing fills in.

    ``details``: ``placeholder``, empty when a brace is left open.
    """

    code = "invalid_text"


@dataclass(frozen=True)
class Printed:
    """A mention as a document prints it."""

    code: str
    note_code: str | None
    text: str


@dataclass(frozen=True)
class Missing:
    """A fact without which a mention that the law requires cannot be printed.

    :param name: the placeholder.
    :param owner: whose fact it is: ``seller``, ``buyer``, ``rate``, ``document``,
        ``mention``.
    """

    code: str
    name: str
    owner: str


def placeholders_of(text: str) -> list[str]:
    """The placeholders of a text, in their order.

    :raises InvalidText: for one that nothing fills in, or an open brace.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise InvalidText(str(error), placeholder="") from error
    names = []
    for _literal, name, form, conversion in parts:
        if name is None:
            continue
        if name not in PLACEHOLDERS or form or conversion:
            raise InvalidText(f"unknown placeholder: {name}", placeholder=name)
        names.append(name)
    return names


#: The same few texts are filled in for thousands of documents.
_names_in = lru_cache(placeholders_of)


def fill(
    rules: Iterable[Rule], facts: Mapping[str, str | None]
) -> tuple[list[Printed], list[Missing]]:
    """The words of chosen rules, and the facts that are missing for them.

    A mention without all its facts is not printed: half a sentence is no mention.

    :param facts: text by placeholder, in the language of the rules; None or empty:
        missing.
    """
    printed, missing = [], []
    for rule in rules:
        known = {**facts, "recovery": rule.amount}
        absent = [name for name in _names_in(rule.text) if not known.get(name)]
        if not absent:
            text = rule.text.format_map(known)
            # Two articles may ask for the same words.
            if text not in {one.text for one in printed}:
                printed.append(Printed(rule.code, rule.note_code, text))
        elif rule.required:
            missing += [Missing(rule.code, name, PLACEHOLDERS[name]) for name in absent]
    return printed, missing
