from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.errors import BillingError
from ...engine.periods import ONE_DAY
from ...engine.recurrence import RecurrenceRule
from ...engine.terms import LineTerms, LineVersion, Pause
from ..plan.billing_plan import BASES, FIRST_PERIODS, TIMINGS, UNITS
from ..plan.numbers import as_decimal
from ..plan.wording import rhythm_text
from .guards import changes, promise_writer, writes_promise

MIRROR = ("product_uom_qty", "price_unit", "discount")
#: Fixed from the first entry on: another grid is another line.
GRID = (
    "billing_unit",
    "billing_interval",
    "billing_anchor_date",
    "billing_day",
    "billing_month",
    "billing_timing",
    "billing_lead_days",
    "billing_basis",
    "billing_first_period",
)
#: Derived from promise and ledger by the invoicing service.
LEDGER_CACHE = ("billing_next_date", "billing_until_date", "billing_settled_until")
PROMISE = (
    *MIRROR,
    *GRID,
    "product_id",
    "product_uom_id",
    "billing_plan_id",
    "billing_start_date",
    "billing_end_date",
    *LEDGER_CACHE,
)


class SaleOrderLine(models.Model):
    """A subscription line: a promise over time, on one grid, in versions."""

    _inherit = "sale.order.line"

    billing_recurring = fields.Boolean(
        string="Recurring", compute="_compute_billing_recurring", store=True
    )
    billing_plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Own plan",
        check_company=True,
        help="Rhythm, timing and proration of this line when they differ from the "
        "order's plan.",
    )
    billing_start_date = fields.Date(
        string="Start", copy=False, help="First day; empty: the order's start."
    )
    billing_end_date = fields.Date(
        string="End", copy=False, help="Last day; empty: the order's end."
    )
    billing_unit = fields.Selection(UNITS, copy=False, readonly=True)
    billing_interval = fields.Integer(copy=False, readonly=True)
    billing_anchor_date = fields.Date(string="Anchor", copy=False, readonly=True)
    billing_day = fields.Integer(copy=False, readonly=True)
    billing_month = fields.Integer(copy=False, readonly=True)
    billing_timing = fields.Selection(TIMINGS, copy=False, readonly=True)
    billing_lead_days = fields.Integer(copy=False, readonly=True)
    billing_basis = fields.Selection(BASES, copy=False, readonly=True)
    billing_first_period = fields.Selection(FIRST_PERIODS, copy=False, readonly=True)
    billing_version_ids = fields.One2many(
        comodel_name="billing.line.version",
        inverse_name="sale_line_id",
        string="Versions",
        copy=False,
    )
    billing_previous_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Takes over from",
        copy=False,
        index="btree_not_null",
        help="The line this one continues on another rhythm.",
    )
    billing_root_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="First line of the chain",
        copy=False,
        index="btree_not_null",
    )
    billing_next_date = fields.Date(string="Next date", copy=False, readonly=True)
    billing_until_date = fields.Date(string="Billed until", copy=False, readonly=True)
    billing_settled_until = fields.Date(
        copy=False,
        readonly=True,
        help="Promise and ledger agree before this day: a run looks at the rest.",
    )
    billing_rhythm = fields.Char(string="Rhythm", compute="_compute_billing_rhythm")

    @api.depends("product_id", "billing_plan_id", "order_id.billing_plan_id")
    def _compute_billing_recurring(self):
        for line in self:
            line.billing_recurring = bool(
                line.product_id.billing_recurring
                and not line.display_type
                and not line.is_downpayment
                and line._get_billing_plan()
            )

    @api.depends_context("lang")
    @api.depends(
        "billing_recurring",
        "billing_plan_id",
        "order_id.billing_plan_id",
        "display_type",
    )
    def _compute_billing_rhythm(self):
        for line in self:
            if line.display_type or not line.order_id.billing_plan_id:
                line.billing_rhythm = False
            elif line.billing_recurring:
                line.billing_rhythm = rhythm_text(self.env, *line._get_billing_rhythm())
            else:
                line.billing_rhythm = self.env._("once")

    # === CORE: what a running line keeps to itself === #

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(
            lambda line: line.billing_recurring and line.state == "sale"
        )._billing_join_running_order()
        return lines

    def write(self, vals):
        """The promise of a running line changes through its versions only."""
        if not writes_promise(self.env):
            for line in self.filtered("billing_anchor_date"):
                if changes(line, vals, PROMISE):
                    raise UserError(
                        self.env._(
                            "%(order)s, %(line)s: the terms of a running subscription "
                            "are not overwritten. Use Change on the subscription: it "
                            "keeps the old terms for the days they held.",
                            order=line.order_id.name,
                            line=line.product_id.display_name,
                        )
                    )
        return super().write(vals)

    def _get_protected_fields(self):
        # EXTENDS sale: a locked order still moves on to its next version.
        names = super()._get_protected_fields()
        if writes_promise(self.env):
            return [name for name in names if name not in MIRROR]
        return names

    def _update_line_quantity(self, values):
        # EXTENDS sale: a version that begins is no event for the chatter.
        return (
            None if writes_promise(self.env) else super()._update_line_quantity(values)
        )

    def _compute_price_unit(self):
        # EXTENDS sale: a running line has the price of its version.
        running = self.filtered("billing_anchor_date")
        return super(SaleOrderLine, self - running)._compute_price_unit()

    def _compute_discount(self):
        # EXTENDS sale: a running line has the discount of its version.
        running = self.filtered("billing_anchor_date")
        return super(SaleOrderLine, self - running)._compute_discount()

    # === The promise, as the engine reads it === #

    def _get_billing_plan(self):
        self.ensure_one()
        return self.billing_plan_id or self.order_id.billing_plan_id

    def _get_billing_rhythm(self):
        """Unit and interval of the billing period: fixed once the line runs."""
        self.ensure_one()
        if self.billing_unit:
            return self.billing_unit, self.billing_interval
        plan = self._get_billing_plan()
        return plan.unit, plan.interval

    def _is_billing_in_force(self, day=None):
        """Whether the line runs, or will when its quotation is confirmed.

        :param datetime.date day: empty: today.
        """
        self.ensure_one()
        day = day or self.company_id._billing_today()
        if not self.billing_anchor_date:
            return True
        return self.billing_start_date <= day and (
            not self.billing_end_date or self.billing_end_date >= day
        )

    def _get_billing_rule(self, start=None):
        """The grid of this line: the stored one, or for a quote the plan's.

        :param datetime.date start: first day, for a line that is not running.
        :rtype: RecurrenceRule
        """
        self.ensure_one()
        if not self.billing_anchor_date:
            return self._get_billing_plan()._get_rule(
                start, self._get_billing_customer()
            )
        return RecurrenceRule(
            self.billing_unit,
            self.billing_interval,
            self.billing_anchor_date,
            self.billing_day or None,
            self.billing_month or None,
        )

    def _get_billing_end(self):
        """First day after the line's promise, or None: it cannot outlive its order."""
        self.ensure_one()
        ends = [self.billing_end_date, self.order_id.billing_end_date]
        return min((end + ONE_DAY for end in ends if end), default=None)

    def _get_billing_terms(self):
        """The promise of running lines.

        :return: ``{line id: LineTerms}``.
        :raises BillingError: when a line promises nothing definite.
        """
        read = self._get_billing_terms_reader()
        return {line.id: read(line) for line in self}

    def _get_billing_terms_reader(self):
        """A function that gives the promise of one of these running lines.

        Versions and pauses are read once for all; a line whose promise is not definite
        raises when it is asked for, and spoils none of the others.

        :return: ``line -> LineTerms``, raising BillingError.
        """
        versions, pauses = self._get_billing_versions(), self._get_billing_pauses()
        return lambda line: line._prepare_billing_terms(
            versions.get(line.id, ()), pauses.get(line.order_id.id, ())
        )

    def _prepare_billing_terms(self, versions, pauses):
        """The promise of a running line: its own grid, its plan's policies."""
        self.ensure_one()
        plan = self._get_billing_plan()
        return LineTerms(
            line=self.id,
            rule=self._get_billing_rule(),
            start=self.billing_start_date,
            end=self._get_billing_end(),
            timing=self.billing_timing,
            lead_days=self.billing_lead_days,
            basis=self.billing_basis,
            first_period=self.billing_first_period,
            step=as_decimal(self.order_id.currency_id.rounding),
            versions=tuple(versions),
            pauses=tuple(pauses),
            extend_on_pause=plan.extend_on_pause,
            upgrade=plan.upgrade,
            downgrade=plan.downgrade,
            catch_up_limit=self.order_id.billing_plan_id.catch_up_limit,
        )

    def _get_billing_quote_terms(self):
        """The promise of a line that is not confirmed yet, as a version from its start.

        :rtype: LineTerms
        """
        self.ensure_one()
        return self._get_billing_plan()._get_terms(
            self.id,
            self._as_billing_version(self._get_billing_line_start()),
            partner=self._get_billing_customer(),
            end=self._get_billing_end(),
            step=as_decimal(self.order_id.currency_id.rounding),
            catch_up_limit=self.order_id.billing_plan_id.catch_up_limit,
        )

    def _get_billing_customer(self):
        """The customer as the line's company knows it: the own billing day counts."""
        self.ensure_one()
        customer = self.order_id.partner_id.commercial_partner_id
        return customer.with_company(self.company_id)

    def _get_billing_line_start(self):
        """First day of the line; a line added to a running order starts today."""
        self.ensure_one()
        if self.billing_start_date:
            return self.billing_start_date
        start = self.order_id._get_billing_start()
        if self.order_id.billing_anchor_date:
            return max(start, self.company_id._billing_today())
        return start

    def _as_billing_version(self, start, sequence=0):
        """What the line says now, as a version of the engine."""
        self.ensure_one()
        return LineVersion(
            start,
            as_decimal(self.product_uom_qty),
            as_decimal(self.price_unit),
            as_decimal(self.discount),
            sequence,
        )

    def _get_billing_versions(self):
        """``{line id: [LineVersion]}``, one query for all lines."""
        found = {}
        records = self.env["billing.line.version"].search_fetch(
            [("sale_line_id", "in", self.ids)],
            [
                "sale_line_id",
                "start_date",
                "quantity",
                "price_unit",
                "discount",
                "sequence",
            ],
        )
        for version in records:
            found.setdefault(version.sale_line_id.id, []).append(version._as_value())
        return found

    def _get_billing_pauses(self):
        """``{order id: [Pause]}``, one query for all orders."""
        found = {}
        records = self.env["billing.pause"].search_fetch(
            [("order_id", "in", self.order_id.ids)],
            ["order_id", "start_date", "end_date"],
        )
        for pause in records:
            end = pause.end_date and pause.end_date + ONE_DAY
            found.setdefault(pause.order_id.id, []).append(
                Pause(pause.start_date, end or None)
            )
        return found

    # === Starting === #

    def _billing_start_lines(self):
        """Fix the grid of confirmed lines and open their first version."""
        for line in self:
            start = line._get_billing_line_start()
            plan, rule = line._get_billing_plan(), line._get_billing_rule(start)
            promise_writer(line).write(
                {
                    "billing_start_date": start,
                    "billing_unit": rule.unit,
                    "billing_interval": rule.interval,
                    "billing_anchor_date": rule.anchor,
                    "billing_day": rule.billing_day or 0,
                    "billing_month": rule.billing_month or 0,
                    "billing_timing": plan.timing,
                    "billing_lead_days": plan.lead_days,
                    "billing_basis": plan.proration_basis,
                    "billing_first_period": plan.first_period,
                    "billing_root_line_id": line.billing_root_line_id.id or line.id,
                }
            )
        promise_writer(self.env["billing.line.version"]).create(
            [
                line._prepare_billing_version_vals(line.billing_start_date)
                for line in self
            ]
        )

    def _billing_forget_start(self, order_start):
        """Make running lines of a cancelled order lines of a quotation again.

        :param datetime.date order_start: lines that start with the order follow it.
        """
        lines = promise_writer(self)
        lines.billing_version_ids.unlink()
        lines.filtered(
            lambda line: line.billing_start_date == order_start
        ).billing_start_date = False
        lines.write(dict.fromkeys((*GRID, *LEDGER_CACHE), False))

    def _prepare_billing_version_vals(self, start, **changes):
        self.ensure_one()
        return {
            "sale_line_id": self.id,
            "company_id": self.company_id.id,
            "start_date": start,
            "quantity": self.product_uom_qty,
            "price_unit": self.price_unit,
            "discount": self.discount,
            **changes,
        }

    def _billing_join_running_order(self):
        """A recurring line added to a confirmed order starts like the others."""
        if self:
            self.order_id._billing_lock()
            self._billing_start_lines()
            self.order_id._billing_promise_changed()

    def _check_billing_promise(self):
        """Refuse a quote line whose terms the engine cannot bill."""
        for line in self:
            try:
                line._get_billing_quote_terms()
            except BillingError as error:
                raise UserError(
                    self.env._(
                        "%(order)s, %(line)s: its dates and its plan do not fit "
                        "together. Check its start, its end and the plan's calendar.",
                        order=line.order_id.name,
                        line=line.product_id.display_name,
                    )
                ) from error
