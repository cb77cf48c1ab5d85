from odoo import models
from odoo.exceptions import UserError

from ...subscription.guards import changes

#: What a line of an archived document says.
_PRINTED = {"name", "product_id", "quantity", "price_unit", "discount", "tax_ids"}


class AccountMoveLine(models.Model):
    """A line of a document that the archive keeps."""

    _inherit = "account.move.line"

    def write(self, vals):
        # EXTENDS account: which lets a posted line change, without a word to the move.
        if _PRINTED.intersection(vals):
            for line in self:
                move = line.move_id
                if move.billing_archive_state == "archived" and changes(
                    line, vals, _PRINTED
                ):
                    raise UserError(move._get_billing_archived_text())
        return super().write(vals)
