from odoo import Command
from odoo.tests import Form, tagged

from ...common import BillingCommon


class MakeRecurringCommon(BillingCommon):
    """Posted invoices that were typed by hand, and the dialog on them."""

    def _invoice(self, day="2026-11-01", lines=None, **vals):
        """A posted customer invoice of the billing user.

        :param lines: (product, quantity, price[, line values]) tuples.
        """
        with self._on(day):
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": product and product.id,
                                "quantity": quantity,
                                "price_unit": price,
                                "tax_ids": [Command.set(self.tax.ids)],
                                **(extra[0] if extra else {}),
                            }
                        )
                        for product, quantity, price, *extra in lines
                        or [(self.support, 1, 100.0)]
                    ],
                    **vals,
                }
            )
            move.action_post()
        return move

    def _dialog(self, move, **vals):
        return self.env["billing.make.recurring"].create({"move_id": move.id, **vals})

    def _make_recurring(self, move, today="2026-11-05", plan=None, **vals):
        """The subscription made from an invoice, on a day."""
        vals["plan_id"] = (plan or self.plan_monthly).id
        with self._on(today):
            action = self._dialog(move, **vals).action_apply()
        self.assertEqual(action["res_model"], "sale.order")
        return self.env["sale.order"].browse(action["res_id"])

    def _credit(self, move, day="2026-11-04", **vals):
        with self._on(day):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"journal_id": move.journal_id.id, "date": day, **vals})
            )
            wizard.refund_moves()
            wizard.new_move_ids.action_post()


