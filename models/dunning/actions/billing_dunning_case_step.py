from odoo import models
from odoo.exceptions import UserError


class BillingDunningCase(models.Model):
    """The next deed of a case, from its form."""

    _inherit = "billing.dunning.case"

    def _get_open_action(self):
        self.ensure_one()
        if not self.open_action_id:
            raise UserError(
                self.env._(
                    "Nothing is to be done for %(customer)s now: %(reason)s.",
                    customer=self.partner_id.name,
                    reason=(self.reason_text or "").rstrip("."),
                )
            )
        return self.open_action_id

    def action_approve_step(self):
        """Send the reminder that waits."""
        return self._get_open_action().action_approve()

    def action_print_step(self):
        """Print the letter that waits."""
        return self._get_open_action().action_print()

    def action_log_call(self):
        """Note the result of the call that waits."""
        return self._get_open_action().action_log_call()

    def action_note_step_done(self):
        """Note that it was done outside."""
        return self._get_open_action().action_note_done()

    def action_skip_step(self):
        """Skip it until a day."""
        return self._get_open_action().action_skip()

    def action_send_step_again(self):
        """Send what failed again."""
        return self._get_open_action().action_send_again()

    def action_open_step(self):
        """The reminder that waits, with its words."""
        action = self._get_open_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": action._name,
            "res_id": action.id,
            "view_mode": "form",
        }
