from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_invoicing_intake import IntakeCommon


@tagged("post_install", "-at_install")
class TestInvoicingIntakeTakeOver(IntakeCommon):
    """Contracts that are ready become subscriptions that go on."""

    def test_a_contract_goes_on_where_the_other_system_stopped(self):
        order = self._take_over(
            self._import(self._row("A", **{"Customer reference": "PO 7"}))
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.client_order_ref, "PO 7")
        self.assertEqual(str(order.billing_next_date), "2026-12-01")
        self.assertFalse(self._run_on("2026-11-30"))
        self._run_on("2026-12-01")
        self.assertEqual(
            self._bills(order),
            [
                ("", "2025-03-01", "2026-11-30", 0),
                ("2026-12-01", "2026-12-01", "2026-12-31", 100),
            ],
        )

    def test_the_first_invoice_is_the_one_that_was_announced(self):
        staged = self._import(
            self._row(
                "A",
                Plan="Quarterly",
                Start="2026-01-15",
                **{"Already billed until": "2027-01-14"},
            ),
            self._row(
                "B", Plan="Monthly in arrears", **{"Already billed until": "2026-10-31"}
            ),
            self._row("C", Start="2026-12-10", **{"Already billed until": ""}),
            self._row("D", End="2026-12-15", Quantity="2.5"),
        )
        self._take_over(staged)
        for intake in staged:
            self.assertEqual(intake.order_id.billing_next_date, intake.next_date)
        for intake in staged.sorted("next_date"):
            with self.subTest(intake.reference):
                day = max(str(intake.next_date), "2026-11-24")
                self._run_on(day)
                self.assertEqual(
                    self._bills(intake.order_id)[-1],
                    (
                        day,
                        str(intake.next_start),
                        str(intake.next_end),
                        intake.next_amount,
                    ),
                )

    def test_lines_may_have_been_billed_until_different_days(self):
        order = self._take_over(
            self._import(
                self._row("A"),
                self._row(
                    "A",
                    Product="Licence",
                    Plan="Monthly in advance",
                    Start="2026-06-10",
                    **{"Already billed until": "2026-12-09"},
                ),
            )
        )
        self._run_on("2026-12-01")
        self._run_on("2026-12-10")
        self.assertEqual(
            self._bills(order)[2:],
            [
                ("2026-12-01", "2026-12-01", "2026-12-31", 100),
                ("2026-12-10", "2026-12-10", "2027-01-09", 100),
            ],
        )

    def test_a_difference_is_read_before_it_is_taken_over(self):
        staged = self._import(self._row("A", **{"Next invoice expected": "2026-12-15"}))
        self.assertEqual(
            staged.message,
            "The old system would invoice on 12/15/2026, this one on 12/01/2026.",
        )
        with self.assertRaisesRegex(UserError, "Read what differs"):
            self._take_over(staged)
        staged.is_read = True
        self.assertTrue(self._take_over(staged))

    def test_the_dialog_ticks_what_was_read(self):
        staged = self._import(self._row("A", **{"Next invoice expected": "2026-12-15"}))
        with self._on("2026-11-24"):
            action = staged.action_take_over()
            dialog = self.env["billing.intake.apply"].browse(action["res_id"])
            dialog.write({"different_ids": [Command.update(staged.id, {"is_read": 1})]})
            dialog.action_apply()
        self.assertEqual(staged.state, "taken_over")

    def test_a_contract_is_taken_over_once(self):
        self._take_over(self._import(self._row("A")))
        again = self._import(self._row("A"))
        self.assertEqual(again.state, "refused")
        self.assertIn("was taken over already", again.message)

    def test_what_was_taken_over_is_kept(self):
        staged = self._import(self._row("A"))
        self._take_over(staged)
        with self.assertRaisesRegex(UserError, "Keep it here"):
            staged.unlink()

    def test_products_become_recurring(self):
        product = self._create_service("Hosting", 10, recurring=False)
        self._take_over_as_product_manager(
            self._import(self._row("A", Product="Hosting"))
        )
        self.assertTrue(product.billing_recurring)

    def _take_over_as_product_manager(self, staged):
        self.manager.sudo().group_ids += self.env.ref("product.group_product_manager")
        with self._on("2026-11-24"):
            staged.action_check()
        return self._take_over(staged)

    def test_a_product_that_the_manager_may_not_mark_is_refused(self):
        self._create_service("Hosting", 10, recurring=False)
        staged = self._import(self._row("A", Product="Hosting"))
        self.assertIn("Have Recurring ticked", staged.message)

    def test_one_that_fails_does_not_keep_the_others(self):
        staged = self._import(self._row("A"), self._row("B"), self._row("C"))
        # Archived between the check and the act.
        staged[1].line_ids.product_id = self._create_service("Old", 5, active=False)
        self._take_over(staged)
        self.assertEqual(
            staged.mapped("state"), ["taken_over", "refused", "taken_over"]
        )
        self.assertIn("the product is archived", staged[1].message)

    def test_many_are_taken_over_in_the_background(self):
        staged = self._import(*(self._row(f"N{number}") for number in range(60)))
        self._take_over(staged)
        self.assertEqual(set(staged.mapped("state")), {"queued"})
        with self._on("2026-11-24"), self.enter_registry_test_mode():
            self.assertEqual(
                self.Intake.get_billing_headline([]),
                "60 waiting to be taken over, 0 done.",
            )
            cron = self.env.ref("recurring_billing.ir_cron_take_over")
            cron.sudo().method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(staged.mapped("state")), {"taken_over"})
        self.assertEqual(len(staged.order_id), 60)
        self.assertEqual(staged.order_id.create_uid, self.manager)

    def test_a_foreign_currency_is_that_of_the_subscription(self):
        currency = (
            self.env["res.currency"]
            .sudo()
            .search([("name", "=", "CHF"), ("active", "in", (True, False))])
        )
        currency.active = True
        staged = self._import(
            self._row("A", **{"Currency or pricelist": "CHF"}),
            self._row("B", **{"Currency or pricelist": "XXX"}),
        )
        self.assertEqual(staged.mapped("state"), ["ready", "refused"])
        self.assertEqual(self._take_over(staged[0]).currency_id, currency)

    def test_amounts_with_tax_in_the_price_are_announced_before_tax(self):
        tax = self.tax.sudo().copy(
            {"name": "Gross", "price_include_override": "tax_included"}
        )
        self._create_service("Gross", 115, taxes_id=[Command.set(tax.ids)])
        self.customer.sudo().country_id = self.company.country_id
        staged = self._import(self._row("A", Product="Gross", **{"Unit price": "115"}))
        order = self._take_over(staged)
        self._run_on("2026-12-01")
        self.assertEqual(staged.next_amount, self._invoices(order).amount_untaxed)
        self.assertEqual(staged.next_amount, 100)


