from datetime import date, timedelta

from odoo.tests import tagged

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingScenarioYear(BillingCommon):
    """A subscription told from its signature to its close, fourteen months later."""

    def _line(self, order, product):
        return order.order_line.filtered(lambda line: line.product_id == product)

    def _assert_each_day_is_billed_once(self, order, product, *spans):
        """The charges of a line follow each other without a hole over ``spans``."""
        charges = self.env["billing.entry"].search(
            [
                ("sale_line_id", "=", self._line(order, product).id),
                ("kind", "=", "charge"),
            ],
            order="period_start",
        )
        found = []
        for charge in charges:
            if found and charge.period_start == found[-1][1] + timedelta(days=1):
                found[-1][1] = charge.period_end
            else:
                found.append([charge.period_start, charge.period_end])
        self.assertEqual(
            [(str(first), str(last)) for first, last in found], list(spans)
        )

    def test_fourteen_months_of_a_subscription_that_lives(self):
        # February: signed, with a set-up fee and a licence paid by the quarter.
        quarterly = self.env.ref("recurring_billing.billing_plan_quarterly")
        order = self._subscribe(
            "2027-02-15",
            lines=[
                (self.support, 4, 25.0),
                (self.licence, 1, 300.0, {"billing_plan_id": quarterly.id}),
                (self.setup_fee, 1, 450.0),
            ],
        )
        bills = [
            # 14 of the 28 days of February.
            ("2027-02-15", "2027-02-15", "2027-02-28", 50.0),
            ("2027-02-15", "2027-02-15", "2027-05-14", 300.0),
            ("2027-03-01", "2027-03-01", "2027-03-31", 100.0),
            ("2027-04-01", "2027-04-01", "2027-04-30", 100.0),
            ("2027-05-01", "2027-05-01", "2027-05-31", 100.0),
            ("2027-05-15", "2027-05-15", "2027-08-14", 300.0),
            ("2027-06-01", "2027-06-01", "2027-06-30", 100.0),
        ]
        self._follow({order: bills}, "2027-06-10")
        self.assertEqual(self._documents(order)[0][2], 800.0)

        # 11 June: seven users instead of four, for 20 of 30 days.
        with self._on("2027-06-11"):
            self._line(order, self.support)._billing_add_version(
                date(2027, 6, 11), quantity=7
            )
        bills += [
            ("2027-07-01", "2027-06-11", "2027-06-30", 50.0),
            ("2027-07-01", "2027-07-01", "2027-07-31", 175.0),
        ]
        self._follow({order: bills}, "2027-07-02", since="2027-06-11")
        self.assertEqual(self._documents(order)[-1][2], 225.0)

        # The server stands still until 20 October.
        bills += [
            ("2027-10-20", "2027-08-01", "2027-08-31", 175.0),
            ("2027-10-20", "2027-08-15", "2027-11-14", 300.0),
            ("2027-10-20", "2027-09-01", "2027-09-30", 175.0),
            ("2027-10-20", "2027-10-01", "2027-10-31", 175.0),
            ("2027-11-01", "2027-11-01", "2027-11-30", 175.0),
            ("2027-11-15", "2027-11-15", "2028-02-14", 300.0),
            ("2027-12-01", "2027-12-01", "2027-12-31", 175.0),
        ]
        self._follow({order: bills}, "2027-12-19", since="2027-10-20")

        # 20 December: closed from 10 January to 9 February.
        with self._on("2027-12-20"):
            order._billing_pause(date(2028, 1, 10), date(2028, 2, 9), "Works")
        bills += [
            # 9 of 31 days; 31 of the 92 paid days of the licence; 20 of 29 days.
            ("2028-01-01", "2028-01-01", "2028-01-09", 50.81),
            ("2028-01-10", "2028-01-10", "2028-02-09", -101.09),
            ("2028-02-10", "2028-02-10", "2028-02-29", 120.69),
            ("2028-02-15", "2028-02-15", "2028-05-14", 300.0),
            ("2028-03-01", "2028-03-01", "2028-03-31", 175.0),
        ]
        self._follow({order: bills}, "2028-03-19", since="2027-12-20")
        self.assertIn(("out_refund", "2028-01-10", 101.09), self._documents(order))

        # 20 March: given notice for the end of the month.
        with self._on("2028-03-20"):
            order._billing_close(date(2028, 3, 31), self.reason)
        # 44 of the 90 paid days of the licence are not served.
        bills += [("2028-04-01", "2028-04-01", "2028-05-14", -146.67)]
        self._follow({order: bills}, "2028-06-30", since="2028-03-20")
        self.assertEqual(
            self._documents(order)[-1], ("out_refund", "2028-04-01", 146.67)
        )
        self.assertEqual(order.billing_state, "closed")
        self.assertFalse(order.billing_next_date)

        # All of it together: nothing forgotten, nothing twice.
        self._assert_each_day_is_billed_once(
            order,
            self.support,
            ("2027-02-15", "2028-01-09"),
            ("2028-02-10", "2028-03-31"),
        )
        self._assert_each_day_is_billed_once(
            order, self.licence, ("2027-02-15", "2028-05-14")
        )
        documents = self._invoices(order)
        self.assertEqual(set(documents.mapped("state")), {"posted"})
        self.assertEqual(
            sum(round(100 * document.amount_untaxed_signed) for document in documents),
            sum(round(100 * bill[3]) for bill in bills) + 45000,
        )

    def test_fourteen_months_in_a_currency_without_decimals(self):
        currency = (
            self.env["res.currency"].sudo().with_context(active_test=False)
        ).search([("name", "=", "XPF")])
        currency.write({"active": True, "rounding": 1.0})
        currency.rate_ids.unlink()
        currency.rate_ids.create(
            {
                "name": "2026-01-01",
                "currency_id": currency.id,
                "rate": 120.0,
                "company_id": self.company.id,
            }
        )
        pricelist = (
            self.env["product.pricelist"]
            .sudo()
            .create({"name": "XPF", "currency_id": currency.id})
        )
        order = self._subscribe(
            "2027-01-31",
            plan=self.plan_anniversary,
            lines=[(self.support, 3, 1001.0)],
            pricelist_id=pricelist.id,
        )
        bills = [
            ("2027-01-31", "2027-01-31", "2027-02-27", 3003.0),
            ("2027-02-28", "2027-02-28", "2027-03-30", 3003.0),
            ("2027-03-31", "2027-03-31", "2027-04-29", 3003.0),
            ("2027-04-30", "2027-04-30", "2027-05-30", 3003.0),
            ("2027-05-31", "2027-05-31", "2027-06-29", 3003.0),
        ]
        self._follow({order: bills}, "2027-06-14")

        # A dearer price for 15 of 30 days: half of 297 is rounded once, upwards.
        with self._on("2027-06-15"):
            order.order_line._billing_add_version(date(2027, 6, 15), price_unit=1100.0)
        bills += [
            ("2027-06-30", "2027-06-15", "2027-06-29", 149.0),
            ("2027-06-30", "2027-06-30", "2027-07-30", 3300.0),
            ("2027-07-31", "2027-07-31", "2027-08-30", 3300.0),
            ("2027-08-31", "2027-08-31", "2027-09-29", 3300.0),
            ("2027-09-30", "2027-09-30", "2027-10-30", 3300.0),
            ("2027-10-31", "2027-10-31", "2027-11-29", 3300.0),
            ("2027-11-30", "2027-11-30", "2027-12-30", 3300.0),
            ("2027-12-31", "2027-12-31", "2028-01-30", 3300.0),
            ("2028-01-31", "2028-01-31", "2028-02-28", 3300.0),
            ("2028-02-29", "2028-02-29", "2028-03-30", 3300.0),
        ]
        self._follow({order: bills}, "2028-03-10", since="2027-06-15")

        # Ended after 11 of 31 days: 1171 are due of 3300.
        with self._on("2028-03-10"):
            order._billing_close(date(2028, 3, 10), self.reason)
        bills += [("2028-03-11", "2028-03-11", "2028-03-30", -2129.0)]
        self._follow({order: bills}, "2028-04-30", since="2028-03-11")
        documents = self._invoices(order)
        self.assertEqual(set(documents.currency_id.mapped("name")), {"XPF"})
        self.assertEqual(
            [abs(bill[3]) for bill in bills if bill[0] != "2027-06-30"],
            [
                d.amount_untaxed
                for d in documents
                if str(d.invoice_date) != "2027-06-30"
            ],
        )
        self.assertTrue(all(float(d.amount_total).is_integer() for d in documents))
