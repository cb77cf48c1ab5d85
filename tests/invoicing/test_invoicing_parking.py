from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingParking(BillingCommon):
    """A sick subscription is set aside alone; the run goes on, and starts again."""

    def setUp(self):
        super().setUp()
        self.odd = self._create_service("Odd", 30.0)
        self.healthy = self._subscribe("2026-01-01") | self._subscribe("2026-01-01")
        self.sick = self._subscribe("2026-01-01", lines=[(self.odd, 1, 30.0)])
        self.orders = self.healthy | self.sick

    def _open_item(self):
        return self.env["billing.run.item"].search(
            [("order_id", "in", self.orders.ids), ("is_open", "=", True)]
        )

    def test_sick_member_is_parked_and_billed_alone_once_mended(self):
        self.odd.sudo().active = False
        run = self._run_on("2026-01-01")
        self.assertEqual((run.state, run.parked_count), ("exceptions", 1))
        self.assertEqual(self._open_item().order_id, self.sick)
        self.assertEqual(self._open_item().code, "product_archived")
        shared = self._invoices(self.healthy)
        self.assertEqual((len(shared), shared.amount_untaxed), (1, 200.0))
        self.assertFalse(self._invoices(self.sick))
        self._run_on("2026-01-02")
        self.assertEqual(len(self._open_item()), 1)
        self.assertEqual(str(self._open_item().parked_since), "2026-01-01")
        self.assertEqual(len(self.sick.activity_ids), 1)
        self.odd.sudo().active = True
        self._run_on("2026-01-03")
        self.assertFalse(self._open_item())
        self.assertFalse(self.sick.activity_ids)
        self.assertEqual(self._invoices(self.sick).amount_untaxed, 30.0)

    def test_whole_group_waits_where_the_customer_wants_all_or_nothing(self):
        self.customer.sudo().billing_hold_group = True
        self.odd.sudo().active = False
        self._run_on("2026-01-01")
        self.assertFalse(self._invoices(self.orders))
        self.assertEqual(
            sorted(self._open_item().mapped("code")),
            ["group_held", "group_held", "product_archived"],
        )
        self.odd.sudo().active = True
        self._run_on("2026-01-02")
        self.assertEqual(self._invoices(self.orders).amount_untaxed, 230.0)

    def test_customer_without_address_is_named(self):
        self.customer.sudo().write({"street": False, "city": False})
        self._run_on("2026-01-01")
        self.assertEqual(set(self._open_item().mapped("code")), {"no_address"})
        self.assertIn("Horizon Santé", self._open_item()[0].message)
        with self._on("2026-01-01"), self.assertRaisesRegex(UserError, "address"):
            self.sick.action_billing_invoice_now()

    def test_failure_of_another_module_parks_one_item(self):
        lines = type(self.env["sale.order.line"])
        original, odd = lines._prepare_invoice_line, self.odd

        def fail(line, **values):
            if line.product_id == odd:
                raise ZeroDivisionError
            return original(line, **values)

        with patch.object(lines, "_prepare_invoice_line", fail):
            self._run_on("2026-01-01")
        self.assertEqual(self._open_item().order_id, self.sick)
        self.assertEqual(self._open_item().code, "unexpected")
        self.assertIn("ZeroDivisionError", self._open_item().trace)
        self.assertEqual(self._invoices(self.healthy).amount_untaxed, 200.0)

    def test_lost_race_is_tried_again_and_is_no_attempt(self):
        service = type(self.env["billing.invoicing"])
        original, calls = service._bill_items, []

        def lose_once(self, items):
            calls.append(items)
            if len(calls) == 1:
                raise psycopg2.errors.SerializationFailure
            return original(self, items)

        with patch.object(service, "_bill_items", lose_once):
            run = self._run_on("2026-01-01")
        self.assertEqual(run.state, "done")
        self.assertEqual(set(run.item_ids.mapped("attempts")), {1})
        self.assertEqual(len(self._invoices(self.orders)), 1)

    def test_item_begun_three_times_without_an_outcome_is_set_aside(self):
        with self._on("2026-01-01"):
            run = self.env["billing.run"]._plan_run(self.orders)
        item = run.item_ids.filtered(lambda item: item.order_id == self.sick)
        item.sudo().attempts = 3
        self._run_on("2026-01-01")
        self.assertEqual(item.code, "crashed")
        self.assertEqual(self._invoices(self.healthy).amount_untaxed, 200.0)

    def test_interrupted_run_goes_on_and_bills_nothing_twice(self):
        with self._on("2026-01-01"):
            run = self.env["billing.run"]._plan_run(self.orders)
        self.assertFalse(self._run_on("2026-01-01"))
        self.assertEqual(run.state, "done")
        self.assertEqual(len(self._bills(self.orders)), 3)
