from datetime import date

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionWizards(BillingCommon):
    """The screens with which a billing user changes, pauses and closes."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-01", lines=[(self.support, 1, 310.0)])
        self._run_on("2026-01-01")

    def _open(self, model, **context):
        return Form(
            self.env[model].with_context(
                active_id=self.order.id, active_model="sale.order", **context
            )
        )

    def _apply(self, form):
        form.save().action_apply()

    # === Change === #

    def test_change_proposes_the_only_line_with_its_terms(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.change")
            self.assertEqual(str(form.effective_date), "2026-01-16")
            self.assertEqual(form.line_id, self.order.order_line)
            self.assertEqual((form.quantity, form.price_unit), (1.0, 310.0))
            form.quantity = 2
            form.reason = "One more seat"
            self._apply(form)
        version = self.order.order_line.billing_version_ids.sorted("start_date")[-1]
        self.assertEqual(
            (str(version.start_date), version.quantity, version.reason),
            ("2026-01-16", 2.0, "One more seat"),
        )
        self._run_on("2026-02-01")
        self.assertEqual([b[3] for b in self._bills(self.order)], [310, 160, 620])

    def test_line_is_added_from_a_day_on(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.change")
            form.operation = "add"
            form.product_id = self.licence
            self.assertEqual(form.price_unit, 50.0)
            form.price_unit = 62.0
            form.effective_date = "2026-01-22"
            self._apply(form)
        line = self.order.order_line - self.order.order_line[0]
        self.assertEqual(str(line.billing_start_date), "2026-01-22")
        self.assertFalse(self._run_on("2026-01-21"))
        self._run_on("2026-01-22")
        self.assertEqual(
            self._bills(self.order)[1:],
            [("2026-01-22", "2026-01-22", "2026-01-31", 20.0)],
        )

    def test_new_line_takes_nothing_over_from_the_only_one(self):
        with self._on("2026-01-16"):
            self.order.order_line._billing_add_version(
                date(2026, 1, 16), quantity=10, discount=20.0
            )
            form = self._open("billing.subscription.change")
            self.assertEqual((form.quantity, form.discount), (10.0, 20.0))
            form.operation = "add"
            form.product_id = self.licence
            form.effective_date = "2026-02-01"
            self.assertEqual(
                (form.quantity, form.price_unit, form.discount), (1.0, 50.0, 0.0)
            )

    def test_new_line_is_proposed_at_the_price_of_the_orders_pricelist(self):
        pricelist = self.env["product.pricelist"].sudo().create({"name": "Friends"})
        pricelist.item_ids.create(
            {
                "pricelist_id": pricelist.id,
                "compute_price": "percentage",
                "percent_price": 50,
            }
        )
        self.order = self._subscribe("2026-01-01", pricelist_id=pricelist.id)
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.change")
            form.operation = "add"
            form.product_id = self.licence
            self.assertEqual(form.price_unit, 25.0)

    def test_line_is_ended_the_day_before(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.change")
            form.operation = "end"
            form.effective_date = "2026-02-01"
            self._apply(form)
        self.assertEqual(str(self.order.order_line.billing_end_date), "2026-01-31")
        self.assertFalse(self._run_on("2026-02-01"))

    def test_change_without_its_line_or_product_is_refused(self):
        change = self.env["billing.subscription.change"].create(
            {"order_id": self.order.id, "effective_date": "2026-02-01"}
        )
        for operation, message in (
            ("terms", "Choose the line"),
            ("end", "Choose the line"),
            ("add", "Choose the product"),
        ):
            change.write({"operation": operation, "line_id": False})
            with (
                self.subTest(operation),
                self.assertRaisesRegex(UserError, message),
            ):
                change.action_apply()

    # === Pause === #

    def test_pause_and_resume_through_the_screen(self):
        with self._on("2026-01-11"):
            form = self._open("billing.subscription.pause")
            self.assertEqual(str(form.start_date), "2026-01-11")
            form.reason = "Works"
            self._apply(form)
            self.assertEqual(self.order.billing_state, "paused")
            self.assertEqual(self.order.billing_pause_ids.reason, "Works")
        self._run_on("2026-01-11")
        with self._on("2026-01-22"):
            self._apply(
                self._open("billing.subscription.pause", default_operation="resume")
            )
            self.assertEqual(self.order.billing_state, "running")
            self.assertEqual(str(self.order.billing_pause_ids.end_date), "2026-01-21")
        self._run_on("2026-01-22")
        self.assertEqual([b[3] for b in self._bills(self.order)], [310, -210, 100])

    # === Close === #

    def test_close_proposes_the_end_of_what_is_billed(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.close")
            self.assertEqual(str(form.last_day), "2026-01-31")
            form.reason_id = self.reason
            form.note = "Moves abroad"
            self._apply(form)
        self.assertEqual(str(self.order.billing_end_date), "2026-01-31")
        self.assertEqual(self.order.billing_state, "running")
        self.assertIn("Moves abroad", self.order.message_ids[0].body)

    def test_close_today_ends_with_today(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.close")
            form.when = "today"
            form.reason_id = self.reason
            self._apply(form)
        self.assertEqual(str(self.order.billing_end_date), "2026-01-16")

    def test_close_on_a_date_of_ones_own(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.close")
            form.when = "date"
            form.last_day = "2026-02-10"
            form.reason_id = self.reason
            self._apply(form)
        self.assertEqual(str(self.order.billing_end_date), "2026-02-10")

    def test_close_at_the_end_of_a_term_needs_a_term(self):
        with self._on("2026-01-16"):
            form = self._open("billing.subscription.close")
            form.when = "term"
            form.reason_id = self.reason
            with self.assertRaisesRegex(UserError, "no fixed term"):
                self._apply(form)

    def test_close_at_the_end_of_the_term(self):
        self.order = self._subscribe("2026-01-01", self.plan_yearly)
        with self._on("2026-03-16"):
            form = self._open("billing.subscription.close")
            form.when = "term"
            form.reason_id = self.reason
            self._apply(form)
        self.assertEqual(str(self.order.billing_end_date), "2026-12-31")
