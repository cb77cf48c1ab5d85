"""Amounts in words, in the customer's language."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.currency_names import ENGLISH, FRENCH
from engine.errors import InvalidAmount
from engine.words import amount_in_words

FRENCH_EUROS = [
    ("0", "zéro euro"),
    ("0.01", "zéro euro et un centime"),
    ("0.50", "zéro euro et cinquante centimes"),
    ("1", "un euro"),
    ("1.01", "un euro et un centime"),
    ("1.99", "un euro et quatre-vingt-dix-neuf centimes"),
    ("2", "deux euros"),
    ("2.80", "deux euros et quatre-vingts centimes"),
    ("2.81", "deux euros et quatre-vingt-un centimes"),
    ("7", "sept euros"),
    ("10", "dix euros"),
    ("16", "seize euros"),
    ("17", "dix-sept euros"),
    ("20", "vingt euros"),
    ("21", "vingt et un euros"),
    ("22", "vingt-deux euros"),
    ("31", "trente et un euros"),
    ("61", "soixante et un euros"),
    ("70", "soixante-dix euros"),
    ("71", "soixante et onze euros"),
    ("79.21", "soixante-dix-neuf euros et vingt et un centimes"),
    ("80", "quatre-vingts euros"),
    ("81", "quatre-vingt-un euros"),
    ("90", "quatre-vingt-dix euros"),
    ("91", "quatre-vingt-onze euros"),
    ("99", "quatre-vingt-dix-neuf euros"),
    ("100", "cent euros"),
    ("101", "cent un euros"),
    ("180", "cent quatre-vingts euros"),
    ("200", "deux cents euros"),
    ("201", "deux cent un euros"),
    ("280", "deux cent quatre-vingts euros"),
    ("999", "neuf cent quatre-vingt-dix-neuf euros"),
    ("1000", "mille euros"),
    ("1001", "mille un euros"),
    ("1100", "mille cent euros"),
    (
        "1291.71",
        "mille deux cent quatre-vingt-onze euros et soixante et onze centimes",
    ),
    ("1440", "mille quatre cent quarante euros"),
    ("2000", "deux mille euros"),
    ("21000", "vingt et un mille euros"),
    ("80000", "quatre-vingt mille euros"),
    ("80080", "quatre-vingt mille quatre-vingts euros"),
    ("200000", "deux cent mille euros"),
    ("1000000", "un million d'euros"),
    ("1000001", "un million un euros"),
    ("1000000.50", "un million d'euros et cinquante centimes"),
    ("2000000", "deux millions d'euros"),
    ("2000100", "deux millions cent euros"),
    ("80000000", "quatre-vingts millions d'euros"),
    ("200000000", "deux cents millions d'euros"),
    ("1000000000", "un milliard d'euros"),
    ("-12.50", "moins douze euros et cinquante centimes"),
    ("-1", "moins un euro"),
]

FRENCH_OTHERS = [
    ("1", "GBP", "fr_FR", "une livre sterling"),
    ("21.01", "GBP", "fr_FR", "vingt et une livres sterling et un penny"),
    ("81", "GBP", "fr_FR", "quatre-vingt-une livres sterling"),
    ("2.02", "GBP", "fr_FR", "deux livres sterling et deux pence"),
    ("1000000", "GBP", "fr_FR", "un million de livres sterling"),
    ("1", "SEK", "fr_FR", "une couronne suédoise"),
    ("101", "CZK", "fr_FR", "cent une couronnes tchèques"),
    ("12.50", "USD", "fr_FR", "douze dollars américains et cinquante cents"),
    ("1000000", "USD", "fr_FR", "un million de dollars américains"),
    ("80.05", "CHF", "fr_FR", "quatre-vingts francs suisses et cinq centimes"),
    ("80", "CHF", "fr_CH", "huitante francs suisses"),
    ("71.20", "EUR", "fr_BE", "septante et un euros et vingt centimes"),
    ("80", "EUR", "fr_BE", "quatre-vingts euros"),
    ("81", "EUR", "fr_BE", "quatre-vingt-un euros"),
    ("80000000", "EUR", "fr_BE", "quatre-vingts millions d'euros"),
    ("1291", "EUR", "fr_CA", "mille deux cent quatre-vingt-onze euros"),
    ("15000", "JPY", "fr_FR", "quinze mille yens"),
    ("1", "XOF", "fr_FR", "un franc CFA"),
    ("650000", "XAF", "fr_FR", "six cent cinquante mille francs CFA"),
    ("12.500", "TND", "fr_FR", "douze dinars tunisiens et cinq cents millimes"),
    ("1.001", "TND", "fr_FR", "un dinar tunisien et un millime"),
    ("2.080", "KWD", "fr_FR", "deux dinars koweïtiens et quatre-vingts fils"),
    ("12.50", "XDR", "fr_FR", "douze XDR et 5/10"),
    ("12", "XDR", "fr_FR", "douze XDR"),
]

ENGLISH_AMOUNTS = [
    ("0", "EUR", "zero euros"),
    ("0.01", "EUR", "zero euros and one cent"),
    ("0.99", "EUR", "zero euros and ninety-nine cents"),
    ("1", "EUR", "one euro"),
    ("1.01", "EUR", "one euro and one cent"),
    ("2.02", "EUR", "two euros and two cents"),
    ("11", "EUR", "eleven euros"),
    ("21", "EUR", "twenty-one euros"),
    ("42.42", "EUR", "forty-two euros and forty-two cents"),
    ("80", "EUR", "eighty euros"),
    ("100", "EUR", "one hundred euros"),
    ("101", "EUR", "one hundred and one euros"),
    ("250.75", "EUR", "two hundred and fifty euros and seventy-five cents"),
    ("999", "EUR", "nine hundred and ninety-nine euros"),
    ("1000", "EUR", "one thousand euros"),
    ("1001", "EUR", "one thousand and one euros"),
    (
        "1291.71",
        "EUR",
        "one thousand two hundred and ninety-one euros and seventy-one cents",
    ),
    ("1440", "EUR", "one thousand four hundred and forty euros"),
    ("10000", "EUR", "ten thousand euros"),
    ("100000", "EUR", "one hundred thousand euros"),
    ("1000000", "EUR", "one million euros"),
    ("1000001", "EUR", "one million and one euros"),
    ("2500000", "EUR", "two million five hundred thousand euros"),
    ("1000000000", "EUR", "one billion euros"),
    ("-12.50", "EUR", "minus twelve euros and fifty cents"),
    ("1", "USD", "one US dollar"),
    ("12.50", "USD", "twelve US dollars and fifty cents"),
    ("1.01", "GBP", "one pound sterling and one penny"),
    ("2.02", "GBP", "two pounds sterling and two pence"),
    ("12.50", "CHF", "twelve Swiss francs and fifty centimes"),
    ("3", "AUD", "three Australian dollars"),
    ("7.25", "CAD", "seven Canadian dollars and twenty-five cents"),
    ("15000", "JPY", "fifteen thousand yen"),
    ("650000", "XAF", "six hundred and fifty thousand CFA francs"),
    ("1.001", "KWD", "one Kuwaiti dinar and one fils"),
    ("12.500", "TND", "twelve Tunisian dinars and five hundred millimes"),
    ("2.050", "BHD", "two Bahraini dinars and fifty fils"),
    ("1", "SEK", "one Swedish krona"),
    ("20.10", "SEK", "twenty Swedish kronor and ten öre"),
    ("5", "CZK", "five Czech koruny"),
    ("3.30", "PLN", "three zlotys and thirty groszy"),
    ("2", "RON", "two Romanian lei"),
    ("12.25", "XDR", "twelve XDR and 25/100"),
]

TABLE = [
    *[(amount, "EUR", "fr_FR", words) for amount, words in FRENCH_EUROS],
    *FRENCH_OTHERS,
    *[
        (amount, currency, "en_GB", words)
        for amount, currency, words in ENGLISH_AMOUNTS
    ],
]


def test_the_table_holds_120_amounts():
    assert len(set(TABLE)) == 120


@pytest.mark.parametrize(("amount", "currency", "lang", "words"), TABLE)
def test_amount_is_written_as_people_write_it(amount, currency, lang, words):
    assert amount_in_words(Decimal(amount), currency=currency, lang=lang) == words


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "words"),
    [
        ("12.50", "EUR", "de_DE", "zwölf Euro und fünfzig Cent"),
        ("2.02", "EUR", "pt_PT", "dois euros e dois cêntimos"),
        # A currency that the library does not know in that language, or a language
        # that it does not know at all: English.
        ("12.50", "CHF", "de_DE", "twelve Swiss francs and fifty centimes"),
        ("12.50", "EUR", "tlh", "twelve euros and fifty cents"),
        ("12.50", "XDR", "de_DE", "twelve XDR and 5/10"),
        # The library knows hundredths only.
        ("12.500", "TND", "es_ES", "twelve Tunisian dinars and five hundred millimes"),
        ("12.50", "EUR", "sr@latin", "dvanaest evra, pedeset centi"),
    ],
)
def test_other_languages_are_the_librarys_or_english(amount, currency, lang, words):
    assert amount_in_words(Decimal(amount), currency=currency, lang=lang) == words


@pytest.mark.parametrize(
    ("amount", "currency", "lang"),
    [
        ("0.001", "EUR", "fr_FR"),
        ("0.001", "EUR", "de_DE"),
        ("0.5", "JPY", "en_GB"),
        ("0.0001", "TND", "fr_FR"),
        ("NaN", "EUR", "fr_FR"),
        ("Infinity", "EUR", "en_GB"),
    ],
)
def test_amount_finer_than_its_currency_is_refused(amount, currency, lang):
    with pytest.raises(InvalidAmount):
        amount_in_words(Decimal(amount), currency=currency, lang=lang)


def test_both_languages_know_the_same_currencies():
    assert {code: money.decimals for code, money in FRENCH.items()} == {
        code: money.decimals for code, money in ENGLISH.items()
    }


@given(
    cents=st.integers(min_value=-(10**13), max_value=10**13),
    currency=st.sampled_from(sorted(FRENCH)),
    lang=st.sampled_from(["fr_FR", "fr_BE", "fr_CH", "en_US"]),
)
def test_different_amounts_read_differently(cents, currency, lang):
    step = Decimal(1).scaleb(-FRENCH[currency].decimals)
    words = {
        amount_in_words(cents * step, currency=currency, lang=lang),
        amount_in_words((cents + 1) * step, currency=currency, lang=lang),
    }
    assert len(words) == 2
