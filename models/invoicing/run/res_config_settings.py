from odoo import api, fields, models
from odoo.exceptions import UserError


class ResConfigSettings(models.TransientModel):
    """When the daily run starts, and whether it does."""

    _inherit = "res.config.settings"

    billing_hour = fields.Float(
        string="Start of the daily run",
        help="In the company's time zone; one run bills all companies.",
    )
    billing_worker = fields.Selection(
        selection=[
            ("lanes", "Scheduled actions of this server"),
            ("queue", "Jobs, on as many machines as you like"),
        ],
        string="Carried out by",
        required=True,
        default="lanes",
    )
    billing_queue_is_there = fields.Boolean(compute="_compute_billing_workers")
    billing_lanes = fields.Integer(
        string="Lanes", help="Scheduled actions that bill at the same time, 1 to 8."
    )
    billing_lanes_text = fields.Char(compute="_compute_billing_workers")
    billing_schedule_is_on = fields.Boolean(compute="_compute_billing_schedule")
    billing_schedule_text = fields.Char(compute="_compute_billing_schedule")

    @api.depends("company_id")
    def _compute_billing_schedule(self):
        schedule = self.env["billing.schedule"]
        for settings in self:
            settings.billing_schedule_is_on = schedule._is_on()
            settings.billing_schedule_text = schedule._get_status_text()

    @api.depends("company_id")
    def _compute_billing_workers(self):
        largest = self.env["billing.run"]._get_largest_lane_count()
        for settings in self:
            settings.billing_queue_is_there = "queue.job" in self.env
            settings.billing_lanes_text = self.env._(
                "This server has threads for %(count)s at a time; one stays free for "
                "other scheduled actions.",
                count=largest,
            )

    @api.model
    def get_values(self):
        # EXTENDS base_setup
        values = super().get_values()
        runs = self.env["billing.run"]
        values["billing_hour"] = self.env["billing.schedule"]._get_hour()
        values["billing_lanes"] = runs._get_lane_count()
        values["billing_worker"] = "queue" if runs._uses_queue() else "lanes"
        return values

    def set_values(self):
        # EXTENDS base_setup
        super().set_values()
        schedule = self.env["billing.schedule"]
        if schedule._may_change():
            schedule._set_hour(self.billing_hour, now=self.env.cr.now())
            self._check_billing_lanes()
            self.env["billing.run"]._set_lane_count(self.billing_lanes)
            self.env["billing.run"]._set_worker(self.billing_worker)

    def _check_billing_lanes(self):
        """Refuse lanes that there is no thread for: they would only wait.

        :raises UserError: fact and remedy.
        """
        runs = self.env["billing.run"]
        largest = runs._get_largest_lane_count()
        if self.billing_lanes == runs._get_lane_count():
            return
        if not 1 <= self.billing_lanes <= largest:
            raise UserError(
                self.env._(
                    "Lanes of the daily run: %(asked)s are asked for, this server has "
                    "threads for %(largest)s. Choose fewer, or raise max_cron_threads "
                    "in the server's configuration.",
                    asked=self.billing_lanes,
                    largest=largest,
                )
            )

    def action_billing_switch_on(self):
        """Let the daily run start on its own again, and show the page anew."""
        self.env["billing.schedule"].action_switch_on()
        return {"type": "ir.actions.client", "tag": "reload"}
