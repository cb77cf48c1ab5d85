from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date


class BillingDunningSkip(models.TransientModel):
    """Until when nothing leaves for some customers, and why."""

    _name = "billing.dunning.skip"
    _description = "Skip a Reminder"

    action_ids = fields.Many2many(comodel_name="billing.dunning.action", required=True)
    choice = fields.Selection(
        selection=[
            ("tomorrow", "Tomorrow"),
            ("monday", "Next Monday"),
            ("day", "On a day"),
        ],
        string="Again",
        required=True,
        default="tomorrow",
    )
    day = fields.Date(string="On", compute="_compute_day", store=True, readonly=False)
    reason = fields.Char(required=True)

    @api.depends("choice")
    def _compute_day(self):
        today = self.env.company._billing_today()
        for wizard in self:
            if wizard.choice == "monday":
                wizard.day = today + timedelta(days=7 - today.weekday())
            elif wizard.choice == "tomorrow" or not wizard.day:
                wizard.day = today + timedelta(days=1)

    def action_skip(self):
        """Keep reminders of these customers back until the day."""
        self.ensure_one()
        actions = self.action_ids
        actions._check_officer()
        today = self.env.company._billing_today()
        if self.day <= today:
            raise UserError(
                self.env._(
                    "%(day)s is not later than today. Choose a later day.",
                    day=format_date(self.env, self.day),
                )
            )
        # What was planned is dropped as the hold takes effect.
        self.env["billing.dunning.hold"].create(
            [
                {
                    "company_id": company.id,
                    "partner_id": partner.id,
                    "since": today,
                    "until": self.day - timedelta(days=1),
                    "reason": self.reason,
                }
                for company, rows in actions.grouped("company_id").items()
                for partner in rows.partner_id
            ]
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
