from odoo import fields, models


class BillingDunningCall(models.TransientModel):
    """What the customer said on the phone."""

    _name = "billing.dunning.call"
    _description = "Result of a Call"

    action_id = fields.Many2one(comodel_name="billing.dunning.action", required=True)
    partner_id = fields.Many2one(related="action_id.partner_id", related_sudo=False)
    phone = fields.Char(related="action_id.phone", related_sudo=False)
    script = fields.Html(related="action_id.preview", related_sudo=False)
    result = fields.Selection(
        selection=[
            ("will_pay", "Will pay, no date"),
            ("promise", "Promise…"),
            ("dispute", "Dispute…"),
            ("no_answer", "No answer: again tomorrow"),
            ("other", "Other"),
        ],
        required=True,
        default="will_pay",
    )
    note = fields.Text(string="What was said")

    def action_save(self):
        """Note the call; a promise or a dispute is entered next."""
        self.ensure_one()
        action = self.action_id
        action._check_officer()
        if self.result != "no_answer" and not action._filter_due():
            return action._tell_not_sent(0)
        action._log_call(self.result, self.note)
        if self.result == "promise":
            return action.case_id.action_promise()
        if self.result == "dispute":
            return action.case_id.action_dispute()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
