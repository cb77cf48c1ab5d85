from odoo import Command
from odoo.tests import Form, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install", "billing_neighbours")
class TestSubscriptionCrm(BillingCommon):
    """From the opportunity to the posted invoice, nothing is typed twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.sudo().group_ids += cls.env.ref(
            "sale_management.group_sale_order_template"
        )
        admin = cls.env(su=True)
        cls.tag = admin["crm.tag"].create({"name": "Health"})
        cls.campaign = admin["utm.campaign"].create({"name": "Autumn"})
        cls.team = admin["crm.team"].create(
            {"name": "Contracts", "member_ids": [Command.link(cls.user.id)]}
        )
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Care for 12 sites",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.user.id,
                "team_id": cls.team.id,
                "campaign_id": cls.campaign.id,
                "tag_ids": [Command.set(cls.tag.ids)],
                "expected_revenue": 50.0,
            }
        )
        cls.support.sudo().billing_plan_id = cls.plan_monthly

    def _new_quotation(self):
        """The form that the opportunity's button opens."""
        action = self.lead.action_sale_quotations_new()
        context = action["context"]
        return Form(self.env[action["res_model"]].with_context(**context))

    def _quote_support(self):
        """A quotation of one line, by the opportunity's button."""
        form = self._new_quotation()
        with form.order_line.new() as line:
            line.product_id = self.support
        return form.save()

    def _sell(self, day="2026-11-01"):
        """That quotation, confirmed on a day."""
        with self._on(day):
            order = self._quote_support()
            order.action_confirm()
        return order

    def test_quotation_knows_what_the_opportunity_knows(self):
        order = self._quote_support()
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.opportunity_id, self.lead)
        self.assertEqual((order.user_id, order.team_id), (self.user, self.team))
        self.assertEqual(order.tag_ids, self.tag)
        self.assertEqual(order.campaign_id, self.campaign)
        self.assertEqual(order.origin, "Care for 12 sites")

    def test_plan_comes_with_the_product(self):
        form = self._new_quotation()
        self.assertFalse(form.billing_plan_id)
        with form.order_line.new() as line:
            line.product_id = self.support
        self.assertEqual(form.billing_plan_id, self.plan_monthly)
        self.assertEqual(form.save().billing_state, "draft")

    def test_plan_and_lines_come_with_the_template(self):
        template = self.env["sale.order.template"].sudo()
        template = template.create(
            {
                "name": "Care",
                "billing_plan_id": self.plan_yearly.id,
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.licence.id})
                ],
            }
        )
        form = self._new_quotation()
        form.sale_order_template_id = template.sudo(False)
        order = form.save()
        self.assertEqual(order.billing_plan_id, self.plan_yearly)
        self.assertEqual(order.order_line.product_id, self.licence)
        self.assertEqual(order.opportunity_id, self.lead)

    def test_run_posts_the_invoice_without_another_entry(self):
        order = self._sell()
        self.assertEqual(order.billing_state, "running")
        self._run_on("2026-11-01")
        self._run_on("2026-12-01")
        invoices = self._invoices(order)
        self.assertEqual(invoices.mapped("state"), ["posted", "posted"])
        self.assertEqual(invoices.partner_id, self.customer)
        self.assertEqual(invoices.invoice_user_id, self.user)
        self.assertEqual(invoices.team_id, self.team)
        self.assertEqual(invoices.campaign_id, self.campaign)
        self.assertEqual(invoices.mapped("amount_untaxed"), [100.0, 100.0])

    def test_opportunity_counts_the_order_once_however_often_it_is_billed(self):
        self._sell()
        self.assertEqual(self.lead.expected_revenue, 100.0)
        for day in ("2026-11-01", "2026-12-01", "2027-01-01"):
            self._run_on(day)
        self.assertEqual(self.lead.sale_amount_total, 100.0)
        self.assertEqual(self.lead.sale_order_count, 1)
        self.assertEqual(self.lead.quotation_count, 0)
        self.assertEqual(self.lead.expected_revenue, 100.0)

    def test_subscription_opens_from_the_opportunity(self):
        order = self._sell()
        action = self.lead.action_view_sale_order()
        self.assertEqual(action["res_id"], order.id)
        self.assertTrue(order.is_billing_subscription)

    def test_won_opportunity_leaves_the_subscription_alone(self):
        order = self._sell()
        self._run_on("2026-11-01")
        self.lead.action_set_won()
        self.assertEqual(self.lead.won_status, "won")
        self._run_on("2026-12-01")
        self.assertEqual(len(self._bills(order)), 2)

    def test_merged_opportunities_keep_their_subscriptions(self):
        order = self._sell()
        other = self.lead.copy({"name": "The same, again"})
        merged = (other | self.lead).merge_opportunity()
        self.assertEqual(order.opportunity_id, merged)
        self._run_on("2026-11-01")
        self.assertEqual(len(self._bills(order)), 1)
