from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingIntakeContract(models.TransientModel):
    """Read the contracts of the OCA module that is installed beside ours."""

    _name = "billing.intake.contract"
    _description = "Read Contracts of this Database"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", default=lambda self: self.env.company
    )
    sentence = fields.Char(compute="_compute_sentence")
    has_bare_lines = fields.Boolean(compute="_compute_sentence")
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Service for lines without product",
        domain="[('type', '=', 'service')]",
        check_company=True,
        help="Their description stays; the product decides account and taxes.",
    )
    posting = fields.Selection(
        selection=[("post", "Post"), ("draft", "Leave as draft")],
        string="Their invoices",
        required=True,
        default="post",
        help="Said on the plans, where it can be changed later.",
    )

    @api.depends("company_id")
    def _compute_sentence(self):
        for dialog in self:
            contracts = dialog._find_contracts()
            lines = contracts.contract_line_ids.filtered(
                lambda line: not line.display_type and not line.is_canceled
            )
            bare = lines.filtered(lambda line: not line.product_id)
            dialog.has_bare_lines = bool(bare)
            dialog.sentence = self.env._(
                "Contracts: %(count)s. Lines: %(lines)s, without product: %(bare)s. "
                "Nothing changes before you take them over.",
                count=len(contracts),
                lines=len(lines),
                bare=len(bare),
            )

    def _find_contracts(self):
        if "contract.contract" not in self.env:
            raise UserError(
                self.env._(
                    "The module Contracts is not installed in this database. Import "
                    "a file instead."
                )
            )
        return self.env["billing.intake"]._find_contracts()

    def action_read(self):
        """Read the contracts and show how they would go on."""
        self.ensure_one()
        staged = self.env["billing.intake"]._stage_contracts(
            self._find_contracts(), self.product_id, self.posting
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_intake_action"
        )
        return {**action, "domain": [("id", "in", staged.ids)], "target": "main"}
