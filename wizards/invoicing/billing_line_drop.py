from odoo import api, fields, models
from odoo.exceptions import UserError


class BillingLineDrop(models.TransientModel):
    """Take a recurring line off a draft: bill its period later, or give it up."""

    _name = "billing.line.drop"
    _description = "Remove a Recurring Line"

    move_id = fields.Many2one(
        comodel_name="account.move", string="Invoice", required=True, readonly=True
    )
    line_id = fields.Many2one(
        comodel_name="account.move.line",
        required=True,
        domain="[('move_id', '=', move_id), ('billing_period_start', '!=', False)]",
    )
    answer = fields.Selection(
        selection=[("later", "Bill it later"), ("give_up", "Give it up")],
        string="What becomes of the period?",
        required=True,
    )

    @api.model
    def default_get(self, fields_list):
        vals = super().default_get(fields_list)
        vals.setdefault("move_id", self.env.context.get("active_id"))
        return vals

    def action_apply(self):
        """Remove the line with the answer given."""
        self.ensure_one()
        if self.move_id.state != "draft":
            raise UserError(
                self.env._(
                    "%(move)s is not a draft any more: make a credit note.",
                    move=self.move_id.display_name,
                )
            )
        self.line_id.with_context(billing_dropped_line=self.answer).unlink()
        return {"type": "ir.actions.act_window_close"}
