"""Switching on: what fell due before waits for a decision, much at once asks."""

from odoo.tests import tagged

from .actions_common import ActionsCommon


@tagged("post_install", "-at_install")
class TestDunningActionsStart(ActionsCommon):
    """Debts from before, the limit of a day, and the bank."""

    def test_the_page_lists_who_owes_from_before(self):
        self._bill("2026-10-01", 1000.0)
        self._bill("2026-12-01", 500.0, partner=self._create_customer("Later"))
        with self._on("2026-11-20"):
            wizard = self._open_start()
            self.assertEqual(wizard.line_ids.partner_id, self.customer)
            self.assertEqual(
                wizard.headline,
                "Nothing has left. 1 customer owes $\N{NO-BREAK SPACE}1,000.00 from "
                "before today; decide what happens to it.",
            )
            self.assertEqual(wizard.preview_to, self.customer.email)
            self.assertIn("1,000.00", wizard.preview)

    def test_managers_find_the_page_in_the_menu(self):
        menu = self.env.ref("recurring_billing.billing_dunning_start_menu")
        menus = self.env["ir.ui.menu"]
        self.assertIn(menu.id, menus.with_user(self.manager)._visible_menu_ids())
        self.assertNotIn(menu.id, menus.with_user(self.officer)._visible_menu_ids())
        action = menu.sudo().action.with_user(self.manager).run()
        self.assertEqual(action["res_model"], "billing.dunning.start")

    def test_start_at_the_first_step_is_the_kindest_reminder(self):
        self._bill("2026-09-01", 1000.0)
        self._switch_on("2026-11-20", choice="first")
        self._day_of("2026-11-20")
        self.assertEqual(self._actions().level_id.delay, 3)
        self.assertEqual(len(self.server.received), 1)

    def test_start_fresh_reminds_of_what_falls_due_from_now_on(self):
        old = self._bill("2026-09-01", 1000.0)
        new = self._bill("2026-11-21", 500.0)
        self._switch_on("2026-11-20", choice="fresh")
        self._day_of("2026-11-25")
        action = self._actions()
        self.assertEqual([item["move"] for item in action.items], [new.id])
        case = self._case()
        item = case.item_ids.filtered(lambda item: item.move_id == old)
        self.assertEqual(item.verdict, "left_alone")

    def test_left_alone_hears_nothing_at_all(self):
        self._bill("2026-09-01", 1000.0)
        self._bill("2026-11-21", 500.0)
        self._switch_on("2026-11-20", choice="alone")
        self._day_of("2026-12-10")
        self.assertFalse(self._actions())
        self.assertEqual(self._case().reason_text, "Left alone, as decided")

    def test_what_turns_up_from_before_waits_for_a_decision(self):
        self._switch_on("2026-11-20")
        self._bill("2026-10-01", 1000.0)
        self._day_of("2026-11-24")
        self.assertFalse(self._actions())
        self.assertEqual(self._case().reason_code, "undecided")
        with self._on("2026-11-24"):
            text = self.env["billing.dunning.action"].get_billing_headline([])
            self.assertIn("1 customer with debts from before waits", text)
            wizard = self._open_start()
            self.assertEqual(wizard.line_ids.partner_id, self.customer)
            wizard.action_switch_on()
        self._day_of("2026-11-24")
        self.assertEqual(self._states(), ["done"])
        self.assertEqual(str(self.company.billing_dunning_since), "2026-11-20")

    def test_more_first_reminders_than_the_limit_wait_until_confirmed(self):
        self._switch_on("2026-11-02")
        self.company.sudo().billing_dunning_daily_limit = 2
        partners = [
            self._create_customer(f"C{n}", email=f"c{n}@example.com", is_company=True)
            for n in range(4)
        ]
        for number, partner in enumerate(partners):
            self._bill("2026-11-02", 100.0 * (number + 1), partner=partner)
        self._plan("2026-11-05")
        planned = [partner for partner in partners if self._actions(partner)]
        self.assertEqual(planned, partners[2:], "the largest come first")
        with self._on("2026-11-05"):
            text = self.env["billing.dunning.action"].get_billing_headline([])
            self.assertIn("2 more first reminders are due: at most 2 a day", text)
            service = self.env["billing.dunning"].with_user(self.manager)
            service.action_confirm_many()
        self._plan("2026-11-05")
        self.assertTrue(all(self._actions(partner) for partner in partners))

    def test_an_old_bank_statement_lets_reminders_wait_for_approval(self):
        self._switch_on("2026-11-02")
        paid = self._bill("2026-10-20", 10.0, partner=self._create_customer("Payer"))
        self._pay(paid, "2026-10-20")
        self._bill("2026-11-02", 1000.0)
        self._day_of("2026-11-05")
        self.assertEqual(self._states(), ["to_approve"])
        with self._on("2026-11-05"):
            text = self.env["billing.dunning.action"].get_billing_headline([])
        self.assertIn("The bank is known up to 10/20/2026 only", text)

    def test_queries_of_planning_do_not_grow_with_the_customers(self):
        self._switch_on("2026-11-02")
        self.company.sudo().billing_dunning_daily_limit = 100
        partners = self.env["res.partner"]
        for number in range(20):
            partner = self._create_customer(f"Customer {number}", is_company=True)
            self._bill("2026-11-02", partner=partner)
            partners |= partner
        service = self.env["billing.dunning"].with_user(self.manager)
        with self._on("2026-11-05"):
            service._refresh(partners)

            def count(some):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                service._refresh_and_plan(some.with_env(service.env))
                self.env.flush_all()
                return self.env.cr.sql_log_count - before

            count(partners[:1])
            self.assertEqual(count(partners[1:3]), count(partners[3:20]))
        self.assertEqual(self.env["billing.dunning.action"].search_count([]), 20)
