from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ...common import BillingCommon

FORM = "recurring_billing.sale_order_view_form_billing"


@tagged("post_install", "-at_install")
class TestInvoicingScreens(BillingCommon):
    """Screens cost the same whatever stands behind them, and show own things only."""

    def _count(self, call):
        """The queries of a call on cold caches."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def _open_list(self, orders):
        names = (
            self.env["ir.ui.view"]
            .sudo()
            .search([("name", "=", "sale.order.list.billing")])
        )
        arch = self.env["sale.order"].get_view(names.id, "list")
        fields = {name: {} for name in arch["models"]["sale.order"]}
        fields["partner_id"] = {"fields": {"display_name": {}}}
        return self.env["sale.order"].web_search_read(
            [("id", "in", orders.ids)], fields, limit=80
        )

    def test_list_costs_no_query_per_row(self):
        with self._on("2026-10-01"):
            orders = self.env["sale.order"].union(
                *(self._quote(billing_start_date="2026-10-01") for _n in range(40))
            )
            orders.action_confirm()
        with self._on("2026-10-02"):
            self._open_list(orders)
            few = self._count(lambda: self._open_list(orders[:4]))
            many = self._count(lambda: self._open_list(orders))
        self.assertLessEqual(many, few)

    def test_cards_and_calendar_compute_next_amounts_without_a_query_per_row(self):
        with self._on("2026-10-01"):
            orders = self.env["sale.order"].union(
                *(self._quote(billing_start_date="2026-10-01") for _n in range(40))
            )
            orders.action_confirm()

        def show(some):
            shown = some.with_context(billing_show_customer=True)
            return shown.read(["display_name", "billing_next_untaxed"])

        with self._on("2026-10-02"):
            show(orders)
            few = self._count(lambda: show(orders[:4]))
            many = self._count(lambda: show(orders))
            self.assertEqual(set(orders.mapped("billing_next_untaxed")), {100.0})
        self.assertLessEqual(many, few)

    def test_list_groups_and_searches_in_a_fixed_number_of_queries(self):
        with self._on("2026-10-01"):
            orders = self.env["sale.order"].union(
                *(self._quote(billing_start_date="2026-10-01") for _n in range(20))
            )
            orders.action_confirm()

        def group(some):
            return self.env["sale.order"].formatted_read_group(
                [("id", "in", some.ids), ("partner_id", "child_of", "Horizon")],
                ["billing_plan_id"],
                ["billing_monthly_amount:sum", "__count"],
            )

        group(orders)
        few, many = (
            self._count(lambda: group(orders[:2])),
            self._count(lambda: group(orders)),
        )
        self.assertEqual(many, few)
        self.assertEqual(group(orders)[0]["__count"], 20)

    def test_form_of_36_invoices_opens_like_that_of_one(self):
        self.plan_monthly.sudo().catch_up_limit = 40
        old = self._subscribe("2023-11-01", billing_opening="bill_all")
        new = self._subscribe("2026-10-01")
        self._run_on("2026-10-02")
        self.assertEqual(len(self._invoices(old)), 36)
        self.assertEqual(len(self._invoices(new)), 1)
        with self._on("2026-10-02"):
            Form(new, FORM)
            one = self._count(lambda: Form(new, FORM))
            many = self._count(lambda: Form(old, FORM))
        self.assertLessEqual(many, one * 1.15)

    def test_salesperson_opens_own_subscription_and_no_others(self):
        seller, other = (
            new_test_user(
                self.env(su=True), login=login, groups="sales_team.group_sale_salesman"
            )
            for login in ("seller", "seller2")
        )
        order = self._subscribe("2026-10-01", user_id=seller.id)
        with self._on("2026-10-02"):
            mine = order.with_user(seller)
            self.assertTrue(mine.billing_headline)
            self.assertTrue(mine.billing_coming)
            self.assertTrue(mine.billing_next_untaxed)
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                order.with_user(other).read(["billing_headline"])
            self.assertEqual(
                self.env["sale.order"]
                .with_user(other)
                .get_billing_headline([("id", "=", order.id)]),
                "",
            )

    def test_subscription_of_another_company_is_out_of_sight(self):
        order = self._subscribe("2026-10-01")
        stranger = self._create_stranger()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            order.with_user(stranger).read(["billing_headline"])
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_billing_see_next()
