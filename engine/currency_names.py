"""What currencies are called in the two languages the product writes itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of money as it is counted.

    :param one: its name after "one".
    :param many: its name after "two".
    :param feminine: whether "one" agrees with it.
    """

    one: str
    many: str
    feminine: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """A currency: its unit, and the parts of it.

    :param unit: the whole unit.
    :param part: a hundredth or thousandth of it, None when it has none.
    :param decimals: how many decimals an amount has.
    """

    unit: Unit
    part: Unit | None = None
    decimals: int = 2


_CENTIME = Unit("centime", "centimes")
_CENT = Unit("cent", "cents")
_ORE = Unit("öre", "öre")
_OERE = Unit("øre", "øre")
_PENNY = Unit("penny", "pence")
_FILS = Unit("fils", "fils")
_PAISA = Unit("paisa", "paise")

FRENCH = {
    "AED": Money(
        Unit("dirham des Émirats arabes unis", "dirhams des Émirats arabes unis"), _FILS
    ),
    "AUD": Money(Unit("dollar australien", "dollars australiens"), _CENT),
    "BHD": Money(Unit("dinar bahreïni", "dinars bahreïnis"), _FILS, 3),
    "CAD": Money(Unit("dollar canadien", "dollars canadiens"), _CENT),
    "CHF": Money(Unit("franc suisse", "francs suisses"), _CENTIME),
    "CNY": Money(Unit("yuan", "yuans"), Unit("fen", "fens")),
    "CZK": Money(
        Unit("couronne tchèque", "couronnes tchèques", feminine=True),
        Unit("haler", "halers"),
    ),
    "DKK": Money(Unit("couronne danoise", "couronnes danoises", feminine=True), _OERE),
    "DZD": Money(Unit("dinar algérien", "dinars algériens"), _CENTIME),
    "EUR": Money(Unit("euro", "euros"), _CENTIME),
    "GBP": Money(Unit("livre sterling", "livres sterling", feminine=True), _PENNY),
    "INR": Money(Unit("roupie indienne", "roupies indiennes", feminine=True), _PAISA),
    "JPY": Money(Unit("yen", "yens"), decimals=0),
    "KWD": Money(Unit("dinar koweïtien", "dinars koweïtiens"), _FILS, 3),
    "MAD": Money(Unit("dirham marocain", "dirhams marocains"), _CENTIME),
    "NOK": Money(
        Unit("couronne norvégienne", "couronnes norvégiennes", feminine=True), _OERE
    ),
    "PLN": Money(Unit("zloty", "zlotys"), Unit("grosz", "groszy")),
    "RON": Money(Unit("leu roumain", "lei roumains"), Unit("ban", "bani")),
    "SEK": Money(Unit("couronne suédoise", "couronnes suédoises", feminine=True), _ORE),
    "TND": Money(
        Unit("dinar tunisien", "dinars tunisiens"), Unit("millime", "millimes"), 3
    ),
    "USD": Money(Unit("dollar américain", "dollars américains"), _CENT),
    "XAF": Money(Unit("franc CFA", "francs CFA"), decimals=0),
    "XOF": Money(Unit("franc CFA", "francs CFA"), decimals=0),
    "XPF": Money(Unit("franc CFP", "francs CFP"), decimals=0),
}

ENGLISH = {
    "AED": Money(Unit("UAE dirham", "UAE dirhams"), _FILS),
    "AUD": Money(Unit("Australian dollar", "Australian dollars"), _CENT),
    "BHD": Money(Unit("Bahraini dinar", "Bahraini dinars"), _FILS, 3),
    "CAD": Money(Unit("Canadian dollar", "Canadian dollars"), _CENT),
    "CHF": Money(Unit("Swiss franc", "Swiss francs"), _CENTIME),
    "CNY": Money(Unit("yuan", "yuan"), Unit("fen", "fen")),
    "CZK": Money(Unit("Czech koruna", "Czech koruny"), Unit("haler", "halers")),
    "DKK": Money(Unit("Danish krone", "Danish kroner"), _OERE),
    "DZD": Money(Unit("Algerian dinar", "Algerian dinars"), _CENTIME),
    "EUR": Money(Unit("euro", "euros"), _CENT),
    "GBP": Money(Unit("pound sterling", "pounds sterling"), _PENNY),
    "INR": Money(Unit("Indian rupee", "Indian rupees"), _PAISA),
    "JPY": Money(Unit("yen", "yen"), decimals=0),
    "KWD": Money(Unit("Kuwaiti dinar", "Kuwaiti dinars"), _FILS, 3),
    "MAD": Money(Unit("Moroccan dirham", "Moroccan dirhams"), _CENTIME),
    "NOK": Money(Unit("Norwegian krone", "Norwegian kroner"), _OERE),
    "PLN": Money(Unit("zloty", "zlotys"), Unit("grosz", "groszy")),
    "RON": Money(Unit("Romanian leu", "Romanian lei"), Unit("ban", "bani")),
    "SEK": Money(Unit("Swedish krona", "Swedish kronor"), _ORE),
    "TND": Money(
        Unit("Tunisian dinar", "Tunisian dinars"), Unit("millime", "millimes"), 3
    ),
    "USD": Money(Unit("US dollar", "US dollars"), _CENT),
    "XAF": Money(Unit("CFA franc", "CFA francs"), decimals=0),
    "XOF": Money(Unit("CFA franc", "CFA francs"), decimals=0),
    "XPF": Money(Unit("CFP franc", "CFP francs"), decimals=0),
}
