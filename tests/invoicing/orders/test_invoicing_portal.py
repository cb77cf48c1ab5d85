from datetime import date

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...common import BillingCommon

RULES = ("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")


class PortalCase(BillingCommon, HttpCase):
    """A customer's employee with a login, and one of another customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Customers of another country shall pay the company's tax all the same.
        cls.env["account.fiscal.position"].sudo().search([]).auto_apply = False
        cls.other = cls._create_customer("Garage Aubry")
        cls.buyer = cls._create_portal_user("buyer", cls.customer)
        cls.stranger = cls._create_portal_user("stranger", cls.other)

    @classmethod
    def _create_portal_user(cls, login, customer):
        user = new_test_user(
            cls.env(su=True),
            login=login,
            password=f"{login}-{login}",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = customer
        return user

    def _open(self, url, login=None):
        """The answer to a page as a portal user, or as nobody."""
        self.authenticate(login, login and f"{login}-{login}")
        return self.url_open(url, allow_redirects=False)

    def _check_page(self, page, told=(), untold=()):
        """What the page says and does not say, without printing all of it."""
        self.assertEqual([text for text in told if text not in page], [])
        self.assertEqual([text for text in untold if text in page], [])

    def _send(self, order):
        order.action_quotation_sent()
        order._portal_ensure_token()
        return f"/my/orders/{order.id}?access_token={order.access_token}"

    def _mixed_quote(self, **vals):
        """100.00 a month, 600.00 a year and 450.00 once; 15 % tax."""
        return self._quote(
            lines=[
                (self.support, 1, 100.0),
                (self.licence, 1, 600.0, {"billing_plan_id": self.plan_yearly.id}),
                (self.setup_fee, 1, 450.0),
            ],
            **vals,
        )


@tagged("post_install", "-at_install")
class TestInvoicingPortalQuote(PortalCase):
    """The quotation that a customer reads, signs or refuses on the portal."""

    def test_page_tells_rhythms_and_no_mixed_total(self):
        order = self._mixed_quote(billing_start_date="2099-01-01")
        self.assertEqual(order.amount_total, 1322.5)
        self._check_page(
            self._open(self._send(order)).text,
            told=("115.00", "690.00", "517.50", "per month", "per year", "01/01/2099"),
            untold=("1,322.50<", "1,322.50 ", "Untaxed Amount"),
        )

    def test_lists_of_core_show_no_mixed_total(self):
        order = self._mixed_quote(billing_start_date="2099-01-01")
        self._send(order)
        rhythms = ("115.00 per month", "690.00 per year", "517.50 once")
        page = self._open("/my/quotes", "buyer").text
        self._check_page(page, told=rhythms, untold=("1,322.50",))
        order.action_confirm()
        page = self._open("/my/orders", "buyer").text
        self._check_page(page, told=rhythms, untold=("1,322.50",))

    def test_pdf_tells_rhythms_and_no_mixed_total(self):
        order = self._mixed_quote(billing_start_date="2099-01-01")
        reports = self.env["ir.actions.report"].sudo()
        document = reports._render_qweb_html("sale.action_report_saleorder", order.ids)[
            0
        ].decode()
        self._check_page(
            document,
            told=("690.00", "per year", "First invoice on 01/01/2099"),
            untold=("1,322.50<", "Untaxed Amount"),
        )

    def test_section_of_several_rhythms_has_no_total(self):
        order = self._quote(billing_start_date="2099-01-01")
        order.order_line.sequence = 10
        order.order_line = [
            Command.create(
                {"display_type": "line_section", "name": "Pack", "sequence": 1}
            ),
            Command.create(
                {"product_id": self.setup_fee.id, "price_unit": 450, "sequence": 30}
            ),
        ]
        section = order.order_line.filtered("display_type")
        self.assertIsNone(section._get_billing_section_rhythm())
        url, total = self._send(order), 'name="price_subtotal_section"'
        self._check_page(self._open(url).text, untold=(total,))
        order.order_line.filtered(
            lambda line: line.product_id == self.setup_fee
        ).unlink()
        self.assertEqual(section._get_billing_section_rhythm(), "per month")
        self._check_page(self._open(url).text, told=(total,))

    def test_ordinary_quotation_stays_as_core_has_it(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"product_id": self.setup_fee.id})],
            }
        )
        self._check_page(
            self._open(self._send(order)).text,
            told=("517.50", "Untaxed Amount"),
            untold=("o_billing_totals", "o_billing_figures"),
        )

    # === Signing === #

    def _sign(self, order):
        return self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order.access_token,
                "name": "Anne",
                "signature": "R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=",
            },
        )

    def test_signature_starts_the_subscription(self):
        order = self._mixed_quote(billing_start_date="2099-01-01", require_payment=0)
        order.require_signature = True
        url = self._send(order)
        self.authenticate(None, None)
        self.assertIn("redirect_url", self._sign(order))
        order.invalidate_recordset()
        self.assertEqual((order.state, order.billing_state), ("sale", "running"))
        self.assertEqual(order.signed_by, "Anne")
        self.assertIn(f"/my/subscriptions/{order.id}?", self._open(url).text)

    def test_quotation_that_cannot_start_is_told_to_its_salesperson(self):
        order = self._quote(billing_start_date="2026-01-01", require_signature=True)
        url = self._send(order)
        for _visit in range(2):
            self._check_page(
                self._open(url).text,
                told=('name="billing_refusal"',),
                untold=('data-bs-target="#modalaccept"',),
            )
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.user)
        self.assertIn("periods of", activity.note)
        self.assertIn("error", self._sign(order))
        self.assertEqual(order.state, "sent")
        self.assertFalse(order.signature)

    def test_recurring_product_without_a_plan_cannot_be_signed(self):
        order = self._quote(require_signature=True)
        order.billing_plan_id = False
        url = self._send(order)
        self.assertIn('name="billing_refusal"', self._open(url).text)
        self.assertIn("error", self._sign(order))


@tagged("post_install", "-at_install")
class TestInvoicingPortalSubscription(PortalCase):
    """The customer's list of subscriptions and the page of one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._subscribe(cls(), "2025-01-01")
        cls.order._portal_ensure_token()
        cls.url = f"/my/subscriptions/{cls.order.id}"

    def _bill_a_year(self):
        for month in range(1, 13):
            self._run_on(f"2025-{month:02}-01")

    def test_own_subscription_by_login(self):
        answer = self._open(self.url, "buyer")
        self.assertEqual(answer.status_code, 200)
        self._check_page(
            answer.text, told=(self.order.name, "per month", "Running", "100.00")
        )

    def test_employee_of_the_same_company_sees_it_too(self):
        self._create_portal_user("colleague", self.customer)
        self.assertEqual(self._open(self.url, "colleague").status_code, 200)

    @mute_logger(*RULES)
    def test_subscription_of_another_customer_is_refused(self):
        for url in (self.url, f"{self.url}/page/2"):
            answer = self._open(url, "stranger")
            self.assertEqual(answer.status_code, 303)
            self.assertTrue(answer.headers["Location"].endswith("/my"))
        self.assertNotIn(
            self.order.name, self._open("/my/subscriptions", "stranger").text
        )

    @mute_logger(*RULES)
    def test_token_opens_it_and_a_wrong_one_does_not(self):
        token = self.order.access_token
        self.assertEqual(
            self._open(f"{self.url}?access_token={token}").status_code, 200
        )
        self.assertEqual(self._open(self.url).status_code, 303)
        self.assertEqual(self._open(f"{self.url}?access_token=no").status_code, 303)

    def test_missing_subscription_and_quotation_lead_elsewhere(self):
        self.assertEqual(self._open("/my/subscriptions/99999999").status_code, 303)
        quote = self._quote(billing_start_date="2099-01-01")
        self._send(quote)
        answer = self._open(f"/my/subscriptions/{quote.id}", "buyer")
        self.assertIn(f"/my/orders/{quote.id}", answer.headers["Location"])

    def test_list_and_counter_hold_the_own_ones_only(self):
        self._subscribe("2025-02-01", partner_id=self.other.id)
        self._open("/my", "buyer")
        counters = {"counters": ["billing_subscription_count"]}
        found = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(found["billing_subscription_count"], 1)
        page = self._open("/my/subscriptions?sortby=name", "buyer").text
        self.assertEqual(page.count('href="/my/subscriptions/'), 1)

    def test_empty_list_says_so(self):
        self.assertIn(
            "No subscription yet.", self._open("/my/subscriptions", "stranger").text
        )

    def test_invoices_are_paged_by_ten(self):
        self._bill_a_year()
        names = self._invoices(self.order).mapped("name")
        self.assertEqual(len(names), 12)
        pages = [self._open(self.url, "buyer").text]
        pages.append(self._open(f"{self.url}/page/2", "buyer").text)
        shown = [sum(f">{name}<" in page for name in names) for page in pages]
        self.assertEqual(shown, [10, 2])

    def test_invoice_of_another_payer_is_not_shown(self):
        self.order.partner_invoice_id = self.other
        self._run_on("2025-01-01")
        name = self._invoices(self.order).name
        self.assertNotIn(name, self._open(self.url, "buyer").text)

    def test_credit_note_has_a_true_minus(self):
        self._run_on("2025-01-01")
        with self._on("2025-01-15"):
            self.order._billing_close(date(2025, 1, 15), self.reason)
        self._run_on("2025-01-16")
        self.assertEqual(self._documents(self.order)[-1][0], "out_refund")
        page = self._open(self.url, "buyer").text.replace("\xa0", "")
        self._check_page(page, told=("−$59.35",), untold=("-$",))

    def test_history_is_told_without_the_reasons_of_the_company(self):
        with self._on("2025-03-01"):
            self.order.order_line._billing_add_version(
                date(2025, 4, 1), quantity=3, reason="Rebate for a complaint"
            )
            self.order._billing_close(date(2025, 6, 30), self.reason)
        self.assertIn("complaint", str(self.order._get_billing_history()))
        self._check_page(
            self._open(self.url, "buyer").text,
            told=("Support: 3 instead of 1", "Last day"),
            untold=("complaint", f"({self.reason.name})"),
        )

    def test_cost_of_the_list_does_not_grow_with_its_rows(self):
        def count_queries(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(orders._get_billing_portal_rows()), len(orders))
            return self.env.cr.sql_log_count - before

        lines = [(self.support, 1, 100.0), (self.setup_fee, 1, 450.0)]
        orders = self.env["sale.order"].sudo()
        for _number in range(8):
            orders |= self._subscribe("2025-02-01", lines=lines).sudo()
        count_queries(orders)
        self.assertEqual(count_queries(orders), count_queries(orders[:2]))


@tagged("post_install", "-at_install")
class TestInvoicingPortalTour(PortalCase):
    """A customer signs on a phone, in French, and sees what comes next."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._speak_french(cls.buyer)

    def test_customer_signs_and_sees_the_next_invoice(self):
        order = self._mixed_quote(billing_start_date="2099-01-01", require_payment=0)
        order.require_signature = True
        self._send(order)
        self.buyer.sudo().password = "buyer"
        self.start_tour(
            f"/fr/my/orders/{order.id}", "recurring_billing_portal", login="buyer"
        )
        order.invalidate_recordset()
        self.assertEqual(order.billing_state, "running")
