"""Numbers of the database as the engine reads them."""

from decimal import Decimal
from functools import lru_cache


@lru_cache(maxsize=4096)
def as_decimal(number):
    """A float of the database as the decimal a person typed."""
    return Decimal(str(number))
