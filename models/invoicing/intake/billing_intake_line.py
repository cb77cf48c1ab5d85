from odoo import fields, models


class BillingIntakeLine(models.Model):
    """A line of a contract to take over: a row of the file, or an old line.

    Plan, dates and billed-until are those of the contract unless the line has its own.
    """

    _name = "billing.intake.line"
    _description = "Line of a Contract to Take Over"
    _inherit = "billing.intake.faults"
    _order = "intake_id, sequence, id"
    _check_company_auto = True

    intake_id = fields.Many2one(
        comodel_name="billing.intake",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="intake_id.company_id", store=True)
    currency_id = fields.Many2one(related="intake_id.currency_id")
    sequence = fields.Integer(default=10)
    row_number = fields.Integer(string="Row", readonly=True, help="In the file.")
    raw = fields.Json(
        string="As written",
        readonly=True,
        help="The cells of the row, as they were written.",
    )
    display_type = fields.Selection(
        selection=[("line_section", "Section"), ("line_note", "Note")],
        string="Kind of text",
        readonly=True,
    )
    product_id = fields.Many2one(comodel_name="product.product", check_company=True)
    name = fields.Text(
        string="Description", help="On each invoice; empty: that of the product."
    )
    quantity = fields.Float(digits="Product Unit", default=1.0)
    product_uom_id = fields.Many2one(comodel_name="uom.uom", string="Unit")
    price_unit = fields.Float(string="Unit price", min_display_digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    analytic_distribution = fields.Json(readonly=True)
    plan_id = fields.Many2one(
        comodel_name="billing.plan", string="Own plan", check_company=True
    )
    start_date = fields.Date(string="Own start")
    end_date = fields.Date(string="Own end")
    billed_until = fields.Date(string="Own billed until")

    def _get_plan(self):
        self.ensure_one()
        return self.plan_id or self.intake_id.plan_id

    def _get_start(self):
        self.ensure_one()
        return self.start_date or self.intake_id.start_date

    def _get_end(self):
        """Last day of the line, included, or False."""
        self.ensure_one()
        return self.end_date or self.intake_id.end_date

    def _get_billed_until(self):
        self.ensure_one()
        return self.billed_until or self.intake_id.billed_until

    def _get_label(self):
        """How messages name the line."""
        self.ensure_one()
        name = (self.name or "").split("\n")[0]
        return self.product_id.display_name or name or str(self.row_number)

    def _prepare_order_line_vals(self):
        """The line of the subscription."""
        self.ensure_one()
        if self.display_type:
            return {
                "display_type": self.display_type,
                "name": self.name,
                "sequence": self.sequence,
            }
        vals = {
            "product_id": self.product_id.id,
            "sequence": self.sequence,
            "product_uom_qty": self.quantity,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "billing_plan_id": self.plan_id.id,
            "billing_start_date": self.start_date,
            "billing_end_date": self._get_end(),
            "billing_opened_until": self.billed_until,
        }
        for name in ("name", "analytic_distribution"):
            if self[name]:
                vals[name] = self[name]
        if self.product_uom_id:
            vals["product_uom_id"] = self.product_uom_id.id
        return vals
