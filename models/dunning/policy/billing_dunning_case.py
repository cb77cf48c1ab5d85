from odoo import fields, models


class BillingDunningCase(models.Model):
    """What a customer owes a company, and how it is asked for."""

    _name = "billing.dunning.case"
    _description = "Reminder Case"
    _rec_name = "partner_id"
    _order = "id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company or person that owes, not one of its contacts.",
    )

    _customer_unique = models.Constraint(
        "UNIQUE(company_id, partner_id)", "A customer has one case in a company."
    )

    # === Who writes to whom === #

    def _billing_get_contact(self):
        """Who is written to: the billing contact, else the invoices' address."""
        self.ensure_one()
        # Who pays is no secret to those who may read the case.
        partner = self.sudo().partner_id
        contact = partner.billing_contact_id
        if not contact:
            contact = partner.browse(partner.address_get(["invoice"])["invoice"])
        return contact.sudo(self.env.su)

    def _billing_get_language(self):
        """The language of those who are written to."""
        contact = self._billing_get_contact()
        chosen = self.env.context.get("billing_dunning_lang")
        return chosen or contact.lang or self.partner_id.lang or self.env.lang

    def _billing_get_kind(self):
        """What the law takes the customer for."""
        return self.partner_id.billing_buyer_kind or "professional"
