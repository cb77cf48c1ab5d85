"""The mentions that the module ships, read from its data files without a database."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

from engine.mentions import Rule

DATA = Path(__file__).parents[2] / "data"
_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE"
UNION = frozenset(f"{_CODES} SI SK".split())
FRENCH = frozenset({"FR", "GP", "MQ", "RE", "GF", "YT"})
_WIDE = {
    "liable": {"collection", "debits"},
    "not_liable": {"exempt", "small_business"},
    "with_goods": {"goods", "mixed"},
    "with_services": {"services", "mixed"},
}
_KINDS = {name: f"for_{name}" for name in ("professional", "public", "consumer")}
_ZONES = {"domestic": "in_country", "union": "in_union", "outside": "outside_union"}


def _day(text):
    return date.fromisoformat(text) if text else None


def _choice(text):
    return frozenset(_WIDE.get(text, {text}) if text else ())


def _rule(record, sellers):
    said = {
        field.get("name"): field.text or field.get("eval") or field.get("ref")
        for field in record
    }
    capital = {"with_capital": True, "without_capital": False}
    return Rule(
        code=said["code"],
        text=said["text"],
        sequence=int(said["sequence"]),
        note_code=said.get("note_code"),
        required=said.get("required") != "False",
        first=_day(said.get("date_from")),
        last=_day(said.get("date_to")),
        sellers=sellers,
        kinds=frozenset(k for k, name in _KINDS.items() if said.get(name) != "False"),
        zones=frozenset(z for z, name in _ZONES.items() if said.get(name) != "False"),
        operations=_choice(said.get("operation")),
        documents=_choice(said.get("document")),
        treatments=_choice(said.get("treatment")),
        regimes=_choice(said.get("vat_regime")),
        discounts=_choice(said.get("discount")),
        has_capital=capital.get(said.get("legal_form")),
        in_vat_group=True if said.get("in_vat_group") else None,
        delivered_elsewhere=True if said.get("delivered_elsewhere") else None,
        amount=f"{said['amount']} €" if said.get("amount") else None,
    )


def _read(name, sellers):
    tree = ElementTree.parse(DATA / name)
    return [
        _rule(record, sellers)
        for record in tree.iter("record")
        if record.get("model") == "billing.mention"
    ]


def law():
    """All mentions, the French and the general ones."""
    return [
        *_read("invoicing_mentions_fr_data.xml", FRENCH),
        *_read("invoicing_mentions_eu_data.xml", UNION - {"FR"}),
    ]


def without(rule, name):
    """The same rule with one condition dropped."""
    return replace(rule, **{name: type(rule).__dataclass_fields__[name].default})
