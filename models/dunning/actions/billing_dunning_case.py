from odoo import api, fields, models

from ....engine.dunning_actions import MADE, OPEN
from ..cases.billing_dunning_case import FACTS


class BillingDunningCase(models.Model):
    """What was done for a case, and what is about to be."""

    _inherit = "billing.dunning.case"

    # Chosen on the page that switches sending on, which writes them in one statement.
    _facts = FACTS | {"start_choice", "start_on", "planned_on"}

    action_ids = fields.One2many(
        comodel_name="billing.dunning.action",
        inverse_name="case_id",
        string="Reminders",
        readonly=True,
    )
    open_action_id = fields.Many2one(
        comodel_name="billing.dunning.action",
        string="To do",
        compute="_compute_open_action",
    )
    # Of what is to do, for the buttons of the form.
    open_action_state = fields.Char(compute="_compute_open_action")
    open_action_channel = fields.Char(compute="_compute_open_action")
    open_action_sentence = fields.Char(compute="_compute_open_action")
    last_contact_on = fields.Date(
        string="Last contact", compute="_compute_last_contact_on"
    )
    # What holds for debts from before sending was switched on.
    start_choice = fields.Selection(
        selection=[
            ("first", "Start at the first step"),
            ("fresh", "Start fresh"),
            ("alone", "Leave alone"),
        ],
        string="Debts from before",
        readonly=True,
    )
    start_on = fields.Date(
        readonly=True, help="The choice is about what fell due before this day."
    )
    planned_on = fields.Date(readonly=True)

    @api.depends_context("lang")
    @api.depends("action_ids.state")
    def _compute_open_action(self):
        found = self.env["billing.dunning.action"].search(
            [("case_id", "in", self.ids), ("state", "in", sorted(OPEN))]
        )
        by_case = found.grouped("case_id")
        for case in self:
            action = by_case.get(case._origin, found.browse())[:1]
            case.open_action_id = action
            case.open_action_state = action.state
            case.open_action_channel = action.channel
            case.open_action_sentence = action.sentence

    @api.depends("action_ids.state", "action_ids.contact_on")
    def _compute_last_contact_on(self):
        rows = self.env["billing.dunning.action"]._read_group(
            [("case_id", "in", self.ids), ("state", "in", sorted(MADE))],
            ["case_id"],
            ["contact_on:max"],
        )
        last = {case.id: day for case, day in rows}
        for case in self:
            case.last_contact_on = last.get(case._origin.id)

    def _billing_get_contact_dates(self):
        # What a message calls "our reminders of": those since the oldest due date.
        if not self.oldest_due:
            return []
        made = self.env["billing.dunning.action"].search(
            [
                ("case_id", "in", self._origin.ids),
                ("state", "in", sorted(MADE)),
                ("contact_on", ">", self.oldest_due),
                ("level_id.delay", ">=", 0),
            ],
            order="contact_on, id",
        )
        return list(dict.fromkeys(made.mapped("contact_on")))

    def _billing_get_owners(self):
        # EXTENDS policy
        return [self.owner_id, *super()._billing_get_owners()]
