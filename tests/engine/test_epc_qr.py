"""The QR code of a SEPA transfer: its text, its limits, its picture read back."""

from decimal import Decimal

import cv2
import numpy
import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st
from references import structured

from engine.epc_qr import LARGEST_PAYLOAD, InvalidPayment, epc_payload

IBAN = "FR7630006000011234567890189"
GIVEN = {
    "name": "Atelier Exemple SARL",
    "iban": IBAN,
    "amount": Decimal("1440.00"),
}


def test_payload_is_the_published_example_byte_for_byte():
    payload = epc_payload(**GIVEN, reference="RF18539007547034")
    assert payload.encode() == (
        b"BCD\n002\n1\nSCT\n\nAtelier Exemple SARL\nFR7630006000011234567890189\n"
        b"EUR1440.00\n\nRF18539007547034"
    )
    assert len(payload.encode()) == 92


@pytest.mark.parametrize(
    ("extra", "end"),
    [
        ({}, "\nEUR1440.00"),
        ({"purpose": "GDDS"}, "\nEUR1440.00\nGDDS"),
        ({"text": "FAC/2026/1"}, "\nEUR1440.00\n\n\nFAC/2026/1"),
        ({"note": "Merci"}, "\nEUR1440.00\n\n\n\nMerci"),
        ({"reference": "RF18 5390 0754 7034"}, "\n\nRF18539007547034"),
        ({"reference": "", "text": " A ", "note": ""}, "\nEUR1440.00\n\n\nA"),
    ],
)
def test_nothing_follows_the_last_line_that_is_used(extra, end):
    assert epc_payload(**GIVEN, **extra).endswith(end)


@pytest.mark.parametrize(
    ("amount", "printed"),
    [
        ("0.01", "EUR0.01"),
        ("12", "EUR12.00"),
        ("12.5", "EUR12.50"),
        ("12.500", "EUR12.50"),
        ("1E+3", "EUR1000.00"),
        ("999999999.99", "EUR999999999.99"),
    ],
)
def test_amount_has_a_dot_and_two_decimals(amount, printed):
    payload = epc_payload(**{**GIVEN, "amount": Decimal(amount)})
    assert payload.split("\n")[7] == printed


def test_first_version_carries_the_bic():
    payload = epc_payload(**GIVEN, bic="agri frpp", version="001")
    assert payload.split("\n")[1:5] == ["001", "1", "SCT", "AGRIFRPP"]


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("version", {"version": "003"}),
        ("bic", {"version": "001"}),
        ("bic", {"bic": "AGRIFRP"}),
        ("bic", {"bic": "AGRIFRPPX"}),
        ("bic", {"bic": "1GRIFRPP"}),
        ("name", {"name": ""}),
        ("name", {"name": "   "}),
        ("name", {"name": "A" * 71}),
        ("name", {"name": "Atelier\nExemple"}),
        ("iban", {"iban": "FR7630006000011234567890188"}),
        ("iban", {"iban": ""}),
        ("iban", {"iban": "FR76"}),
        ("iban", {"iban": "FR76300060000112345678901890000000000"}),
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal(-1)}),
        ("amount", {"amount": Decimal("0.001")}),
        ("amount", {"amount": Decimal(1000000000)}),
        ("amount", {"amount": Decimal("NaN")}),
        ("purpose", {"purpose": "GDDSX"}),
        ("purpose", {"purpose": "gd"}),
        ("reference", {"reference": "RF17539007547034"}),
        ("reference", {"reference": "A" * 36}),
        ("text", {"text": "A" * 141}),
        ("text", {"text": "A\rB"}),
        ("text", {"text": "A\u2028B"}),
        ("text", {"text": "FAC/2026/1", "reference": "RF18539007547034"}),
        ("note", {"note": "A" * 71}),
        # Each field is short enough, all together are not.
        ("payload", {"name": "é" * 70, "text": "é" * 140}),
    ],
)
def test_what_no_bank_reads_is_refused_by_the_name_of_its_field(field, changed):
    with pytest.raises(InvalidPayment) as refusal:
        epc_payload(**{**GIVEN, **changed})
    assert refusal.value.details == {"field": field}
    assert str(refusal.value).startswith(f"{field}: ")


def test_fields_at_their_limit_are_accepted():
    payload = epc_payload(
        **{**GIVEN, "name": "A" * 70},
        text="B" * 140,
        note="C" * 40,
        bic="AGRIFRPP882",
        purpose="GDDS",
    )
    assert len(payload.encode()) <= LARGEST_PAYLOAD
    assert payload.count("\n") == 11


_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40
)


@given(
    name=_WORDS,
    cents=st.integers(min_value=1, max_value=99999999999),
    reference=st.none() | st.integers(min_value=0).map(lambda n: str(n)[:21]),
    text=st.none() | _WORDS,
    note=st.none() | _WORDS,
)
def test_payload_says_what_it_was_given(name, cents, reference, text, note):
    reference = reference and structured(reference)
    text = None if reference else text
    try:
        payload = epc_payload(
            name=name,
            iban=IBAN,
            amount=Decimal(cents) / 100,
            reference=reference,
            text=text,
            note=note,
        )
    except InvalidPayment as refusal:
        assert refusal.details["field"] == "payload"
        return
    assert not payload.endswith("\n")
    assert len(payload.encode()) <= LARGEST_PAYLOAD
    lines = payload.split("\n")
    lines += [""] * (12 - len(lines))
    assert lines == [
        *("BCD", "002", "1", "SCT", "", name, IBAN),
        f"EUR{cents // 100}.{cents % 100:02d}",
        *("", reference or "", text or "", note or ""),
    ]


NAMES = [
    "Atelier Exemple SARL",
    "Électricité & Chauffage Le Goff",
    "Müller und Söhne GmbH",
    "Société d'Études « L'Œuvre »",
]
EXTRAS = [
    {"reference": "RF18539007547034"},
    {"reference": structured("FAC202600812")},
    {"text": "FAC/2026/00812"},
    {"text": "Abonnement de décembre, n° 42", "note": "À régler avant le 31/12"},
    {"text": "A" * 140},
]
AMOUNTS = ["0.01", "1284.00"]
PICTURES = [
    (name, extra, amount) for name in NAMES for extra in EXTRAS for amount in AMOUNTS
]


def test_forty_pictures_are_read_back():
    assert len(PICTURES) == 40


@pytest.mark.parametrize(("name", "extra", "amount"), PICTURES)
def test_picture_reads_back_as_the_payload(name, extra, amount):
    payload = epc_payload(name=name, iban=IBAN, amount=Decimal(amount), **extra)
    code = qrcode.QRCode(
        error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=6, border=4
    )
    code.add_data(payload.encode(), optimize=0)
    code.make(fit=True)
    assert code.version <= 13
    picture = numpy.where(numpy.array(code.get_matrix()), 0, 255).astype(numpy.uint8)
    picture = numpy.kron(picture, numpy.ones((6, 6), numpy.uint8))
    read, _corners, _straight = cv2.QRCodeDetectorAruco().detectAndDecode(picture)
    assert read == payload
