from odoo import Command
from odoo.tests import new_test_user, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionFirstSteps(BillingCommon):
    """What the empty list of subscriptions says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.admin_env,
            login="manager",
            groups="recurring_billing.recurring_billing_group_manager,"
            "account.group_account_manager,product.group_product_manager",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _archive(self, model, domain=()):
        self.env[model].sudo().search([*domain]).active = False

    def _help(self, env=None):
        orders = (env or self.env(user=self.manager))["sale.order"]
        return orders.with_context(billing_first_steps=True).get_empty_list_help("")

    def _forget_products(self):
        products = self.env["product.template"].sudo().search([])
        products.filtered("billing_recurring").billing_recurring = False

    def test_ready_database_has_no_checklist(self):
        text = self._help()
        self.assertIn("No subscription yet.", text)
        self.assertIn("the rest invoices itself", text)
        self.assertNotIn("<ol", text)

    def test_missing_step_is_a_link_and_the_others_are_ticked(self):
        self._forget_products()
        text = self._help()
        self.assertIn(
            '<a href="/odoo/action-sale.product_template_action">Mark a service as '
            "recurring</a>",
            text,
        )
        self.assertRegex(text, "✓ </span>Choose a plan")
        self.assertRegex(text, "✓ </span>Check the sales journal")
        self.assertIn("(done)", text)

    def test_database_without_plan_asks_for_one(self):
        self._archive("billing.plan")
        self.assertIn(">Choose a plan</a>", self._help())

    def test_company_without_sales_journal_asks_for_one(self):
        self._archive("account.journal", [("type", "=", "sale")])
        self.assertIn(">Check the sales journal</a>", self._help())

    def test_clerk_is_told_whom_to_ask(self):
        self._archive("billing.plan")
        text = self._help(self.env)
        self.assertIn("Choose a plan <em>(a manager does this)</em>", text)
        self.assertNotIn("billing_plan_action", text)

    def test_rights_count_although_actions_are_read_as_the_system(self):
        self._archive("billing.plan")
        self.assertIn("(a manager does this)", self._help(self.env(su=True)))

    def test_other_lists_of_orders_keep_their_text(self):
        self._forget_products()
        text = self.env["sale.order"].get_empty_list_help("<p>Sell</p>")
        self.assertIn("Sell", text)
        self.assertNotIn("recurring", text)

    def test_employee_reads_the_list_of_steps(self):
        self._forget_products()
        employee = new_test_user(self.admin_env, login="employee")
        self.assertIn("<ol", self._help(self.env(user=employee)))
