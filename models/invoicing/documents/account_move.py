import re

from odoo import fields, models
from odoo.tools.misc import format_date, formatLang

from ....engine.words import amount_in_words
from ...plan.numbers import as_decimal
from ...plan.wording import bare_amount_text, period_text
from ..ledger.billing_invoicing_doors import charged_on

#: Prices solved back from an amount have no end: so many decimals are printed.
PRICE_DECIMALS = 6
#: The run writes the days as the last line of a description.
_TWO_DAYS = re.compile(r"\d+\D\d+\D\d+.*?\d+\D\d+\D\d+")


class AccountMove(models.Model):
    """A customer's document as it is printed."""

    _inherit = "account.move"

    billing_credit_reason = fields.Char(
        string="Reason of the credit",
        copy=False,
        help="Printed on the credit note, in the customer's language.",
    )

    def _billing_get_document_facts(self):
        """All that the page of a customer's document says beyond core's own.

        Asked once a page, in the customer's language: the page itself asks nothing line
        by line.

        :return: None for a document that is none of a customer; else a dict: ``lines``
            ({line id: dict with ``title``, ``period``, ``price``, ``amount``}),
            ``subscriptions``, ``reference`` (of the customer), ``credit``, ``words``,
            ``changes``, ``next``, ``payment``, ``mentions``.
        """
        self.ensure_one()
        if self.move_type not in ("out_invoice", "out_refund"):
            return None
        # Whose subscription it is is no secret to who may read the invoice.
        orders = self.sudo()._get_billing_subscriptions()
        names = orders.mapped("name")
        changes = self._billing_get_changes()
        return {
            "lines": {
                line.id: self._billing_get_line_texts(line)
                for line in self._billing_get_product_lines()
            },
            "subscriptions": ", ".join(names),
            "reference": self.ref if self._billing_has_own_reference(names) else "",
            "credit": self._billing_get_credit(orders, changes),
            "words": self._billing_get_words(),
            "changes": changes if self.move_type == "out_invoice" else [],
            "next": self._billing_get_next(),
            "payment": self._billing_get_payment_box(),
            "mentions": self._billing_get_printed_mentions(),
        }

    def _billing_get_printed_mentions(self):
        """The mentions at the foot of the page, without what its head says already."""
        said = set()
        # The French localisation prints the kind of operation beside the dates.
        if "l10n_fr_is_company_french" in self._fields and (
            self.l10n_fr_is_company_french
            and any(self.invoice_line_ids.tax_ids.mapped("tax_scope"))
        ):
            said.add("operation")
        return [
            mention["text"]
            for mention in self._billing_get_mentions()
            if mention["code"] not in said
        ]

    def _billing_has_own_reference(self, names):
        """Whether ``ref`` is the customer's word: core fills it with the order's name,
        and on a credit note with the number of the invoice.
        """
        if not self.ref or self.ref in (*names, ", ".join(names)):
            return False
        corrected = self.reversed_entry_id.name
        return not (corrected and corrected in self.ref)

    def _billing_get_line_texts(self, line):
        """A line as it is printed; amounts carry no currency, the column says it."""
        title, period = self._billing_split_description(line)
        amount = line.price_subtotal
        if self.company_price_include == "tax_included":
            amount = line.price_total
            if all(tax.price_include for tax in line.tax_ids.flatten_taxes_hierarchy()):
                # Core's total may be a cent off the price: see the run's own check.
                amount = float(charged_on(line)) * self._get_billing_sign()
        return {
            "title": title,
            "period": period,
            "price": self._billing_get_price_text(line.price_unit),
            "amount": bare_amount_text(self.env, amount, self.currency_id),
        }

    def _billing_split_description(self, line):
        """What is sold, and the days it is sold for."""
        name = line.name or ""
        if not line.billing_period_start:
            return name, ""
        title, _break, last = name.rpartition("\n")
        if title and _TWO_DAYS.search(last):
            return title, last
        days = line.billing_period_start, line.billing_period_end
        return name, period_text(self.env, *days)

    def _billing_get_price_text(self, price):
        """A unit price to at most six decimals, at least those of the currency."""
        digits = self.currency_id.decimal_places
        exact = f"{price:.{PRICE_DECIMALS}f}".rstrip("0").partition(".")[2]
        return formatLang(self.env, price, digits=max(digits, len(exact)))

    def _billing_get_words(self):
        """The total in words, in a sentence."""
        total = as_decimal(self.currency_id.round(self.amount_total))
        words = amount_in_words(
            total,
            currency=self.currency_id.name,
            lang=self.env.lang or "en_US",
        )
        words = words[:1].upper() + words[1:]
        if self.currency_id.is_zero(self.amount_tax):
            return self.env._("In words: %(words)s.", words=words)
        return self.env._("In words: %(words)s incl. tax.", words=words)

    def _billing_get_credit(self, orders, changes):
        """What a credit note takes back, and why; None on an invoice."""
        if self.move_type != "out_refund":
            return None
        corrected = self._billing_get_corrected()
        days = [format_date(self.env, move.invoice_date) for move in corrected]
        return {
            "corrects": corrected
            and self.env._(
                "It corrects invoice %(number)s of %(date)s.",
                number=", ".join(corrected.mapped("name")),
                date=", ".join(dict.fromkeys(days)),
            ),
            "reasons": self._billing_get_credit_reasons(orders, changes),
            "periods": list(
                dict.fromkeys(
                    period_text(
                        self.env, line.billing_period_start, line.billing_period_end
                    )
                    for line in self.invoice_line_ids
                    if line.billing_period_start
                )
            ),
        }

    def _billing_get_credit_reasons(self, orders, changes):
        """The reason that was given; else what the subscriptions tell."""
        if self.billing_credit_reason:
            return [self.billing_credit_reason]
        span = self._billing_get_billed_span()
        ended = [
            self.env._(
                "Subscription %(name)s ends on %(date)s.",
                name=order.name,
                date=format_date(self.env, order.billing_end_date),
            )
            for order in orders
            # A term that ends later took nothing back.
            if order.billing_end_date and span and order.billing_end_date < span[1]
        ]
        return ended or changes
