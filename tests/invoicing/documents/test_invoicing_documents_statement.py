from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .documents import DocumentsCommon

REPORT = "recurring_billing.action_report_statement"


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsStatement(DocumentsCommon):
    """The statement of account: what was open, what moved, what is open."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-01")
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.january, self.february, self.march = self._invoices(self.order)
        self.total = self.january.amount_total

    def _accounts(self, start, end, customer=None):
        customer = customer or self.customer
        return customer._billing_get_statements(
            self.company.with_env(self.env), self._day(start), self._day(end)
        )[customer]

    def _wizard(self, customers=None, **vals):
        with self._on("2026-03-20"):
            return (
                self.env["billing.statement"]
                .with_context(
                    active_model="res.partner",
                    active_ids=(customers or self.customer).ids,
                )
                .create(vals)
            )

    def test_balance_runs_from_the_opening_to_the_net(self):
        self._pay(self.january, "2026-02-10")
        self._credit(self.february, "2026-03-05", "Error")
        (account,) = self._accounts("2026-02-01", "2026-03-31")
        total = f"{self.total:.2f}"
        self.assertEqual(account["opening"], total)
        self.assertEqual(
            [
                (row["label"], row["debit"], row["credit"], row["balance"])
                for row in account["rows"]
            ],
            [
                ("Invoice, February 2026", total, "", f"{2 * self.total:.2f}"),
                (f"Payment, {self.january.name}", "", total, total),
                ("Invoice, March 2026", total, "", f"{2 * self.total:.2f}"),
                ("Credit note", "", total, total),
            ],
        )
        self.assertEqual(account["closing"], total)
        self.assertEqual(account["balance"], self.total)

    def test_closing_balance_is_what_is_open(self):
        self._pay(self.january, "2026-02-10", 40.0)
        (account,) = self._accounts("2026-02-01", "2026-03-31")
        invoices = self.january | self.february | self.march
        self.assertEqual(account["balance"], sum(invoices.mapped("amount_residual")))

    def test_opening_of_a_period_is_the_closing_of_the_one_before(self):
        (before,) = self._accounts("2026-01-01", "2026-02-15")
        (after,) = self._accounts("2026-02-16", "2026-03-31")
        self.assertEqual(before["closing"], after["opening"])

    def test_advance_of_the_customer_is_in_their_favour(self):
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": 1000.0,
                "date": "2026-03-15",
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        (account,) = self._accounts("2026-03-01", "2026-03-31")
        self.assertEqual(account["balance"], 3 * self.total - 1000.0)
        self.assertTrue(account["closing"].startswith("−"))
        text = self._get_text(self._get_page(self._wizard(), REPORT))
        self.assertIn("This balance is in your favour.", text)

    def test_currencies_are_never_added_up(self):
        prices = self._create_franc_prices()
        francs = self._bill("2026-03-10", pricelist_id=prices.id)
        accounts = self._accounts("2026-01-01", "2026-03-31")
        self.assertEqual(
            [(a["currency"].name, a["balance"]) for a in accounts],
            [("CHF", francs.amount_total), ("EUR", 3 * self.total)],
        )

    def test_invoice_in_several_payments_is_one_row(self):
        term = self._create_term(50, 50)
        invoice = self._bill(
            "2026-04-01", [(self.support, 4, 100.0)], payment_term_id=term.id
        )
        (account,) = self._accounts("2026-04-01", "2026-04-30")
        self.assertEqual(sum(row["name"] == invoice.name for row in account["rows"]), 1)

    def test_contacts_of_a_customer_share_its_account(self):
        contact = self._create_customer("Accounts", parent_id=self.customer.id)
        wizard = self._wizard(contact | self.customer)
        self.assertEqual(wizard.partner_ids, self.customer)
        self.assertEqual(len(wizard._get_pages()), 1)

    def test_daughter_company_keeps_an_account_of_its_own(self):
        daughter = self._create_customer(
            "Horizon Ouest", parent_id=self.customer.id, is_company=True
        )
        invoice = self._bill("2026-03-10", partner_id=daughter.id)
        (account,) = self._accounts("2026-01-01", "2026-03-31", daughter)
        self.assertEqual(account["balance"], invoice.amount_total)
        (account,) = self._accounts("2026-01-01", "2026-03-31")
        self.assertEqual(account["balance"], 3 * self.total)

    def test_drafts_and_other_customers_do_not_count(self):
        other = self._create_customer("Vallée Conseil")
        self.assertEqual(self._accounts("2026-01-01", "2026-03-31", other), [])
        self.init_invoice(
            "out_invoice", partner=other, amounts=[10.0], invoice_date="2026-03-01"
        )
        self.assertEqual(self._accounts("2026-01-01", "2026-03-31", other), [])

    def test_page_speaks_the_customers_language(self):
        self.customer.sudo().lang = "fr_FR"
        wizard = self._wizard()
        page = self._get_page(wizard, REPORT)
        closing = self._get_text(page, "closing")
        self.assertEqual(closing, f"{3 * self.total:.2f}".replace(".", ","))
        self.assertIn("20/03/2026", self._get_text(page))

    def test_window_proposes_this_year_until_today(self):
        wizard = self._wizard()
        self.assertEqual(str(wizard.start_date), "2026-01-01")
        self.assertEqual(str(wizard.end_date), "2026-03-20")

    def test_days_in_the_wrong_order_are_refused(self):
        wizard = self._wizard(start_date="2026-03-20", end_date="2026-03-01")
        with self.assertRaisesRegex(UserError, "would end before it starts"):
            wizard.action_print()

    def test_button_prints_what_was_asked(self):
        with self._on("2026-03-20"):
            form = Form(self.env["billing.statement"])
            form.partner_ids.add(self.customer)
            wizard = form.save()
        action = wizard.action_print()
        self.assertEqual(action["report_name"], "recurring_billing.report_statement")
        self.assertEqual(action["context"]["active_ids"], wizard.ids)

    def test_empty_account_says_so(self):
        other = self._create_customer("Vallée Conseil")
        text = self._get_text(self._get_page(self._wizard(other), REPORT))
        self.assertIn("No movement, and nothing is open.", text)

    def test_customers_are_read_together(self):
        customers = self.customer
        for n in range(6):
            customers |= self._create_customer(f"Customer {n}")

        def count(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners._billing_get_statements(
                self.company.with_env(self.env),
                self._day("2026-01-01"),
                self._day("2026-03-31"),
            )
            return self.env.cr.sql_log_count - before

        count(customers)
        self.assertLessEqual(count(customers), count(self.customer) + 2)

    def test_other_company_does_not_see_the_account(self):
        wizard = self._wizard()
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            wizard.with_user(stranger).read(["partner_ids"])
        self.assertEqual(
            self.customer.with_user(stranger)
            .sudo(False)
            ._billing_get_statements(
                self.company.with_user(stranger).sudo(),
                self._day("2026-01-01"),
                self._day("2026-03-31"),
            ),
            {self.customer: []},
        )

    def test_whoever_keeps_no_accounts_prints_no_statement(self):
        user = self._create_stranger()
        user.sudo().group_ids = [
            Command.set(self.env.ref("base.group_user").sudo().ids)
        ]
        with self.assertRaises(AccessError):
            self.env["billing.statement"].with_user(user).create({})