@tagged("post_install", "-at_install")
class TestInvoicingIntakeAccess(IntakeCommon):
    """Managers take contracts over; nobody sees those of another company."""

    def test_a_clerk_takes_nothing_over(self):
        staged = self._import(self._row("A"))
        for model in ("billing.intake", "billing.intake.line", "billing.intake.apply"):
            with self.subTest(model), self.assertRaises(AccessError):
                self.env[model].with_user(self.user).create({})
        with self.assertRaises(AccessError):
            staged.with_user(self.user).read(["reference"])
        with self.assertRaises(AccessError):
            self.Intake.with_user(self.user).load(["column_contract"], [["A"]])

    def test_another_company_sees_nothing(self):
        staged = self._import(self._row("A"))
        stranger = self._create_stranger()
        foreign = self.Intake.with_user(stranger)
        self.assertFalse(foreign.search([]))
        self.assertFalse(foreign._get_refused_table()[1])
        with self.assertRaises(AccessError):
            foreign.browse(staged.ids).read(["reference"])

    def test_customers_of_another_company_are_not_found(self):
        stranger = self._create_stranger()
        self._create_customer("Elsewhere Ltd", company_id=stranger.company_id.id)
        staged = self._import(self._row("A", Customer="Elsewhere Ltd"))
        self.assertEqual(staged.state, "refused")
