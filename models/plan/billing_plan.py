from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.errors import InvalidRule
from ...engine.recurrence import RecurrenceRule
from ...engine.terms import LineTerms

UNITS = [("day", "Days"), ("week", "Weeks"), ("month", "Months"), ("year", "Years")]
TIMINGS = [("in_advance", "In advance"), ("in_arrears", "In arrears")]
BASES = [
    ("actual", "Actual days of the period"),
    ("30_360", "Months of 30 days (30/360)"),
    ("actual_30", "Actual days out of 30"),
    ("none", "No proration: any part is a full period"),
]
FIRST_PERIODS = [
    ("prorate", "Pay its days"),
    ("full", "Pay it in full"),
    ("free", "Free"),
    ("merged", "Pay its days with the next period"),
]
SETTLEMENTS = [("next_invoice", "With the next invoice"), ("at_once", "At once")]


class BillingPlan(models.Model):
    """An offer's rhythm and rules.

    The plan of the order decides all that concerns the document; the plan of a line
    decides rhythm, timing, alignment, lead days, proration, first period and how a
    change inside a period is settled.
    """

    _name = "billing.plan"
    _description = "Billing Plan"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Empty: shared by all companies.",
    )

    # When
    unit = fields.Selection(UNITS, required=True, default="month")
    interval = fields.Integer(
        string="Every", required=True, default=1, help="Units a billing period lasts."
    )
    timing = fields.Selection(TIMINGS, required=True, default="in_advance")
    lead_days = fields.Integer(
        string="Days ahead",
        help="Days before that moment on which the invoice is made; a negative number "
        "is days after. In arrears, at most 1: the last day of the period.",
    )
    alignment = fields.Selection(
        selection=[
            ("anniversary", "The day the subscription starts"),
            ("calendar", "A day of the calendar"),
        ],
        required=True,
        default="anniversary",
    )
    billing_day = fields.Integer(
        string="Day of the month",
        default=1,
        help="1 to 31; 31 is always the last day of the month.",
    )
    billing_weekday = fields.Selection(
        selection=[
            ("1", "Monday"),
            ("2", "Tuesday"),
            ("3", "Wednesday"),
            ("4", "Thursday"),
            ("5", "Friday"),
            ("6", "Saturday"),
            ("7", "Sunday"),
        ],
        string="Day of the week",
        default="1",
    )
    billing_month = fields.Selection(
        selection=[
            ("1", "January"),
            ("2", "February"),
            ("3", "March"),
            ("4", "April"),
            ("5", "May"),
            ("6", "June"),
            ("7", "July"),
            ("8", "August"),
            ("9", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        string="Counted from",
        default="1",
        help="The month from which periods of several months are counted: January "
        "gives calendar quarters and years.",
    )
    first_period = fields.Selection(
        FIRST_PERIODS,
        required=True,
        default="prorate",
        help="What the days before the first calendar boundary cost.",
    )

    # How much, and how
    proration_basis = fields.Selection(
        BASES, string="Proration", required=True, default="actual"
    )
    upgrade = fields.Selection(
        SETTLEMENTS,
        string="A rise is settled",
        required=True,
        default="next_invoice",
        help="When more becomes due inside a period that is already invoiced.",
    )
    downgrade = fields.Selection(
        SETTLEMENTS,
        string="A fall is settled",
        required=True,
        default="next_invoice",
        help="When less becomes due inside a period that is already invoiced.",
    )
    extend_on_pause = fields.Boolean(
        string="Pauses move the end",
        help="Paused days that were paid are not credited: the end of a fixed term "
        "moves by as many days.",
    )
    credit_policy = fields.Selection(
        selection=[
            ("credit_note", "A credit note at once"),
            ("carry_over", "Deducted from a later invoice"),
        ],
        string="More credit than charges",
        required=True,
        default="credit_note",
    )
    catch_up_form = fields.Selection(
        selection=[
            ("per_period", "One invoice per period"),
            ("one_document", "One invoice, one line per period"),
        ],
        string="Missed periods",
        required=True,
        default="per_period",
    )
    catch_up_limit = fields.Integer(
        string="Missed periods, at most",
        required=True,
        default=12,
        help="Periods of a line that one run may bill; beyond, it waits for a person.",
    )
    grouping = fields.Selection(
        selection=[
            ("together", "With the customer's other subscriptions"),
            ("apart", "Alone"),
        ],
        required=True,
        default="together",
    )
    posting = fields.Selection(
        selection=[("post", "Post"), ("draft", "Leave as draft")],
        string="Invoices",
        required=True,
        default="post",
    )
    locked_period = fields.Selection(
        selection=[
            ("first_open", "Book on the first open day"),
            ("park", "Set aside"),
        ],
        string="Closed period",
        required=True,
        default="first_open",
        help="When the day of the document lies in a period that accounting closed.",
    )
    zero_invoice = fields.Boolean(
        string="Invoices of zero",
        help="Make an invoice even when all its lines are free.",
    )
    bill_delivered = fields.Boolean(
        string="Delivered lines too",
        default=True,
        help="Add what was delivered meanwhile (time, expenses) to each invoice.",
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Sales journal",
        company_dependent=True,
        domain="[('type', '=', 'sale')]",
        help="Empty: the company's own.",
    )

    # Term
    term_length = fields.Integer(
        string="Term", help="Length of the contract; 0 for no fixed term."
    )
    term_unit = fields.Selection(
        selection=[("month", "Months"), ("year", "Years")],
        string="Unit of the term",
        required=True,
        default="year",
    )
    tacit_renewal = fields.Boolean(
        default=True,
        help="The contract goes on after its term unless it is closed. Otherwise it "
        "ends with its term.",
    )
    notice_days = fields.Integer(
        string="Notice", help="Days before the end of the term, to close in time."
    )

    _interval_positive = models.Constraint(
        "CHECK(interval > 0)", "A rhythm has at least one unit."
    )
    _catch_up_positive = models.Constraint(
        "CHECK(catch_up_limit > 0)", "A run bills at least one period."
    )
    _lead_days_arrears = models.Constraint(
        "CHECK(timing = 'in_advance' OR lead_days <= 1)",
        "In arrears, the earliest day is the last one of the period: at most 1 day "
        "ahead.",
    )
    _term_positive = models.Constraint(
        "CHECK(term_length >= 0 AND notice_days >= 0)",
        "A term and its notice are not negative.",
    )

    @api.constrains("unit", "alignment", "billing_day", "interval")
    def _check_rule(self):
        for plan in self:
            try:
                plan._get_rule(fields.Date.to_date("2024-02-29"))
            except InvalidRule as error:
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s describes no calendar: choose a day of the "
                        "month from 1 to 31 and an interval of at least 1.",
                        plan=plan.name,
                    )
                ) from error

    def _get_rule(self, anchor, partner=None):
        """The grid of this plan for a subscription anchored on ``anchor``.

        :param datetime.date anchor: the day the subscription starts.
        :param partner: a ``res.partner`` whose own billing day wins over the plan's,
            for rhythms in months and years.
        :rtype: RecurrenceRule
        """
        self.ensure_one()
        monthly = self.unit in ("month", "year")
        own_day = (partner.billing_day or None) if partner and monthly else None
        day = month = None
        if self.alignment == "calendar":
            if monthly:
                day, month = self.billing_day, int(self.billing_month or 1)
            elif self.unit == "week":
                day = int(self.billing_weekday or 1)
        if own_day and day is None:
            # An anniversary keeps its own month, only the day is the customer's.
            month = anchor.month
        return RecurrenceRule(self.unit, self.interval, anchor, own_day or day, month)

    def _get_terms(self, line, version, *, partner=None, **values):
        """What this plan promises to one who buys ``version`` from its first day on.

        :param line: identifies the line in what the engine answers.
        :param LineVersion version: quantity, price and discount.
        :param partner: a ``res.partner`` whose own billing day counts.
        :param values: further values of the terms (``end``, ``step``), or others than
            the plan's own (``catch_up_limit``).
        :rtype: LineTerms
        """
        self.ensure_one()
        return LineTerms(
            line=line,
            rule=self._get_rule(version.start, partner),
            start=version.start,
            timing=self.timing,
            lead_days=self.lead_days,
            basis=self.proration_basis or "actual",
            first_period=self.first_period or "prorate",
            versions=(version,),
            extend_on_pause=self.extend_on_pause,
            upgrade=self.upgrade or "next_invoice",
            downgrade=self.downgrade or "next_invoice",
            **{"catch_up_limit": self.catch_up_limit, **values},
        )

    def _get_term_end(self, start):
        """Last day of the first term of a contract from ``start``, None without one."""
        self.ensure_one()
        if not self.term_length:
            return None
        return RecurrenceRule(self.term_unit, self.term_length, start).period(0).last

    def _get_period_invoiced_on(self, day, partner=None):
        """The billing period that an invoice of ``day`` pays for.

        In advance the period that begins by then, in arrears the one that is over;
        an anniversary begins, or ends, with that very day.

        :param partner: a ``res.partner`` whose own billing day counts.
        :rtype: Period
        """
        self.ensure_one()
        moment = fields.Date.add(day, days=self.lead_days)
        rule = self._get_rule(moment, partner)
        return rule.period(rule.index_of(moment) - (self.timing == "in_arrears"))
