"""How late French professionals may agree to be paid (C. com. L441-10 I).

At most 60 days after the date of the invoice; or 45 days end of month, where their
contract says so. The law leaves open from where the latter is counted, and both ways
are admitted: the end of the month in which 45 days are over, and 45 days after the end
of the invoice's month. Where they agree on nothing, 30 days after the service are the
most; without terms an invoice is due at once, so there is nothing to look at.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

#: Days after the date of the invoice.
LONGEST = 60
#: Days of the way that ends with a month.
TO_END_OF_MONTH = 45


def latest_due_date(on: date) -> date:
    """The last day on which an invoice may lawfully be due, in whichever way.

    :param on: the date of the invoice.
    """
    days = timedelta(TO_END_OF_MONTH)
    ways = on + timedelta(LONGEST), _month_end(on + days), _month_end(on) + days
    return max(ways)


def _month_end(day: date) -> date:
    _weekday, length = monthrange(day.year, day.month)
    return day.replace(day=length)
