from odoo import api, fields, models
from odoo.tools.misc import format_date


class AccountMove(models.Model):
    """Whether an invoice is reminded of, and why not."""

    _inherit = "account.move"

    billing_reminder_text = fields.Char(
        string="Reminders", compute="_compute_billing_reminder_text"
    )

    @api.depends("payment_state")
    @api.depends_context("lang", "uid")
    def _compute_billing_reminder_text(self):
        self.billing_reminder_text = False
        items = self.env["billing.dunning.item"]
        if not items.has_access("read"):
            return
        found = items.search(
            [("move_id", "in", self.ids), ("verdict", "!=", "paid")],
            order="date_maturity",
        ).grouped("move_id")
        for move in self:
            for item in found.get(move._origin, items)[:1]:
                move.billing_reminder_text = item._get_reminder_text()


class BillingDunningItem(models.Model):
    _inherit = "billing.dunning.item"

    def _get_reminder_text(self):
        """When it was reminded of, and what the case says now."""
        self.ensure_one()
        now = self.case_id.next_text
        if not self.last_step_on:
            return now
        return self.env._(
            "Reminded on %(day)s. %(now)s",
            day=format_date(self.env, self.last_step_on),
            now=now or "",
        )
