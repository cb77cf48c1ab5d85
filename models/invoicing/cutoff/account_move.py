from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """The entry of a cut-off: taken back there, not by hand."""

    _inherit = "account.move"

    def button_draft(self):
        # EXTENDS account
        self._check_billing_cutoff("written")
        return super().button_draft()

    def button_cancel(self):
        # EXTENDS account
        self._check_billing_cutoff("written")
        return super().button_cancel()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # EXTENDS account: it has its reversal already.
        self._check_billing_cutoff("written")
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_cutoff(self):
        self._check_billing_cutoff("written", "taken_back")

    def _check_billing_cutoff(self, *states):
        """Refuse what would leave a cut-off without its entry.

        :param states: of the cut-offs that must keep theirs.
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
                    ("state", "in", states),
                    "|",
                    ("move_id", "in", entries.ids),
                    ("reversal_move_id", "in", entries.ids),
                ],
                limit=1,
            )
        )
        if not cutoff:
            return
        values = {
            "move": (entries & (cutoff.move_id | cutoff.reversal_move_id))[
                :1
            ].display_name,
            "cutoff": cutoff.display_name,
        }
        if cutoff.state == "taken_back":
            message = self.env._(
                "%(move)s stays: it is the trace of %(cutoff)s.", **values
            )
        else:
            message = self.env._(
                "%(move)s is an entry of %(cutoff)s. Take that cut-off back instead.",
                **values,
            )
        raise UserError(message)
