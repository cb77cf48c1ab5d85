from odoo import api, fields, models

from ....engine.delivery import DONE, NEEDS_PERSON, UNDER_WAY


class BillingRun(models.Model):
    """What became of a run's documents after they were posted."""

    _inherit = "billing.run"

    delivery_text = fields.Char(
        string="Deliveries", compute="_compute_delivery_text", compute_sudo=False
    )

    delivery_count = fields.Integer(compute="_compute_delivery_text")

    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_delivery_text(self):
        self.delivery_text = False
        self.delivery_count = 0
        deliveries = self.env["billing.delivery"]
        if not deliveries.has_access("read"):
            return
        counts = {}
        for run, state, count in deliveries._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts.setdefault(run.id, {})[state] = count
        for run in self.filtered(lambda run: run.id in counts):
            found = counts[run.id]
            run.delivery_count = sum(found.values())
            run.delivery_text = self.env._(
                "%(sent)s sent, %(waiting)s queued, %(persons)s for a person",
                sent=sum(found.get(state, 0) for state in DONE),
                waiting=sum(found.get(state, 0) for state in UNDER_WAY),
                persons=sum(found.get(state, 0) for state in NEEDS_PERSON),
            )

    def action_open_deliveries(self):
        """The deliveries of this run's documents."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_delivery_action"
        )
        return {
            **action,
            "domain": [("run_id", "=", self.id)],
            "context": {"create": False},
        }

    def _finish(self):
        # EXTENDS the run: what it posted leaves once all is posted, not meanwhile.
        finished = super()._finish()
        if finished:
            self.env["billing.sending"]._wake("prepare")
        return finished
