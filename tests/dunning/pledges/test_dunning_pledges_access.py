"""Who sees pledges, who writes them, and what nobody writes."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .pledges_common import PledgesCommon


@tagged("post_install", "-at_install")
class TestDunningPledgesAccess(PledgesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(1000)

    def setUp(self):
        super().setUp()
        self.promise = self._promise(1000)
        self.dispute = self._dispute(self.invoice, 300)
        self.plan = self._plan()
        self.hold = self.env["billing.dunning.hold"].create(
            {"partner_id": self.customer.id, "reason": "New owner"}
        )
        self.pledges = (self.promise, self.dispute, self.plan, self.hold)
        self.rows = (self.plan.item_ids, self.plan.instalment_ids)

    def test_a_clerk_reads_and_no_more(self):
        for records in (*self.pledges, *self.rows):
            records = records.with_user(self.user)
            records.invalidate_recordset()
            with self.subTest(records._name):
                self.assertTrue(records.read())
                for door in ("write", "create", "unlink"):
                    self.assertFalse(records.has_access(door), door)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_a_clerk_ends_nothing(self):
        for records, door in (
            (self.promise, "action_withdraw"),
            (self.dispute, "action_resolve"),
            (self.dispute, "action_reject"),
            (self.plan, "action_offer"),
            (self.plan, "action_accept"),
            (self.plan, "action_cancel"),
            (self.hold, "action_lift"),
        ):
            with self.subTest(door), self.assertRaises(AccessError):
                getattr(records.with_user(self.user), door)()

    def test_nobody_deletes_what_was_agreed_on(self):
        manager = new_test_user(
            self.admin_env,
            login="chief",
            groups="recurring_billing.recurring_billing_group_manager",
        )
        for records in self.pledges:
            for user in (self.officer, manager):
                self.assertFalse(records.with_user(user).has_access("unlink"))

    def test_a_stranger_sees_nothing(self):
        stranger = self._create_stranger()
        for records in (*self.pledges, *self.rows):
            with self.subTest(records._name):
                self.assertFalse(
                    records.with_user(stranger)
                    .with_context(allowed_company_ids=stranger.company_ids.ids)
                    .search([("id", "in", records.ids)])
                )
                with self.assertRaises(AccessError):
                    records.with_user(stranger).read()

    def test_a_stranger_ends_nothing(self):
        stranger = self._create_stranger()
        for records, door in (
            (self.promise, "action_withdraw"),
            (self.dispute, "action_resolve"),
            (self.plan, "action_accept"),
            (self.plan, "action_cancel"),
            (self.hold, "action_lift"),
        ):
            with self.subTest(door), self.assertRaises(AccessError):
                getattr(records.with_user(stranger), door)()

    def test_a_stranger_learns_no_balance(self):
        stranger = self._create_stranger()
        for model, vals in (
            ("promise", {"amount": 99999, "until": "2099-01-01"}),
            ("dispute", {"amount": 99999, "move_id": self.invoice.id}),
        ):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[f"billing.dunning.{model}"].with_user(stranger).create(
                    {
                        "company_id": self.company.id,
                        "partner_id": self.customer.id,
                        **vals,
                    }
                )

    def test_a_form_tells_no_balance_of_others(self):
        vals = {"company_id": self.company.id, "partner_id": self.customer.id}
        employee = new_test_user(self.admin_env, login="employee")
        for user in (self._create_stranger(), employee):
            for model, more in (
                ("promise", {}),
                ("dispute", {"move_id": self.invoice.id}),
            ):
                with self.subTest(f"{model} {user.login}"):
                    records = self.env[f"billing.dunning.{model}"].with_user(user)
                    self.assertFalse(records.new({**vals, **more}).amount)

    def test_an_employee_without_billing_sees_nothing(self):
        employee = new_test_user(self.admin_env, login="employee")
        for records in (*self.pledges, *self.rows):
            with self.subTest(records._name):
                self.assertFalse(records.with_user(employee).has_access("read"))

    def test_states_and_facts_are_nobodys_to_write(self):
        for records, vals in (
            (self.promise, {"state": "kept"}),
            (self.promise, {"paid_amount": 1000}),
            (self.promise, {"base_amount": -1000}),
            (self.dispute, {"state": "resolved"}),
            (self.dispute, {"ended_by": "credit"}),
            (self.plan, {"state": "kept"}),
            (self.plan, {"paid_count": 3}),
            (self.plan.item_ids, {"paid_amount": 3}),
            (self.hold, {"lifted_on": "2026-02-10"}),
        ):
            with self.subTest(f"{records._name} {vals}"):
                with self.assertRaises(UserError):
                    records.write(vals)
                with self.assertRaises(UserError):
                    records.with_context(billing_pledge_writer=True).write(vals)

    def test_nothing_is_created_as_kept(self):
        with self.assertRaises(UserError):
            self._promise(10, state="kept")

    def test_default_values_set_no_facts(self):
        promises = self.env["billing.dunning.promise"].with_context(
            default_state="kept", default_paid_amount=1000
        )
        with self._on("2026-02-10"):
            promise = promises.create(
                {"partner_id": self.customer.id, "amount": 5, "until": "2026-02-20"}
            )
        self.assertEqual((promise.state, promise.paid_amount), ("open", 0))

    def test_the_menu_is_the_officers(self):
        menu = self.env.ref("recurring_billing.menu_collections")
        visible = self.env["ir.ui.menu"].with_user(self.officer)._visible_menu_ids()
        self.assertIn(menu.id, visible)
        visible = self.env["ir.ui.menu"].with_user(self.user)._visible_menu_ids()
        self.assertNotIn(menu.id, visible)
