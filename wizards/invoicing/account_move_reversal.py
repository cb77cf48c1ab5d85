from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMoveReversal(models.TransientModel):
    """One more question when what is credited bills periods."""

    _inherit = "account.move.reversal"

    billing_rebill = fields.Selection(
        selection=lambda self: (
            self.env["account.move"]
            ._fields["billing_rebill"]
            ._description_selection(self.env)
        ),
        string="Bill these periods again?",
    )
    billing_periods_text = fields.Text(
        string="Periods", compute="_compute_billing_periods_text"
    )

    @api.depends("move_ids")
    def _compute_billing_periods_text(self):
        for wizard in self:
            # Whoever may credit the invoice may read what it says.
            entries = wizard.move_ids.invoice_line_ids.sudo().billing_entry_ids
            wizard.billing_periods_text = "\n".join(
                entry._get_sentence() for entry in entries
            )

    def _prepare_default_reversal(self, move):
        # EXTENDS account
        return {
            **super()._prepare_default_reversal(move),
            "billing_rebill": self.billing_rebill,
        }

    def refund_moves(self):
        # EXTENDS account
        if self.billing_periods_text and not self.billing_rebill:
            raise UserError(
                self.env._(
                    "Say whether the periods of this invoice are billed again or given "
                    "up."
                )
            )
        return super().refund_moves()

    def modify_moves(self):
        # EXTENDS account: the new draft takes the credited periods over, at once.
        self.billing_rebill = "again"
        action = super().modify_moves()
        self.env["billing.invoicing"]._take_over(
            self.new_move_ids.filtered(lambda move: move.move_type == "out_invoice")
        )
        return action
