from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .states import CHANNELS, DAYS, GROUPINGS


class BillingPlan(models.Model):
    """How the documents of a plan reach customers, unless they want otherwise."""

    _inherit = "billing.plan"

    delivery_channel = fields.Selection(
        CHANNELS, string="Channel", required=True, default="email"
    )
    delivery_grouping = fields.Selection(
        GROUPINGS, string="Mails", required=True, default="each"
    )
    delivery_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language of the mail",
        help="Empty: the recipient's own.",
    )
    delivery_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Mail template",
        domain="[('model', '=', 'account.move')]",
        help="Empty: the one for invoices, or for credit notes.",
    )
    delivery_days = fields.Selection(
        DAYS, string="Sent on", required=True, default="all"
    )
    delivery_first_hour = fields.Float(
        string="Sent from", help="Hour of the company's day. Twice the same: all day."
    )
    delivery_last_hour = fields.Float(string="Sent until")

    @api.constrains("delivery_first_hour", "delivery_last_hour")
    def _check_delivery_hours(self):
        for plan in self:
            hours = (plan.delivery_first_hour, plan.delivery_last_hour)
            if not all(0 <= hour <= 24 for hour in hours):
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s: there is no such hour in a day. Choose hours "
                        "from 00:00 to 24:00 for its mails.",
                        plan=plan.name,
                    )
                )
