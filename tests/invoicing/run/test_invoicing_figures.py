from odoo import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ...common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoicingFigures(BillingCommon):
    """What runs, customers and the ledger say of what was billed."""

    def _run(self, count=1, day="2026-03-01"):
        for _number in range(count):
            self._subscribe(day, partner_id=self._create_customer("One more").id)
        return self._run_on(day)

    # === The sentence of a run === #

    def test_run_says_one_invoice_in_the_singular(self):
        self.assertEqual(
            self._run().summary.replace("\xa0", " "),
            "Run of 03/01/2026: 1 invoice, $ 100.00 excl. tax, 0 parked, 1 second.",
        )

    def test_run_says_several_invoices_in_the_plural(self):
        self.assertIn("2 invoices, $ 200.00", self._run(2).summary.replace("\xa0", " "))

    def test_run_that_billed_nothing_names_no_amount(self):
        self.customer.sudo().write({"street": False, "city": False})
        self._subscribe("2026-03-01")
        self.assertEqual(
            self._run_on("2026-03-01").summary,
            "Run of 03/01/2026: no invoice, 1 parked, 1 second.",
        )

    def test_run_under_way_says_what_is_done(self):
        run = self._run()
        run.sudo().state = "running"
        self.assertEqual(
            run.summary, "Run of 03/01/2026 is under way: 1 invoice so far."
        )
        self.assertFalse(run.duration_text)

    def test_duration_is_said_in_the_unit_that_fits(self):
        run = self._run()
        for ended, text in (
            ("2026-03-01 04:00:00", "1 second"),
            ("2026-03-01 04:00:12", "12 seconds"),
            ("2026-03-01 04:05:10", "5 minutes"),
            ("2026-03-01 07:10:00", "3 hours"),
        ):
            with self.subTest(ended=ended):
                run.sudo().write(
                    {"started_at": "2026-03-01 04:00:00", "ended_at": ended}
                )
                self.assertEqual(run.duration_text, text)

    def test_run_opens_what_it_set_aside(self):
        self.customer.sudo().write({"street": False, "city": False})
        order = self._subscribe("2026-03-01")
        run = self._run()
        action = run.action_open_parked()
        items = self.env["billing.run.item"].search(action["domain"])
        self.assertEqual(items.order_id, order)
        self.assertEqual(len(items), run.parked_count)

    # === What a customer keeps waiting === #

    def _parked_customer(self, **vals):
        vals = {"street": False, "city": False, "zip": False, **vals}
        self.customer.sudo().write(vals)
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        return order

    def _message(self, code="no_address", partner=None):
        partner = partner or self.customer
        partner.invalidate_recordset()
        return (partner.billing_alerts or {}).get(f"billing_{code}", {}).get("message")

    def test_customer_without_address_keeps_subscriptions_waiting(self):
        self._parked_customer()
        self.assertEqual(
            self._message(), "Subscriptions wait for this: no postal address."
        )

    def test_customer_says_what_the_address_lacks(self):
        self._parked_customer(street="12 rue des Lices", zip="35000", country_id=False)
        self.assertEqual(
            self._message(),
            "Subscriptions wait for this: country missing in the postal address.",
        )

    def test_mended_address_waits_for_the_next_run(self):
        self._parked_customer()
        self.customer.sudo().write({"street": "12 rue des Lices", "zip": "35000"})
        self.assertIn("go on with the next run", self._message())

    def test_address_counts_while_it_is_typed(self):
        self._parked_customer()
        form = Form(self.customer.sudo().with_user(self._manager()))
        self.assertEqual(form.billing_alerts["billing_no_address"]["level"], "warning")
        form.street = "12 rue des Lices"
        form.zip = "35000"
        self.assertEqual(form.billing_alerts["billing_no_address"]["level"], "info")

    def _manager(self):
        return new_test_user(
            self.admin_env,
            login="manager",
            groups="recurring_billing.recurring_billing_group_manager,"
            "base.group_partner_manager",
            company_id=self.company.id,
        )

    def test_archived_customer_keeps_subscriptions_waiting(self):
        self._subscribe("2026-03-01")
        self.customer.sudo().active = False
        self._run_on("2026-03-01")
        self.assertEqual(
            self._message("partner_archived"),
            "Subscriptions wait for this: the customer is archived.",
        )

    def test_invoice_address_shows_the_warning_too(self):
        contact = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        contact.sudo().write({"street": False, "city": False, "zip": False})
        self._subscribe("2026-03-01", partner_invoice_id=contact.id)
        self._run_on("2026-03-01")
        for partner in (contact, self.customer):
            with self.subTest(partner=partner.name):
                self.assertEqual(
                    self._message(partner=partner),
                    "Subscriptions wait for this: no postal address.",
                )

    def test_warning_opens_what_waits(self):
        order = self._parked_customer()
        self.customer.invalidate_recordset()
        alert = self.customer.billing_alerts["billing_no_address"]
        items = self.env["billing.run.item"].search(alert["action"]["domain"])
        self.assertEqual(items.order_id, order)

    def test_billed_customer_is_warned_of_nothing(self):
        self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.customer.invalidate_recordset()
        self.assertFalse(self.customer.billing_alerts)

    def test_warnings_cost_the_same_for_one_customer_or_many(self):
        partners = self.env["res.partner"]
        for number in range(5):
            partners |= self._create_customer(
                f"Customer {number}", street=False, city=False
            )
        for partner in partners:
            self._subscribe("2026-03-01", partner_id=partner.id)
        self._run_on("2026-03-01")
        self.env.invalidate_all()
        partners[:1].read(["billing_alerts"])
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            partners.read(["billing_alerts"])

    def test_plain_salesperson_opens_the_customer_without_warnings(self):
        self._parked_customer()
        seller = new_test_user(
            self.admin_env,
            login="seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        customer = self.customer.with_user(seller)
        customer.invalidate_recordset()
        self.assertNotIn("billing_alerts", customer.get_view(view_type="form")["arch"])
        Form(customer)
        self.assertFalse(customer.billing_alerts)

    # === Billed amounts === #

    def test_ledger_adds_up_by_month_and_plan(self):
        self._subscribe("2026-03-01")
        self._run_until("2026-03-01", "2026-03-01")
        groups = self.env["billing.entry"]._read_group(
            self._amounts_domain(),
            ["period_start:month", "plan_id"],
            ["untaxed_amount:sum"],
        )
        self.assertEqual([group[1:] for group in groups], [(self.plan_monthly, 100.0)])

    def test_ledger_groups_by_salesperson(self):
        self._subscribe("2026-03-01", user_id=self.user.id)
        self._run_on("2026-03-01")
        groups = self.env["billing.entry"].formatted_read_group(
            self._amounts_domain(), ["salesperson_id"], ["untaxed_amount:sum"]
        )
        self.assertEqual(groups[0]["salesperson_id"][0], self.user.id)

    def _amounts_domain(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_entry_action_amounts"
        )
        return [("order_id.partner_id", "=", self.customer.id)] + safe_eval(
            action["domain"]
        )
