from odoo import api, fields, models
from odoo.exceptions import UserError

from .guards import writes_promise


class BillingPause(models.Model):
    """Days of a subscription that are not promised, hence not invoiced."""

    _name = "billing.pause"
    _description = "Subscription Pause"
    _order = "order_id, start_date desc, id desc"
    _rec_name = "start_date"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Subscription",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    start_date = fields.Date(string="From", required=True, readonly=True)
    end_date = fields.Date(
        string="Until", readonly=True, help="Last paused day; empty: not known yet."
    )
    reason = fields.Char(readonly=True)

    _dates_ordered = models.Constraint(
        "CHECK(end_date IS NULL OR end_date >= start_date)",
        "A pause ends after it begins.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writer()
        return super().create(vals_list)

    def write(self, vals):
        self._check_writer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_writer(self):
        self._check_writer()

    def _check_writer(self):
        if not writes_promise(self.env):
            raise UserError(
                self.env._(
                    "Pauses are not edited by hand. Use Pause or Resume on the "
                    "subscription: it settles what was invoiced."
                )
            )
