from odoo import models
from odoo.tools.misc import format_date

from ...plan.wording import number_text


class SaleOrder(models.Model):
    """The certificate that a subscription runs."""

    _inherit = "sale.order"

    def _billing_get_certificate(self):
        """What the certificate of a subscription says, in its customer's language.

        :return: dict: ``today``, ``sentences``, ``state``, ``lines`` (dicts ``name``,
            ``quantity``, ``since``), ``recurring`` ([(amount without tax, rhythm)]);
            None for an order that is no subscription.
        """
        self.ensure_one()
        if not self.is_billing_subscription:
            return None
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        today = order.company_id._billing_today()
        running = order.order_line.filtered(
            lambda line: line.billing_recurring and line._is_billing_in_force()
        )
        return {
            "today": format_date(order.env, today),
            "sentences": order._billing_get_certificate_sentences(today),
            "state": order.billing_state,
            "lines": [
                {
                    "name": line.product_id.name or line.name,
                    "quantity": number_text(order.env, line.product_uom_qty),
                    "since": format_date(order.env, line.billing_start_date),
                }
                for line in running
            ],
            "recurring": order._get_billing_summary()["recurring"],
        }

    def _billing_get_certificate_sentences(self, today):
        """Who holds what since when, and how it stands."""
        values = {
            "company": self.company_id.name,
            "customer": self.partner_id.commercial_partner_id.name,
            "subscription": self.name,
            "since": format_date(self.env, self.billing_start_date),
            "until": self.billing_end_date
            and format_date(self.env, self.billing_end_date),
        }
        if values["until"]:
            holds = self.env._(
                "We, %(company)s, certify that %(customer)s has held subscription "
                "%(subscription)s since %(since)s, until %(until)s.",
                **values,
            )
        else:
            holds = self.env._(
                "We, %(company)s, certify that %(customer)s has held subscription "
                "%(subscription)s since %(since)s.",
                **values,
            )
        day = format_date(self.env, today)
        stands = {
            "running": self.env._("On %(date)s it is running.", date=day),
            "paused": self.env._("On %(date)s it is paused.", date=day),
            "closed": self.env._("On %(date)s it is closed.", date=day),
        }
        return [holds, stands[self.billing_state]]
