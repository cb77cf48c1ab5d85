"""Numbers of businesses, right and wrong ones."""

import pytest

from engine.identifiers import is_valid_vat, siren_of, spaced_siren


@pytest.mark.parametrize(
    ("registry", "siren"),
    [
        ("123456782", "123456782"),
        ("123 456 782", "123456782"),
        ("12345678200010", "123456782"),
        ("123 456 782 00010", "123456782"),
        # La Poste's establishments have digits of their own.
        ("35600000000048", "356000000"),
        ("123456789", None),
        ("12345678200011", None),
        ("1234", None),
        ("RCS Rennes", None),
        ("", None),
        (None, None),
    ],
)
def test_the_siren_of_a_registry_number(registry, siren):
    assert siren_of(registry) == siren


def test_a_siren_is_printed_in_groups_of_three():
    assert spaced_siren("123456782") == "123 456 782"


@pytest.mark.parametrize(
    ("number", "country", "valid"),
    [
        ("FR11123456782", "FR", True),
        ("FR 11 123 456 782", "FR", True),
        ("11123456782", "FR", True),
        ("FR12123456782", "FR", False),
        ("FR1112345678", "FR", False),
        ("DE136695976", "DE", True),
        ("DE136695978", "DE", False),
        ("BE0428759497", "BE", True),
        ("EL094259216", "GR", True),
        ("EL123456781", "GR", False),
        ("094259216", "GR", True),
        # Registered where it is taxed, not where it lives.
        ("FR11123456782", "DE", True),
        ("FR12123456782", "DE", False),
        ("CHE-107.787.577 TVA", "CH", True),
        # Nobody checks these.
        ("12-3456789", "US", True),
        ("whatever", "", True),
        ("XX123", "XX", True),
    ],
)
def test_the_form_of_a_vat_number(number, country, valid):
    assert is_valid_vat(number, country) is valid
