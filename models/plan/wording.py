"""Amounts, days and periods as people read them, in the language of the environment."""

from odoo.tools.misc import format_date, formatLang

from ...engine.periods import ONE_DAY


def amount_text(env, amount, currency):
    """An amount with its currency, rounded as documents round it, with a true minus.

    :param amount: float or Decimal.
    :param currency: a ``res.currency``.
    :rtype: str
    """
    text = formatLang(env, abs(float(amount)), currency_obj=currency)
    return _with_sign(text, amount, currency)


def bare_amount_text(env, amount, currency):
    """An amount without its currency, which the head of its column says."""
    rounded = abs(currency.round(float(amount)))
    text = formatLang(env, rounded, digits=currency.decimal_places)
    return _with_sign(text, amount, currency)


def _with_sign(text, amount, currency):
    return f"−{text}" if currency.compare_amounts(float(amount), 0) < 0 else text


def signed_text(env, amount, currency):
    """An amount with a plus or a minus before it: a difference."""
    text = amount_text(env, amount, currency)
    return text if text.startswith("−") else f"+{text}"


def number_text(env, number):
    """A quantity without superfluous zeros."""
    value = float(number)
    digits = 0 if value == int(value) else 2
    return formatLang(env, value, digits=digits)


def rhythm_text(env, unit, interval):
    """ "per month", "every 3 months".

    :param str unit: ``day``, ``week``, ``month`` or ``year``.
    :param int interval: how many of them a billing period lasts.
    :rtype: str
    """
    if interval == 1:
        return {
            "day": env._("per day"),
            "week": env._("per week"),
            "month": env._("per month"),
            "year": env._("per year"),
        }[unit]
    return {
        "day": env._("every %(count)s days", count=interval),
        "week": env._("every %(count)s weeks", count=interval),
        "month": env._("every %(count)s months", count=interval),
        "year": env._("every %(count)s years", count=interval),
    }[unit]


def is_month(first, last):
    """Whether both days, included, span exactly a month of the calendar."""
    return (first.year, first.month, first.day) == (last.year, last.month, 1) and (
        last + ONE_DAY
    ).day == 1


def period_text(env, first, last):
    """A span of days: "December 2026", "15–31 December 2026", else both days.

    :param datetime.date first: first day.
    :param datetime.date last: last day, included.
    :rtype: str
    """
    if is_month(first, last):
        return format_date(env, first, date_format="LLLL y")
    if (first.year, first.month) == (last.year, last.month):
        if first != last:
            return f"{first.day}–" + format_date(env, last, date_format="d MMMM y")
        return format_date(env, first, date_format="d MMMM y")
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and (
        first.year == last.year
    ):
        return str(first.year)
    return f"{format_date(env, first)} – {format_date(env, last)}"
