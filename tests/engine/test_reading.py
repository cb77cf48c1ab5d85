"""Files are written by people, in their language."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.reading import read_date, read_number

FRENCH = ("%d/%m/%Y",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        (" 2026-12-31 ", date(2026, 12, 31)),
        ("2026-12-31 00:00:00", date(2026, 12, 31)),
        ("31/02/2026", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_the_language_of_its_writer(text, expected):
    assert read_date(text, FRENCH) == expected


@pytest.mark.parametrize(
    ("text", "point", "expected"),
    [
        ("1234.5", ".", "1234.5"),
        ("1234,5", ".", "1234.5"),
        ("1 234,50 €", ",", "1234.50"),
        ("1\u202f234,50", ",", "1234.50"),
        ("1,234.50", ",", "1234.50"),
        ("1.234,50", ".", "1234.50"),
        ("1,234", ".", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", ",", "1234"),
        ("1.234.567", ".", "1234567"),
        ("-12", ".", "-12"),
        ("12 %", ",", "12"),
        ("12 pieces", ".", None),
        ("1,2,3", ".", None),
        ("", ".", None),
        ("NaN", ".", None),
    ],
)
def test_a_number_is_read_in_the_language_of_its_writer(text, point, expected):
    assert read_number(text, point) == (expected and Decimal(expected))


@given(st.decimals("-99999", "99999", places=2))
def test_a_plain_number_is_what_it_says(number):
    assert read_number(f"{number}") == number
    assert read_number(f"{number}".replace(".", ","), ",") == number
