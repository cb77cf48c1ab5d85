from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_invoicing_make_recurring import MakeRecurringCommon


@tagged("post_install", "-at_install")
class TestInvoicingMadeRecurring(MakeRecurringCommon):
    """The subscription that is made from an invoice, and its first run."""

    def test_subscription_runs_and_next_run_bills_the_day_after(self):
        move = self._invoice()
        order = self._make_recurring(move)
        self.assertEqual(order.billing_state, "running")
        self.assertEqual(str(order.billing_until_date), "2026-11-30")
        self.assertEqual(str(order.billing_next_date), "2026-12-01")
        self.assertFalse(self._run_on("2026-11-30"))
        self._run_on("2026-12-01")
        self.assertEqual(
            self._bills(order),
            [
                ("2026-11-01", "2026-11-01", "2026-11-30", 100.0),
                ("2026-12-01", "2026-12-01", "2026-12-31", 100.0),
            ],
        )

    def test_ledger_opens_once_with_the_invoice_line(self):
        move = self._invoice()
        entry = self._make_recurring(move).billing_entry_ids
        self.assertEqual(entry.kind, "opening")
        self.assertEqual(entry.move_line_id, move.invoice_line_ids)
        self.assertEqual(
            (entry.settled_amount, entry.charged_amount, entry.untaxed_amount),
            (100.0, 100.0, 100.0),
        )

    def test_period_can_begin_before_the_invoice_and_end_inside_a_period(self):
        order = self._make_recurring(
            self._invoice(), period_start="2026-10-16", period_end="2026-11-15"
        )
        self.assertEqual(str(order.billing_start_date), "2026-10-16")
        self._run_on("2026-11-15")
        self._run_on("2026-11-16")
        self._run_on("2026-12-01")
        self.assertEqual(
            self._bills(order)[1:],
            [
                ("2026-11-16", "2026-11-16", "2026-11-30", 50.0),
                ("2026-12-01", "2026-12-01", "2026-12-31", 100.0),
            ],
        )

    def test_arrears_go_on_when_the_running_period_is_over(self):
        order = self._make_recurring(
            self._invoice("2026-11-15"), "2026-11-16", self.plan_arrears
        )
        self._run_on("2026-12-14")
        self._run_on("2026-12-15")
        self.assertEqual(
            self._bills(order),
            [
                ("2026-11-15", "2026-10-15", "2026-11-14", 100.0),
                ("2026-12-15", "2026-11-15", "2026-12-14", 100.0),
            ],
        )

    def test_subscription_is_what_the_invoice_says(self):
        term = self.env.ref("account.account_payment_term_15days")
        address = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        position = self.env["account.fiscal.position"].sudo().create({"name": "Abroad"})
        journal = (
            self.env["account.journal"]
            .sudo()
            .create({"name": "Contracts", "code": "CTR", "type": "sale"})
        )
        move = self._invoice(
            partner_id=address.id,
            invoice_payment_term_id=term.id,
            fiscal_position_id=position.id,
            journal_id=journal.id,
            ref="BC-2026-118",
        )
        order = self._make_recurring(move)
        self.assertEqual(order.partner_id, self.customer)
        self.assertEqual(order.partner_invoice_id, address)
        self.assertEqual(order.payment_term_id, term)
        self.assertEqual(order.fiscal_position_id, position)
        self.assertEqual(order.journal_id, journal)
        self.assertEqual(order.client_order_ref, "BC-2026-118")
        self.assertEqual(order.user_id, move.invoice_user_id)
        self._run_on("2026-12-01")
        following = self._invoices(order)[-1]
        self.assertEqual(following.partner_id, address)
        self.assertEqual(following.journal_id, journal)
        self.assertEqual(following.invoice_payment_term_id, term)

    def test_usual_journal_is_left_open_so_that_invoices_are_shared(self):
        order = self._make_recurring(self._invoice())
        other = self._subscribe("2026-12-01")
        self.assertFalse(order.journal_id)
        self.assertEqual(order._get_billing_group_key(), other._get_billing_group_key())

    def test_lines_keep_taxes_analytic_discount_and_description(self):
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Sites"})
        site = (
            self.env["account.analytic.account"]
            .sudo()
            .create({"name": "Rennes", "plan_id": plan.id})
        )
        extra = {
            "name": "Support, site of Rennes",
            "discount": 10.0,
            "tax_ids": [Command.clear()],
            "analytic_distribution": {str(site.id): 100},
        }
        move = self._invoice(lines=[(self.support, 3, 33.33, extra)])
        order = self._make_recurring(move)
        self._run_on("2026-12-01")
        line = self._invoices(order)[-1].invoice_line_ids
        self.assertIn("Support, site of Rennes", line.name)
        self.assertEqual(line.price_subtotal, move.amount_untaxed)
        self.assertEqual((line.quantity, line.discount), (3, 10.0))
        self.assertFalse(line.tax_ids)
        self.assertEqual(line.analytic_distribution, {str(site.id): 100})

    def test_core_sums_see_the_invoice(self):
        move = self._invoice(lines=[(self.support, 2, 100.0)])
        order = self._make_recurring(move)
        self.assertEqual(order.invoice_ids, move)
        self.assertEqual(order.order_line.qty_invoiced, 2.0)
        self.assertEqual(order.order_line.untaxed_amount_invoiced, 200.0)
        self.assertEqual(order.order_line.qty_to_invoice, 0.0)
        self.assertEqual(order.invoice_status, "invoiced")

    def test_tax_included_price_goes_on_gross(self):
        included = self.tax.sudo().copy(
            {"name": "Included", "price_include_override": "tax_included"}
        )
        taxes = {"tax_ids": [Command.set(included.ids)]}
        move = self._invoice(lines=[(self.support, 1, 115.0, taxes)])
        order = self._make_recurring(move)
        self.assertEqual(order.billing_entry_ids.charged_amount, 115.0)
        self._run_on("2026-12-01")
        following = self._invoices(order)[-1]
        self.assertEqual(following.amount_total, move.amount_total)
        self.assertEqual(following.amount_untaxed, move.amount_untaxed)

    def test_price_changed_in_the_dialog_holds_from_the_next_invoice(self):
        move = self._invoice()
        wizard = self._dialog(move, plan_id=self.plan_monthly.id)
        wizard.line_ids.price_unit = 120.0
        with self._on("2026-11-05"):
            wizard.action_apply()
        self._run_on("2026-12-01")
        order = move.billing_made_order_id
        self.assertEqual([bill[3] for bill in self._bills(order)], [100.0, 120.0])

    def test_both_chatters_say_so_and_nothing_is_sent(self):
        move = self._invoice()
        mails = self.env["mail.mail"].sudo().search_count([])
        order = self._make_recurring(move)
        self.assertIn(move.name, order.message_ids[0].body)
        self.assertIn(order.name, move.message_ids[0].body)
        self.assertEqual(self.env["mail.mail"].sudo().search_count([]), mails)

    def test_template_of_the_company_is_not_applied(self):
        template = self.env["sale.order.template"].sudo().create({"name": "Standard"})
        self.company.sudo().sale_order_template_id = template
        order = self._make_recurring(self._invoice())
        self.assertFalse(order.sale_order_template_id)
        self.assertEqual(order.order_line.product_id, self.support)

    def test_product_is_marked_by_those_who_may(self):
        self.user.sudo().group_ids += self.env.ref("product.group_product_manager")
        order = self._make_recurring(self._invoice(lines=[(self.setup_fee, 1, 450.0)]))
        self.assertTrue(self.setup_fee.billing_recurring)
        self._run_on("2026-12-01")
        self.assertEqual(len(self._bills(order)), 2)

    def test_order_that_was_invoiced_once_stays_invoiced(self):
        self.user.sudo().group_ids += self.env.ref("product.group_product_manager")
        with self._on("2026-11-01"):
            sold = self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "order_line": [Command.create({"product_id": self.setup_fee.id})],
                }
            )
            sold.action_confirm()
            move = sold._create_invoices()
            move.action_post()
        order = self._make_recurring(move)
        for line in (sold | order).order_line:
            self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (1.0, 0.0))
        self.assertFalse(sold.is_billing_subscription)
        self._run_on("2026-12-01")
        self.assertEqual(self._invoices(sold), move)
        self.assertEqual(len(self._invoices(order)), 2)

    def test_hashed_invoice_goes_on_and_keeps_its_hash(self):
        journal = self.company_data["default_journal_sale"].sudo()
        journal.restrict_mode_hash_table = True
        move = self._invoice()
        hashed = move.inalterable_hash
        self.assertTrue(hashed)
        self._make_recurring(move)
        self.assertEqual(move.inalterable_hash, hashed)
        self.assertTrue(move.billing_made_order_id)

    # === Currencies and companies === #

    def _foreign(self):
        currency = self.env.ref("base.CHF")
        currency.sudo().active = True
        return currency

    def test_foreign_currency_gets_a_pricelist_and_stays(self):
        currency = self._foreign()
        order = self._make_recurring(self._invoice(currency_id=currency.id))
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(order.pricelist_id.currency_id, currency)
        self._run_on("2026-12-01")
        following = self._invoices(order)[-1]
        self.assertEqual(following.currency_id, currency)
        self.assertEqual(following.amount_untaxed, 100.0)

    def test_existing_pricelist_of_the_currency_is_taken(self):
        currency = self._foreign()
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Switzerland", "currency_id": currency.id})
        )
        order = self._make_recurring(self._invoice(currency_id=currency.id))
        self.assertEqual(order.pricelist_id, pricelist)

    def test_foreign_pricelist_of_the_customer_converts_nothing(self):
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Switzerland", "currency_id": self._foreign().id})
        )
        self.customer.sudo().specific_property_product_pricelist = pricelist
        order = self._make_recurring(self._invoice())
        self.assertEqual(order.currency_id, self.company.currency_id)
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_subscription_belongs_to_the_company_of_the_invoice(self):
        clerk, cls = self.env, type(self)
        cls.env = self.admin_env
        other = self.setup_other_company(name="Second")["company"]
        cls.env = clerk
        self.user.sudo().company_ids = [Command.link(other.id)]
        self.env = clerk(
            context={
                **clerk.context,
                "allowed_company_ids": [self.company.id, other.id],
            }
        )
        taxes = {"tax_ids": [Command.set(other.account_sale_tax_id.ids)]}
        move = self._invoice(
            lines=[(self.support, 1, 100.0, taxes)], company_id=other.id
        )
        self.assertEqual(move.company_id, other)
        order = self._make_recurring(move)
        self.assertEqual(order.company_id, other)
        self._run_on("2026-12-01")
        following = self._invoices(order)[-1]
        self.assertEqual(following.company_id, other)
        self.assertEqual(following.invoice_line_ids.tax_ids, other.account_sale_tax_id)


