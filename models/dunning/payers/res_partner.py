from odoo import api, fields, models

from .billing_payer import CLASSES


class ResPartner(models.Model):
    """How a customer usually pays the company one works in."""

    _inherit = "res.partner"

    billing_payer_class = fields.Selection(
        CLASSES,
        string="Payer",
        compute="_compute_billing_payer",
        search="_search_billing_payer_class",
        help="Prompt: half of the invoices are paid within 5 days of the due date and "
        "nine of ten within 15. Risky: half later than 30 days, or more than one of "
        "ten later than 60. Slow: in between.",
    )
    billing_payer_sentence = fields.Char(
        string="Payment habit", compute="_compute_billing_payer"
    )

    @api.depends_context("company", "lang", "uid")
    def _compute_billing_payer(self):
        self.billing_payer_class = False
        self.billing_payer_sentence = False
        payers = self.env["billing.payer"]
        if not payers.has_access("read"):
            return
        found = payers.search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        ).grouped("partner_id")
        for partner in self:
            payer = found.get(partner.commercial_partner_id._origin)
            if payer:
                partner.billing_payer_class = payer.payer_class
                partner.billing_payer_sentence = payer.sentence

    def _search_billing_payer_class(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        payers = self.env["billing.payer"]._search(
            [("company_id", "=", self.env.company.id), ("payer_class", "in", value)]
        )
        known = [("commercial_partner_id", "in", payers.subselect("partner_id"))]
        return known if operator == "in" else ["!", *known]
