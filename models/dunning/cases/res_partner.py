from odoo import api, fields, models


class ResPartner(models.Model):
    """The customer's case in the company one works in."""

    _inherit = "res.partner"

    billing_case_id = fields.Many2one(
        comodel_name="billing.dunning.case", compute="_compute_billing_case"
    )
    billing_overdue_net = fields.Monetary(
        string="Overdue", compute="_compute_billing_case"
    )
    billing_case_text = fields.Char(string="Reminders", compute="_compute_billing_case")

    @api.depends_context("company", "lang", "uid")
    def _compute_billing_case(self):
        self.billing_case_id = False
        self.billing_overdue_net = 0.0
        self.billing_case_text = False
        cases = self.env["billing.dunning.case"]
        if not cases.has_access("read"):
            return
        found = cases.search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        ).grouped("partner_id")
        for partner in self:
            case = found.get(partner.commercial_partner_id._origin)
            if case:
                partner.billing_case_id = case
                partner.billing_overdue_net = case.overdue_net
                partner.billing_case_text = case.next_text

    def action_open_billing_case(self):
        """The customer's case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.dunning.case",
            "res_id": self.billing_case_id.id,
            "view_mode": "form",
        }
