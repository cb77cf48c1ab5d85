from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """When the daily run starts, and whether it does."""

    _inherit = "res.config.settings"

    billing_hour = fields.Float(
        string="Start of the daily run",
        help="In the company's time zone; one run bills all companies.",
    )
    billing_schedule_is_on = fields.Boolean(compute="_compute_billing_schedule")
    billing_schedule_text = fields.Char(compute="_compute_billing_schedule")

    @api.depends("company_id")
    def _compute_billing_schedule(self):
        schedule = self.env["billing.schedule"]
        for settings in self:
            settings.billing_schedule_is_on = schedule._is_on()
            settings.billing_schedule_text = schedule._get_status_text()

    @api.model
    def get_values(self):
        # EXTENDS base_setup
        values = super().get_values()
        values["billing_hour"] = self.env["billing.schedule"]._get_hour()
        return values

    def set_values(self):
        # EXTENDS base_setup
        super().set_values()
        schedule = self.env["billing.schedule"]
        if schedule._may_change():
            schedule._set_hour(self.billing_hour, now=self.env.cr.now())

    def action_billing_switch_on(self):
        """Let the daily run start on its own again, and show the page anew."""
        self.env["billing.schedule"].action_switch_on()
        return {"type": "ir.actions.client", "tag": "reload"}
