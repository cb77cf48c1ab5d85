from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """What is sent by itself, and whether sending is on."""

    _inherit = "res.config.settings"

    billing_sending = fields.Selection(
        related="company_id.billing_sending", readonly=False
    )
    billing_answer_user_id = fields.Many2one(
        related="company_id.billing_answer_user_id", readonly=False
    )
    billing_sending_is_on = fields.Boolean(compute="_compute_billing_sending")
    billing_sending_text = fields.Char(compute="_compute_billing_sending")

    @api.depends("company_id")
    def _compute_billing_sending(self):
        sending = self.env["billing.sending"]
        for settings in self:
            settings.billing_sending_is_on = sending._is_on()
            settings.billing_sending_text = sending._get_status_text()

    def action_billing_sending_on(self):
        """Let documents leave again, and show the page anew."""
        self.env["billing.sending"].action_switch_on()
        return {"type": "ir.actions.client", "tag": "reload"}
