from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    billing_dunning_on = fields.Boolean(related="company_id.billing_dunning_on")
    billing_dunning_daily_limit = fields.Integer(
        related="company_id.billing_dunning_daily_limit", readonly=False
    )
    billing_bank_days = fields.Integer(
        related="company_id.billing_bank_days", readonly=False
    )
    billing_dunning_text = fields.Char(compute="_compute_billing_dunning_text")

    @api.depends("company_id")
    def _compute_billing_dunning_text(self):
        for settings in self:
            service = self.env["billing.dunning"].with_company(settings.company_id)
            settings.billing_dunning_text = service._get_alert_text() or self.env._(
                "Reminders leave."
            )

    def action_billing_dunning_start(self):
        """The page that switches reminders on."""
        return self.env["billing.dunning"].action_open_start()

    def action_billing_dunning_stop(self):
        """Let nothing leave any more."""
        self.env["billing.dunning"].action_switch_off()
        return {"type": "ir.actions.client", "tag": "reload"}
