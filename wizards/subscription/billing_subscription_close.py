from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingSubscriptionClose(models.TransientModel):
    """Close a running subscription on a day, with a reason."""

    _name = "billing.subscription.close"
    _description = "Close a Subscription"

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", required=True, readonly=True
    )
    when = fields.Selection(
        selection=[
            ("today", "Today"),
            ("period", "End of what is billed"),
            ("term", "End of the term"),
            ("date", "Another date"),
        ],
        required=True,
        default="period",
    )
    last_day = fields.Date(
        compute="_compute_last_day", store=True, readonly=False, required=True
    )
    reason_id = fields.Many2one(comodel_name="billing.close.reason", required=True)
    note = fields.Text()

    @api.model
    def default_get(self, fields_list):
        vals = super().default_get(fields_list)
        vals.setdefault("order_id", self.env.context.get("active_id"))
        return vals

    @api.depends("when", "order_id")
    def _compute_last_day(self):
        for wizard in self:
            order = wizard.order_id
            today = order.company_id._billing_today()
            wizard.last_day = {
                "today": today,
                "period": order.billing_until_date or today,
                "term": order.billing_term_end_date or today,
            }.get(wizard.when, wizard.last_day or today)

    def action_apply(self):
        """Close; what was paid and is not served is credited."""
        self.ensure_one()
        if self.when == "term" and not self.order_id.billing_term_end_date:
            raise UserError(
                self.env._(
                    "%(order)s has no fixed term. Choose another day.",
                    order=self.order_id.name,
                )
            )
        self.order_id._billing_close(self.last_day, self.reason_id)
        if self.note:
            self.order_id.message_post(body=self.note)
        return {"type": "ir.actions.act_window_close"}
