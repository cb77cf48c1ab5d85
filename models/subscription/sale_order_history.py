from odoo import models

from ...engine.periods import ONE_DAY


class SaleOrder(models.Model):
    """The life of a subscription in plain words, for its form and for the customer."""

    _inherit = "sale.order"

    def _get_billing_history(self):
        """What happened and what is planned, the newest first.

        :return: list of dicts: ``date`` the day from which it holds, ``text``,
            ``future`` whether that day is still to come. With ``billing_for_customer``
            in the context, without the reasons that people noted for themselves.
        """
        self.ensure_one()
        today = self.company_id._billing_today()
        told = []
        if self.billing_start_date:
            told.append((self.billing_start_date, self.env._("Start")))
        for line in self.order_line.filtered("billing_anchor_date"):
            told += line._get_billing_history()
        for pause in self.billing_pause_ids:
            told.append((pause.start_date, self.env._("Pause")))
            if pause.end_date:
                told.append((pause.end_date + ONE_DAY, self.env._("Service resumes")))
        if self.billing_end_date:
            told.append((self.billing_end_date, self._get_billing_end_text()))
        return [
            {"date": day, "text": text, "future": day > today}
            for day, text in sorted(told, key=lambda item: item[0], reverse=True)
        ]

    def _get_billing_end_text(self):
        reason = self.billing_close_reason_id.name
        if reason and not self.env.context.get("billing_for_customer"):
            return self.env._("Last day (%(reason)s)", reason=reason)
        return self.env._("Last day")
