from dataclasses import replace

from odoo import models
from odoo.tools.misc import format_date

from ...engine.periods import ONE_DAY
from ...engine.terms import Pause


class BillingSubscriptionPause(models.TransientModel):
    _name = "billing.subscription.pause"
    _inherit = ("billing.subscription.pause", "billing.subscription.effect")

    def _get_effect_fields(self):
        return [*super()._get_effect_fields(), "operation", "start_date", "end_date"]

    def _get_apply_label(self):
        if not self.start_date:
            return self.env._("Apply")
        date = format_date(self.env, self.start_date)
        if self.operation == "resume":
            return self.env._("Resume on %(date)s", date=date)
        return self.env._("Pause from %(date)s", date=date)

    def _is_effect_ready(self):
        return bool(self.start_date)

    def _get_changed_terms(self, running):
        order = self.order_id
        order._check_billing_running(self.start_date)
        if self.operation == "pause":
            order._check_billing_pause(self.start_date, self.end_date)
            end = self.end_date and self.end_date + ONE_DAY
            changed = [Pause(self.start_date, end or None)]
        else:
            changed = []
        return {
            line: replace(terms, pauses=(*self._get_kept_pauses(terms), *changed))
            for line, terms in running.items()
        }, None

    def _get_kept_pauses(self, terms):
        """The pauses as they are after it: a resumption ends those that run on."""
        if self.operation == "pause":
            return terms.pauses
        on = self.start_date
        return [
            Pause(pause.start, min(pause.end or on, on))
            for pause in terms.pauses
            if pause.start < on
        ]

    def _get_what_sentences(self):
        start = format_date(self.env, self.start_date)
        if self.operation == "resume":
            return [self.env._("Service resumes on %(date)s.", date=start)]
        if not self.end_date:
            return [self.env._("Paused from %(date)s on.", date=start)]
        return [
            self.env._(
                "Paused from %(start)s to %(end)s.",
                start=start,
                end=format_date(self.env, self.end_date),
            )
        ]
