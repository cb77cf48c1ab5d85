"""What a plan says of itself: its rhythm, its rule, the dates of a start today."""

from datetime import timedelta
from decimal import Decimal
from itertools import islice

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.tools import groupby
from odoo.tools.misc import babel_locale_parse, format_date

from ...engine.errors import BillingError
from ...engine.invoice_dates import contracted_periods
from ...engine.periods import Period, hull
from ...engine.promise import is_stub
from ...engine.proration import fraction
from ...engine.terms import LineVersion
from .wording import period_text, rhythm_text

#: What decides when a subscription is invoiced and what a cut first period costs.
CALENDAR = (
    "unit",
    "interval",
    "timing",
    "lead_days",
    "alignment",
    "billing_day",
    "billing_weekday",
    "billing_month",
    "first_period",
    "proration_basis",
)


class BillingPlan(models.Model):
    _inherit = "billing.plan"

    rhythm_text = fields.Char(string="Rhythm", compute="_compute_rhythm_text")
    summary = fields.Char(compute="_compute_summary")
    next_dates_text = fields.Text(
        string="For a start today", compute="_compute_next_dates_text"
    )

    @api.depends_context("lang")
    @api.depends("unit", "interval")
    def _compute_rhythm_text(self):
        for plan in self:
            plan.rhythm_text = plan._get_rhythm_text()

    @api.depends_context("lang")
    @api.depends(*CALENDAR)
    def _compute_summary(self):
        for plan in self:
            try:
                plan.summary = plan._get_summary()
            except BillingError:
                plan.summary = False

    @api.depends_context("lang")
    @api.depends(*CALENDAR)
    def _compute_next_dates_text(self):
        for plan in self:
            try:
                plan.next_dates_text = "\n".join(plan._get_next_dates_sentences())
            except BillingError:
                plan.next_dates_text = False

    # === Rhythm === #

    def _get_rhythm_text(self):
        """ "per month", "every 3 months", in the language of the environment."""
        self.ensure_one()
        return rhythm_text(self.env, self.unit or "month", self.interval)

    # === For a start today === #

    def _get_next_dates_sentences(self):
        """The first four invoices of a subscription that starts today, in words."""
        terms = self._get_sample_terms()
        # Two of them may share the first date.
        periods = islice(contracted_periods(terms), 5)
        invoices = groupby(periods, key=lambda due: due.scheduled)
        return [
            self._get_next_date_sentence(terms, day, due)
            for day, due in islice(invoices, 4)
        ]

    def _get_next_date_sentence(self, terms, day, due):
        """One invoice: its day, its days, and what a cut first period costs.

        :param due: the ``DuePeriod`` values scheduled on ``day``; two of them when
            the first days wait for the next period.
        """
        whole = hull([period.period for period in due])
        values = {
            "date": format_date(self.env, day),
            "period": period_text(self.env, whole.start, whole.last),
        }
        first = due[0]
        if not is_stub(terms, first.grid):
            return self.env._("On %(date)s for %(period)s.", **values)
        if terms.first_period == "free":
            return self.env._("%(period)s: free.", **values)
        share = self._get_share(first.period, first.grid)
        if len(due) > 1:
            return self.env._("On %(date)s for %(period)s, together.", **values)
        if terms.first_period == "full" or not share:
            return self.env._("On %(date)s for %(period)s, in full.", **values)
        return self.env._(
            "On %(date)s for %(period)s: %(days)s of %(whole)s days.", **values, **share
        )

    def _get_sample_terms(self):
        """The promise of one unit at price 1 that starts today."""
        start = (self.company_id or self.env.company)._billing_today()
        return self._get_terms(self.id, LineVersion(start, Decimal(1), Decimal(1)))

    # === The rule in one sentence === #

    def _get_summary(self):
        """When the plan invoices what, and what a start inside a period pays."""
        self.ensure_one()
        if self.alignment != "calendar" or self.unit == "day":
            return self.env._(
                "Invoiced %(moment)s, counted from the day of the start.",
                moment=self._get_anniversary_moment(),
            )
        start, grid = self._get_sample_start()
        part = Period(start, grid.end)
        share = self._get_share(part, grid)
        values = {
            "moment": self._get_calendar_moment(),
            "what": self._get_what_text(),
            "start": self._get_sample_day_text(start),
            "days": part.days,
        }
        if self.first_period == "free":
            return self.env._(
                "Invoiced %(moment)s %(what)s; a start on %(start)s has %(days)s days "
                "free.",
                **values,
            )
        if self.first_period == "full" or not share:
            return self.env._(
                "Invoiced %(moment)s %(what)s; a start on %(start)s pays the period in "
                "full.",
                **values,
            )
        values.update(share)
        if self.first_period == "merged":
            return self.env._(
                "Invoiced %(moment)s %(what)s; a start on %(start)s pays %(days)s days "
                "of %(whole)s with the next period.",
                **values,
            )
        return self.env._(
            "Invoiced %(moment)s %(what)s; a start on %(start)s pays %(days)s days of "
            "%(whole)s.",
            **values,
        )

    def _get_sample_start(self):
        """A start that a calendar boundary cuts by some days, and its full period."""
        today = (self.company_id or self.env.company)._billing_today()
        # A Thursday is in the middle of weeks that start on a Monday.
        day = today.replace(month=12, day=15)
        if self.unit == "week":
            day += timedelta(days=(4 - day.isoweekday()) % 7)
        rule = self._get_rule(day)
        grid = rule.period(rule.index_of(day))
        if not 1 < (grid.end - day).days < grid.days:
            day += timedelta(days=3)
            rule = self._get_rule(day)
            grid = rule.period(rule.index_of(day))
        return day, grid

    def _get_sample_day_text(self, day):
        """ "15/12", or the name of the day where the calendar is one of weeks."""
        if self.unit == "week":
            return format_date(self.env, day, date_format="EEEE")
        return self._format_skeleton(day, "Md")

    def _get_share(self, part, grid):
        """Days that ``part`` of the full period pays, by the plan's day count.

        :return: ``{"days": n, "whole": n}``; None when it pays the period in full, or
            no number of days says it.
        """
        basis = self.proration_basis or "actual"
        share = fraction([part], grid, basis)
        months = self.interval * {"month": 1, "year": 12}.get(self.unit, 0)
        whole = {"actual": grid.days, "30_360": months * 30 or grid.days}.get(basis, 30)
        days = share * whole
        if share == 1 or days.denominator != 1:
            return None
        return {"days": int(days), "whole": whole}

    def _get_what_text(self):
        """ "for the month that starts", or "that ends"."""
        if self.timing == "in_arrears":
            one, several = {
                "week": (
                    self.env._("for the week that ends"),
                    self.env._("for the %(count)s weeks that end"),
                ),
                "month": (
                    self.env._("for the month that ends"),
                    self.env._("for the %(count)s months that end"),
                ),
                "year": (
                    self.env._("for the year that ends"),
                    self.env._("for the %(count)s years that end"),
                ),
            }[self.unit]
        else:
            one, several = {
                "week": (
                    self.env._("for the week that starts"),
                    self.env._("for the %(count)s weeks that start"),
                ),
                "month": (
                    self.env._("for the month that starts"),
                    self.env._("for the %(count)s months that start"),
                ),
                "year": (
                    self.env._("for the year that starts"),
                    self.env._("for the %(count)s years that start"),
                ),
            }[self.unit]
        return one if self.interval == 1 else several % {"count": self.interval}

    # === Moments === #

    def _get_calendar_moment(self):
        """ "on the 1st", "10 days before the 1st"."""
        values = {"day": self._get_boundary_text(), "count": abs(self.lead_days)}
        if not self.lead_days:
            return self.env._("on %(day)s", **values)
        if self.lead_days == 1:
            return self.env._("1 day before %(day)s", **values)
        if self.lead_days > 0:
            return self.env._("%(count)s days before %(day)s", **values)
        if self.lead_days == -1:
            return self.env._("1 day after %(day)s", **values)
        return self.env._("%(count)s days after %(day)s", **values)

    def _get_boundary_text(self):
        """The days of the calendar on which periods start."""
        start, grid = self._get_sample_start()
        rhythm = self._get_rhythm_text()
        if self.unit == "week":
            weekday = format_date(self.env, grid.start, date_format="EEEE")
            if self.interval == 1:
                return self.env._("a %(weekday)s", weekday=weekday)
            return self.env._(
                "a %(weekday)s %(rhythm)s", weekday=weekday, rhythm=rhythm
            )
        months = self.interval * (12 if self.unit == "year" else 1)
        if months == 1:
            return self._get_month_day_text()
        if months % 12 == 0:
            date = self._format_skeleton(grid.start, "MMMMd")
            if months == 12:
                return self.env._("%(dates)s each year", dates=date)
            return self.env._("%(date)s %(rhythm)s", date=date, rhythm=rhythm)
        if 12 % months:
            return self.env._(
                "%(day)s %(rhythm)s", day=self._get_month_day_text(), rhythm=rhythm
            )
        rule = self._get_rule(start)
        dates = sorted(
            (rule.boundary(n) for n in range(12 // months)),
            key=lambda date: (date.month, date.day),
        )
        texts = [self._format_skeleton(date, "MMMMd") for date in dates]
        return self.env._("%(dates)s each year", dates=", ".join(texts))

    def _get_month_day_text(self):
        if self.billing_day == 1:
            return self.env._("the 1st")
        if self.billing_day == 31:
            return self.env._("the last day of the month")
        return self.env._("day %(day)s of the month", day=self.billing_day)

    def _get_anniversary_moment(self):
        """ "when each month starts", "5 days after each month is over"."""
        values = {"each": self._get_each_text(), "count": abs(self.lead_days)}
        before, arrears = self.lead_days > 0, self.timing == "in_arrears"
        if not self.lead_days:
            if arrears:
                return self.env._("when %(each)s is over", **values)
            return self.env._("when %(each)s starts", **values)
        if abs(self.lead_days) == 1:
            if arrears and before:
                return self.env._("on the last day of %(each)s", **values)
            if arrears:
                return self.env._("1 day after %(each)s is over", **values)
            if before:
                return self.env._("1 day before %(each)s starts", **values)
            return self.env._("1 day after %(each)s starts", **values)
        if arrears:
            return self.env._("%(count)s days after %(each)s is over", **values)
        if before:
            return self.env._("%(count)s days before %(each)s starts", **values)
        return self.env._("%(count)s days after %(each)s starts", **values)

    def _get_each_text(self):
        one, several = {
            "day": (self.env._("each day"), self.env._("each span of %(count)s days")),
            "week": (
                self.env._("each week"),
                self.env._("each span of %(count)s weeks"),
            ),
            "month": (
                self.env._("each month"),
                self.env._("each span of %(count)s months"),
            ),
            "year": (
                self.env._("each year"),
                self.env._("each span of %(count)s years"),
            ),
        }[self.unit]
        return one if self.interval == 1 else several % {"count": self.interval}

    def _format_skeleton(self, day, skeleton):
        """A day without its year, in the order of the user's language."""
        return format_skeleton(
            skeleton, day, locale=babel_locale_parse(self.env.lang or "en_US")
        )
