from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_invoicing_rehearsal import RehearsalCommon

EXECUTION = (
    "odoo.addons.recurring_billing.models.invoicing.rehearsal.billing_run_rehearsal"
)


@tagged("post_install", "-at_install")
class TestInvoicingApproval(RehearsalCommon):
    """What was approved is billed as it was shown, or not at all, and says why."""

    def setUp(self):
        super().setUp()
        self.morel = self._create_customer("Cabinet Morel")
        self.order = self._subscribe(
            "2026-01-01", lines=[(self.support, 15, 10.0)], partner_id=self.morel.id
        )
        self.other = self._subscribe("2026-01-01", lines=[(self.licence, 1, 50.0)])

    def _approve_ahead(self):
        """A rehearsal of 1 January, approved two days before: it waits for its day."""
        run = self._launch("2026-01-01", on="2025-12-30")
        self._approve(run, on="2025-12-30")
        self.assertEqual(run.state, "approved")
        return run

    def _refused_after(self, change, *, sudo=False):
        """The sentence of the refused item after a change between approval and run."""
        run = self._approve_ahead()
        order = self.order.sudo() if sudo else self.order
        with self._on("2025-12-31"):
            change(order)
        self._run_on("2026-01-01")
        item = self._item(run, self.order)
        self.assertEqual(item.state, "refused", item.message)
        self.assertFalse(self._bills(self.order))
        self.assertEqual(self._item(run, self.other).state, "done")
        self.assertEqual((run.state, run.refused_count), ("exceptions", 1))
        return item.message

    def _add_version(self, **changes):
        return lambda order: order.order_line._billing_add_version(
            self._day("2026-01-01"), **changes
        )

    # === Billed as shown === #

    def test_approved_run_waits_for_its_day_and_goes_before_the_daily_one(self):
        run = self._approve_ahead()
        self.assertFalse(self._run_on("2025-12-31"))
        self.assertEqual(run.state, "approved")
        self.assertFalse(self._run_on("2026-01-01"))
        self.assertEqual(run.state, "done")
        self.assertEqual(
            [bill[0] for bill in self._bills(self.order | self.other)],
            ["2026-01-01", "2026-01-01"],
        )

    def test_approved_run_can_be_billed_at_once(self):
        run = self._approve_ahead()
        with self._on("2025-12-30"):
            run.action_start()
        self.assertEqual(run.state, "done")
        self.assertEqual(self._invoices(self.order).invoice_date, run.run_date)

    def test_approval_stores_who_and_when(self):
        run = self._approve_ahead()
        item = self._item(run, self.order)
        self.assertEqual(item.approved_by_id, self.user)
        self.assertEqual(str(item.approved_at), "2025-12-30 04:00:00")
        self.assertEqual(str(item.reserved_until), "2026-01-06")
        self.assertEqual(len(item.facts_hash), 64)
        self.assertEqual(
            set(item.facts), {"documents", "group", "module"}, sorted(item.facts)
        )

    # === What moved is named === #

    def test_changed_price_refuses_that_item_alone_and_is_named(self):
        message = self._refused_after(self._add_version(price_unit=12.0))
        self.assertRegex(
            message,
            "^Cabinet Morel was not billed: the price of 'Support' is ..12.00, it was "
            "..10.00 when you approved. Rehearse it again.$",
        )

    def test_changed_quantity_is_named_before_what_follows_from_it(self):
        self.assertEqual(
            self._refused_after(self._add_version(quantity=16)),
            "Cabinet Morel was not billed: quantity of 'Support' went from 15 to 16 "
            "after your approval. Rehearse it again.",
        )

    def test_changed_discount_is_named(self):
        message = self._refused_after(self._add_version(discount=5.0))
        self.assertIn("the discount of 'Support' is 5 %, it was 0 %", message)

    def test_earlier_end_is_named_by_its_day(self):
        message = self._refused_after(
            lambda order: order.order_line._billing_end_line(self._day("2026-01-10"))
        )
        self.assertIn("the last day billed of 'Support' is 01/10/2026", message)

    def test_changed_tax_is_named(self):
        tax = self.env(su=True)["account.tax"].create(
            {"name": "Reduced", "amount": 5.5}
        )

        def change(order):
            order.order_line.tax_ids = [Command.set(tax.ids)]

        before = self.order.order_line.tax_ids.name
        self.assertIn(
            f"the tax of 'Support' is Reduced, it was {before} when you approved",
            self._refused_after(change, sudo=True),
        )

    def test_changed_rate_of_a_tax_is_named(self):
        def change(order):
            order.order_line.tax_ids.amount = 7

        # The licence bears the same tax: both are refused.
        run = self._approve_ahead()
        change(self.order.sudo())
        self._run_on("2026-01-01")
        messages = run.item_ids.mapped("message")
        self.assertEqual(set(run.item_ids.mapped("state")), {"refused"})
        name = self.order.order_line.tax_ids.name
        self.assertIn(f"the tax {name} of 'Support' is 7.0", messages[0])

    def test_changed_account_is_named(self):
        account = self.company_data["default_account_revenue"].sudo().copy()

        def change(order):
            product = order.order_line.product_id.with_company(self.company)
            product.property_account_income_id = account

        message = self._refused_after(change, sudo=True)
        self.assertIn("the account of 'Support' is", message)
        self.assertIn(account.code, message)

    def test_changed_analytic_share_is_named(self):
        admin = self.env(su=True)
        plan = admin["account.analytic.plan"].create({"name": "Teams"})
        team = admin["account.analytic.account"].create(
            {"name": "North", "plan_id": plan.id}
        )

        def change(order):
            order.order_line.analytic_distribution = {str(team.id): 100.0}

        message = self._refused_after(change, sudo=True)
        self.assertIn("the analytic share of 'Support' was added", message)

    def test_changed_address_is_named(self):
        def change(order):
            order.partner_invoice_id.city = "Nantes"

        message = self._refused_after(change, sudo=True)
        self.assertIn("the text of the invoice address is", message)
        self.assertIn("Nantes", message)

    def test_changed_invoice_address_is_named_by_its_name(self):
        elsewhere = self._create_customer("Morel Siège")

        def change(order):
            order.partner_invoice_id = elsewhere

        message = self._refused_after(change)
        self.assertIn("the invoice address is Morel Siège", message)

    def test_changed_fiscal_position_is_named(self):
        position = self.env(su=True)["account.fiscal.position"].create(
            {"name": "Export", "company_id": self.company.id}
        )

        def change(order):
            order.fiscal_position_id = position

        message = self._refused_after(change)
        self.assertIn("the fiscal position is Export, it was", message)

    def test_changed_payment_terms_are_named(self):
        terms = self.env.ref("account.account_payment_term_immediate")

        def change(order):
            order.payment_term_id = terms

        message = self._refused_after(change)
        self.assertIn(f"the payment term is {terms.display_name}", message)

    def test_line_added_after_the_approval_is_named(self):
        def change(order):
            order.order_line.create(
                {
                    "order_id": order.id,
                    "product_id": self.licence.id,
                    "product_uom_qty": 1,
                    "price_unit": 50.0,
                }
            )

        message = self._refused_after(change)
        self.assertIn("'Licence' was added after your approval", message)

    def test_subscription_that_joins_the_invoice_refuses_its_members(self):
        def change(_order):
            self.second = self._subscribe("2026-01-01", partner_id=self.morel.id)

        run = self._approve_ahead()
        change(self.order)
        self._run_on("2026-01-01")
        # It is on no approved invoice: the daily run bills it apart.
        self.assertEqual(self._item(run, self.order).state, "done")
        self.assertEqual(len(self._invoices(self.second)), 1)
        self.assertNotEqual(self._invoices(self.second), self._invoices(self.order))

    def test_new_version_of_the_module_is_named(self):
        module = self.env(su=True)["ir.module.module"]._get("recurring_billing")

        def change(_order):
            module.latest_version = "19.0.9.9.9"

        run = self._approve_ahead()
        change(self.order)
        self._run_on("2026-01-01")
        message = self._item(run, self.order).message
        self.assertIn("the version of Recurring Billing is 19.0.9.9.9", message)

    def test_document_date_is_not_among_the_facts(self):
        run = self._approve_ahead()
        self._run_on("2026-01-04")
        self.assertEqual(run.state, "done")
        self.assertEqual(str(self._invoices(self.order).invoice_date), "2026-01-04")

    # === Approving some === #

    def test_only_what_was_approved_is_billed_and_the_rest_is_left_for_today(self):
        run = self._launch("2026-01-01")
        self._approve(run, self._item(run, self.order))
        self.assertEqual(run.state, "done")
        self.assertEqual(self._item(run, self.order).state, "done")
        self.assertEqual(self._item(run, self.other).state, "left_out")
        self.assertFalse(self._run_on("2026-01-01"))
        self.assertFalse(self._invoices(self.other))
        self.assertTrue(self._run_on("2026-01-02"))
        self.assertTrue(self._invoices(self.other))

    def test_part_of_a_shared_invoice_is_billed_without_the_others(self):
        second = self._subscribe("2026-01-01", partner_id=self.morel.id)
        run = self._launch("2026-01-01")
        self._approve(run, self._item(run, second))
        self.assertEqual(self._item(run, second).state, "done")
        self.assertEqual(self._invoices(second).amount_untaxed, 100.0)
        self.assertFalse(self._invoices(self.order))

    def test_part_that_comes_to_another_amount_alone_is_not_approved(self):
        self._run_on("2026-01-01")
        plan = self.plan_monthly.sudo()
        plan.credit_policy = "carry_over"
        with self._on("2026-01-31"):
            self.order.order_line._billing_add_version(
                self._day("2026-01-01"), quantity=0
            )
            self._subscribe(
                "2026-02-01", lines=[(self.support, 2, 100.0)], partner_id=self.morel.id
            )
        run = self._launch("2026-02-01")
        credit = self._item(run, self.order)
        self.assertLess(credit.amount, 0)
        with self.assertRaisesRegex(UserError, "Approve them together"):
            self._approve(run, credit)

    def test_set_aside_items_cannot_be_approved(self):
        self.morel.sudo().write({"street": False, "city": False})
        run = self._launch("2026-01-01")
        with self.assertRaisesRegex(UserError, "only what can be billed"):
            run.item_ids.action_approve()

    def test_items_of_two_rehearsals_are_not_approved_together(self):
        runs = self._launch("2026-01-01") | self._launch("2026-01-01")
        with self.assertRaisesRegex(UserError, "of one rehearsal"):
            runs.item_ids.action_approve()

    # === How long it holds === #

    def test_approval_ends_after_its_days(self):
        run = self._approve_ahead()
        self._run_on("2026-01-07")
        message = self._item(run, self.order).message
        self.assertEqual(
            message,
            "Cabinet Morel was not billed: the approval ended on 01/06/2026. Rehearse "
            "it again.",
        )
        # An approval that ended holds nothing back: the next night's run bills.
        self._run_on("2026-01-08")
        self.assertTrue(self._invoices(self.order))

    def test_days_of_an_approval_are_a_setting(self):
        self.company.sudo().billing_approval_days = 30
        run = self._approve_ahead()
        self.assertEqual(str(run.item_ids[0].reserved_until), "2026-01-29")

    def test_approval_that_would_end_before_its_day_is_refused(self):
        run = self._launch("2026-01-01", on="2025-12-10")
        with self.assertRaisesRegex(UserError, "ends on 12/17/2025"):
            self._approve(run, on="2025-12-10")

    def test_approved_items_billed_by_another_run_meanwhile_are_skipped(self):
        run = self._approve_ahead()
        with self._on("2026-01-01"):
            self.order._billing_invoice_now()
        self._run_on("2026-01-01")
        item = self._item(run, self.order)
        self.assertEqual(item.state, "skipped")
        self.assertIn("nothing is due any more", item.message)
        self.assertEqual(len(self._invoices(self.order)), 1)
        self.assertEqual(self._item(run, self.other).state, "done")

    def test_refused_item_waits_for_a_person_and_is_rehearsed_again(self):
        self._refused_after(self._add_version(quantity=16))
        refused = self.env["billing.run"].search([], limit=1)
        self.assertFalse(self._run_on("2026-01-02"))
        with self._on("2026-01-02"):
            action = refused.action_rehearse_refused()
        again = self.env["billing.run"].browse(action["res_id"])
        self.assertEqual(again.item_ids.order_id, self.order)
        self.assertEqual(again.item_ids.amount, 160.0)
        self._approve(again, on="2026-01-02")
        self.assertEqual(len(self._invoices(self.order)), 1)

    def test_refused_item_is_billed_at_last_when_nobody_cares(self):
        self._refused_after(self._add_version(quantity=16))
        self.assertFalse(self._run_on("2026-01-06"))
        self.assertTrue(self._run_on("2026-01-07"))
        self.assertEqual(self._invoices(self.order).amount_untaxed, 160.0)

    # === How old it is === #

    def test_old_rehearsal_says_how_many_subscriptions_changed_since(self):
        run = self._launch("2026-01-01", on="2026-01-03")
        with self._on("2026-01-04", "03:00:00"):
            self.assertNotIn("billing_rehearsal_old", run.alerts or {})
        with self._on("2026-01-04", "05:00:00"):
            self.order.order_line._billing_add_version(
                self._day("2026-01-01"), quantity=16
            )
            self.env.flush_all()
            run.invalidate_recordset(["alerts"])
            alert = run.alerts["billing_rehearsal_old"]
        self.assertRegex(
            alert["message"],
            "^Rehearsed yesterday at 5:00.AM; 1 subscription changed since.$",
        )
        self.assertEqual(alert["action_call"][1], "action_recompute")

    # === Access === #

    def test_who_only_reads_runs_approves_and_steers_nothing(self):
        run = self._launch("2026-01-01")
        seller = new_test_user(
            self.env(su=True),
            login="seller",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
        )
        own = run.with_user(seller)
        self.assertEqual(own.state, "rehearsed")
        for act in (
            own.action_approve_all,
            own.action_recompute,
            own.action_discard,
            own.action_stop,
            own.action_resume,
            own.action_start,
            own.action_rehearse_refused,
            own.item_ids.action_approve,
        ):
            with self.assertRaisesRegex(AccessError, "billing team"):
                act()

    def test_stranger_sees_no_rehearsal_of_ours(self):
        run = self._launch("2026-01-01")
        stranger = self._create_stranger()
        items = self.env["billing.run.item"].with_user(stranger)
        self.assertFalse(items.search([("run_id", "=", run.id)]))
        with self.assertRaises(AccessError):
            run.item_ids.with_user(stranger).mapped("facts")

    # === Large runs === #

    def test_large_run_is_left_to_the_scheduled_action(self):
        with patch(f"{EXECUTION}.AT_ONCE", 1):
            run = self._launch("2026-01-01")
            self.assertEqual(run.state, "rehearsing")
            with self._on("2026-01-01"), self._scheduler_mode():
                self.env.ref(
                    "recurring_billing.ir_cron_rehearse"
                ).sudo().method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual(run.state, "rehearsed")
            self._approve(run)
            self.assertEqual(run.state, "running")
            self.assertFalse(self._invoices(self.order))
            self.assertFalse(self._run_on("2026-01-01"))
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._invoices(self.order)), 1)
