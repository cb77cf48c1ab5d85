from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingAccess(BillingCommon):
    """Who may read and who may write what the module adds."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env(su=True)
        cls.salesman = new_test_user(
            admin, login="seller", groups="sales_team.group_sale_salesman"
        )
        cls.other_salesman = new_test_user(
            admin, login="seller2", groups="sales_team.group_sale_salesman"
        )
        cls.portal = new_test_user(admin, login="visitor", groups="base.group_portal")

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-03-01", user_id=self.salesman.id)
        self._run_on("2026-03-01")
        self.entries = self.env["billing.entry"].search(
            [("order_id", "=", self.order.id)]
        )

    def test_own_salesperson_reads_the_ledger_another_does_not(self):
        self.assertTrue(self.entries.with_user(self.salesman).read(["charged_amount"]))
        with self.assertRaises(AccessError):
            self.entries.with_user(self.other_salesman).read(["charged_amount"])
        versions = self.order.order_line.billing_version_ids
        self.assertTrue(versions.with_user(self.salesman).read(["quantity"]))
        with self.assertRaises(AccessError):
            versions.with_user(self.other_salesman).read(["quantity"])
        items = self.entries.run_item_id
        self.assertTrue(items.with_user(self.salesman).read(["state"]))
        with self.assertRaises(AccessError):
            items.with_user(self.other_salesman).read(["state"])

    def test_portal_user_reads_nothing_of_the_billing(self):
        for model in (
            "billing.plan",
            "billing.entry",
            "billing.run",
            "billing.run.item",
            "billing.line.version",
            "billing.pause",
            "billing.close.reason",
        ):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.portal).search([])

    def test_other_company_is_out_of_sight(self):
        stranger = self._create_stranger()
        for records in (
            self.entries,
            self.entries.run_item_id,
            self.order.order_line.billing_version_ids,
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.with_user(stranger).read(["company_id"])
        own = (
            self.env["billing.plan"]
            .sudo()
            .create({"name": "Ours", "company_id": self.company.id})
        )
        with self.assertRaises(AccessError):
            own.with_user(stranger).read(["name"])
        self.assertTrue(self.plan_monthly.with_user(stranger).read(["name"]))

    def test_user_does_not_define_plans_a_manager_does(self):
        with self.assertRaises(AccessError):
            self.env["billing.plan"].create({"name": "Mine"})
        manager = new_test_user(
            self.env(su=True),
            login="chief",
            groups="recurring_billing.recurring_billing_group_manager",
        )
        plan = self.env["billing.plan"].with_user(manager).create({"name": "Theirs"})
        self.assertTrue(plan.exists())

    def test_runs_and_items_are_not_written_by_hand(self):
        run = self.entries.run_item_id.run_id
        for records, vals in (
            (run, {"state": "running"}),
            (run.item_ids, {"state": "pending"}),
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.write(vals)
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.unlink()

    def test_context_from_outside_opens_no_guard(self):
        forged = {"billing_promise_writer": True, "billing_ledger_writer": True}
        line = self.order.order_line.with_context(**forged)
        with self.assertRaisesRegex(UserError, "are not overwritten"):
            line.price_unit = 1.0
        with self.assertRaisesRegex(UserError, "not edited by hand"):
            line.billing_version_ids.quantity = 2
        with self.assertRaisesRegex(UserError, "not edited by hand"):
            self.env["billing.pause"].with_context(**forged).create(
                {
                    "order_id": self.order.id,
                    "company_id": self.company.id,
                    "start_date": "2026-03-10",
                }
            )
        with self.assertRaisesRegex(UserError, "not overwritten"):
            self.order.with_context(**forged).billing_end_date = "2026-03-10"

    def test_salesperson_without_billing_rights_may_sell_a_subscription(self):
        quote = self._quote(user_id=self.salesman.id)
        with self._on("2026-03-02"):
            quote.with_user(self.salesman).action_confirm()
        self.assertEqual(quote.billing_state, "running")
        self.assertEqual(len(quote.order_line.billing_version_ids), 1)
