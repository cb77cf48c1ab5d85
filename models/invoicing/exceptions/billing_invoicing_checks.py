"""What is refused before a document is made, and before it is final."""

from odoo import models
from odoo.tools.misc import format_date

from .billing_invoicing_causes import ParkedFor


class BillingInvoicing(models.AbstractModel):
    _inherit = "billing.invoicing"

    # === Before a document is made === #

    def _check_bill(self, bill, as_of):
        """Refuse what core would invoice wrongly or refuse less clearly.

        :raises Parked: record, fact, remedy.
        """
        self._check_customer(bill.order)
        self._check_currency(bill.order, as_of)
        for line in bill.lines.values():
            if not line.product_id.active:
                raise ParkedFor(
                    "product_archived",
                    self.env._(
                        "%(product)s is archived. Restore the product, or end its "
                        "line on %(order)s.",
                        product=line.product_id.display_name,
                        order=bill.order.name,
                    ),
                    line.product_id,
                )
        self._check_books(bill)

    def _check_customer(self, order):
        partner = order.partner_invoice_id
        if not partner.active:
            raise ParkedFor(
                "partner_archived",
                self.env._(
                    "%(partner)s is archived. Restore the customer, or close "
                    "%(order)s.",
                    partner=partner.display_name,
                    order=order.name,
                ),
                partner,
            )
        missing = self._get_missing_address_parts(partner)
        if missing:
            raise ParkedFor(
                "no_address",
                self.env._(
                    "%(partner)s: %(missing)s missing. Complete the customer's "
                    "address.",
                    partner=partner.display_name,
                    missing=", ".join(missing),
                ),
                partner,
            )

    def _get_missing_address_parts(self, partner):
        """Which parts of the address an invoice needs are missing (C. com. L441-9)."""
        missing = []
        if not partner.street and not partner.city:
            missing.append(self.env._("street and city"))
        if not partner.country_id:
            missing.append(self.env._("country"))
        elif partner.country_id.zip_required and not partner.zip:
            missing.append(self.env._("postal code"))
        return missing

    def _check_currency(self, order, as_of):
        currency, company = order.currency_id, order.company_id
        if currency == company.currency_id:
            return
        if not currency.active:
            raise ParkedFor(
                "currency_inactive",
                self.env._(
                    "%(currency)s is not active. Activate the currency to invoice "
                    "%(order)s.",
                    currency=currency.name,
                    order=order.name,
                ),
                currency,
            )
        day = self._get_document_date(as_of)
        if not self._once(
            ("rate", currency.id, company.root_id.id, day),
            lambda: self._has_rate(currency, company, day),
        ):
            raise ParkedFor(
                "rate_missing",
                self.env._(
                    "%(order)s: there is no rate of %(currency)s on %(date)s. Enter "
                    "the rate of the day.",
                    order=order.name,
                    currency=currency.name,
                    date=format_date(self.env, day),
                ),
                currency,
            )

    def _has_rate(self, currency, company, day):
        return any(
            rate.company_id in (company.root_id, rate.company_id.browse())
            and rate.name <= day
            for rate in currency.rate_ids
        )

    # === Before it is final === #

    def _check_document(self, document, move):
        """The document must say what the ledger says: never a silent cent.

        :raises Parked: ``document_differs``, ``credit_without_invoice``.
        """
        self._check_credit(document, move)
        lines = self._get_created_lines(move)
        for (bill, source), line in zip(document.rows, lines, strict=True):
            if isinstance(source, models.BaseModel):
                bill.untaxed += document.sign * line.price_subtotal
                continue
            bill.untaxed += document.sign * line.price_subtotal
            taxes = line.tax_ids.flatten_taxes_hierarchy()
            shown = self._get_shown_amount(
                taxes,
                line.price_subtotal,
                line.quantity * line.price_unit * (1 - line.discount / 100),
            )
            expected = float(source.charged) * document.sign
            if shown is not None and move.currency_id.compare_amounts(shown, expected):
                raise ParkedFor(
                    "document_differs",
                    self.env._(
                        "%(order)s: the invoice would say %(shown)s for "
                        "%(product)s, the computation says %(expected)s. Check the "
                        "rounding of taxes and other modules.",
                        order=bill.order.name,
                        shown=shown,
                        product=line.product_id.display_name,
                        expected=expected,
                    ),
                    bill.order,
                )

    def _get_shown_amount(self, taxes, untaxed, price):
        """What a line comes to in its own price convention; None where only some of
        its taxes are part of the price.

        Not the total that core stores on the line: where taxes are rounded by document,
        it adds up a base and a tax that were rounded apart; the document does not.

        :param taxes: taxes of the line, groups resolved.
        :param untaxed: what core says of it without taxes.
        :param price: quantity × unit price less the discount.
        """
        included = [tax.price_include for tax in taxes]
        if not any(included):
            return untaxed
        return price if all(included) else None

    def _check_lock_dates(self, moves, bills):
        """Park instead of booking elsewhere, where the plan says so, and where no day
        is open yet that core could book on.

        :raises Parked: ``period_locked``.
        """
        orders = {order.id: order for order in (bill.order for bill in bills)}
        today = self.env.company._billing_today()
        for move in moves:
            locks = move._get_violated_lock_dates(
                move.invoice_date, bool(move.line_ids.tax_ids)
            )
            own = move.invoice_line_ids.sale_line_ids.order_id.filtered(
                lambda order: order.id in orders
            )
            shut = locks and max(day for day, _lock in locks) >= today
            strict = own.billing_plan_id.filtered(
                lambda plan: plan.locked_period == "park"
            )
            if locks and (shut or strict):
                raise ParkedFor(
                    "period_locked",
                    self.env._(
                        "%(order)s: %(date)s lies in a closed period. Open it, or let "
                        "the plan book on the first open day.",
                        order=own[:1].name,
                        date=format_date(self.env, move.invoice_date),
                    ),
                    # Nothing but an open day helps when all are closed.
                    move.company_id if shut else strict[:1],
                )
