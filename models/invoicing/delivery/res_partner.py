from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .states import CHANNELS, DAYS, GROUPINGS


class ResPartner(models.Model):
    """How a customer wants to receive documents. Empty: as the plan says."""

    _inherit = "res.partner"

    billing_delivery_channel = fields.Selection(
        CHANNELS,
        string="Channel of invoices",
        company_dependent=True,
        help="Empty: what is chosen as sending method, else as the plan says.",
    )
    billing_recipient_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="billing_recipient_rel",
        column1="customer_id",
        column2="recipient_id",
        string="Recipients of invoices",
        domain="[('id', 'child_of', commercial_partner_id)]",
        help="Each receives a mail of their own. Empty: the invoice address, else the "
        "billing contact.",
    )
    billing_delivery_grouping = fields.Selection(
        GROUPINGS, string="Mails with invoices", company_dependent=True
    )
    billing_delivery_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language of these mails",
        company_dependent=True,
        help="Empty: as the plan says, else the recipient's own.",
    )
    billing_delivery_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Template of these mails",
        company_dependent=True,
        domain="[('model', '=', 'account.move')]",
    )
    billing_delivery_days = fields.Selection(
        DAYS, string="Invoices sent on", company_dependent=True
    )
    billing_delivery_first_hour = fields.Float(
        string="Invoices sent from",
        company_dependent=True,
        help="Hour of our company's day. Twice the same: as the plan says.",
    )
    billing_delivery_last_hour = fields.Float(
        string="Invoices sent until", company_dependent=True
    )
    billing_delivery_count = fields.Integer(
        string="Deliveries", compute="_compute_billing_delivery_count"
    )

    @api.constrains("billing_delivery_first_hour", "billing_delivery_last_hour")
    def _check_billing_delivery_hours(self):
        for partner in self:
            hours = (
                partner.billing_delivery_first_hour,
                partner.billing_delivery_last_hour,
            )
            if not all(0 <= hour <= 24 for hour in hours):
                raise ValidationError(
                    self.env._(
                        "%(partner)s: there is no such hour in a day. Choose hours "
                        "from 00:00 to 24:00 for the mails.",
                        partner=partner.display_name,
                    )
                )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_billing_delivery_count(self):
        self.billing_delivery_count = 0
        deliveries = self.env["billing.delivery"]
        if not deliveries.has_access("read"):
            return
        customers = self.commercial_partner_id
        counts = dict(
            deliveries._read_group(
                [("customer_id", "in", customers.ids)], ["customer_id"], ["__count"]
            )
        )
        for partner in self:
            partner.billing_delivery_count = counts.get(
                partner.commercial_partner_id._origin, 0
            )

    def action_open_billing_deliveries(self):
        """The deliveries of the customer's whole family."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_delivery_action"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("customer_id", "=", customer.id)],
            "context": {"create": False},
        }
