from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...common import BillingCommon


class ParkingCommon(BillingCommon):
    """Three subscriptions of one customer on one invoice; the third one falls sick."""

    def setUp(self):
        super().setUp()
        self.odd = self._create_service("Odd", 30.0)
        self.healthy = self._subscribe("2026-01-01") | self._subscribe("2026-01-01")
        self.sick = self._subscribe("2026-01-01", lines=[(self.odd, 1, 30.0)])
        self.orders = self.healthy | self.sick

    def _open_item(self, orders=None):
        return self.env["billing.run.item"].search(
            [("order_id", "in", (orders or self.orders).ids), ("is_open", "=", True)]
        )

    def _amounts(self, orders):
        return self._invoices(orders).mapped("amount_untaxed")

    def _break(self, method, act, model="sale.order.line"):
        """Another module whose method fails on the odd product's line.

        :param act: called with the original method, the line and its arguments.
        """
        cls, odd = type(self.env[model]), self.odd
        original = getattr(cls, method)

        def broken(record, *args, **kwargs):
            lines = record if model == "sale.order.line" else record.order_line
            if odd in lines.product_id:
                return act(original, record, *args, **kwargs)
            return original(record, *args, **kwargs)

        return patch.object(cls, method, broken)


@tagged("post_install", "-at_install")
class TestInvoicingParking(ParkingCommon):
    """A sick subscription is set aside alone, with its reason."""

    def _assert_only_the_sick_one_is_parked(self, code):
        self.assertEqual(self._open_item().order_id, self.sick)
        self.assertEqual(self._open_item().code, code)
        self.assertIn(self.sick.name, self._open_item().message)
        self.assertEqual(self._amounts(self.healthy), [200.0])
        self.assertFalse(self._bills(self.sick))

    def test_sick_member_is_parked_and_billed_alone_once_mended(self):
        self.odd.sudo().active = False
        run = self._run_on("2026-01-01")
        self.assertEqual((run.state, run.parked_count), ("exceptions", 1))
        self._assert_only_the_sick_one_is_parked("product_archived")
        self.assertIn("Odd is archived", self.sick.billing_parked_message)
        self.odd.sudo().active = True
        run = self._run_on("2026-01-02")
        self.assertEqual((run.state, run.invoice_count), ("done", 1))
        self.assertEqual(self._amounts(self.sick), [30.0])
        self.assertNotEqual(self._invoices(self.sick), self._invoices(self.healthy))

    def test_several_nights_give_one_open_item_and_one_activity(self):
        self.odd.sudo().active = False
        for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
            self._run_on(day)
        item = self._open_item()
        self.assertEqual((len(item), item.attempts), (1, 3))
        self.assertEqual(str(item.parked_since), "2026-01-01")
        self.assertEqual(len(self.sick.activity_ids), 1)
        self.assertTrue(self.sick.billing_is_parked)
        self.odd.sudo().active = True
        self._run_on("2026-01-04")
        self.assertFalse(self._open_item())
        self.assertTrue(item.solved_at)
        self.assertFalse(self.sick.activity_ids)
        self.assertFalse(self.sick.billing_is_parked)

    def test_ended_line_waits_no_longer(self):
        self._run_on("2026-01-01")
        self.odd.sudo().active = False
        self._run_on("2026-02-01")
        with self._on("2026-02-02"):
            self.sick.order_line._billing_end_line(date(2026, 1, 31))
        self.assertFalse(self._open_item())
        self.assertFalse(self.sick.activity_ids)

    def test_cancelled_order_waits_no_longer(self):
        self.odd.sudo().active = False
        self._run_on("2026-01-01")
        with self._on("2026-01-02"):
            self.sick._action_cancel()
        self.assertFalse(self._open_item())
        self.assertFalse(self.sick.activity_ids)

    # === The customer === #

    def test_customer_without_address_is_named(self):
        self.customer.sudo().write({"street": False, "city": False})
        self._run_on("2026-01-01")
        self.assertEqual(set(self._open_item().mapped("code")), {"no_address"})
        self.assertIn("Horizon Santé", self._open_item()[0].message)

    def test_customer_without_country_or_postal_code_is_named(self):
        for vals, missing in (({"zip": False}, "postal code"), ({}, "country")):
            self.customer.sudo().write(vals or {"country_id": False})
            run = self._run_on("2026-01-01")
            self.assertIn(f"{missing} missing", run.item_ids[0].message)

    def test_archived_customer_is_named(self):
        self.customer.sudo().active = False
        self._run_on("2026-01-01")
        self.assertEqual(set(self._open_item().mapped("code")), {"partner_archived"})
        self.customer.sudo().active = True
        self._run_on("2026-01-02")
        self.assertEqual(self._amounts(self.orders), [230.0])

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
        self.assertEqual(self._amounts(self.orders), [230.0])

    def test_whole_group_waits_for_a_failure_while_invoicing_too(self):
        self.customer.sudo().billing_hold_group = True
        with self._break("_prepare_invoice_line", _fail):
            self._run_on("2026-01-01")
        self.assertEqual(
            sorted(self._open_item().mapped("code")),
            ["group_held", "group_held", "unexpected"],
        )
        self.assertFalse(self._invoices(self.orders))

    # === The currency === #

    def _subscribe_in_currency(self, rate_day):
        currency = (
            self.env["res.currency"].sudo().create({"name": "ZZZ", "symbol": "Z"})
        )
        currency.rate_ids.create(
            {
                "name": rate_day,
                "rate": 2.0,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "Z", "currency_id": currency.id})
        )
        return currency, self._subscribe("2026-01-01", pricelist_id=pricelist.id)

    def test_inactive_currency_is_named(self):
        currency, order = self._subscribe_in_currency("2025-01-01")
        currency.active = False
        self._run_on("2026-01-01")
        item = self._open_item(order)
        self.assertEqual(item.code, "currency_inactive")
        self.assertIn("ZZZ is not active", item.message)
        currency.active = True
        self._run_on("2026-01-02")
        self.assertEqual(self._amounts(order), [100.0])

    def test_missing_rate_is_named(self):
        _currency, order = self._subscribe_in_currency("2026-01-03")
        self._run_on("2026-01-02")
        self.assertEqual(self._open_item(order).code, "rate_missing")
        self.assertIn("01/02/2026", self._open_item(order).message)
        self._run_on("2026-01-03")
        self.assertEqual(self._amounts(order), [100.0])

    # === Other modules === #

    def test_failure_of_another_module_parks_one_item(self):
        with self._break("_prepare_invoice_line", _fail):
            self._run_on("2026-01-01")
        self._assert_only_the_sick_one_is_parked("unexpected")
        self.assertIn("ZeroDivisionError", self._open_item().sudo().trace)

    def test_refusal_of_another_module_is_said_in_its_words(self):
        with self._break("_prepare_invoice_line", _refuse):
            self._run_on("2026-01-01")
        self._assert_only_the_sick_one_is_parked("refused")
        self.assertIn("No stamp duty", self._open_item().message)

    def test_failure_while_planning_parks_one_item(self):
        with self._break("_get_invoiceable_lines", _fail, "sale.order"):
            self._run_on("2026-01-01")
        self._assert_only_the_sick_one_is_parked("unexpected")

    def test_invoice_that_differs_from_the_computation_is_not_made(self):
        with self._break("_prepare_invoice_line", _one_cent_more):
            self._run_on("2026-01-01")
        self._assert_only_the_sick_one_is_parked("document_differs")
        self.assertIn("30.01", self._open_item().message)

    def test_terms_that_cannot_be_computed_park_one_item(self):
        self.env["billing.line.version"].flush_model()
        self.cr.execute(
            "DELETE FROM billing_line_version WHERE sale_line_id = %s",
            [self.sick.order_line.id],
        )
        self.env.invalidate_all()
        self._run_on("2026-01-01")
        self._assert_only_the_sick_one_is_parked("invalid_terms")

    # === By hand === #

    def test_invoice_now_raises_the_reason(self):
        self.odd.sudo().active = False
        with (
            self._on("2026-01-01"),
            self.assertRaisesRegex(UserError, "Odd is archived. Restore the product"),
        ):
            self.sick.action_billing_invoice_now()

    def test_retry_says_the_new_fact_then_that_it_is_settled(self):
        self.odd.sudo().active = False
        self._run_on("2026-01-01")
        with self._on("2026-01-02"):
            answer = self._open_item().action_retry()["params"]
            self.assertEqual(answer["type"], "warning")
            self.assertIn("Odd is archived", answer["message"])
            self.odd.sudo().active = True
            item = self._open_item()
            answer = item.action_retry()["params"]
            self.assertEqual(answer["type"], "success")
            self.assertEqual(answer["message"], f"{self.sick.name} is settled.")
            self.assertFalse(item.is_open)
            self.assertEqual(self._amounts(self.sick), [30.0])
            with self.assertRaisesRegex(UserError, "billed meanwhile"):
                item.action_retry()

    def test_retry_of_several_counts_them(self):
        self.customer.sudo().billing_hold_group = True
        self.odd.sudo().active = False
        self._run_on("2026-01-01")
        with self._on("2026-01-02"):
            answer = self._open_item().action_retry()["params"]
            self.assertEqual(answer["message"], "0 settled, 3 still wait.")
            self.customer.sudo().billing_hold_group = False
            answer = self._open_item().action_retry()["params"]
            self.assertIn("2 settled, 1 still waits. Odd is", answer["message"])
            self.odd.sudo().active = True
            self._open_item().action_retry()
        self.assertEqual(self._amounts(self.orders), [200.0, 30.0])


def _fail(_original, _record, *_args, **_kwargs):
    raise ZeroDivisionError


def _refuse(_original, _record, *_args, **_kwargs):
    raise UserError("No stamp duty is set up.")  # pylint: disable=translation-required


def _one_cent_more(original, line, *args, **kwargs):
    vals = original(line, *args, **kwargs)
    return {**vals, "price_unit": vals["price_unit"] + 0.01}
