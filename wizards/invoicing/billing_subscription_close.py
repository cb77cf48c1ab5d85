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

    def _get_changed_terms(self, running):
        self.order_id._check_billing_running(self.last_day)
        lines = self.env["sale.order.line"].browse(running)
        return {
            line.id: replace(running[line.id], end=self._get_line_end(line))
            for line in lines
        }, None

    def _get_line_end(self, line):
        """First day after the line: the end of the order is replaced, its own stays."""
        ends = filter(None, (self.last_day, line.billing_end_date))
        return min(ends) + ONE_DAY

    def _get_what_sentences(self):
        return [
            self.env._(
                "Last day of service: %(date)s.",
                date=format_date(self.env, self.last_day),
            )
        ]
