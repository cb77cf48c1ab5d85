from odoo import api, models

from .faults import FaultFinder
from .reader import Paper, Reader


class SaleOrder(models.Model):
    """The payment terms of a subscription, held against the law: nobody looks at what a
    run posts.
    """

    _inherit = "sale.order"

    @api.depends("payment_term_id", "partner_invoice_id")
    def _compute_billing_alerts(self):
        # EXTENDS sale.order
        super()._compute_billing_alerts()

    def _get_billing_alerts(self):
        # EXTENDS sale.order
        alerts = super()._get_billing_alerts()
        for fault in self._billing_find_late_due():
            alerts[f"billing_mention_{fault.code}"] = {
                "level": "warning",
                "message": fault.warning,
            }
        return alerts

    def _billing_find_late_due(self):
        """What is wrong with the day on which the next invoice would be due."""
        day = self.billing_next_date
        if not day or not self.payment_term_id:
            return []
        paper = Paper(
            company=self.company_id,
            partner=self.partner_invoice_id,
            on=day,
            lines=[],
            due=max(line._get_due_date(day) for line in self.payment_term_id.line_ids),
        )
        return FaultFinder(Reader(self.env)).find_late_due(paper, self)
