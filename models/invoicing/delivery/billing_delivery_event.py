from odoo import fields, models

from .states import STATES


class BillingDeliveryEvent(models.Model):
    """One thing that happened to a delivery; never changed."""

    _name = "billing.delivery.event"
    _inherit = "billing.guarded"
    _description = "Event of a Delivery"
    _order = "id"

    delivery_id = fields.Many2one(
        comodel_name="billing.delivery",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="delivery_id.company_id", store=True)
    at = fields.Datetime(string="When", required=True, readonly=True)
    event = fields.Selection(
        selection=[
            ("no_address", "No address"),
            ("prepare_failed", "Document not made"),
            ("accepted", "Accepted by the server"),
            ("deferred", "Put off"),
            ("refused", "Refused"),
            ("doubted", "Answer lost"),
            ("bounced", "Came back"),
            ("received", "Received by the platform"),
            ("published", "On the portal"),
            ("to_post", "To be posted"),
            ("posted", "Posted by hand"),
            ("again", "Sent again"),
            ("handed", "With the button Send"),
            ("replaced", "Replaced"),
            ("held", "Held"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(STATES, required=True, readonly=True)
    email = fields.Char(string="Address", readonly=True)
    message_ref = fields.Char(string="Message-Id", readonly=True)
    answer = fields.Char(string="Server's answer", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="By", readonly=True)

    def _check_writer(self):
        self.env["billing.delivery"]._check_writer()
