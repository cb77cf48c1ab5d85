"""The text of a QR code that starts a SEPA credit transfer (EPC069-12, version 2.1).

Twelve lines; what is not used at the end is left out, and nothing follows the last.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal

from .creditor_reference import is_creditor_reference, remainder
from .errors import BillingError

#: The largest payload, in bytes of UTF-8 (QR version 13, level M).
LARGEST_PAYLOAD = 331
#: Characters that a field holds at most.
LIMITS = {"name": 70, "purpose": 4, "reference": 35, "text": 140, "note": 70}
#: Euros that a transfer moves at most.
LARGEST_AMOUNT = Decimal("999999999.99")

_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_PURPOSE = re.compile(r"[A-Z0-9]{1,4}")


class InvalidPayment(BillingError):
    """A transfer that no bank would read; ``details["field"]`` names what is wrong."""

    code = "invalid_payment"

    def __init__(self, field: str, fact: str) -> None:
        super().__init__(f"{field}: {fact}", field=field)


def epc_payload(
    *,
    name: str,
    iban: str,
    amount: Decimal,
    bic: str | None = None,
    purpose: str | None = None,
    reference: str | None = None,
    text: str | None = None,
    note: str | None = None,
    version: Literal["001", "002"] = "002",
) -> str:
    """What a banking app reads to prepare a transfer.

    :param name: of the creditor, at most 70 characters.
    :param iban: the creditor's, spaces allowed.
    :param amount: in euros, in whole cents, 0.01 to 999,999,999.99.
    :param bic: of the creditor's bank; obligatory in version 001.
    :param purpose: ISO 20022 code of at most 4 letters.
    :param reference: a structured reference of at most 35 characters, checked when it
        is ISO 11649's (``RF…``), spaces allowed.
    :param text: what the payment is for, at most 140 characters; instead of
        ``reference``, never with it.
    :param note: to the payer, at most 70 characters.
    :param version: ``002``, or ``001`` for apps that want the BIC.
    :raises InvalidPayment: naming the field.
    """
    if version not in ("001", "002"):
        raise InvalidPayment("version", f"{version} is neither 001 nor 002.")
    bic = _checked_bic(bic, version)
    if reference and text:
        raise InvalidPayment("text", "a structured reference is given already.")
    lines = [
        "BCD",
        version,
        "1",
        "SCT",
        bic,
        _plain("name", name, needed=True),
        _checked_iban(iban),
        f"EUR{_checked_amount(amount):.2f}",
        _checked_purpose(purpose),
        _checked_reference(reference),
        _plain("text", text),
        _plain("note", note),
    ]
    return _bounded("\n".join(lines).rstrip("\n"))


def _bounded(payload: str) -> str:
    """The payload, as long as a code can hold it."""
    size = len(payload.encode())
    if size > LARGEST_PAYLOAD:
        raise InvalidPayment(
            "payload", f"{size} bytes, {LARGEST_PAYLOAD} at most; shorten the text."
        )
    return payload


def _compact(value: str | None) -> str:
    return "".join((value or "").split()).upper()


def _checked_bic(bic: str | None, version: str) -> str:
    compact = _compact(bic)
    if not compact and version == "001":
        raise InvalidPayment("bic", "version 001 needs it.")
    if compact and not _BIC.fullmatch(compact):
        raise InvalidPayment("bic", "8 or 11 letters and digits, letters first.")
    return compact


def _checked_iban(iban: str) -> str:
    compact = _compact(iban)
    if not _IBAN.fullmatch(compact) or remainder(compact[4:] + compact[:4]) != 1:
        raise InvalidPayment("iban", "its check digits or its shape are wrong.")
    return compact


def _checked_amount(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 < amount <= LARGEST_AMOUNT:
        raise InvalidPayment("amount", f"from 0.01 to {LARGEST_AMOUNT} euros.")
    if amount != round(amount, 2):
        raise InvalidPayment("amount", "whole cents only.")
    return amount


def _checked_purpose(purpose: str | None) -> str:
    if purpose and not _PURPOSE.fullmatch(purpose):
        raise InvalidPayment("purpose", "a code of 1 to 4 capitals or digits.")
    return purpose or ""


def _checked_reference(reference: str | None) -> str:
    compact = _compact(reference)
    if compact.startswith("RF") and not is_creditor_reference(compact):
        raise InvalidPayment("reference", "its check digits are wrong.")
    return _plain("reference", compact)


def _plain(field: str, value: str | None, *, needed: bool = False) -> str:
    """A field of one line, without what cannot be printed."""
    value = (value or "").strip()
    if needed and not value:
        raise InvalidPayment(field, "it is missing.")
    if len(value) > LIMITS[field]:
        raise InvalidPayment(
            field, f"{len(value)} characters, {LIMITS[field]} at most."
        )
    if any(
        unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in value
    ):
        raise InvalidPayment(field, "one line without control characters.")
    return value
