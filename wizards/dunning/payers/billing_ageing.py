from odoo import fields, models
from odoo.tools.misc import format_date


class BillingAgeing(models.TransientModel):
    """Asks for the date of an ageing balance."""

    _name = "billing.ageing"
    _description = "Ageing Balance at a Date"

    day = fields.Date(
        string="At",
        required=True,
        default=lambda self: self.env.company._billing_today(),
        help="What was paid or credited afterwards is open at that date.",
    )

    def action_open(self):
        """The ageing balance at that date."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_ageing_item_action"
        )
        return {
            **action,
            "name": self.env._(
                "Ageing balance at %(date)s", date=format_date(self.env, self.day)
            ),
            "context": {
                "billing_ageing_on": fields.Date.to_string(self.day),
                "create": False,
            },
        }
