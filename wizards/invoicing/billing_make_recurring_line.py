from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...engine.periods import ONE_DAY
from ...engine.promise import opening_entry
from ...engine.terms import LineVersion
from ...models.invoicing.ledger.billing_invoicing_doors import charged_on
from ...models.plan.numbers import as_decimal


class BillingMakeRecurringLine(models.TransientModel):
    """A line of an invoice that may go on as a subscription line."""

    _name = "billing.make.recurring.line"
    _description = "Invoice Line Made Recurring"

    wizard_id = fields.Many2one(
        "billing.make.recurring", required=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one(
        "account.move.line", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="move_line_id.currency_id")
    product_id = fields.Many2one(related="move_line_id.product_id")
    label = fields.Char(string="Line", compute="_compute_label")
    keep = fields.Boolean()
    name = fields.Text(
        string="Description",
        compute="_compute_terms",
        store=True,
        readonly=False,
        help="On each invoice, above the days that it pays for.",
    )
    quantity = fields.Float(
        digits="Product Unit", compute="_compute_terms", store=True, readonly=False
    )
    price_unit = fields.Float(
        string="Unit price",
        min_display_digits="Product Price",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    discount = fields.Float(
        string="Discount (%)",
        digits="Discount",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    rhythm = fields.Char(compute="_compute_rhythm")
    is_fit = fields.Boolean(compute="_compute_remark")
    remark = fields.Text(compute="_compute_remark")

    @api.depends("move_line_id")
    def _compute_label(self):
        for line in self:
            source = line.move_line_id
            line.label = (
                source.product_id.display_name
                or (source.name or "").split("\n")[0]
                or self.env._("No name")
            )

    @api.depends("move_line_id")
    def _compute_terms(self):
        for line in self:
            source = line.move_line_id
            line.name = source.name
            line.quantity = source.quantity
            line.price_unit = source.price_unit
            line.discount = source.discount

    @api.depends_context("lang")
    @api.depends("keep", "wizard_id.plan_id")
    def _compute_rhythm(self):
        for line in self:
            plan = line.wizard_id.plan_id
            line.rhythm = plan._get_rhythm_text() if line.keep and plan else False

    @api.depends_context("uid")
    @api.depends("move_line_id")
    def _compute_remark(self):
        for line in self:
            obstacle = line._get_obstacle()
            line.is_fit = not obstacle
            line.remark = obstacle
            if obstacle or line.product_id.billing_recurring:
                continue
            line.remark = (
                self.env._("becomes recurring: sold with a plan only")
                if line._may_mark_product()
                else self.env._("not a recurring product")
            )

    def _get_obstacle(self):
        """What keeps the invoice line from recurring, in a few words, or False."""
        self.ensure_one()
        source = self.move_line_id
        if not source.product_id:
            return self.env._("no product")
        if source.product_id.type != "service":
            return self.env._("goods are delivered once")
        if source.is_downpayment:
            return self.env._("a down payment is asked for once")
        if source.price_subtotal < 0:
            return self.env._("a deduction: give a discount on the lines kept")
        return False

    def _may_mark_product(self):
        """Whether the user may say on the product that it is recurring."""
        self.ensure_one()
        return self.product_id.product_tmpl_id.has_access("write")

    def _check_fit(self):
        """Refuse kept lines that cannot recur, naming line, fact and remedy."""
        for line in self:
            obstacle = line._get_obstacle()
            if obstacle:
                raise UserError(
                    self.env._(
                        "Line '%(line)s' cannot recur: %(fact)s. Untick it.",
                        line=line.label,
                        fact=obstacle,
                    )
                )
            if not line.product_id.billing_recurring and not line._may_mark_product():
                raise UserError(
                    self.env._(
                        "Line '%(line)s' would be invoiced once: its product is not "
                        "recurring. Have Recurring ticked on the product by someone "
                        "who may change it, or untick the line.",
                        line=line.label,
                    )
                )

    def _mark_products(self):
        """Say on the products of kept lines that they are recurring."""
        products = self.product_id.product_tmpl_id
        products.filtered(
            lambda product: not product.billing_recurring
        ).billing_recurring = True

    # === What it promises, as the engine reads it === #

    def _get_promise(self):
        """What the line promises, and the opening that its invoice line stands for.

        :return: ``(LineTerms, [BilledEntry])``.
        """
        self.ensure_one()
        wizard, plan = self.wizard_id, self.wizard_id.plan_id
        start = wizard.period_start
        last = None if plan.tacit_renewal else plan._get_term_end(start)
        terms = plan._get_terms(
            self.move_line_id.id,
            LineVersion(
                start,
                as_decimal(self.quantity),
                as_decimal(self.price_unit),
                as_decimal(self.discount),
            ),
            partner=wizard._get_plan_partner(),
            end=last and last + ONE_DAY,
            step=as_decimal(self.currency_id.rounding),
        )
        charged = charged_on(self.move_line_id)
        return terms, [opening_entry(terms, wizard.period_end, charged=charged)]

    def _prepare_base_line(self, charge):
        """A charge as core's tax computation takes it: taxes as on the invoice."""
        self.ensure_one()
        source = self.move_line_id
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            source,
            price_unit=float(charge.price),
            quantity=float(charge.quantity),
            discount=float(charge.discount),
        )

    # === Apply === #

    def _prepare_order_line_vals(self):
        """The subscription line: what the invoice line says, and the link to it."""
        self.ensure_one()
        source = self.move_line_id
        return {
            "product_id": source.product_id.id,
            **({"name": self.name} if self.name else {}),
            "sequence": source.sequence,
            "product_uom_id": source.product_uom_id.id,
            "product_uom_qty": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(source.tax_ids.ids)],
            "analytic_distribution": source.analytic_distribution,
            "invoice_lines": [Command.link(source.id)],
        }
