"""How an amount is printed on a document: quantity, unit price and discount."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .money import line_price, quantize
from .terms import LineVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedLine:
    """What a line of a document says.

    :param quantity: as printed; positive on a credit note.
    :param price: of one unit.
    :param discount: percent.
    :param credit: whether it stands on a credit note.
    :param name: the number of the document.
    """

    quantity: Decimal
    price: Decimal
    discount: Decimal
    credit: bool = False
    name: str = ""

    def amount(self, step: Decimal) -> Decimal:
        """What it comes to, signed as a charge and rounded to ``step``."""
        amount = quantize(line_price(self.quantity, self.price, self.discount), step)
        return -amount if self.credit else amount


def printed_line(
    charged: Decimal, version: LineVersion, *, step: Decimal, adjusts: bool
) -> tuple[Decimal, Decimal, Decimal]:
    """Quantity, unit price and discount whose product is ``charged``.

    As sold when that is the amount; else the price is solved back, unrounded, so that
    rounding by line and by document agree (proration goes into the price, never into
    the quantity). A credit has a negative quantity and a positive price (EN 16931,
    BR-27); only a line that was sold at a negative price is charged at one.

    :param charged: a multiple of ``step``.
    :param version: gives quantity and discount; where it sells nothing (no quantity,
        100 % discount), the amount is printed as one unit.
    :param adjusts: whether the line corrects an earlier one.
    """
    if not adjusts and charged == quantize(version.amount, step):
        return version.quantity, version.price, version.discount
    weight = version.quantity * (100 - version.discount) / 100
    if not weight:
        return Decimal(-1 if charged < 0 else 1), abs(charged), Decimal(0)
    price = charged / weight
    if price < 0 and (adjusts or version.price >= 0):
        return -version.quantity, -price, version.discount
    return version.quantity, price, version.discount


def exact_price(
    charged: Decimal, quantity: Decimal, price: Decimal, discount: Decimal
) -> Decimal:
    """The unit price that yields ``charged`` to the last digit, for a printed line.

    Where taxes are included, base and tax are rounded apart: they add up to the amount
    only when it is a whole number of cents before they are taken out of it.

    :param price: returned as it is when it yields the amount, or when nothing is sold.
    """
    weight = quantity * (100 - discount) / 100
    if not weight or weight * price == charged:
        return price
    return charged / weight
