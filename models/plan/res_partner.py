from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _inherit = "res.partner"

    billing_day = fields.Integer(
        string="Own billing day",
        company_dependent=True,
        help="Day of the month on which this customer wants everything invoiced, for "
        "plans in months or years. 0: as the plan says. Running subscriptions keep "
        "the day they were confirmed with.",
    )
    billing_grouping = fields.Selection(
        selection=[
            ("together", "One invoice for all subscriptions"),
            ("reference", "One invoice per customer reference"),
            ("apart", "One invoice per subscription"),
        ],
        string="Grouping of invoices",
        company_dependent=True,
        help="Overrides the plan's grouping. Empty: as the plan says.",
    )
    billing_hold_group = fields.Boolean(
        string="All or nothing",
        company_dependent=True,
        help="When one of the subscriptions that share an invoice cannot be billed, "
        "the others wait for it instead of going on without it.",
    )
    billing_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Billing contact",
        domain="[('id', 'child_of', commercial_partner_id)]",
        check_company=True,
        help="Who receives the recurring invoices of this customer. Proposed as the "
        "invoice address of new subscriptions.",
    )

    @api.constrains("billing_day")
    def _check_billing_day(self):
        for partner in self:
            if not 0 <= partner.billing_day <= 31:
                raise ValidationError(
                    self.env._(
                        "%(partner)s: there is no day %(day)s in a month. Choose a "
                        "billing day from 1 to 31, or 0 for the plan's own.",
                        partner=partner.display_name,
                        day=partner.billing_day,
                    )
                )
