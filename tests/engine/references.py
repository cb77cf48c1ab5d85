"""Structured creditor references as another program makes them."""

from stdnum.iso7064 import mod_97_10


def structured(body):
    """The reference of a body of capitals and digits: "FAC202600812" gives
    ``RF46FAC202600812``.
    """
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"
