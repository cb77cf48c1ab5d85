from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """The entry of a cut-off: taken back there, not by hand."""

    _inherit = "account.move"

    def button_draft(self):
        # EXTENDS account
        self._check_billing_cutoff()
        return super().button_draft()

    def button_cancel(self):
        # EXTENDS account
        self._check_billing_cutoff()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_cutoff(self):
        self._check_billing_cutoff()

    def _check_billing_cutoff(self):
        """Refuse what would leave a cut-off without its entry.

        :raises UserError: naming entry and cut-off, and the way.
        """
        entries = self.filtered(lambda move: move.move_type == "entry")
        if not entries:
            return
        # Whether an entry is one of a cut-off is no secret to who may change it.
        cutoff = (
            self.env["billing.cutoff"]
            .sudo()
            .search(
                [
                    ("state", "=", "written"),
                    "|",
                    ("move_id", "in", entries.ids),
                    ("reversal_move_id", "in", entries.ids),
                ],
                limit=1,
            )
        )
        if cutoff:
            raise UserError(
                self.env._(
                    "%(move)s is an entry of %(cutoff)s. Take that cut-off back "
                    "instead.",
                    move=(entries & (cutoff.move_id | cutoff.reversal_move_id))[
                        :1
                    ].display_name,
                    cutoff=cutoff.display_name,
                )
            )
