from odoo import fields, models


class PaymentTransaction(models.Model):
    """Payments of quotations that start a subscription."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        # EXTENDS sale: a subscription starts on the day it was paid.
        confirmed = self.env["sale.order"]
        for tx in self:
            quote = tx._get_billing_quote()
            if not quote:
                confirmed |= super(
                    PaymentTransaction, tx
                )._check_amount_and_confirm_order()
            elif quote._billing_confirm_paid(tx._get_billing_day()):
                confirmed |= quote
        return confirmed

    def _get_billing_quote(self):
        """The one quotation this pays that starts, or should start, a subscription."""
        self.ensure_one()
        quote = self.sale_order_ids
        if len(quote) != 1 or quote.state not in ("draft", "sent"):
            return quote.browse()
        if quote.billing_plan_id or quote._get_billing_refusal():
            return quote
        return quote.browse()

    def _get_billing_day(self):
        """The company's day on which the customer paid.

        :rtype: datetime.date
        """
        self.ensure_one()
        company = self.company_id
        record = self.with_context(tz=company._billing_timezone())
        return fields.Datetime.context_timestamp(record, self.create_date).date()

    def _invoice_sale_orders(self):
        # EXTENDS sale: a subscription is invoiced by the run. A payment of the quote
        # waits for its first invoice, a charge for an invoice stays with that one.
        billed = self.filtered(
            lambda tx: tx.sale_order_ids.filtered("is_billing_subscription")
        )
        return super(PaymentTransaction, self - billed)._invoice_sale_orders()
