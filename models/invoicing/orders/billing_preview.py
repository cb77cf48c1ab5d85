"""What the next runs will bill, without billing it: the verb of every screen.

The engine's own computation on the promise and the ledger as they are, or as a dialog
would make them. Nothing is written.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from odoo import models

from ....engine.charging import Charge
from ....engine.errors import BillingError
from ....engine.periods import Period
from ....engine.promise import opening_entry
from ....engine.reasons import Reason
from ....engine.upcoming import upcoming


@dataclass
class Outlook:
    """The promise and the ledger of one order, as far as its lines can be computed.

    :param lines: ``sale.order.line`` by id.
    :param terms: their promise, by id.
    :param billed: their ledger, by id.
    :param extra: one-off lines that the next document takes along.
    """

    order: object
    lines: dict
    terms: dict
    billed: dict
    extra: object

    def promises(self):
        """What :func:`upcoming` reads."""
        return [
            (terms, self.billed.get(line, ())) for line, terms in self.terms.items()
        ]


@dataclass
class Preview:
    """A document to come.

    :param outlook: what it was computed from.
    :param day: the day of the run that makes it.
    :param charges: what the engine found, line by line.
    :param extra: one-off order lines that stand on it too.
    :param untaxed: amount without tax, negative for a credit note.
    :param total: amount with tax.
    :param reasons: what makes it differ from the one before.
    """

    outlook: Outlook
    day: date
    charges: tuple[Charge, ...]
    extra: object
    untaxed: float
    total: float
    reasons: tuple[Reason, ...]

    @property
    def period(self):
        """From the first to the last day that is charged for, or None."""
        spans = [c.period for c in self.charges if c.kind == "charge"]
        spans = spans or [c.period for c in self.charges]
        if not spans:
            return None
        return Period(min(s.start for s in spans), max(s.end for s in spans))


class BillingPreview(models.AbstractModel):
    """The preview service: reads, asks the engine, writes nothing."""

    _name = "billing.preview"
    _description = "Preview Service"

    # === Reading === #

    def _get_outlooks(self, orders):
        """The promise and ledger of orders: running ones, and quotations with a plan.

        :return: ``{order: Outlook}``; an order whose terms promise nothing definite is
            left out.
        """
        recurring = orders.order_line.filtered("billing_recurring")
        running = recurring.filtered("billing_anchor_date")
        read_terms = running._get_billing_terms_reader()
        # Amounts billed are no secret to who may read the order.
        billed = self.env["billing.invoicing"].sudo()._get_billed_entries(running)
        outlooks = {}
        # Groups of one recordset are read together, whatever the number of orders.
        started, all_lines = running.grouped("order_id"), recurring.grouped("order_id")
        for order in orders:
            try:
                if order.is_billing_subscription:
                    lines = started.get(order, running.browse())
                    terms = {line.id: read_terms(line) for line in lines}
                    ledger = {line.id: billed.get(line.id, []) for line in lines}
                else:
                    lines = all_lines.get(order, recurring.browse())
                    terms = {line.id: line._get_billing_quote_terms() for line in lines}
                    ledger = {
                        line.id: self._get_quote_ledger(line, terms[line.id])
                        for line in lines
                    }
            except BillingError:
                continue
            outlooks[order] = Outlook(
                order,
                {line.id: line for line in lines},
                terms,
                ledger,
                self._get_extra_lines(order),
            )
        return outlooks

    def _get_quote_ledger(self, line, terms):
        """What a quote says was already billed elsewhere, as it will be opened."""
        until = line._get_billing_opened_until()
        if line.order_id.billing_opening != "already_billed" or not until:
            return []
        entry = opening_entry(terms, until, charged=Decimal(0))
        return [entry] if entry else []

    def _get_extra_lines(self, order):
        """One-off lines that the next document will take along."""
        if order.is_billing_subscription:
            return self.env["billing.invoicing"]._get_extra_lines(order)
        return order.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.billing_recurring
                and not line.is_downpayment
                and line.product_id.invoice_policy == "order"
            )
        )

    # === Looking ahead === #

    def _get_previews(self, orders, count=1, as_of=None):
        """The next documents of orders.

        :param int count: at most so many of each.
        :param datetime.date as_of: as they looked on that day; today by default.
        :return: ``{order: [Preview]}``, an empty list where nothing will be invoiced or
            the terms cannot be computed.
        """
        previews = dict.fromkeys(orders, ())
        for order, outlook in self._get_outlooks(orders).items():
            try:
                previews[order] = self._look_ahead(outlook, count, as_of)
            except BillingError:
                # What waits for a person is told by the item that is set aside.
                previews[order] = []
        return previews

    def _look_ahead(self, outlook, count, as_of=None):
        """The next documents of one order, with amounts and reasons.

        :raises BillingError: when the engine refuses to look ahead.
        """
        previews = []
        for document in islice(self._get_documents(outlook, as_of), count):
            extra = outlook.extra.browse() if previews else outlook.extra
            untaxed, total = self._sum_up(outlook, document.charges, extra)
            previews.append(
                Preview(
                    outlook,
                    document.day,
                    document.charges,
                    extra,
                    untaxed,
                    total,
                    document.reasons,
                )
            )
        return previews

    def _get_documents(self, outlook, as_of=None):
        plan = outlook.order.billing_plan_id
        return upcoming(
            outlook.promises(),
            as_of=as_of or outlook.order.company_id._billing_today(),
            form=plan.catch_up_form,
            carry_over=plan.credit_policy == "carry_over",
        )

    # === Amounts === #

    def _sum_up(self, outlook, charges, extra=()):
        """Amounts of charges and one-off lines by core's own tax computation.

        :return: untaxed and total, in the order's currency.
        """
        order = outlook.order
        rows = [
            outlook.lines[charge.line]._prepare_base_line_for_taxes_computation(
                quantity=float(charge.quantity),
                price_unit=float(charge.price),
                discount=float(charge.discount),
            )
            for charge in charges
            if charge.charged
        ]
        for line in extra:
            quantity = (
                line.qty_to_invoice if line.state == "sale" else line.product_uom_qty
            )
            rows.append(
                line._prepare_base_line_for_taxes_computation(quantity=quantity)
            )
        return self._sum_base_lines(order.company_id, order.currency_id, rows)

    def _sum_base_lines(self, company, currency, rows):
        """Untaxed and total amount of base lines of core's tax computation."""
        company = company or self.env.company
        taxes = self.env["account.tax"]
        taxes._add_tax_details_in_base_lines(rows, company)
        taxes._round_base_lines_tax_details(rows, company)
        summary = taxes._get_tax_totals_summary(rows, currency, company)
        return summary["base_amount_currency"], summary["total_amount_currency"]

    def _get_next_untaxed(self, orders):
        """The untaxed amount of the next document of each order, for lists.

        :return: ``{order: amount}``, without those that have none.
        """
        found = {}
        for order, outlook in self._get_outlooks(orders).items():
            try:
                document = next(self._get_documents(outlook), None)
            except BillingError:
                continue
            if document:
                found[order] = self._sum_untaxed(
                    outlook, document.charges, outlook.extra
                )
        return found

    def _sum_untaxed(self, outlook, charges, extra=()):
        """The untaxed sum; plain charges need no tax computation."""
        if not extra and not self._has_included_tax(outlook.lines.values()):
            return float(sum(charge.charged for charge in charges))
        return self._sum_up(outlook, charges, extra)[0]

    def _has_included_tax(self, lines):
        """Whether the price of one of the order lines includes a tax."""
        return any(
            tax.price_include
            for line in lines
            for tax in line.tax_ids.flatten_taxes_hierarchy()
        )
