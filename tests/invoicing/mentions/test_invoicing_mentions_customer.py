from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from .common import MentionsCase


@tagged("post_install", "-at_install")
class TestInvoicingMentionsCustomer(MentionsCase):
    """A customer says what its invoices will lack, before one is made."""

    def setUp(self):
        super().setUp()
        self._give_rates()
        self.sick = self._create_customer("Garage Aubry", is_company=True)

    def _alerts(self, partner=None, day="2026-09-10"):
        """``[(level, message)]`` of a customer's warnings about mentions."""
        partner = partner or self.sick
        partner.invalidate_recordset()
        with self._on(day):
            alerts = partner.billing_alerts or {}
        return [
            (alert["level"], alert["message"])
            for key, alert in alerts.items()
            if key.startswith("billing_mention_")
        ]

    def _block(self):
        self.company.sudo().billing_mention_policy = "block"

    def test_a_professional_without_siren_is_told(self):
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        self.assertEqual(
            self._alerts(),
            [
                (
                    "warning",
                    "Missing on the customer's invoices: the SIREN of Garage Aubry.",
                )
            ],
        )

    def test_all_that_is_missing_stands_on_one_line_once(self):
        self.sick.sudo().write({"street": False, "city": False})
        for _n in range(2):
            self._subscribe("2026-09-01", partner_id=self.sick.id)
        self.assertEqual(
            self._alerts(),
            [
                (
                    "warning",
                    "Missing on the customer's invoices: the SIREN of Garage Aubry, "
                    + "street and city in the address of Garage Aubry.",
                )
            ],
        )

    def test_an_address_that_subscriptions_wait_for_is_told_once(self):
        self.sick.sudo().write({"street": False, "city": False})
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        self._run_on("2026-09-01")
        self.assertEqual(
            [message for _level, message in self._alerts()],
            ["Missing on the customer's invoices: the SIREN of Garage Aubry."],
        )
        self.assertIn("billing_no_address", self.sick.billing_alerts)

    def test_a_customer_without_a_running_subscription_is_told_nothing(self):
        with self._on("2026-09-01"):
            self._quote(partner_id=self.sick.id)
        self.assertFalse(self._alerts())
        order = self._subscribe("2026-09-01", partner_id=self.sick.id)
        with self._on("2026-09-02"):
            order._billing_close(self._day("2026-09-05"), self.reason)
        self._run_on("2026-09-06")
        self.assertFalse(self._alerts())

    def test_a_complete_customer_is_told_nothing(self):
        self._subscribe("2026-09-01")
        self.assertFalse(self._alerts(self.customer))

    def test_a_consumer_needs_no_siren(self):
        self.sick.sudo().billing_buyer_kind = "consumer"
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        self.assertFalse(self._alerts())

    def test_before_september_2026_no_siren_is_asked_for(self):
        self._subscribe("2026-08-01", partner_id=self.sick.id)
        self.assertFalse(self._alerts(day="2026-08-31"))

    def test_what_blocks_is_told_as_a_danger(self):
        self._block()
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        self.assertEqual(
            self._alerts(),
            [
                (
                    "danger",
                    "The customer's subscriptions will not be invoiced. Missing: the "
                    + "SIREN of Garage Aubry.",
                )
            ],
        )

    def test_drafts_are_made_all_the_same(self):
        self._block()
        self.plan_monthly.sudo().posting = "draft"
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        self.assertEqual([level for level, _message in self._alerts()], ["warning"])

    def test_the_address_of_a_contact_is_told_on_both(self):
        contact = self._create_customer(
            "Accounts", parent_id=self.sick.id, type="invoice"
        )
        contact.sudo().write({"street": False, "city": False, "zip": False})
        self._subscribe(
            "2026-09-01", partner_id=self.sick.id, partner_invoice_id=contact.id
        )
        address = (
            "warning",
            "Missing on the customer's invoices: street and city, postal code in the "
            + f"address of {contact.display_name}.",
        )
        self.assertEqual(self._alerts(contact), [address])
        self.assertIn(address, self._alerts())
        alert = self.sick.billing_alerts[f"billing_mention_{contact.id}"]
        self.assertEqual(alert["action"]["res_id"], contact.id)

    def test_another_contact_is_told_nothing(self):
        contact = self._create_customer("Sales", parent_id=self.sick.id)
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        self.assertFalse(self._alerts(contact))

    def test_a_number_counts_while_it_is_typed(self):
        self._subscribe("2026-09-01", partner_id=self.sick.id)
        manager = new_test_user(
            self.admin_env,
            login="manager",
            groups="recurring_billing.recurring_billing_group_manager,"
            "base.group_partner_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with self._on("2026-09-10"):
            form = Form(self.sick.with_user(manager))
            self.assertTrue(form.billing_alerts)
            form.company_registry = "732829320"
            self.assertFalse(form.billing_alerts)

    def _count_queries(self, number):
        customers = self.env["res.partner"]
        for n in range(number):
            sick = self._create_customer(f"Sick {number} {n}", is_company=True)
            self._subscribe("2026-09-01", partner_id=sick.id)
            customers |= sick
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        with self._on("2026-09-10"):
            self.assertTrue(all(customers.mapped("billing_alerts")))
        return self.cr.sql_log_count - before

    def test_twenty_customers_cost_no_more_queries_than_four(self):
        self._count_queries(1)
        four = self._count_queries(4)
        self.assertLessEqual(self._count_queries(20), four)
