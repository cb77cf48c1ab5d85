from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestSubscriptionVersions(BillingCommon):
    """Dated changes of quantity, price and discount."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-01", lines=[(self.support, 1, 310.0)])
        self.line = self.order.order_line

    def _change(self, on, start, **changes):
        with self._on(on):
            return self.line._billing_add_version(date.fromisoformat(start), **changes)

    def _versions(self):
        self.line.invalidate_recordset(["billing_version_ids"])
        return [
            (str(v.start_date), v.sequence, v.quantity, v.price_unit, v.discount)
            for v in self.line.billing_version_ids
        ]

    # === Same day === #

    def test_unused_version_of_the_day_is_replaced(self):
        first = self._change("2026-01-05", "2026-02-01", quantity=3)
        again = self._change("2026-01-06", "2026-02-01", discount=10.0, reason="Offer")
        self.assertEqual(first, again)
        self.assertEqual(
            self._versions(),
            [
                ("2026-02-01", 0, 3.0, 310.0, 10.0),
                ("2026-01-01", 0, 1.0, 310.0, 0.0),
            ],
        )
        self.assertEqual(again.reason, "Offer")

    def test_used_version_of_the_day_is_kept_beside_the_new_one(self):
        self._run_on("2026-01-01")
        self.assertTrue(self.line.billing_version_ids.is_used)
        self._change("2026-01-02", "2026-01-01", price_unit=341.0)
        self.assertEqual(
            self._versions(),
            [
                ("2026-01-01", 1, 1.0, 341.0, 0.0),
                ("2026-01-01", 0, 1.0, 310.0, 0.0),
            ],
        )
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(self.order)[1:],
            [
                ("2026-02-01", "2026-01-01", "2026-01-31", 31.0),
                ("2026-02-01", "2026-02-01", "2026-02-28", 341.0),
            ],
        )

    # === What is refused === #

    def test_change_outside_the_lines_days_is_refused(self):
        with self.assertRaisesRegex(UserError, "starts on 01/01/2026"):
            self._change("2026-01-05", "2025-12-31", quantity=2)
        self.line._billing_end_line(date(2026, 2, 28))
        with self.assertRaisesRegex(UserError, "ends before 03/01/2026"):
            self._change("2026-01-05", "2026-03-01", quantity=2)
        self._change("2026-01-05", "2026-02-28", quantity=2)

    def test_later_change_is_named_when_it_stands_in_the_way(self):
        self._change("2026-01-05", "2026-02-01", quantity=2)
        self._change("2026-01-05", "2026-03-01", quantity=3)
        with self.assertRaisesRegex(UserError, "02/01/2026 already sets .* to 2.0"):
            self._change("2026-01-06", "2026-01-20", quantity=5)

    def test_later_change_that_holds_is_named_not_the_one_it_replaced(self):
        plan = self.plan_monthly.sudo().copy({"lead_days": 10}).sudo(False)
        self.order = self._subscribe("2026-01-01", plan)
        self.line = self.order.order_line
        self._run_on("2026-01-01")
        self._change("2026-01-05", "2026-02-01", quantity=3)
        self._run_on("2026-01-22")
        self._change("2026-01-23", "2026-02-01", quantity=2)
        self.assertEqual(self._versions()[0][:3], ("2026-02-01", 1, 2.0))
        with self.assertRaisesRegex(UserError, "already sets the quantity to 2.0"):
            self._change("2026-01-24", "2026-01-25", quantity=5)

    def test_versions_are_not_written_by_hand(self):
        version = self.line.billing_version_ids
        for act in (
            lambda: version.write({"quantity": 2}),
            version.unlink,
            lambda: version.create(
                {
                    "sale_line_id": self.line.id,
                    "company_id": self.company.id,
                    "start_date": "2026-02-01",
                }
            ),
        ):
            with self.assertRaisesRegex(UserError, "not edited by hand"):
                act()

    # === Back-dated === #

    def test_back_dated_rise_rides_on_the_next_invoice(self):
        self._run_on("2026-01-01")
        self._change("2026-01-25", "2026-01-16", price_unit=620.0)
        self.assertFalse(self._run_on("2026-01-25"))
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(self.order)[1:],
            [
                ("2026-02-01", "2026-01-16", "2026-01-31", 160.0),
                ("2026-02-01", "2026-02-01", "2026-02-28", 620.0),
            ],
        )

    def test_back_dated_fall_rides_on_the_next_invoice(self):
        self._run_on("2026-01-01")
        self._change("2026-01-25", "2026-01-22", discount=50.0)
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(self.order)[1:],
            [
                ("2026-02-01", "2026-01-22", "2026-01-31", -50.0),
                ("2026-02-01", "2026-02-01", "2026-02-28", 155.0),
            ],
        )
        self.assertEqual(self._invoices(self.order)[-1].amount_untaxed, 105.0)

    def test_rise_is_billed_at_once_where_the_plan_says_so(self):
        self.plan_monthly.sudo().upgrade = "at_once"
        self._run_on("2026-01-01")
        self._change("2026-01-16", "2026-01-16", quantity=2)
        self._run_on("2026-01-16")
        self.assertEqual(
            self._bills(self.order)[1:],
            [("2026-01-16", "2026-01-16", "2026-01-31", 160.0)],
        )

    # === Taken back === #

    def test_unused_version_can_be_taken_back(self):
        version = self._change("2026-01-05", "2026-01-16", quantity=2)
        with self._on("2026-01-20"):
            self.line._billing_mirror()
            self.assertEqual(self.line.product_uom_qty, 2.0)
            self.line._billing_remove_version(version)
        self.assertEqual(self.line.product_uom_qty, 1.0)
        self._run_on("2026-01-20")
        self.assertEqual(self._bills(self.order)[0][3], 310.0)

    def test_used_version_cannot_be_taken_back(self):
        version = self._change("2026-01-05", "2026-01-16", quantity=2)
        self._run_on("2026-01-20")
        with self.assertRaisesRegex(UserError, "already invoiced"):
            self.line._billing_remove_version(version)

    def test_correction_of_the_first_day_can_be_taken_back(self):
        self._run_on("2026-01-01")
        version = self._change("2026-01-02", "2026-01-01", price_unit=341.0)
        with self._on("2026-01-03"):
            self.line._billing_remove_version(version)
        self._run_on("2026-02-01")
        self.assertEqual([bill[3] for bill in self._bills(self.order)], [310.0, 310.0])

    def test_first_version_cannot_be_taken_back(self):
        with self.assertRaisesRegex(UserError, "first terms"):
            self.line._billing_remove_version(self.line.billing_version_ids)
