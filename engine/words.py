"""An amount of money in words, as documents write it.

French and English are composed here, from num2words' numbers and names of currencies of
our own: agreement, plural and the "de" of millions are right. Any other language that
num2words can write a currency of two decimals in is written by it; all else in English.
"""

from __future__ import annotations

import re
from decimal import Decimal

from num2words import CONVERTER_CLASSES, num2words

from .currency_names import ENGLISH, FRENCH, Money, Unit
from .errors import InvalidAmount

_MILLIONS = re.compile(r"(million|milliard|billion|billiard|trillion)s?$")
# The Belgian numbers of the library write 80 and 81 as nobody does.
_EIGHTY = re.compile(r"\bquatre-vingt(?=$| million| milliard)")
_EIGHTY_ONE = "quatre-vingt et un"


def amount_in_words(amount: Decimal, *, currency: str, lang: str) -> str:
    """An amount in words: "mille deux cents euros et cinquante centimes".

    No part is written when it is zero. A currency without a name here goes by its code,
    its part as a fraction: "twelve XDR and 50/100".

    :param amount: with no more decimals than the currency has.
    :param currency: ISO 4217 code.
    :param lang: of the reader: ``fr``, ``fr_BE``, ``en_GB``, ``de_DE``…
    :raises InvalidAmount: when it has a part of the smallest unit, or is not finite.
    """
    currency = currency.upper()
    if not amount.is_finite():
        raise InvalidAmount(f"{amount} is no amount of money.", amount=amount)
    language = lang.split("@")[0]
    if language.split("_")[0] == "fr":
        return _compose(amount, currency, language, FRENCH)
    if language.split("_")[0] != "en":
        foreign = _foreign(amount, currency, language)
        if foreign:
            return foreign
    return _compose(amount, currency, "en", ENGLISH)


def _foreign(amount: Decimal, currency: str, language: str) -> str | None:
    """What num2words writes in a language of its own, or None."""
    money = ENGLISH.get(currency)
    if money is None or money.decimals != 2 or amount != round(amount, 2):
        return None
    code = next(
        (c for c in (language, language.split("_")[0]) if c in CONVERTER_CLASSES), None
    )
    if code is None:
        return None
    try:
        return num2words(amount, lang=code, to="currency", currency=currency)
    except (NotImplementedError, TypeError, AttributeError):
        # Each language of the library knows its own currencies, and some know none.
        return None


def _compose(
    amount: Decimal, currency: str, language: str, names: dict[str, Money]
) -> str:
    """The whole units, and the part where there is one."""
    french = names is FRENCH
    money = names.get(currency)
    decimals = money.decimals if money else max(0, -amount.normalize().as_tuple()[2])
    scaled = abs(amount).scaleb(decimals)
    if scaled != int(scaled):
        raise InvalidAmount(
            f"{amount} is no amount of {currency}.", amount=amount, currency=currency
        )
    whole, part = divmod(int(scaled), 10**decimals)
    unit = money.unit if money else Unit(currency, currency)
    said = _count(whole, unit, language)
    if part and money and money.part:
        link = "et" if french else "and"
        said = f"{said} {link} {_count(part, money.part, language)}"
    elif part:
        link = "et" if french else "and"
        said = f"{said} {link} {part:0{decimals}d}/{10**decimals}"
    if amount < 0:
        said = ("moins " if french else "minus ") + said
    return said


def _count(number: int, unit: Unit, language: str) -> str:
    """A number of units: "une livre", "two euros", "un million d'euros"."""
    if not language.startswith("fr"):
        words = num2words(number, lang="en").replace(",", "")
        return f"{words} {unit.one if number == 1 else unit.many}"
    code = language if language in CONVERTER_CLASSES else "fr"
    words = num2words(number, lang=code).replace(_EIGHTY_ONE, "quatre-vingt-un")
    words = _EIGHTY.sub("quatre-vingts", words)
    if unit.feminine and words.endswith("un"):
        words += "e"
    # French counts in the plural from two on: zéro euro, un euro, deux euros.
    name = unit.many if number > 1 else unit.one
    if _MILLIONS.search(words):
        return f"{words} d'{name}" if name[0] in "aeiou" else f"{words} de {name}"
    return f"{words} {name}"
