"""What a change would do to the invoices to come, before it is applied."""

from dataclasses import replace
from itertools import islice

from odoo import models
from odoo.tools.misc import format_date

from ....engine.errors import BillingError
from ....engine.reasons import settlement
from ...plan.wording import amount_text, period_text, signed_text

#: How many documents to come are compared.
_COMPARED = 6
#: How many of those that differ are told.
_TOLD = 2


class BillingPreview(models.AbstractModel):
    _inherit = "billing.preview"

    def _get_effect(self, outlook, terms, added=None):
        """How the documents to come change when the promise of an order does.

        :param Outlook outlook: the order as it is.
        :param dict terms: ``{line id: LineTerms}`` of the changed lines.
        :param added: a new ``sale.order.line``, not saved; its terms are in ``terms``.
        :return: list of sentences, empty when nothing would change.
        """
        lines = {**outlook.lines, **({added.id: added} if added else {})}
        changed = replace(outlook, lines=lines, terms={**outlook.terms, **terms})
        try:
            before = list(islice(self._get_documents(outlook), _COMPARED))
            after = list(islice(self._get_documents(changed), _COMPARED))
        except BillingError:
            return []
        known = {
            (charge.line, charge.kind, charge.period, charge.charged)
            for document in before
            for charge in document.charges
        }
        settled = [
            (document, charge)
            for document in after
            for charge in document.charges
            if charge.kind == "adjustment"
            and (charge.line, charge.kind, charge.period, charge.charged) not in known
        ]
        return [
            self._tell_settlement(outlook, changed, document, charge)
            for document, charge in settled
        ] + self._tell_documents(outlook, changed, before, after)

    def _tell_settlement(self, outlook, changed, document, charge):
        """ "November 2026: −150.00 € + 225.00 € = +75.00 €, on the invoice of …" """
        order, line = outlook.order, changed.lines[charge.line]
        untaxed = self._sum_untaxed(changed, [charge])
        days = period_text(self.env, charge.period.start, charge.period.last)
        values = {
            "period": days
            if len(changed.terms) == 1
            else f"{line.product_id.name}, {days}",
            "sum": signed_text(self.env, untaxed, order.currency_id),
            "date": format_date(self.env, document.day),
        }
        known = outlook.terms.get(charge.line)
        credit, charged = settlement(known, charge) if known else (0, charge.charged)
        if credit and charged and not self._has_included_tax([line]):
            values["sum"] = " ".join(
                [
                    signed_text(self.env, credit, order.currency_id),
                    signed_text(self.env, charged, order.currency_id),
                    "=",
                    values["sum"],
                ]
            )
        if document.amount < 0:
            return self.env._(
                "%(period)s: %(sum)s excl. tax, on a credit note of %(date)s.", **values
            )
        return self.env._(
            "%(period)s: %(sum)s excl. tax, on the invoice of %(date)s.", **values
        )

    def _tell_documents(self, outlook, changed, before, after):
        """The first documents whose regular amount changes, or that no more follow."""
        if not any(charge.kind == "charge" for d in after for charge in d.charges):
            return [self.env._("No further invoice follows.")]
        amounts = self._get_regular_amounts(outlook, before)
        now = self._get_regular_amounts(changed, after)
        ends = [docs[-1].day for docs in (before, after) if len(docs) == _COMPARED]
        told = [
            self._tell_document(
                outlook.order, day, amounts.get(day, 0), now.get(day, 0)
            )
            for day in sorted({*amounts, *now})
            # Beyond the end of a cut list nothing can be compared.
            if not ends or day <= min(ends)
        ]
        return [sentence for sentence in told if sentence][:_TOLD]

    def _get_regular_amounts(self, outlook, documents):
        """``{day: untaxed amount without adjustments}``."""
        amounts = {}
        for document in documents:
            regular = [c for c in document.charges if c.kind != "adjustment"]
            amount = self._sum_untaxed(outlook, regular) if regular else 0
            amounts[document.day] = amounts.get(document.day, 0) + amount
        return amounts

    def _tell_document(self, order, day, before, now):
        currency = order.currency_id
        if currency.is_zero(now - before):
            return False
        values = {
            "date": format_date(self.env, day),
            "before": amount_text(self.env, before, currency),
            "now": amount_text(self.env, now, currency),
        }
        if currency.is_zero(now):
            return self.env._("No invoice on %(date)s (%(before)s before).", **values)
        if currency.is_zero(before):
            return self.env._("Invoice of %(date)s: %(now)s excl. tax more.", **values)
        return self.env._(
            "Invoice of %(date)s: %(now)s excl. tax instead of %(before)s.", **values
        )
