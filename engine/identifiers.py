"""Numbers by which registers and tax offices know a business: read and checked.

The check digits are those of ``python-stdnum``, country by country.
"""

from __future__ import annotations

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError
from stdnum.fr import siren, siret

#: Countries whose tax numbers start with another prefix than their own code.
_PREFIXES = {"GR": "EL"}
_SIREN_LENGTH = 9


def siren_of(registry: str) -> str | None:
    """The SIREN of a French business, nine digits, from its SIREN or SIRET.

    :param registry: as people write it, with spaces or dots.
    :return: None for what is neither, or has wrong check digits (Luhn).
    """
    number = siren.compact(registry or "")
    valid = siren if len(number) == _SIREN_LENGTH else siret
    return number[:_SIREN_LENGTH] if valid.is_valid(number) else None


def spaced_siren(number: str) -> str:
    """A SIREN in groups of three, as registers print it."""
    return " ".join(number[start : start + 3] for start in range(0, len(number), 3))


def is_valid_vat(number: str, country: str) -> bool:
    """Whether a VAT number has the form that its country gives them.

    A number may carry the prefix of another country than its owner's address: a
    business registers where it is taxed.

    :param country: the owner's, ISO 3166 (two letters).
    :return: also True for countries whose numbers nobody checks.
    """
    compact = "".join(char for char in number.upper() if char.isalnum())
    own = _PREFIXES.get(country, country)
    prefix = compact[:2] if compact[:2].isalpha() else own
    known = get_cc_module(_country_of(prefix).lower(), "vat")
    if known is None:
        known = get_cc_module(country.lower(), "vat") if country else None
    if known is None:
        return True
    try:
        known.validate(number)
    except ValidationError:
        return False
    return True


def _country_of(prefix: str) -> str:
    return next((code for code, own in _PREFIXES.items() if own == prefix), prefix)
