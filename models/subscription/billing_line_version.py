from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...engine.periods import ONE_DAY
from ...engine.terms import LineVersion
from ..plan.numbers import as_decimal
from .guards import writes_promise


class BillingLineVersion(models.Model):
    """Quantity, price and discount of a subscription line from a day on.

    Written by the line's own methods only: they lock the order and tell the ledger.
    """

    _name = "billing.line.version"
    _description = "Subscription Line Version"
    _order = "sale_line_id, start_date desc, sequence desc"
    _rec_name = "start_date"

    sale_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Line",
        required=True,
        index=True,
        ondelete="cascade",
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", string="Subscription")
    product_id = fields.Many2one(related="sale_line_id.product_id", string="Product")
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="sale_line_id.currency_id", string="Currency")
    start_date = fields.Date(string="From", required=True, readonly=True)
    sequence = fields.Integer(
        required=True,
        default=0,
        readonly=True,
        help="Tells versions of the same day apart; the highest holds.",
    )
    quantity = fields.Float(digits="Product Unit", readonly=True)
    price_unit = fields.Float(
        string="Unit price", min_display_digits="Product Price", readonly=True
    )
    discount = fields.Float(string="Discount (%)", digits="Discount", readonly=True)
    reason = fields.Char(readonly=True)
    is_used = fields.Boolean(
        readonly=True,
        help="An entry of the ledger was computed with it: it never changes again.",
    )
    is_future = fields.Boolean(compute="_compute_is_future", string="To come")

    _line_day_unique = models.Constraint(
        "UNIQUE(sale_line_id, start_date, sequence)",
        "Two versions of a line on one day have different sequences.",
    )

    @api.depends("start_date")
    def _compute_is_future(self):
        for version in self:
            version.is_future = version.start_date > version.company_id._billing_today()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_writer()
        if set(vals) - {"is_used"} and any(self.mapped("is_used")):
            raise UserError(
                self.env._(
                    "This version was already invoiced and stays as it is. Add a new "
                    "version from the day on which the change holds."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_writer()

    def _as_value(self):
        """The version as the engine reads it.

        :rtype: LineVersion
        """
        self.ensure_one()
        return LineVersion(
            self.start_date,
            as_decimal(self.quantity),
            as_decimal(self.price_unit),
            as_decimal(self.discount),
            self.sequence,
        )

    def _get_change_text(self, before):
        """What it changes, with its reason unless a customer reads it.

        :param before: the version that held until then.
        """
        text = self.sale_line_id._get_billing_terms_text(
            before._as_value(), self._as_value()
        )
        if not self.reason or self.env.context.get("billing_for_customer"):
            return text
        return f"{text} ({self.reason})"

    def _get_sentence(self):
        """ "From 01/03/2027: Support: 42.00 € instead of 38.00 €." """
        self.ensure_one()
        line = self.sale_line_id
        before = line._get_billing_version_on(self.start_date - ONE_DAY)
        return self.env._(
            "From %(date)s: %(change)s.",
            date=format_date(self.env, self.start_date),
            change=self._get_change_text(before),
        )

    def _check_writer(self):
        if not writes_promise(self.env):
            raise UserError(
                self.env._(
                    "Versions of a subscription line are not edited by hand. Use "
                    "Change on the subscription: it settles what was invoiced."
                )
            )
