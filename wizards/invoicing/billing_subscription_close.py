from dataclasses import replace

from odoo import models
from odoo.tools.misc import format_date

from ...engine.periods import ONE_DAY


class BillingSubscriptionClose(models.TransientModel):
    _name = "billing.subscription.close"
    _inherit = ("billing.subscription.close", "billing.subscription.effect")

    def _get_effect_fields(self):
        return [*super()._get_effect_fields(), "last_day"]

    def _get_apply_label(self):
        if not self.last_day:
            return self.env._("Close")
        date = format_date(self.env, self.last_day)
        return self.env._("Close on %(date)s", date=date)

    def _is_effect_ready(self):
        return bool(self.last_day)

    def _get_changed_terms(self):
        self.order_id._check_billing_running(self.last_day)
        first_after = self.last_day + ONE_DAY
        # The end of the order is replaced, that of a line stays.
        return {
            line.id: replace(terms, end=self._get_line_end(line, first_after))
            for line, terms in self._get_lines_and_terms()
        }, None

    def _get_lines_and_terms(self):
        lines = {line.id: line for line in self.order_id.order_line}
        return [(lines[key], terms) for key, terms in self._get_running_terms().items()]

    def _get_line_end(self, line, first_after):
        if line.billing_end_date:
            return min(line.billing_end_date + ONE_DAY, first_after)
        return first_after

    def _get_what_sentences(self):
        return [
            self.env._(
                "Last day of service: %(date)s.",
                date=format_date(self.env, self.last_day),
            )
        ]