@tagged("post_install", "-at_install")
class TestInvoicingMakeRecurring(MakeRecurringCommon):
    """What the dialog proposes and says."""

    # === What it proposes === #

    def test_dialog_proposes_first_monthly_plan(self):
        wizard = self._dialog(self._invoice())
        self.assertEqual((wizard.plan_id.unit, wizard.plan_id.interval), ("month", 1))

    def test_dialog_proposes_the_plan_of_the_product(self):
        self.support.sudo().billing_plan_id = self.plan_yearly
        wizard = self._dialog(self._invoice())
        self.assertEqual(wizard.plan_id, self.plan_yearly)

    def _proposed(self, move, plan):
        wizard = self._dialog(move, plan_id=plan.id)
        return str(wizard.period_start), str(wizard.period_end)

    def test_invoice_pays_for_its_month_on_a_plan_of_the_calendar(self):
        move = self._invoice("2026-11-12")
        self.assertEqual(
            self._proposed(move, self.plan_monthly), ("2026-11-01", "2026-11-30")
        )

    def test_invoice_pays_from_its_date_on_an_anniversary(self):
        move = self._invoice("2026-11-15")
        self.assertEqual(
            self._proposed(move, self.plan_anniversary), ("2026-11-15", "2026-12-14")
        )

    def test_invoice_pays_for_the_period_just_over_in_arrears(self):
        move = self._invoice("2026-11-15")
        self.assertEqual(
            self._proposed(move, self.plan_arrears), ("2026-10-15", "2026-11-14")
        )

    def test_invoice_ahead_pays_for_the_month_it_is_made_for(self):
        self.plan_monthly.sudo().lead_days = 10
        move = self._invoice("2026-11-21")
        self.assertEqual(
            self._proposed(move, self.plan_monthly), ("2026-12-01", "2026-12-31")
        )

    def test_billing_day_of_the_customer_counts(self):
        self.customer.sudo().billing_day = 10
        move = self._invoice("2026-11-15")
        self.assertEqual(
            self._proposed(move, self.plan_monthly), ("2026-11-10", "2026-12-09")
        )

    def test_form_follows_plan_and_keeps_ticks(self):
        move = self._invoice(
            lines=[(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        )
        view = "recurring_billing.billing_make_recurring_view_form"
        context = {"default_move_id": move.id}
        model = self.env["billing.make.recurring"].with_context(**context)
        with self._on("2026-11-05"), Form(model, view) as form:
            form.plan_id = self.plan_yearly
            self.assertEqual(str(form.period_end), "2027-10-31")
            form.plan_id = self.plan_monthly
            self.assertEqual(str(form.period_end), "2026-11-30")
            self.assertIn("$\xa0100.00 excl. tax", form.sentence)
            with form.line_ids.edit(0) as line:
                line.quantity = 3
            self.assertIn("$\xa0300.00 excl. tax", form.sentence)
            with form.line_ids.edit(0) as line:
                line.quantity = 1
        wizard = form.record
        self.assertEqual(wizard.line_ids.mapped("keep"), [True, False])
        with self._on("2026-11-05"):
            wizard.action_apply()
        self.assertEqual(move.billing_made_order_id.billing_monthly_amount, 100.0)

    def test_only_recurring_services_are_ticked(self):
        goods = self._create_service("Router", 80.0, recurring=False, type="consu")
        move = self._invoice(
            lines=[
                (self.support, 1, 100.0),
                (self.setup_fee, 1, 450.0),
                (goods, 1, 80.0),
                (False, 1, 30.0, {"name": "Travel"}),
            ]
        )
        lines = self._dialog(move).line_ids
        self.assertEqual(lines.mapped("keep"), [True, False, False, False])
        self.assertEqual(
            lines.mapped("remark"),
            [False, "not a recurring product", "goods are delivered once"]
            + ["no product"],
        )

    def test_services_are_ticked_when_user_may_mark_them_and_none_is_recurring(self):
        move = self._invoice(lines=[(self.setup_fee, 1, 450.0)])
        self.assertEqual(self._dialog(move).line_ids.mapped("keep"), [False])
        self.user.sudo().group_ids += self.env.ref("product.group_product_manager")
        line = self._dialog(move).line_ids
        self.assertTrue(line.keep)
        self.assertEqual(line.remark, "becomes recurring: sold with a plan only")

    # === What it says === #

    def _sentence(self, move, today="2026-11-05", plan=None, **vals):
        with self._on(today):
            plan = plan or self.plan_monthly
            return self._dialog(move, plan_id=plan.id, **vals).sentence

    def test_sentence_names_month_and_next_invoice(self):
        move = self._invoice(lines=[(self.support, 8, 100.0), (self.licence, 1, 90.0)])
        self.assertEqual(
            self._sentence(move),
            "This invoice pays for November 2026. The next one: 12/01/2026, "
            "$\xa0890.00 excl. tax.",
        )

    def test_sentence_names_days_of_any_other_span(self):
        self.assertEqual(
            self._sentence(self._invoice("2026-11-15"), plan=self.plan_anniversary),
            "This invoice pays from 11/15/2026 to 12/14/2026. The next one: "
            "12/15/2026, $\xa0100.00 excl. tax.",
        )

    def test_sentence_counts_the_rest_of_a_period(self):
        sentence = self._sentence(self._invoice(), period_end="2026-11-15")
        self.assertIn("The next one: 11/16/2026, $\xa050.00 excl. tax.", sentence)

    def test_sentence_leaves_included_taxes_out(self):
        included = self.tax.sudo().copy(
            {"name": "Included", "price_include_override": "tax_included"}
        )
        taxes = {"tax_ids": [Command.set(included.ids)]}
        move = self._invoice(lines=[(self.support, 1, 115.0, taxes)])
        self.assertIn("$\xa0100.00 excl. tax.", self._sentence(move))

    def test_sentence_says_that_the_next_invoice_is_late(self):
        move = self._invoice("2026-09-01")
        late = "Days from 10/01/2026 on are due already"
        self.assertIn("The next one: 11/05/2026", self._sentence(move))
        self.assertIn(late, self._sentence(move))
        self.assertNotIn("due already", self._sentence(move, today="2026-10-01"))
        self.plan_monthly.sudo().catch_up_limit = 1
        self.assertTrue(self._sentence(move).startswith("This invoice pays for"))
        self.assertIn(late, self._sentence(move))

    def test_sentence_says_that_no_invoice_follows(self):
        self.plan_yearly.sudo().tacit_renewal = False
        sentence = self._sentence(self._invoice(), plan=self.plan_yearly)
        self.assertIn("None follows: the plan ends with its term.", sentence)

    def test_sentence_says_that_no_line_is_kept(self):
        wizard = self._dialog(self._invoice())
        wizard.line_ids.keep = False
        self.assertEqual(wizard.sentence, "No line is kept: tick at least one.")
