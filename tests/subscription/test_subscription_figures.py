from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionFigures(BillingCommon):
    """How subscriptions are counted on plans, customers and products."""

    def _fresh(self, record):
        record.invalidate_recordset()
        return record

    def _salesperson(self):
        return new_test_user(
            self.admin_env,
            login="salesperson",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def _foreign_pricelist(self):
        currency = self.admin_env["res.currency"].create(
            {"name": "XBI", "symbol": "X", "rounding": 0.01}
        )
        self.admin_env["res.currency.rate"].create(
            {"currency_id": currency.id, "name": "2020-01-01", "rate": 2.0}
        )
        return self.admin_env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": currency.id}
        )

    # === Plans === #

    def test_plan_counts_what_runs_or_is_paused(self):
        plan = self.plan_yearly
        self._subscribe("2026-01-01", plan)
        paused = self._subscribe("2026-01-01", plan)
        closed = self._subscribe("2026-01-01", plan)
        self.env.flush_all()
        paused.sudo().billing_state = "paused"
        closed.sudo().billing_state = "closed"
        self._quote(plan)
        self.assertEqual(self._fresh(plan).subscription_count, 2)

    def test_plan_adds_up_a_month(self):
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)])
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 2, 600.0)])
        self.assertEqual(self._fresh(self.plan_yearly).monthly_amount, 200.0)

    def test_plan_converts_another_currency(self):
        pricelist = self._foreign_pricelist()
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)])
        order = self._subscribe(
            "2026-01-01",
            self.plan_yearly,
            [(self.support, 1, 1200.0)],
            pricelist_id=pricelist.id,
        )
        self.assertEqual(order.currency_id, pricelist.currency_id)
        self.assertEqual(self._fresh(self.plan_yearly).monthly_amount, 150.0)

    def test_plan_figures_cost_the_same_for_one_or_many(self):
        plans = self.env["billing.plan"].search([])
        for plan in plans:
            self._subscribe("2026-01-01", plan)
        fields = ["subscription_count", "monthly_amount"]
        plans.invalidate_recordset()
        plans[:1].read(fields)  # what is read once
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            plans.read(fields)

    def test_plan_opens_the_list_that_it_counts(self):
        order = self._subscribe("2026-01-01", self.plan_yearly)
        action = self.plan_yearly.action_open_subscriptions()
        found = self.env["sale.order"].search(action["domain"])
        self.assertIn(order, found)
        self.assertEqual(found.billing_plan_id, self.plan_yearly)

    def test_who_sells_nothing_reads_plans_without_figures(self):
        self._subscribe("2026-01-01", self.plan_yearly)
        employee = new_test_user(self.admin_env, login="employee")
        plan = self._fresh(self.plan_yearly.with_user(employee))
        self.assertEqual(plan.subscription_count, 0)

    # === Changing a plan in use === #

    def _plan_form(self):
        self._subscribe("2026-01-01", self.plan_yearly)
        return Form(self._fresh(self.plan_yearly.sudo()))

    def test_change_of_dates_says_who_keeps_them(self):
        form = self._plan_form()
        form.lead_days = 10
        self.assertEqual(
            form.alerts["billing_dates_kept"]["message"],
            "1 running subscription keeps its dates; only new ones follow.",
        )

    def test_change_of_dates_counts_who_keeps_them(self):
        self._subscribe("2026-01-01", self.plan_yearly)
        form = self._plan_form()
        form.interval = 2
        self.assertEqual(
            form.alerts["billing_dates_kept"]["message"],
            "2 running subscriptions keep their dates; only new ones follow.",
        )

    def test_change_of_documents_says_who_follows(self):
        form = self._plan_form()
        form.posting = "draft"
        self.assertEqual(
            form.alerts["billing_rules_followed"]["message"],
            "1 running subscription follows from its next invoice on.",
        )

    def test_warning_opens_the_list_of_subscriptions(self):
        form = self._plan_form()
        form.interval = 2
        action = form.alerts["billing_dates_kept"]["action"]
        self.assertNotIn("view_mode", action)
        view = self.env.ref("recurring_billing.sale_order_view_list_billing")
        self.assertEqual(list(action["views"][0]), [view.id, "list"])

    def test_unchanged_plan_warns_of_nothing(self):
        form = self._plan_form()
        self.assertFalse(form.alerts)

    def test_change_of_an_unused_plan_warns_of_nothing(self):
        form = Form(self.plan_yearly.sudo())
        form.interval = 2
        self.assertFalse(form.alerts)

    # === Customers === #

    def test_customer_counts_the_whole_family(self):
        contact = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        self._subscribe("2026-01-01")
        self._subscribe("2026-01-01", partner_id=contact.id)
        for partner in (self.customer, contact):
            with self.subTest(partner=partner.name):
                self._fresh(partner)
                self.assertEqual(partner.billing_subscription_count, 2)
                self.assertEqual(partner.billing_monthly_amount, 200.0)

    def test_customer_figures_cost_the_same_for_one_or_many(self):
        partners = self.env["res.partner"]
        for number in range(5):
            partner = self._create_customer(f"Customer {number}")
            self._subscribe("2026-01-01", partner_id=partner.id)
            partners |= partner
        fields = ["billing_subscription_count", "billing_monthly_amount"]
        self.env.invalidate_all()
        partners[:1].read(fields)
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            partners.read(fields)

    def test_customer_opens_the_list_that_it_counts(self):
        order = self._subscribe("2026-01-01")
        self._subscribe(
            "2026-01-01", partner_id=self._create_customer("Somebody else").id
        )
        action = self.customer.action_open_billing_subscriptions()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)

    def test_salesperson_opens_the_form_of_a_customer(self):
        self._subscribe("2026-01-01")
        customer = self.customer.with_user(self._salesperson())
        arch = customer.get_view(view_type="form")["arch"]
        self.assertNotIn("billing_subscription_count", arch)
        Form(customer)
        customer.read(["billing_subscription_count", "billing_monthly_amount"])

    def test_employee_reads_a_customer_without_figures(self):
        self._subscribe("2026-01-01")
        employee = new_test_user(self.admin_env, login="employee")
        customer = self._fresh(self.customer.with_user(employee))
        self.assertEqual(customer.billing_subscription_count, 0)

    # === Products === #

    def test_product_counts_each_subscription_once(self):
        self._subscribe(
            "2026-01-01", lines=[(self.support, 1, 100.0), (self.support, 2, 90.0)]
        )
        self._subscribe("2026-01-01", lines=[(self.licence, 1, 50.0)])
        product = self._fresh(self.support.product_tmpl_id)
        self.assertEqual(product.billing_subscription_count, 1)

    def test_product_opens_the_list_that_it_counts(self):
        order = self._subscribe("2026-01-01")
        self._subscribe("2026-01-01", lines=[(self.licence, 1, 50.0)])
        product = self.support.product_tmpl_id
        action = product.action_open_billing_subscriptions()
        self.assertEqual(self.env["sale.order"].search(action["domain"]), order)

    # === The plan of new subscriptions === #

    def _new_order(self, **context):
        orders = self.env["sale.order"].with_context(**context)
        return orders.default_get(["billing_plan_id"]).get("billing_plan_id")

    def test_new_subscription_opens_with_the_companys_plan(self):
        self.company.billing_plan_id = self.plan_yearly
        self.assertEqual(
            self._new_order(billing_new_subscription=True), self.plan_yearly.id
        )

    def test_new_quotation_has_no_plan(self):
        self.company.billing_plan_id = self.plan_yearly
        self.assertFalse(self._new_order())

    def test_archived_plan_opens_nothing(self):
        self.company.billing_plan_id = self.plan_yearly
        self.plan_yearly.sudo().active = False
        self.assertFalse(self._new_order(billing_new_subscription=True))
