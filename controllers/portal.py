"""The portal's page of a quotation with a plan: what is asked, and what is refused."""

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.sale.controllers import portal as sale_portal


class CustomerPortal(sale_portal.CustomerPortal):
    @http.route()
    def portal_order_page(self, order_id, **kwargs):
        # EXTENDS sale: a customer who cannot accept should not have to say so.
        response = super().portal_order_page(order_id, **kwargs)
        order_sudo = getattr(response, "qcontext", {}).get("sale_order")
        if order_sudo and request.env.user.share:
            order_sudo._billing_tell_refusal()
        return response

    def _determine_is_down_payment(self, order_sudo, amount_selection, payment_amount):
        # EXTENDS sale: there is no choice between a part and the whole.
        if order_sudo.billing_plan_id:
            return order_sudo.state != "sale"
        return super()._determine_is_down_payment(
            order_sudo, amount_selection, payment_amount
        )

    def _get_payment_values(
        self, order_sudo, is_down_payment=False, payment_amount=None, **kwargs
    ):
        # EXTENDS sale: the first document, or what the link says; the order's total
        # adds up rhythms and means nothing.
        values = super()._get_payment_values(
            order_sudo,
            is_down_payment=is_down_payment,
            payment_amount=payment_amount,
            **kwargs,
        )
        if order_sudo.billing_plan_id:
            values["amount"] = payment_amount or order_sudo._get_billing_first_total()
        return values


class PaymentPortal(sale_portal.PaymentPortal):
    @http.route()
    def portal_order_transaction(self, order_id, access_token, **kwargs):
        # EXTENDS sale: refuse before money moves, not after.
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token
            )
        except (AccessError, MissingError):
            # Core words that refusal.
            return super().portal_order_transaction(order_id, access_token, **kwargs)
        order_sudo._check_billing_payable(self._cast_as_float(kwargs.get("amount")))
        return super().portal_order_transaction(order_id, access_token, **kwargs)
