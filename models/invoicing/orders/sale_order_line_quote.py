from odoo import models

from ...plan.wording import rhythm_text


class SaleOrderLine(models.Model):
    """A section of a quotation with a plan: rhythms are never added up."""

    _inherit = "sale.order.line"

    def _get_billing_section_rhythm(self):
        """The rhythm that all lines of a section share.

        :return: text, ``""`` without a plan, None when rhythms differ: such a section
            has no total.
        """
        self.ensure_one()
        if not self.order_id.billing_plan_id:
            return ""
        rhythms = {
            line._get_billing_rhythm() if line.billing_recurring else ()
            for line in self._get_section_lines()
        }
        if len(rhythms) > 1:
            return None
        rhythm = next(iter(rhythms), ())
        return rhythm_text(self.env, *rhythm) if rhythm else self.env._("once")
