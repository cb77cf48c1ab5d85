"""The rates that the law fixes per half-year."""

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_date

from ....engine import statutory
from ...plan.numbers import as_decimal


class BillingStatutoryRate(models.Model):
    """What is published for a half-year. A figure without its source is not known."""

    _name = "billing.statutory.rate"
    _description = "Statutory Rate"
    _inherit = ("mail.thread", "mail.activity.mixin")
    _order = "date_from desc"

    name = fields.Char(string="Half-year", compute="_compute_name")
    date_from = fields.Date(
        string="First day", required=True, help="1 January or 1 July."
    )
    ecb_rate_percent = fields.Float(
        string="ECB rate (%)",
        digits=(5, 2),
        aggregator=None,
        tracking=True,
        help="Of the European Central Bank for its main refinancing operations, on "
        "the first day.",
    )
    ecb_source = fields.Char(string="Source of the ECB rate", tracking=True)
    french_points = fields.Float(
        string="Points between French professionals",
        digits=(5, 2),
        aggregator=None,
        default=10.0,
        help="C. com. L441-10 II.",
    )
    union_points = fields.Float(
        string="Points of the European directive",
        digits=(5, 2),
        aggregator=None,
        default=8.0,
        help="Directive 2011/7/EU, and French public bodies (C. com. pub. R2192-31).",
    )
    late_rate_percent = fields.Float(
        string="Late-payment rate (%)",
        digits=(5, 2),
        aggregator=None,
        compute="_compute_late_rates",
        help="Between French professionals whose terms agree on no other.",
    )
    public_rate_percent = fields.Float(
        string="Public bodies (%)",
        digits=(5, 2),
        aggregator=None,
        compute="_compute_late_rates",
        help="For interest that begins in this half-year.",
    )
    legal_professional_percent = fields.Float(
        string="Legal interest (%)",
        digits=(5, 2),
        aggregator=None,
        tracking=True,
        help="French legal interest, except for the claims of consumers.",
    )
    legal_consumer_percent = fields.Float(
        string="Legal interest, consumers (%)",
        digits=(5, 2),
        aggregator=None,
        tracking=True,
        help="French legal interest for the claims of persons outside their business.",
    )
    legal_source = fields.Char(string="Source of the legal interest", tracking=True)
    state = fields.Selection(
        selection=[
            ("current", "Current"),
            ("missing", "Missing"),
            ("coming", "To come"),
            ("past", "Past"),
        ],
        compute="_compute_state",
    )

    _half_year_unique = models.Constraint(
        "UNIQUE(date_from)", "A half-year has one row of rates."
    )
    _half_year_start = models.Constraint(
        "CHECK(EXTRACT(DAY FROM date_from) = 1 "
        "AND EXTRACT(MONTH FROM date_from) IN (1, 7))",
        "Rates hold from 1 January or 1 July.",
    )

    @api.depends_context("lang")
    @api.depends("date_from")
    def _compute_name(self):
        for rate in self:
            rate.name = rate.date_from and half_year_text(self.env, rate.date_from)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = rate.name

    @api.depends("ecb_rate_percent", "ecb_source", "french_points", "union_points")
    def _compute_late_rates(self):
        for rate in self:
            published = rate._as_published()
            rate.late_rate_percent = published.late_rate("french") or 0.0
            rate.public_rate_percent = published.late_rate("union") or 0.0

    @api.depends("date_from", "ecb_source", "legal_source")
    @api.depends_context("allowed_company_ids")
    def _compute_state(self):
        start = statutory.half_year_start(self.env.company._billing_today())
        for rate in self:
            first = rate.date_from
            if first and first > start:
                rate.state = "coming"
            elif not rate.ecb_source or not rate.legal_source:
                rate.state = "missing"
            else:
                rate.state = "current" if first == start else "past"

    @api.constrains(
        "ecb_rate_percent",
        "ecb_source",
        "legal_professional_percent",
        "legal_consumer_percent",
        "legal_source",
    )
    def _check_sources(self):
        for rate in self:
            legal = rate.legal_professional_percent or rate.legal_consumer_percent
            if (rate.ecb_rate_percent and not rate.ecb_source) or (
                legal and not rate.legal_source
            ):
                raise ValidationError(
                    self.env._(
                        "%(rate)s: a figure has no source. Enter the address where it "
                        "is published.",
                        rate=rate.name,
                    )
                )

    # === What is known of them stays in memory until one changes === #

    @api.model_create_multi
    def create(self, vals_list):
        """Documents posted from now on know the new rates."""
        rates = super().create(vals_list)
        self.env.registry.clear_cache()
        return rates

    def write(self, vals):
        """Documents posted from now on; a warning that was given is taken back."""
        done = super().write(vals)
        self.env.registry.clear_cache()
        known = self.filtered(lambda rate: rate.state != "missing")
        # Whoever enters the figures clears the reminders of the others too.
        known.sudo().activity_unlink([_ACTIVITY])
        return done

    def unlink(self):
        """Documents keep the rate they were posted with."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    @tools.ormcache()
    def _get_rates(self):
        """``{first day of a half-year: engine.statutory.HalfYearRates}``."""
        # Everybody may know the law; the cache is one for all users.
        return {
            rate.date_from: rate._as_published()
            # Published by the state: no secret.
            for rate in self.sudo().search([])
        }

    def _as_published(self):
        """The figures of one half-year; those without a source are not known.

        :rtype: engine.statutory.HalfYearRates
        """
        legal = self.legal_professional_percent if self.legal_source else None
        return statutory.HalfYearRates(
            ecb=as_decimal(self.ecb_rate_percent) if self.ecb_source else None,
            french_points=as_decimal(self.french_points),
            union_points=as_decimal(self.union_points),
            legal_professional=None if legal is None else as_decimal(legal),
        )

    @api.model
    @tools.ormcache()
    def _get_union(self):
        """Codes of the countries of the European Union."""
        # Nor is who belongs to the Union.
        return frozenset(self.env.ref("base.europe").sudo().country_ids.mapped("code"))

    # === What is published, and what is missing === #

    @api.model
    def _load_published(self, rows):
        """Enter published figures where nobody has entered any.

        :param list rows: dicts of values, ``date_from`` among them.
        """
        known = {rate.date_from: rate for rate in self.search([])}
        for row in rows:
            first = fields.Date.to_date(row["date_from"])
            rate = known.get(first) or self.create({"date_from": first})
            for source in ("ecb_source", "legal_source"):
                if rate[source] or source not in row:
                    continue
                start = source.split("_")[0]
                rate.write({name: row[name] for name in row if name.startswith(start)})

    def _get_of_day(self, day):
        """The row of the half-year of a day; empty when there is none."""
        start = statutory.half_year_start(day)
        return self.search([("date_from", "=", start)], limit=1)

    @api.model
    def _get_current(self):
        """The row of the running half-year; empty when there is none."""
        return self._get_of_day(self.env.company._billing_today())

    def _billing_get_fault_remedy(self):
        """The rates, for those who may enter them."""
        if not self.has_access("write"):
            return False, False
        return self.env._("Enter the rate"), {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _cron_check_current(self):
        """Remind the managers when the rates of the running half-year are missing."""
        rate = self._get_current()
        if not rate:
            start = statutory.half_year_start(self.env.company._billing_today())
            rate = self.create({"date_from": start})
        if rate.state != "missing":
            return
        managers = self.env.ref("recurring_billing.recurring_billing_group_manager")
        told = rate.activity_search([_ACTIVITY]).user_id
        people = managers.all_user_ids.filtered(lambda user: not user.share) - told
        for user in people - self.env.ref("base.user_root"):
            rate.with_context(lang=user.lang).activity_schedule(
                _ACTIVITY, note=rate._get_missing_text(), user_id=user.id
            )

    def _get_missing_text(self):
        """What is missing, and what comes of it."""
        day = self.date_from or statutory.half_year_start(
            self.env.company._billing_today()
        )
        name = half_year_text(self.env, day)
        if self.ecb_source:
            return self.env._(
                "The legal interest rate of the %(half)s is missing: the lowest rate "
                "that terms may agree on is the last known one.",
                half=name,
            )
        last = self.env["billing.statutory.rate"].search(
            [("date_from", "<", day), ("ecb_source", "!=", False)], limit=1
        )
        if not last:
            return self.env._("Rate for the %(half)s is missing.", half=name)
        return self.env._(
            "Rate for the %(half)s is missing; invoices warn, interest stops on "
            "%(day)s.",
            half=name,
            day=format_date(self.env, statutory.half_year_end(last.date_from)),
        )

    @api.model
    def get_billing_headline(self, domain):
        """Whether the rates of the running half-year are known.

        :param list domain: of the list.
        :rtype: str
        """
        rate = self._get_current()
        if not rate or rate.state == "missing":
            return rate._get_missing_text()
        return self.env._(
            "The rates of the %(half)s are known.",
            half=half_year_text(self.env, rate.date_from),
        )


_ACTIVITY = "recurring_billing.mail_activity_rate_missing"


def half_year_text(env, day):
    """ "first half of 2026".

    :param datetime.date day: any day of it.
    """
    if day.month <= 6:
        return env._("first half of %(year)s", year=day.year)
    return env._("second half of %(year)s", year=day.year)
