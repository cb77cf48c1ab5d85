from odoo import api, fields, models


class ResPartner(models.Model):
    """What the law takes a customer for."""

    _inherit = "res.partner"

    billing_buyer_kind = fields.Selection(
        selection=[
            ("professional", "Professional"),
            ("consumer", "Consumer"),
            ("public", "Public body"),
        ],
        string="Kind of customer",
        compute="_compute_billing_buyer_kind",
        store=True,
        readonly=False,
        help="What invoices say about late payment: a consumer pays neither the "
        "recovery indemnity nor penalties between professionals; a public body has "
        "rules of its own.",
    )

    @api.depends("is_company", "vat", "company_registry")
    def _compute_billing_buyer_kind(self):
        for partner in self:
            # A public body stays one: it is known by a choice only.
            if partner.billing_buyer_kind == "public":
                continue
            in_business = partner.is_company or partner.vat or partner.company_registry
            partner.billing_buyer_kind = "professional" if in_business else "consumer"

    def _get_billing_vat(self):
        """The tax number; empty when there is none. Core takes "/" for: not subject."""
        return self.vat if self.vat and self.vat != "/" else ""

    def _billing_get_fault_remedy(self):
        """The customer's form, where a fault of its invoices is mended."""
        return self.env._("Open the customer"), {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.id,
            "views": [(False, "form")],
        }
