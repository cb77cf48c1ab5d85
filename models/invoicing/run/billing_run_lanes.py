"""Lanes: scheduled actions that share the customers of a run among them."""

from odoo import api, models
from odoo.tools import config

#: Lanes there are records for (data/invoicing_ir_cron_data.xml).
LANES = 8
PARAMETER = "recurring_billing.lanes"


class BillingRun(models.Model):
    _inherit = "billing.run"

    @api.model
    def _get_lane_count(self):
        """How many lanes work: each reads it when it starts, since a scheduled action
        that runs cannot be switched off.
        """
        # The number of workers is no secret.
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or ""
        return min(max(int(value), 1), LANES) if value.isdigit() else 1

    @api.model
    def _set_lane_count(self, lanes):
        """Let so many lanes work from their next start on.

        :param int lanes: 1 to 8.
        """
        lanes = min(max(lanes, 1), LANES)
        # Who may is checked by the settings page.
        self.env["ir.config_parameter"].sudo().set_param(PARAMETER, lanes)
        for lane in range(2, lanes + 1):
            cron = self._get_lane_cron(lane)
            if cron and not cron.active:
                cron.active = True

    @api.model
    def _get_lane_cron(self, lane):
        """The scheduled action of a lane; empty when it was deleted."""
        name = "ir_cron_bill" if lane == 1 else f"ir_cron_bill_lane_{lane}"
        cron = self.env.ref(f"recurring_billing.{name}", raise_if_not_found=False)
        # Starting what is due is the run's own business; users never see actions.
        return (cron or self.env["ir.cron"]).sudo()

    @api.model
    def _get_largest_lane_count(self):
        """Lanes that this server can carry: one thread stays for other actions."""
        return min(max(config["max_cron_threads"] - 1, 1), LANES)

    @api.model
    def _wake_lanes(self, lanes=None):
        """Let the lanes look for work at once."""
        for lane in range(1, (lanes or self._get_lane_count()) + 1):
            cron = self._get_lane_cron(lane)
            # A lane that runs would only find itself.
            if cron and cron.id != self.env.context.get("cron_id"):
                cron._trigger()
