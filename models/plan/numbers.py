"""Numbers of the database as the engine reads them."""

from decimal import Decimal


def as_decimal(number):
    """A float of the database as the decimal a person typed."""
    return Decimal(str(number))
