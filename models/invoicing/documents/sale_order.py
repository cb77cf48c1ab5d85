from odoo import models
from odoo.tools.misc import format_date

from ....engine.lifecycle import standing_on
from ....engine.periods import FOREVER, ONE_DAY
from ...plan.wording import number_text


class SaleOrder(models.Model):
    """The certificate that a subscription runs, ran or is to run."""

    _inherit = "sale.order"

    def _billing_get_certificate(self):
        """What the certificate of a subscription says, in its customer's language.

        :return: dict: ``today``, ``sentences``, ``state`` (as
            ``engine.lifecycle.standing_on``), ``lines`` (dicts ``name``, ``quantity``,
            ``since``), ``recurring`` ([(amount without tax, rhythm)] of these lines);
            None for an order that is no subscription.
        """
        self.ensure_one()
        if not self.is_billing_subscription:
            return None
        order = self.with_context(lang=self.partner_id.lang or self.env.lang)
        today, start = order.company_id._billing_today(), order.billing_start_date
        cuts = order._get_billing_interruptions()
        state = standing_on(today, start=start, **cuts)
        # What is sold from its first day on, while that is to come.
        held = order.order_line.filtered(
            lambda line: (
                line.billing_recurring and line._is_billing_in_force(max(today, start))
            )
        )
        totals = order._get_billing_totals(held)
        return {
            "today": format_date(order.env, today),
            "sentences": order._billing_get_certificate_sentences(
                state, today, cuts["end"]
            ),
            "state": state,
            "lines": [
                {
                    "name": line.product_id.name or line.name,
                    "quantity": number_text(order.env, line.product_uom_qty),
                    "since": format_date(order.env, line.billing_start_date),
                }
                for line in held
            ],
            "recurring": [
                (order._get_billing_amount_text(row["untaxed"]), row["label"])
                for row in totals
            ],
        }

    def _billing_get_certificate_sentences(self, state, today, end):
        """Who holds what since when, and how it stands.

        :param str state: as ``engine.lifecycle.standing_on``.
        :param datetime.date end: first day after the last one; None: no end.
        """
        # A pause that moves the end and is not over yet: nobody knows the day.
        known = end and end != FOREVER
        values = {
            "company": self.company_id.name,
            "customer": self.partner_id.commercial_partner_id.name,
            "subscription": self.name,
            "since": format_date(self.env, self.billing_start_date),
            "until": format_date(self.env, end - ONE_DAY) if known else "",
        }
        day = format_date(self.env, today)
        stands = {
            "coming": self.env._("On %(date)s it has not begun yet.", date=day),
            "running": self.env._("On %(date)s it is running.", date=day),
            "paused": self.env._("On %(date)s it is paused.", date=day),
            "closed": self.env._("On %(date)s it is closed.", date=day),
        }
        return [self._billing_get_certificate_claim(state, values), stands[state]]

    def _billing_get_certificate_claim(self, state, values):
        """Who held, holds or will hold what, in the tense of its dates."""
        if state == "coming" and values["until"]:
            return self.env._(
                "We, %(company)s, certify that %(customer)s has taken out subscription "
                "%(subscription)s, which begins on %(since)s and ends on %(until)s.",
                **values,
            )
        if state == "coming":
            return self.env._(
                "We, %(company)s, certify that %(customer)s has taken out subscription "
                "%(subscription)s, which begins on %(since)s.",
                **values,
            )
        if state == "closed":
            return self.env._(
                "We, %(company)s, certify that %(customer)s held subscription "
                "%(subscription)s from %(since)s until %(until)s.",
                **values,
            )
        if values["until"]:
            return self.env._(
                "We, %(company)s, certify that %(customer)s has held subscription "
                "%(subscription)s since %(since)s, until %(until)s.",
                **values,
            )
        return self.env._(
            "We, %(company)s, certify that %(customer)s has held subscription "
            "%(subscription)s since %(since)s.",
            **values,
        )
