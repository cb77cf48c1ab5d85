from odoo import models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ...plan.wording import amount_text, number_text

#: Bootstrap's class for each state: green runs, amber waits for a date, grey is over.
STATE_CLASSES = {
    "running": "text-bg-success",
    "paused": "text-bg-warning",
    "closed": "text-bg-secondary",
}


class SaleOrder(models.Model):
    """A subscription as its customer sees it on the portal."""

    _inherit = "sale.order"

    def _get_billing_portal_url(self):
        """The page of the subscription, readable by who has the link."""
        self.ensure_one()
        return f"/my/subscriptions/{self.id}?access_token={self._portal_ensure_token()}"

    def _get_billing_portal_class(self):
        self.ensure_one()
        return STATE_CLASSES.get(self.billing_state, "text-bg-secondary")

    def _get_billing_portal_rows(self):
        """One dict a subscription for the list: what it comes to and what is next."""
        previews = self.env["billing.preview"]._get_previews(self)
        rows = []
        for order in self:
            preview = next(iter(previews[order]), None)
            rows.append(
                {
                    "subscription": order,
                    "recurring": order._get_billing_summary()["recurring"],
                    "next_date": preview and format_date(self.env, preview.day),
                    "next_amount": preview
                    and order._get_billing_amount_text(preview.untaxed),
                }
            )
        return rows

    def _get_billing_portal_lines(self):
        """What the customer has today or will have, as texts, without what is over."""
        self.ensure_one()
        today = self.company_id._billing_today()
        return [
            self._prepare_billing_portal_line(line, today)
            for line in self.order_line
            if not line.display_type
            and not line.is_downpayment
            and not (line.billing_end_date and line.billing_end_date < today)
        ]

    def _prepare_billing_portal_line(self, line, today):
        start, end = line.billing_start_date, line.billing_end_date
        return {
            "record": line,
            "start": start and start > today and format_date(self.env, start),
            "end": end and format_date(self.env, end),
            "quantity": number_text(self.env, line.product_uom_qty),
            "price": self._get_billing_amount_text(line.price_unit),
            "discount": line.discount
            and line._get_billing_discount_text(line.discount),
            "amount": self._get_billing_amount_text(line.price_subtotal),
        }

    def _get_billing_portal_events(self):
        """The history in the customer's language, the newest first."""
        self.ensure_one()
        # Why a term changed or the contract ended is the company's own note.
        order = self.with_context(billing_for_customer=True)
        return [
            {**event, "date": format_date(self.env, event["date"])}
            for event in order._get_billing_history()
        ]

    def _get_billing_portal_invoices_domain(self):
        """Posted documents of this subscription that are addressed to its customer."""
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        return (
            Domain("invoice_line_ids.sale_line_ids.order_id", "=", self.id)
            & Domain("state", "=", "posted")
            & Domain("commercial_partner_id", "=", customer.id)
        )

    def _get_billing_portal_invoice_rows(self, offset, limit):
        """A page of invoices: number, day, amount with tax, state, link."""
        moves = self.env["account.move"].search(
            self._get_billing_portal_invoices_domain(),
            order="invoice_date desc, id desc",
            offset=offset,
            limit=limit,
        )
        return [
            {
                "name": move.name,
                "date": format_date(self.env, move.invoice_date),
                "amount": amount_text(
                    self.env,
                    -move.amount_total
                    if move.move_type == "out_refund"
                    else move.amount_total,
                    move.currency_id,
                ),
                "state": self._get_billing_portal_payment_state(move),
                "url": move.get_portal_url(),
            }
            for move in moves
        ]

    def _get_billing_portal_payment_state(self, move):
        """Paid, processing, reversed or open, as core says it in its list."""
        if move.payment_state == "reversed":
            return "reversed"
        if move.currency_id.is_zero(move.amount_residual):
            return "paid"
        return "processing" if move.payment_state == "in_payment" else "open"