@tagged("post_install", "-at_install")
class TestInvoicingMakeRecurringRefused(MakeRecurringCommon):
    """What cannot be made recurring, and why; what becomes of it afterwards."""

    def test_invoice_is_used_once(self):
        move = self._invoice()
        order = self._make_recurring(move)
        self.assertFalse(move.billing_can_recur)
        with self.assertRaisesRegex(UserError, f"{order.name} already"):
            self._make_recurring(move)
        with self.assertRaisesRegex(UserError, f"{order.name} already"):
            move.action_billing_make_recurring()

    def test_invoice_of_a_subscription_is_refused(self):
        order = self._subscribe("2026-11-01")
        self._run_on("2026-11-01")
        move = self._invoices(order)
        self.assertFalse(move.billing_can_recur)
        with self.assertRaisesRegex(UserError, f"{order.name} already"):
            move.action_billing_make_recurring()

    def test_draft_and_credit_note_are_refused(self):
        move = self._invoice()
        self.assertTrue(move.billing_can_recur)
        self._credit(move)
        for document in (move.copy(), move.reversal_move_ids):
            self.assertFalse(document.billing_can_recur)
            with self.assertRaisesRegex(UserError, "no posted customer invoice"):
                document.action_billing_make_recurring()

    def test_invoice_credited_in_full_is_refused(self):
        move = self._invoice()
        self._credit(move)
        with self.assertRaisesRegex(UserError, "credited in full"):
            move.action_billing_make_recurring()

    def test_no_line_kept_is_refused(self):
        wizard = self._dialog(self._invoice())
        wizard.line_ids.keep = False
        with self.assertRaisesRegex(UserError, "No line is kept: tick at least one."):
            wizard.action_apply()

    def test_last_day_before_the_first_is_refused(self):
        wizard = self._dialog(self._invoice())
        wizard.period_end = "2026-10-01"
        with self.assertRaisesRegex(UserError, "choose a last day"):
            wizard.action_apply()

    def test_goods_ticked_anyway_are_refused(self):
        goods = self._create_service("Router", 80.0, recurring=False, type="consu")
        wizard = self._dialog(
            self._invoice(lines=[(self.support, 1, 100.0), (goods, 1, 80.0)])
        )
        wizard.line_ids.keep = True
        with self.assertRaisesRegex(UserError, "'Router' cannot recur: goods"):
            wizard.action_apply()

    def test_deduction_ticked_anyway_is_refused(self):
        wizard = self._dialog(
            self._invoice(lines=[(self.support, 1, 100.0), (self.licence, 1, -20.0)])
        )
        self.assertEqual(wizard.line_ids.mapped("keep"), [True, False])
        wizard.line_ids.keep = True
        with self.assertRaisesRegex(UserError, "a deduction"):
            wizard.action_apply()

    def test_product_that_is_not_recurring_is_refused_to_the_clerk(self):
        wizard = self._dialog(self._invoice(lines=[(self.setup_fee, 1, 450.0)]))
        wizard.line_ids.keep = True
        with self.assertRaisesRegex(UserError, "'Set-up' would be invoiced once"):
            wizard.action_apply()
        self.assertFalse(self.setup_fee.billing_recurring)

    def test_dialog_is_for_billing_users(self):
        move = self._invoice()
        accountant = new_test_user(
            self.admin_env, login="books", groups="account.group_account_invoice"
        )
        with self.assertRaises(AccessError):
            self.env["billing.make.recurring"].with_user(accountant).create(
                {"move_id": move.id}
            )

    # === Afterwards === #

    def test_invoice_cancelled_afterwards_frees_its_days(self):
        move = self._invoice()
        order = self._make_recurring(move)
        with self._on("2026-11-06"):
            move.button_draft()
            move.button_cancel()
        self._run_on("2026-11-06")
        self.assertEqual(
            self._bills(order), [("2026-11-06", "2026-11-01", "2026-11-30", 100.0)]
        )
        with self.assertRaisesRegex(UserError, "cannot come back"):
            move.button_draft()

    def test_credit_note_afterwards_asks_about_the_period(self):
        move = self._invoice()
        order = self._make_recurring(move)
        with self.assertRaisesRegex(UserError, "billed again or given up"):
            self._credit(move, "2026-11-10")
        self._credit(move, "2026-11-10", billing_rebill="given_up")
        self._run_on("2026-12-01")
        self.assertEqual(
            [bill[3] for bill in self._bills(order)], [100.0, -100.0, 0.0, 100.0]
        )

    def test_close_inside_the_paid_period_credits_with_the_taxes_of_the_invoice(self):
        move = self._invoice(
            lines=[(self.support, 1, 90.0, {"tax_ids": [Command.clear()]})]
        )
        order = self._make_recurring(move)
        with self._on("2026-11-10"):
            order._billing_close(date(2026, 11, 20), self.reason)
        self._run_on("2026-11-21")
        credit = self._invoices(order)[-1]
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.reversed_entry_id, move)
        self.assertEqual(credit.amount_untaxed, 30.0)
        self.assertFalse(credit.invoice_line_ids.tax_ids)
