from odoo import fields, models


class BillingReplayDifference(models.Model):
    """An entry that a replay could not confirm, and what moved."""

    _name = "billing.replay.difference"
    _description = "Replay Difference"
    _order = "check_id, id"
    _rec_name = "text"

    check_id = fields.Many2one(
        comodel_name="billing.replay.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True)
    entry_id = fields.Many2one(
        comodel_name="billing.entry",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="entry_id.partner_id")
    order_id = fields.Many2one(related="entry_id.order_id")
    move_id = fields.Many2one(related="entry_id.move_id")
    currency_id = fields.Many2one(related="entry_id.currency_id")
    reason = fields.Selection(
        selection=[
            ("no_facts", "No facts"),
            ("unreadable", "Unreadable facts"),
            ("facts", "Facts changed"),
            ("amount", "Amount changed"),
            ("period", "Period changed"),
            ("document", "Invoice line differs"),
        ],
        required=True,
        readonly=True,
    )
    recomputed_amount = fields.Monetary(string="Recomputed", readonly=True)
    stored_amount = fields.Monetary(string="Stored", readonly=True)
    text = fields.Char(string="What differs", readonly=True)

    def action_open_entry(self):
        """Open the entry in the ledger."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.entry",
            "res_id": self.entry_id.id,
            "view_mode": "form",
        }
