from decimal import Decimal

from odoo import models

from ....engine import late_charges, statutory
from ....engine.errors import RateMissing
from ....engine.interest import late_interest
from ....engine.periods import ONE_DAY
from ...plan.numbers import as_decimal

#: The fixed sum for recovery of an invoice, in euros (C. com. D441-5; directive
#: 2011/7/EU, art. 6).
RECOVERY = 40


class BillingDunningCase(models.Model):
    """What late payment costs the customer by law, to the day."""

    _inherit = "billing.dunning.case"

    def _billing_get_late_charges(self, listed, until):
        """Interest and fixed sums of instalments, by currency.

        :param listed: tuple of ``OpenLine``.
        :param datetime.date until: the last day of interest.
        :return: ``{currency: engine.late_charges.LateCharges}``.
        """
        instalments = {}
        for one in listed:
            instalments.setdefault(one.currency, []).append(
                self._billing_get_instalment(one)
            )
        return {
            currency: late_charges.charges_of(
                parts, law=self._billing_get_late_law(currency, until), until=until
            )
            for currency, parts in instalments.items()
        }

    def _billing_get_instalment(self, one):
        """An instalment with what was paid of it, as the engine takes it."""
        line = one.line
        amount = as_decimal(line.amount_currency)
        payments = []
        for match in line.matched_credit_ids:
            paid = as_decimal(match.debit_amount_currency)
            if match.credit_move_id.move_id.move_type == "out_refund":
                # A credit note says that it was never owed.
                amount -= paid
            else:
                payments.append((match.credit_move_id.date, paid))
        return late_charges.Instalment(
            invoice=line.move_id.id,
            due=one.due,
            amount=amount,
            payments=tuple(payments),
            own=self._billing_get_own_rate(line.move_id),
        )

    def _billing_get_own_rate(self, move):
        """The rate that an invoice's terms agree on, None where the law's holds."""
        own = self.company_id.billing_late_rate
        return as_decimal(move.billing_late_rate or own) if own else None

    def _billing_get_late_law(self, currency, day):
        """The law that a claim in a currency follows."""
        scheme = self.company_id._get_billing_late_scheme()
        euro = self.env.ref("base.EUR")
        each = euro._convert(RECOVERY, currency, self.company_id, day) if scheme else 0
        return late_charges.LateLaw(
            kind=self._billing_get_kind(),
            rates=self.env["billing.statutory.rate"]._get_rates(),
            scheme=scheme,
            each=as_decimal(each),
            step=as_decimal(currency.rounding),
        )

    def _billing_get_interest_of_a_day(self, listed, day):
        """What a day more costs, by currency; None where a rate is not known.

        :return: ``{currency: Decimal}``, unrounded.
        """
        found = {}
        for one in listed:
            law = self._billing_get_late_law(one.currency, day)
            rates = statutory.late_rates(
                law.kind,
                law.rates,
                due=one.due,
                own=self._billing_get_own_rate(one.line.move_id),
                scheme=law.scheme,
            )
            try:
                interest = late_interest(
                    [(day, day + ONE_DAY, one.amount)], rates=rates
                )
            except RateMissing:
                return None
            found[one.currency] = found.get(one.currency, Decimal(0)) + interest
        return found
