from odoo import Command
from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingScenarioCompanies(BillingCommon):
    """Companies with days of their own, currencies with steps of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk, cls.env = cls.env, cls.admin_env
        cls.other = cls.setup_other_company(name="Nouméa Services")["company"]
        cls.other.partner_id.tz = "Pacific/Noumea"
        cls.user.sudo().company_ids = [Command.link(cls.other.id)]
        cls.env = clerk

    def test_each_company_bills_by_its_own_date(self):
        other = self.other
        here = self._subscribe("2026-02-01")
        with self._on("2026-01-15"):
            there = (
                self.env["sale.order"]
                .with_company(other)
                .create(
                    {
                        "partner_id": self.customer.id,
                        "company_id": other.id,
                        "billing_plan_id": self.plan_monthly.id,
                        "billing_start_date": "2026-02-01",
                        "order_line": [
                            Command.create(
                                {
                                    "product_id": self.support.id,
                                    "price_unit": 70.0,
                                    "tax_ids": [
                                        Command.set(other.account_sale_tax_id.ids)
                                    ],
                                }
                            )
                        ],
                    }
                )
            )
            there.action_confirm()
        # At 15:00 UTC it is 2 a.m. of the 1st in Nouméa, still 31 January in Paris.
        self._run_on("2026-01-31", time="15:00:00")
        self.assertFalse(self._bills(here))
        self.assertEqual(
            self._bills(there), [("2026-02-01", "2026-02-01", "2026-02-28", 70.0)]
        )
        invoice = self._invoices(there)
        self.assertEqual((invoice.company_id, invoice.state), (other, "posted"))
        self.assertEqual(str(invoice.date), "2026-02-01")
        self._run_on("2026-02-01")
        self.assertEqual(
            self._bills(here), [("2026-02-01", "2026-02-01", "2026-02-28", 100.0)]
        )
        self.assertEqual(len(self._invoices(there)), 1)

    def test_midnight_of_the_company_begins_its_day_summer_and_winter(self):
        # Midnight in Paris is 23:00 UTC in winter, 22:00 in summer.
        for tz, month, before, at in (
            ("Europe/Paris", "2026-02-01", "2026-01-31 22:59", "2026-01-31 23:00"),
            ("Europe/Paris", "2026-07-01", "2026-06-30 21:59", "2026-06-30 22:00"),
            ("America/Montreal", "2026-02-01", "2026-02-01 04:59", "2026-02-01 05:00"),
            ("America/Montreal", "2026-07-01", "2026-07-01 03:59", "2026-07-01 04:00"),
        ):
            with self.subTest(tz=tz, month=month):
                self.company.sudo().partner_id.tz = tz
                customer = self._create_customer(f"{tz} {month}")
                order = self._subscribe(month, partner_id=customer.id)
                self._run_on(*before.split())
                self.assertFalse(self._bills(order))
                self._run_on(*at.split())
                self.assertEqual([bill[0] for bill in self._bills(order)], [month])
                self.assertEqual(self._invoices(order).state, "posted")

    def _order_in(self, code, rounding, price):
        currency = (
            self.env["res.currency"]
            .sudo()
            .with_context(active_test=False)
            .search([("name", "=", code)])
        )
        currency.write({"active": True, "rounding": rounding})
        currency.rate_ids.unlink()
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2026-01-01",
                "currency_id": currency.id,
                "rate": 2.0,
                "company_id": self.company.id,
            }
        )
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": code, "currency_id": currency.id})
        )
        return self._subscribe(
            "2026-03-10",
            lines=[(self.support, 3, price)],
            pricelist_id=pricelist.id,
        )

    def test_currency_without_decimals_is_billed_in_whole_units(self):
        order = self._order_in("JPY", 1.0, 1001.0)
        self._run_on("2026-03-10")
        # 3003 × 22 / 31 = 2131.16
        self.assertEqual(
            self._bills(order), [("2026-03-10", "2026-03-10", "2026-03-31", 2131.0)]
        )
        invoice = self._invoices(order)
        self.assertEqual(invoice.currency_id.name, "JPY")
        self.assertEqual(invoice.amount_untaxed, 2131.0)
        self.assertEqual(invoice.amount_untaxed_signed, 1065.5)

    def test_outage_is_booked_at_the_rate_of_the_document(self):
        order = self._order_in("JPY", 1.0, 1000.0)
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2026-05-01",
                "currency_id": order.currency_id.id,
                "rate": 4.0,
                "company_id": self.company.id,
            }
        )
        self._run_on("2026-05-02")
        self.assertEqual(
            [
                (move.amount_untaxed, move.amount_untaxed_signed)
                for move in self._invoices(order)
            ],
            # 22 of 31 days of 3000, then whole months, all at 4 yen to the unit.
            [(2129.0, 532.25), (3000.0, 750.0), (3000.0, 750.0)],
        )

    def test_currency_with_three_decimals_keeps_them(self):
        order = self._order_in("KWD", 0.001, 33.333)
        self._run_on("2026-03-10")
        # 99.999 × 22 / 31 = 70.96703…
        self.assertEqual(self._invoices(order).amount_untaxed, 70.967)

    def test_three_prorated_lines_add_up_in_both_ways_of_rounding(self):
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method=method):
                self.company.sudo().tax_calculation_rounding_method = method
                order = self._subscribe(
                    "2026-03-10",
                    lines=[(self.support, 1, 100.0)] * 3,
                    partner_id=self._create_customer(method).id,
                )
                self._run_on("2026-03-10")
                self.assertEqual(self._invoices(order).amount_untaxed, 212.91)

    def test_tax_included_price_of_broken_cents_is_billed_as_sold(self):
        tax = self.tax.sudo().copy(
            {"name": "20 included", "amount": 20.0}
            | {"price_include_override": "tax_included"}
        )
        product = self._create_service("Gross", 99.99, taxes_id=[Command.set(tax.ids)])
        for method in ("round_per_line", "round_globally"):
            with self.subTest(method):
                self.company.sudo().tax_calculation_rounding_method = method
                orders = self.env["sale.order"]
                # 299.97 less tax is 249.975: base and tax, rounded apart, say 299.98.
                for quantity, price in ((3, 99.99), (7, 33.33), (3, 0.85)):
                    orders += self._subscribe(
                        "2026-03-01",
                        lines=[(product, quantity, price)],
                        partner_id=self._create_customer(method).id,
                    )
                self._run_on("2026-03-01")
                self.assertEqual(
                    [self._invoices(order).amount_total for order in orders],
                    [299.97, 233.31, 2.55],
                )

    def test_tax_included_price_is_prorated_as_it_was_sold(self):
        tax = self.tax.sudo().copy(
            {"name": "included", "price_include_override": "tax_included"}
        )
        product = self._create_service("Gross", 120.0, taxes_id=[Command.set(tax.ids)])
        order = self._subscribe("2026-03-10", lines=[(product, 1, 120.0)])
        self._run_on("2026-03-10")
        # 120 × 22 / 31 = 85.16, tax included.
        self.assertEqual(self._invoices(order).amount_total, 85.16)
        self.assertEqual(self._bills(order)[0][3], 85.16)
