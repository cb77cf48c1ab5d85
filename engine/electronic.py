"""What an electronic invoice says beside the figures: notes, parties, unit prices.

Terms are those of EN 16931 (BT-22: the text of a note, BT-30: the seller's legal
number...); both syntaxes, CII and UBL, write the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .identifiers import siren_of

#: Mentions that say who the seller is (UNTDID 4451: regulatory information).
_REGULATORY = frozenset({"seller", "register", "siren"})
#: The addresses that are only a number of the French registers, not an address of the
#: French directory: SIRENE, SIRET and the tax number.
_REGISTERS = frozenset({"0002", "0009", "9957"})
_DIRECTORY = "0225"
_MAIL = "EM"
_SIREN = "0002"
_SIRET = "0009"
_SIRET_LENGTH = 14
_FRENCH_VAT_LENGTH = 13
_PRICE_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Note:
    """A note of the document (BG-1); ``code`` is its subject (BT-21) or None."""

    text: str
    code: str | None = None

    @property
    def flat(self) -> str:
        """As UBL writes it, where a note has no place for its subject."""
        return f"#{self.code}#{self.text}" if self.code else self.text


def notes_of(mentions: Iterable[Mapping[str, str | None]]) -> list[Note]:
    """The notes of a document's mentions, in their order.

    A subject with a code comes once (BR-FR-06): texts that share one are joined.

    :param mentions: with ``code``, ``note_code`` and ``text``.
    """
    texts: dict[object, list[str]] = {}
    for number, mention in enumerate(mentions):
        code = mention["note_code"]
        if not code and mention["code"] in _REGULATORY:
            code = "REG"
        texts.setdefault(code or number, []).append(str(mention["text"]))
    return [
        Note("\n".join(parts), key if isinstance(key, str) else None)
        for key, parts in texts.items()
    ]


@dataclass(frozen=True)
class Party:
    """By which numbers a seller or a buyer is known; None: it has none.

    :param legal: legal registration (BT-30, BT-47), with its scheme of ISO 6523.
    :param establishment: the SIRET (BT-29, BT-46).
    :param address: electronic address (BT-34, BT-49), with its scheme.
    """

    legal: str | None = None
    legal_scheme: str | None = None
    establishment: str | None = None
    establishment_scheme: str | None = None
    address: str | None = None
    address_scheme: str | None = None


def party_of(
    *,
    french: bool,
    registry: str,
    vat: str,
    address_scheme: str,
    address: str,
    mail: str,
) -> Party:
    """The numbers of a party.

    A French one is known by its SIREN, which its tax number ends with, and its
    electronic address is the line of that SIREN in the directory of the reform, unless
    it gave a line of its own. Who has no address is written to by mail.

    :param registry: number of the company register, as entered.
    :param vat: tax number, as entered.
    :param address_scheme: scheme of the address that was entered or derived.
    """
    if not french:
        legal, scheme, siret = registry.strip() or None, None, None
    else:
        legal = siren_of(registry) or _siren_of_vat(vat)
        scheme = _SIREN if legal else None
        siret = _siret_of(registry)
        if legal and (not address or address_scheme in _REGISTERS):
            address, address_scheme = legal, _DIRECTORY
    if not address or not address_scheme:
        address, address_scheme = mail.strip(), _MAIL
    return Party(
        legal=legal,
        legal_scheme=scheme,
        establishment=siret,
        establishment_scheme=_SIRET if siret else None,
        address=address or None,
        address_scheme=address_scheme if address else None,
    )


def _siret_of(registry: str) -> str | None:
    digits = "".join(char for char in registry if char.isdigit())
    return digits if len(digits) == _SIRET_LENGTH and siren_of(registry) else None


def _siren_of_vat(vat: str) -> str | None:
    compact = "".join(char for char in vat.upper() if char.isalnum())
    if len(compact) != _FRENCH_VAT_LENGTH or not compact.startswith("FR"):
        return None
    return siren_of(compact[4:])


@dataclass(frozen=True)
class UnitPrice:
    """Prices of one unit, to six decimals: gross (BT-148), discount, net (BT-146)."""

    gross: Decimal
    discount: Decimal
    net: Decimal


def unit_price(
    amount: Decimal, quantity: Decimal, discount: Decimal
) -> UnitPrice | None:
    """The prices of one unit that lead back to a line's amount.

    Neither is negative (BR-27, BR-28): a credit has a negative quantity.

    :param amount: of the line, without tax.
    :param discount: percent.
    :return: None where nothing is sold: no quantity, or all of the price given up.
    """
    if not quantity or discount >= 100:
        return None
    net = (abs(amount) / abs(quantity)).quantize(_PRICE_STEP, ROUND_HALF_UP)
    # A surcharge stands in the price: there is no negative discount.
    share = 100 - max(discount, Decimal(0))
    gross = (net * 100 / share).quantize(_PRICE_STEP, ROUND_HALF_UP)
    return UnitPrice(gross, gross - net, net)


def plain(number: Decimal, *, places: int = 2) -> str:
    """A number as XML wants it: a point, at least ``places`` decimals, no exponent."""
    text = f"{number:f}"
    whole, _point, decimals = text.partition(".")
    decimals = decimals.rstrip("0").ljust(places, "0")
    return f"{whole}.{decimals}" if decimals else whole
