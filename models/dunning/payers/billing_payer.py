from fractions import Fraction

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.payer import PayerClock

#: Lets the service write. A caller by RPC cannot send this very object along.
_MARK = object()

CLASSES = [
    ("prompt", "Prompt"),
    ("slow", "Slow"),
    ("risky", "Risky"),
    ("unknown", "Unknown"),
]
HABITS = [
    ("late", "Pays late"),
    ("on_the_day", "Pays on the day"),
    ("early", "Pays early"),
    ("unpaid", "Leaves invoices unpaid"),
    ("unknown", "Unknown"),
]


def payer_writer(records):
    """Records through which the service writes what it found of payers."""
    # Nobody has the right to write them, and only the service holds the mark.
    return records.sudo().with_context(billing_payer_writer=_MARK)


class BillingPayer(models.Model):
    """A customer's own clock in a company: when it usually pays, and its class.

    Read from its invoices by ``engine/payer.py``, once a day; nobody writes it.
    """

    _name = "billing.payer"
    _inherit = "billing.guarded"
    _description = "Payer"
    _order = "partner_id, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    payer_class = fields.Selection(CLASSES, string="Payer", readonly=True)
    habit = fields.Selection(HABITS, readonly=True)
    usual_days = fields.Integer(
        string="Usual delay",
        readonly=True,
        aggregator="avg",
        help="Half of the invoices are paid by so many days past the due date; "
        "negative: before it.",
    )
    has_span = fields.Boolean(readonly=True)
    low_days = fields.Integer(string="From", readonly=True, aggregator=None)
    high_days = fields.Integer(
        string="To",
        readonly=True,
        aggregator=None,
        help="Eight of ten payments to come are expected in this span of days past the "
        "due date.",
    )
    unpaid_days = fields.Integer(readonly=True, aggregator=None)
    invoice_count = fields.Integer(string="Invoices", readonly=True)
    open_count = fields.Integer(string="Still open", readonly=True)
    curve = fields.Json(readonly=True, help="Part unpaid after so many days.")
    as_of = fields.Date(string="Looked at on", readonly=True)
    sentence = fields.Char(string="Payment habit", compute="_compute_sentence")

    _payer_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "A customer has one payment habit in a company.",
    )

    def _check_writer(self):
        if self.env.context.get("billing_payer_writer") is not _MARK:
            raise UserError(
                self.env._(
                    "How a customer pays is read from its invoices, and written by "
                    "nobody. It is looked at again each day."
                )
            )

    @api.depends(
        "habit", "usual_days", "low_days", "high_days", "invoice_count", "open_count"
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for payer in self:
            payer.sentence = payer._get_sentence()

    def _get_sentence(self):
        """ "Pays 12 days after the due date; 8 times out of 10 between 9 and 16…" """
        self.ensure_one()
        counted = self._get_count_text()
        if self.habit in (False, "unknown"):
            return self.env._("Too few payments to say (%(count)s).", count=counted)
        if self.habit == "unpaid":
            return self.env._(
                "Half of the invoices were still unpaid %(days)s days after the due "
                "date (%(count)s).",
                days=self.unpaid_days,
                count=counted,
            )
        text = self._get_habit_text()
        if not self.has_span or self.low_days == self.high_days == self.usual_days:
            return f"{text} ({counted})."
        return self.env._(
            "%(habit)s; 8 times out of 10 %(span)s (%(count)s).",
            habit=text,
            span=self._get_span_text(),
            count=counted,
        )

    def _get_habit_text(self):
        days = abs(self.usual_days)
        if self.habit == "on_the_day":
            return self.env._("Pays on the due date")
        if self.habit == "early":
            if days == 1:
                return self.env._("Pays the day before the due date")
            return self.env._("Pays %(days)s days before the due date", days=days)
        if days == 1:
            return self.env._("Pays the day after the due date")
        return self.env._("Pays %(days)s days after the due date", days=days)

    def _get_span_text(self):
        low, high = self.low_days, self.high_days
        if low >= 0:
            return self.env._(
                "between %(low)s and %(high)s days after", low=low, high=high
            )
        if high <= 0:
            return self.env._(
                "between %(low)s and %(high)s days before", low=-low, high=-high
            )
        return self.env._(
            "between %(low)s days before and %(high)s after", low=-low, high=high
        )

    def _get_count_text(self):
        if self.invoice_count == 1:
            text = self.env._("1 invoice")
        else:
            text = self.env._("%(count)s invoices", count=self.invoice_count)
        if not self.open_count:
            return text
        return self.env._(
            "%(invoices)s, %(open)s still open", invoices=text, open=self.open_count
        )

    def _to_clock(self):
        """The record as the engine's value."""
        self.ensure_one()
        return PayerClock(
            class_=self.payer_class,
            count=self.invoice_count,
            open_count=self.open_count,
            usual=self.usual_days if self.habit not in ("unknown", "unpaid") else None,
            low=self.low_days if self.has_span else None,
            high=self.high_days if self.has_span else None,
            unpaid=self.unpaid_days if self.habit == "unpaid" else None,
            curve=tuple((days, Fraction(up, down)) for days, up, down in self.curve),
        )

    @api.model
    def _from_clock(self, clock: PayerClock):
        """The values of a record for what the engine found."""
        return {
            "payer_class": clock.class_,
            "habit": clock.habit,
            "usual_days": clock.usual or 0,
            "has_span": clock.low is not None,
            "low_days": clock.low or 0,
            "high_days": clock.high or 0,
            "unpaid_days": clock.unpaid or 0,
            "invoice_count": clock.count,
            "open_count": clock.open_count,
            "curve": [
                [days, left.numerator, left.denominator] for days, left in clock.curve
            ],
        }
