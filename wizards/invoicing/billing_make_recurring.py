from odoo import Command, api, fields, models
from odoo.tools.misc import format_date

from ...engine.errors import BillingError, CatchUpLimitExceeded
from ...engine.upcoming import upcoming
from ...models.plan.wording import amount_text, is_month, period_text


class BillingMakeRecurring(models.TransientModel):
    """Let a posted invoice go on as a subscription that invoices itself."""

    _name = "billing.make.recurring"
    _description = "Make an Invoice Recurring"
    _check_company_auto = True

    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", required=True, readonly=True
    )
    company_id = fields.Many2one(related="move_id.company_id")
    currency_id = fields.Many2one(related="move_id.currency_id")
    plan_id = fields.Many2one(
        comodel_name="billing.plan",
        compute="_compute_plan_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        check_company=True,
    )
    period_start = fields.Date(
        string="This invoice pays from",
        compute="_compute_period_start",
        store=True,
        readonly=False,
    )
    period_end = fields.Date(
        string="to",
        compute="_compute_period_end",
        store=True,
        readonly=False,
        help="Last day, included. The next invoice begins with the day after.",
    )
    line_ids = fields.One2many(
        comodel_name="billing.make.recurring.line",
        inverse_name="wizard_id",
        string="Lines to keep",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    has_remarks = fields.Boolean(compute="_compute_has_remarks")
    sentence = fields.Char(compute="_compute_sentence")

    @api.depends("move_id")
    def _compute_plan_id(self):
        """The plan the products are sold with, else the first monthly one."""
        for wizard in self:
            plans = self.env["billing.plan"]
            allowed = plans._check_company_domain(wizard.company_id)
            lines = wizard.move_id.invoice_line_ids
            usual = lines.product_id.billing_plan_id.filtered_domain(allowed)
            monthly = [*allowed, ("unit", "=", "month"), ("interval", "=", 1)]
            wizard.plan_id = (
                usual[:1]
                or plans.search(monthly, limit=1)
                or plans.search(allowed, limit=1)
            )

    @api.depends("plan_id")
    def _compute_period_start(self):
        for wizard in self._filter_dated():
            wizard.period_start = wizard._get_plan_period().start

    @api.depends("plan_id")
    def _compute_period_end(self):
        for wizard in self._filter_dated():
            wizard.period_end = wizard._get_plan_period().last

    @api.depends("move_id")
    def _compute_line_ids(self):
        """All product lines; what is sold as recurring is ticked, or else any service
        whose product the user may mark.
        """
        for wizard in self:
            sources = wizard.move_id.invoice_line_ids.filtered(
                lambda line: line.display_type == "product"
            )
            lines = self.env["billing.make.recurring.line"]
            for source in sources:
                lines += lines.new({"move_line_id": source.id})
            fit = lines.filtered("is_fit")
            marked = fit.filtered("product_id.billing_recurring")
            kept = marked or fit.filtered(lambda line: line._may_mark_product())
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {"move_line_id": line.move_line_id.id, "keep": line in kept}
                    )
                    for line in lines
                ),
            ]

    @api.depends("line_ids.remark")
    def _compute_has_remarks(self):
        for wizard in self:
            wizard.has_remarks = any(wizard.line_ids.mapped("remark"))

    def _filter_dated(self):
        return self.filtered(lambda wizard: wizard.plan_id and wizard.move_id)

    def _get_plan_period(self):
        """The period of the plan that an invoice of this date pays for."""
        return self.plan_id._get_period_invoiced_on(
            self.move_id.invoice_date, self._get_plan_partner()
        )

    def _get_plan_partner(self):
        """The customer, whose own billing day counts."""
        partner = self.move_id.commercial_partner_id
        return partner.with_company(self.company_id)

    # === What it says === #

    @api.depends(
        "plan_id",
        "period_start",
        "period_end",
        "line_ids.keep",
        "line_ids.quantity",
        "line_ids.price_unit",
        "line_ids.discount",
    )
    def _compute_sentence(self):
        for wizard in self:
            try:
                wizard.sentence = wizard._get_fault() or wizard._get_sentence()
            except BillingError:
                wizard.sentence = False

    def _get_sentence(self):
        """What the invoice pays for, and which one follows."""
        first, last = self.period_start, self.period_end
        if is_month(first, last):
            paid = self.env._(
                "This invoice pays for %(month)s.",
                month=period_text(self.env, first, last),
            )
        else:
            paid = self.env._(
                "This invoice pays from %(start)s to %(end)s.",
                start=format_date(self.env, first),
                end=format_date(self.env, last),
            )
        return f"{paid} {self._get_next_sentence()}"

    def _get_next_sentence(self):
        """When the next invoice comes, its amount before tax, and what is late."""
        today, plan = self.company_id._billing_today(), self.plan_id
        kept = self.line_ids.filtered("keep")
        coming = upcoming(
            [line._get_promise() for line in kept], as_of=today, form=plan.catch_up_form
        )
        try:
            following = next(coming, None)
        except CatchUpLimitExceeded:
            return self._get_late_sentence()
        if not following:
            return self.env._("None follows: the plan ends with its term.")
        sentence = self.env._(
            "The next one: %(date)s, %(amount)s excl. tax.",
            date=format_date(self.env, following.day),
            amount=amount_text(
                self.env,
                self._get_untaxed_amount(following.charges),
                self.currency_id,
            ),
        )
        if min(charge.scheduled for charge in following.charges) < today:
            return f"{sentence} {self._get_late_sentence()}"
        return sentence

    def _get_late_sentence(self):
        """What to do when later days were invoiced elsewhere."""
        return self.env._(
            "Days from %(date)s on are due already: if they were invoiced elsewhere, "
            "choose a later last day.",
            date=format_date(self.env, fields.Date.add(self.period_end, days=1)),
        )

    def _get_untaxed_amount(self, charges):
        """What charges come to without the taxes that their prices include."""
        lines = {line.move_line_id.id: line for line in self.line_ids}
        return self.env["billing.preview"]._sum_base_lines(
            self.company_id,
            self.currency_id,
            [lines[charge.line]._prepare_base_line(charge) for charge in charges],
        )[0]
