from odoo import api, fields, models


class BillingSubscriptionPause(models.TransientModel):
    """Pause a running subscription, or resume it."""

    _name = "billing.subscription.pause"
    _description = "Pause or Resume a Subscription"

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Subscription", required=True, readonly=True
    )
    operation = fields.Selection(
        selection=[("pause", "Pause"), ("resume", "Resume")],
        string="What",
        required=True,
        default="pause",
    )
    start_date = fields.Date(
        string="From", required=True, help="First paused day, or first day of service."
    )
    end_date = fields.Date(
        string="Until", help="Last paused day; empty while it is not known."
    )
    reason = fields.Char()

    @api.model
    def default_get(self, fields_list):
        vals = super().default_get(fields_list)
        order = self.env["sale.order"].browse(
            vals.get("order_id") or self.env.context.get("active_id")
        )
        vals.setdefault("order_id", order.id)
        vals.setdefault(
            "start_date", (order.company_id or self.env.company)._billing_today()
        )
        return vals

    def action_apply(self):
        """Apply; the next run settles what was invoiced."""
        self.ensure_one()
        if self.operation == "pause":
            self.order_id._billing_pause(self.start_date, self.end_date, self.reason)
        else:
            self.order_id._billing_resume(self.start_date)
        return {"type": "ir.actions.act_window_close"}
