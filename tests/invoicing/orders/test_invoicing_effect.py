from datetime import date

from odoo.tests import Form, tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingEffect(BillingCommon):
    """The dialogs say what they will do; then it happens."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-11-01", lines=[(self.support, 10, 30.0)])
        self._run_on("2026-11-01")

    def _open(self, model, **context):
        return Form(
            self.env[model].with_context(
                active_id=self.order.id, active_model="sale.order", **context
            )
        )

    def _lines(self, form):
        return form.effect.replace("\N{NO-BREAK SPACE}", " ").split("\n")

    def test_a_higher_quantity_is_told_as_credit_and_charge(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.change")
            form.quantity = 15
            self.assertEqual(
                self._lines(form),
                [
                    "From 11/16/2026: Support: 15 instead of 10.",
                    (
                        "16–30 November 2026: −$ 150.00 +$ 225.00 = +$ 75.00 "
                        "excl. tax, on the invoice of 12/01/2026."
                    ),
                    "Invoice of 12/01/2026: $ 450.00 excl. tax instead of $ 300.00.",
                    "Invoice of 01/01/2027: $ 450.00 excl. tax instead of $ 300.00.",
                ],
            )
            self.assertEqual(form.apply_label, "Apply from 11/16/2026")
            form.save().action_apply()
        self._run_on("2026-12-01")
        self.assertEqual([b[3] for b in self._bills(self.order)], [300.0, 75.0, 450.0])

    def test_nothing_to_change_says_that_all_stays(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.change")
            self.assertEqual(
                self._lines(form)[-1], "The invoices to come stay as they are."
            )

    def test_a_date_before_the_line_is_refused_beside_the_dialog(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.change")
            form.effective_date = "2026-10-01"
            self.assertEqual(
                self._lines(form),
                ["Line 'Support' starts on 11/01/2026; choose a date from then on."],
            )

    def test_a_planned_change_stands_in_the_way(self):
        with self._on("2026-11-16"):
            self.order.order_line._billing_add_version(date(2027, 2, 1), quantity=30)
            form = self._open("billing.subscription.change")
            form.quantity = 20
            self.assertIn("already sets the quantity to 30", form.effect)

    def test_a_new_line_is_told_with_its_first_days(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.change")
            form.operation = "add"
            form.product_id = self.licence
            self.assertEqual(
                self._lines(form)[:2],
                [
                    "From 11/16/2026: Licence is added.",
                    "Invoice of 11/16/2026: $ 25.00 excl. tax more.",
                ],
            )

    def test_an_ended_line_is_given_back(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.change")
            form.operation = "end"
            self.assertEqual(
                self._lines(form),
                [
                    "Last day of Support: 11/15/2026.",
                    (
                        "16–30 November 2026: −$ 150.00 excl. tax, on a credit note of "
                        "11/16/2026."
                    ),
                    "No further invoice follows.",
                ],
            )

    def test_a_pause_is_told_with_what_it_gives_back(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.pause", default_operation="pause")
            form.end_date = "2026-11-30"
            self.assertEqual(
                self._lines(form)[:2],
                [
                    "Paused from 11/16/2026 to 11/30/2026.",
                    (
                        "16–30 November 2026: −$ 150.00 excl. tax, on a credit note of "
                        "11/16/2026."
                    ),
                ],
            )
            self.assertEqual(form.apply_label, "Pause from 11/16/2026")
            form.save().action_apply()
        self._run_on("2026-11-16")
        self.assertEqual(
            self._documents(self.order)[-1], ("out_refund", "2026-11-16", 150)
        )

    def test_a_pause_that_ends_before_it_begins_is_refused(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.pause", default_operation="pause")
            form.end_date = "2026-11-10"
            self.assertIn("before it begins", form.effect)

    def test_a_resumption_is_told_with_its_first_invoice(self):
        with self._on("2026-12-01"):
            self.order._billing_pause(date(2026, 12, 1))
        with self._on("2026-12-16"):
            form = self._open("billing.subscription.pause", default_operation="resume")
            self.assertEqual(
                self._lines(form)[:2],
                [
                    "Service resumes on 12/16/2026.",
                    "Invoice of 12/16/2026: $ 154.84 excl. tax more.",
                ],
            )
            self.assertEqual(form.apply_label, "Resume on 12/16/2026")

    def test_a_close_is_told_with_the_credit_and_the_end_of_invoices(self):
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.close")
            self.assertEqual(
                self._lines(form),
                ["Last day of service: 11/30/2026.", "No further invoice follows."],
            )
            form.when = "today"
            form.reason_id = self.reason
            self.assertEqual(
                self._lines(form)[1],
                "17–30 November 2026: −$ 140.00 excl. tax, on a credit note of "
                "11/17/2026.",
            )
            self.assertEqual(form.apply_label, "Close on 11/16/2026")

    def test_several_lines_are_told_by_name(self):
        self.order = self._subscribe(
            "2026-11-01", lines=[(self.support, 1, 300.0), (self.licence, 1, 60.0)]
        )
        self._run_on("2026-11-02")
        with self._on("2026-11-16"):
            form = self._open("billing.subscription.pause", default_operation="pause")
            self.assertEqual(
                self._lines(form)[1:3],
                [
                    (
                        "Support, 16–30 November 2026: −$ 150.00 excl. tax, on a "
                        "credit note of 11/16/2026."
                    ),
                    (
                        "Licence, 16–30 November 2026: −$ 30.00 excl. tax, on a "
                        "credit note of 11/16/2026."
                    ),
                ],
            )
