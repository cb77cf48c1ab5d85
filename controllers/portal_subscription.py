"""The portal's list of subscriptions, and the page of one."""

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.sale.controllers import portal as sale_portal

#: Invoices on a page of a subscription.
INVOICES = 10


class SubscriptionPortal(sale_portal.CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        # EXTENDS portal
        values = super()._prepare_home_portal_values(counters)
        if "billing_subscription_count" in counters:
            orders = request.env["sale.order"]
            values["billing_subscription_count"] = (
                orders.search_count(self._prepare_subscriptions_domain())
                if orders.has_access("read")
                else 0
            )
        return values

    def _prepare_subscriptions_domain(self):
        """Subscriptions of the user's own company, as core does for orders."""
        customer = request.env.user.partner_id.commercial_partner_id
        return Domain("partner_id", "child_of", customer.id) & Domain(
            "is_billing_subscription", "=", True
        )

    def _get_subscription_sortings(self):
        return {
            "next": {
                "label": request.env._("Next invoice"),
                "order": "billing_next_date, id",
            },
            "name": {"label": request.env._("Number"), "order": "name desc, id desc"},
            "start": {
                "label": request.env._("Start"),
                "order": "billing_start_date desc, id desc",
            },
        }

    @http.route(
        ["/my/subscriptions", "/my/subscriptions/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_subscriptions(self, page=1, sortby=None, **kwargs):
        orders, domain = request.env["sale.order"], self._prepare_subscriptions_domain()
        sortings = self._get_subscription_sortings()
        sortby = sortby if sortby in sortings else "next"
        readable = orders.has_access("read")
        pager = portal_pager(
            url="/my/subscriptions",
            url_args={"sortby": sortby},
            total=orders.search_count(domain) if readable else 0,
            page=page,
            step=self._items_per_page,
        )
        if readable:
            orders = orders.search(
                domain,
                order=sortings[sortby]["order"],
                limit=self._items_per_page,
                offset=pager["offset"],
            )
        request.session["my_subscriptions_history"] = orders.ids[:100]
        values = self._prepare_portal_layout_values()
        values.update(
            {
                # Found with the customer's own rights; plans, versions and the ledger
                # have none for the portal and are read for these orders only.
                "rows": orders.sudo()._get_billing_portal_rows(),
                "title": request.env._("My subscriptions"),
                "page_name": "subscription",
                "pager": pager,
                "default_url": "/my/subscriptions",
                "searchbar_sortings": sortings,
                "sortby": sortby,
            }
        )
        return request.render("recurring_billing.portal_my_subscriptions", values)

    @http.route(
        [
            "/my/subscriptions/<int:order_id>",
            "/my/subscriptions/<int:order_id>/page/<int:page>",
        ],
        type="http",
        auth="public",
        website=True,
    )
    def portal_subscription_page(self, order_id, page=1, access_token=None, **kwargs):
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not order_sudo.is_billing_subscription:
            return request.redirect(order_sudo.get_portal_url())
        values = self._get_page_view_values(
            order_sudo,
            access_token,
            self._prepare_subscription_values(order_sudo, page, access_token),
            "my_subscriptions_history",
            False,
            **kwargs,
        )
        return request.render("recurring_billing.portal_subscription", values)

    def _prepare_subscription_values(self, order_sudo, page, access_token):
        """What the page of a subscription shows.

        Access was checked; what the portal has no right to (plan, versions, pauses,
        ledger) is read for this order alone, and of its invoices only those addressed
        to the same customer.
        """
        pager = portal_pager(
            url=f"/my/subscriptions/{order_sudo.id}",
            url_args={"access_token": access_token} if access_token else None,
            total=order_sudo.env["account.move"].search_count(
                order_sudo._get_billing_portal_invoices_domain()
            ),
            page=page,
            step=INVOICES,
        )
        return {
            "title": order_sudo.name,
            "page_name": "subscription",
            "subscription": order_sudo,
            "res_company": order_sudo.company_id,
            "summary": order_sudo._get_billing_summary(),
            "lines": order_sudo._get_billing_portal_lines(),
            "invoices": order_sudo._get_billing_portal_invoice_rows(
                pager["offset"], INVOICES
            ),
            "events": order_sudo._get_billing_portal_events(),
            "pager": pager,
            "token_query": f"?access_token={access_token}" if access_token else "",
        }
