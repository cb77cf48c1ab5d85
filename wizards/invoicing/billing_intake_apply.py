from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingIntakeApply(models.TransientModel):
    """Before contracts are taken over: what will happen, and what differs."""

    _name = "billing.intake.apply"
    _description = "Take Contracts Over"

    intake_ids = fields.Many2many(comodel_name="billing.intake", string="Contracts")
    different_ids = fields.Many2many(
        comodel_name="billing.intake",
        relation="billing_intake_apply_different_rel",
        string="What differs from the old system",
    )
    sentence = fields.Char(compute="_compute_sentence")
    products = fields.Char(compute="_compute_products")

    @api.depends("intake_ids")
    def _compute_sentence(self):
        for dialog in self:
            refused = dialog.intake_ids.search_count(
                [("state", "=", "refused"), ("company_id", "=", self.env.company.id)]
            )
            dialog.sentence = dialog.intake_ids._get_ready_sentence(refused)

    @api.depends("intake_ids")
    def _compute_products(self):
        """What is sold with a plan only from now on."""
        for dialog in self:
            products = dialog.intake_ids.line_ids.product_id
            names = products.filtered(lambda product: not product.billing_recurring)
            dialog.products = ", ".join(names.mapped("display_name"))

    def action_apply(self):
        """Take them over and show them.

        :raises UserError: when somebody has yet to read what differs.
        """
        self.ensure_one()
        unread = self.intake_ids.filtered(
            lambda intake: intake.is_different and not intake.is_read
        )
        if unread:
            raise UserError(
                self.env._(
                    "Contract %(contract)s will not be invoiced as before. Read what "
                    "differs and tick Read; %(count)s are to be read.",
                    contract=unread[0].reference,
                    count=len(unread),
                )
            )
        self.intake_ids._apply()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_intake_action"
        )
        return {
            **action,
            "domain": [("id", "in", self.intake_ids.ids)],
            "context": {},
            "target": "main",
        }
