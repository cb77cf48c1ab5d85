from odoo import models


class AccountMoveReversal(models.TransientModel):
    """The reason that is typed here is printed on the credit note."""

    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        # EXTENDS account: which puts the reason into the reference, behind the number.
        return {
            **super()._prepare_default_reversal(move),
            "billing_credit_reason": self.reason,
        }
