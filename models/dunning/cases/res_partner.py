from odoo import api, fields, models


class ResPartner(models.Model):
    """The customer's case in the company one works in."""

    _inherit = "res.partner"

    billing_case_id = fields.Many2one(
        comodel_name="billing.dunning.case", compute="_compute_billing_case_id"
    )
    billing_overdue_net = fields.Monetary(
        string="Overdue", related="billing_case_id.overdue_net"
    )
    billing_case_text = fields.Char(
        string="Reminders", related="billing_case_id.next_text"
    )

    @api.depends_context("company", "uid")
    def _compute_billing_case_id(self):
        self.billing_case_id = False
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
            partner.billing_case_id = found.get(partner.commercial_partner_id._origin)

    def action_open_billing_case(self):
        """The customer's case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.dunning.case",
            "res_id": self.billing_case_id.id,
            "view_mode": "form",
        }
