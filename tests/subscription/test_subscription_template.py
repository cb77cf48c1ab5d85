from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionTemplate(BillingCommon):
    """A quotation template carries a plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.sudo().group_ids += cls.env.ref(
            "sale_management.group_sale_order_template"
        )
        cls.template = cls._create_template(
            "Care", cls.support, billing_plan_id=cls.plan_yearly.id
        )

    @classmethod
    def _create_template(cls, name, product, **vals):
        # Templates are kept by others than the clerk.
        template = (
            cls.env["sale.order.template"]
            .sudo()
            .create(
                {
                    "name": name,
                    "sale_order_template_line_ids": [
                        Command.create({"product_id": product.id})
                    ],
                    **vals,
                }
            )
        )
        return template.sudo(False)

    def _form(self):
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        return form

    def test_template_brings_its_plan_to_a_quotation(self):
        form = self._form()
        form.sale_order_template_id = self.template
        self.assertEqual(form.billing_plan_id, self.plan_yearly)
        order = form.save()
        self.assertEqual(order.billing_plan_id, self.plan_yearly)
        self.assertTrue(order.order_line.billing_recurring)

    def test_plan_of_the_template_wins_over_that_of_its_products(self):
        self.support.sudo().billing_plan_id = self.plan_monthly
        form = self._form()
        form.sale_order_template_id = self.template
        self.assertEqual(form.billing_plan_id, self.plan_yearly)

    def test_next_template_replaces_the_plan(self):
        form = self._form()
        form.sale_order_template_id = self.template
        form.sale_order_template_id = self._create_template(
            "Monthly", self.support, billing_plan_id=self.plan_monthly.id
        )
        self.assertEqual(form.billing_plan_id, self.plan_monthly)
        form.sale_order_template_id = self._create_template("Once", self.setup_fee)
        self.assertFalse(form.billing_plan_id)

    def test_template_without_plan_leaves_the_one_chosen_before(self):
        form = self._form()
        form.billing_plan_id = self.plan_monthly
        form.sale_order_template_id = self._create_template("Any", self.support)
        self.assertEqual(form.billing_plan_id, self.plan_monthly)

    def test_plan_chosen_after_the_template_stays(self):
        form = self._form()
        form.sale_order_template_id = self.template
        form.billing_plan_id = self.plan_monthly
        with form.order_line.new() as line:
            line.product_id = self.licence
        self.assertEqual(form.save().billing_plan_id, self.plan_monthly)

    def test_order_created_elsewhere_with_the_template_has_its_plan(self):
        vals = {
            "partner_id": self.customer.id,
            "sale_order_template_id": self.template.id,
            "order_line": [Command.create({"product_id": self.support.id})],
        }
        order = self.env["sale.order"].create(vals)
        self.assertEqual(order.billing_plan_id, self.plan_yearly)
        self.assertTrue(order.order_line.billing_recurring)
        order = self.env["sale.order"].create(
            {**vals, "billing_plan_id": self.plan_monthly.id}
        )
        self.assertEqual(order.billing_plan_id, self.plan_monthly)

    def test_template_given_to_a_quotation_later_brings_its_plan(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        order.sale_order_template_id = self.template
        self.assertEqual(order.billing_plan_id, self.plan_yearly)

    def test_template_never_changes_the_plan_of_a_running_subscription(self):
        order = self._subscribe("2026-11-01")
        order.sale_order_template_id = self.template
        self.assertEqual(order.billing_plan_id, self.plan_monthly)

    def test_plan_belongs_to_the_company_of_the_template(self):
        other = self.admin_env["res.company"].create({"name": "Second"})
        plan = self.plan_monthly.sudo().copy({"company_id": other.id})
        with self.assertRaises(UserError):
            self.template.sudo().billing_plan_id = plan

    def test_form_of_the_template_shows_the_plan(self):
        with Form(self.template.sudo()) as form:
            form.billing_plan_id = self.plan_monthly
        self.assertEqual(self.template.billing_plan_id, self.plan_monthly)
