"""What is sold and where the invoice stands, in two characters."""

import pytest

from engine.billing_frame import billing_frame


@pytest.mark.parametrize(
    ("operation", "facts", "frame"),
    [
        ("services", {"paid": False}, "S1"),
        ("services", {"paid": True}, "S2"),
        ("goods", {"paid": False}, "B1"),
        ("goods", {"paid": True}, "B2"),
        ("mixed", {"paid": False}, "M1"),
        ("mixed", {"paid": True}, "M2"),
        # An advance was deducted: final, whether something is left to pay or not.
        ("services", {"paid": False, "deducts_advance": True}, "S4"),
        ("services", {"paid": True, "deducts_advance": True}, "S4"),
        ("goods", {"paid": False, "deducts_advance": True}, "B4"),
        ("mixed", {"paid": True, "deducts_advance": True}, "M4"),
        # A credit note is paid back later.
        ("services", {"paid": False, "credit": True}, "S1"),
        ("services", {"paid": True, "credit": True}, "S1"),
        ("goods", {"paid": False, "credit": True}, "B1"),
        ("mixed", {"paid": False, "credit": True, "deducts_advance": True}, "M1"),
    ],
)
def test_frame_says_what_is_sold_and_where_the_invoice_stands(operation, facts, frame):
    assert billing_frame(operation, **facts) == frame


def test_frame_of_an_unknown_operation_is_refused():
    with pytest.raises(KeyError):
        billing_frame("loan", paid=False)
