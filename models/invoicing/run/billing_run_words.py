"""What a run says of itself, and what it warns of."""

from odoo import api, fields, models
from odoo.tools.misc import format_date


class BillingRun(models.Model):
    _inherit = "billing.run"

    summary = fields.Char(compute="_compute_summary")
    duration_text = fields.Char(string="Duration", compute="_compute_duration_text")
    alerts = fields.Json(compute="_compute_alerts")

    @api.depends_context("lang", "allowed_company_ids")
    @api.depends("state", "run_date", "duration", "item_ids.state", "item_ids.amount")
    def _compute_summary(self):
        for run in self:
            run.summary = run._get_summary()

    @api.depends_context("lang")
    @api.depends("duration", "state")
    def _compute_duration_text(self):
        for run in self:
            ended = run.state in ("done", "exceptions")
            run.duration_text = ended and run._get_duration_text()

    @api.depends_context("lang", "uid")
    def _compute_alerts(self):
        alerts = self.env["billing.schedule"]._get_alerts() or {}
        for run in self:
            run.alerts = {**alerts, **run._get_stale_alert()} or False

    def _get_summary(self):
        """What the run found or did, in one sentence."""
        self.ensure_one()
        if self.state in ("rehearsing", "rehearsed", "approved", "cancelled"):
            return self._get_rehearsal_summary()
        values = {
            "date": format_date(self.env, self.run_date),
            "invoices": self._get_invoices_text(),
            "amount": self.amounts_text,
            "parked": self.parked_count,
            "duration": self._get_duration_text(),
        }
        if self.state == "running":
            return self.env._(
                "Run of %(date)s is under way: %(invoices)s so far.", **values
            )
        if not self.invoice_count:
            sentence = self.env._(
                "Run of %(date)s: no invoice, %(parked)s parked, %(duration)s.",
                **values,
            )
        else:
            sentence = self.env._(
                "Run of %(date)s: %(invoices)s, %(amount)s excl. tax, %(parked)s "
                "parked, %(duration)s.",
                **values,
            )
        if self.refused_count:
            sentence += " " + self.env._(
                "%(count)s refused: something moved after the approval.",
                count=self.refused_count,
            )
        return sentence

    def _get_invoices_text(self):
        return self._get_count_text(self.invoice_count)

    def _get_count_text(self, count):
        if count == 1:
            return self.env._("1 invoice")
        return self.env._("%(count)s invoices", count=count)

    def _get_duration_text(self):
        """ "12 seconds", "1 minute", "3 hours": the largest unit that fits twice."""
        seconds = max(round(self.duration), 1)
        if seconds == 1:
            return self.env._("1 second")
        if seconds < 120:
            return self.env._("%(count)s seconds", count=seconds)
        if seconds < 7200:
            return self.env._("%(count)s minutes", count=round(seconds / 60))
        return self.env._("%(count)s hours", count=round(seconds / 3600))

    def action_open_parked(self):
        """What this run set aside."""
        self.ensure_one()
        parked = self.item_ids.filtered(
            lambda item: item.state in ("parked", "refused")
        )
        if self.rehearsed_at:
            return self._get_items_action([("id", "in", parked.ids)])
        return parked._get_list_action()


class BillingRunItem(models.Model):
    _inherit = "billing.run.item"

    def _get_list_action(self):
        """The list of these items.

        :rtype: dict
        """
        # A list of known items is never empty: its help is not worth counting for.
        actions = self.env["ir.actions.actions"].with_context(billing_no_reward=True)
        action = actions._for_xml_id(
            "recurring_billing.billing_run_item_action_exceptions"
        )
        return {
            **action,
            "domain": [("id", "in", self.ids)],
            "context": {"create": False},
        }
