from functools import lru_cache

import holidays

from odoo import models

from ....engine.dunning_levels import Level, Policy
from ....engine.rest_days import ContactCalendar
from ...plan.numbers import as_decimal

#: ISO week-days that are off.
_WEEKDAYS_OFF = {
    "none": frozenset(),
    "sunday": frozenset({7}),
    "weekend": frozenset({6, 7}),
}


class BillingDunningPolicy(models.Model):
    """A policy as the engine takes it: its levels, and the days on which it rests."""

    _inherit = "billing.dunning.policy"

    def _billing_to_engine(self, calendar=None):
        """The policy as the engine's value.

        :param calendar: as ``_billing_get_calendar`` gives it; by default that of the
            week alone.
        :rtype: engine.dunning_levels.Policy
        """
        self.ensure_one()
        return Policy(
            key=self.id,
            levels=tuple(
                level._billing_to_engine() for level in self.level_ids.sorted("delay")
            ),
            grace=self.grace_days,
            smallest=as_decimal(self.smallest_amount),
            calendar=calendar or ContactCalendar(_WEEKDAYS_OFF[self.rest_days]),
            contacts_a_week=self.contacts_a_week,
            first_shift=self.first_shift_days,
        )

    def _billing_get_calendar(self, first, last, country=None, company=None):
        """The days on which a customer is left in peace.

        :param datetime.date first: the first day that matters.
        :param datetime.date last: the last one; holidays are known of whole years.
        :param country: the customer's ``res.country``; empty: that of the company.
        :param company: by default the policy's, else the current one.
        :rtype: engine.rest_days.ContactCalendar
        """
        self.ensure_one()
        company = company or self.company_id or self.env.company
        country = country or company.country_id
        days = self._get_own_rest_days(company, country, first, last)
        if self.use_holidays and country:
            for year in range(first.year, last.year + 1):
                days |= public_holidays(country.code, year)
        return ContactCalendar(_WEEKDAYS_OFF[self.rest_days], frozenset(days))

    def _get_own_rest_days(self, company, country, first, last):
        """The rest days that people entered.

        :rtype: set[datetime.date]
        """
        # Whoever has a case decided has its rest days respected.
        rest_days = self.env["billing.rest.day"].sudo()
        found = rest_days.search_fetch(
            [
                ("date", ">=", first),
                ("date", "<=", last),
                ("company_id", "in", (False, company.id)),
                ("country_id", "in", (False, country.id)),
            ],
            ["date"],
        )
        return set(found.mapped("date"))


class BillingDunningLevel(models.Model):
    _inherit = "billing.dunning.level"

    def _billing_to_engine(self):
        """The step as the engine's value.

        :rtype: engine.dunning_levels.Level
        """
        self.ensure_one()
        return Level(
            key=self.id,
            delay=self.delay,
            rest=self.rest_days_between,
            channel=self.channel,
            amount_from=as_decimal(self.amount_from),
            invoices_from=self.invoices_from,
            payer_classes=frozenset(filter(None, [self.payer_class])),
            automatic=self.automatic,
            formal=self.formal,
        )


@lru_cache(maxsize=1024)
def public_holidays(country, year):
    """The public holidays of a country; none where the library does not know it.

    :param str country: ISO 3166, two letters.
    :rtype: frozenset[datetime.date]
    """
    try:
        found = holidays.country_holidays(country, years=year)
    except NotImplementedError:
        return frozenset()
    return frozenset(day for day in found if day.year == year)
