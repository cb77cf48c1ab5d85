from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    billing_late_date = fields.Selection(
        selection=[
            ("run", "The day of the run"),
            ("scheduled", "The scheduled day, within the month and open period"),
        ],
        string="Date of late invoices",
        default="run",
        required=True,
        help="An invoice that leaves late carries the day it was made. With the second "
        "choice it carries the day it should have left, as long as that is the same "
        "month and the period is not locked.",
    )
    billing_plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Plan of new subscriptions",
        domain="['|', ('company_id', '=', False), ('company_id', '=', id)]",
        help="A new subscription opens with this plan. Empty: it takes the plan of its "
        "first recurring product.",
    )

    def _billing_today(self):
        """The company's own date: the one its documents carry.

        :rtype: datetime.date
        """
        return fields.Date.context_today(self.with_context(tz=self._billing_timezone()))

    def _billing_timezone(self):
        """Where the company's day begins.

        :rtype: str
        """
        self.ensure_one()
        return self.partner_id.tz or self.env.user.tz or "UTC"
