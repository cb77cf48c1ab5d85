from contextlib import suppress
from types import SimpleNamespace
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.exceptions import (
    billing_invoicing_causes as causes,
)
from odoo.addons.recurring_billing.models.invoicing.exceptions import (
    billing_invoicing_checks_books as checks_books,
)
from odoo.addons.recurring_billing.models.invoicing.mentions.faults import get_sentence
from odoo.addons.recurring_billing.models.invoicing.run.billing_invoicing import Bill

from .common import MentionsCase


@tagged("post_install", "-at_install")
class TestInvoicingMentionsFaults(MentionsCase):
    """What is missing is told before posting, and stops it where the company says."""

    def setUp(self):
        super().setUp()
        self._give_rates()

    def test_a_complete_invoice_has_no_fault(self):
        self.assertEqual(self._facts(self._draft(day="2026-09-10")), [])
        self.assertFalse(self._draft(day="2026-09-10").billing_alerts)

    def test_a_professional_without_siren_is_told(self):
        self.customer.sudo().company_registry = False
        draft = self._draft(day="2026-09-10")
        self.assertEqual(
            self._facts(draft), [("buyer_siren", "the SIREN of Horizon Santé")]
        )
        fault = draft._billing_get_faults()[draft][0]
        self.assertEqual(fault.record, self.customer)
        self.assertEqual(
            get_sentence([fault], blocking=True),
            "Missing before posting: the SIREN of Horizon Santé.",
        )

    def test_a_consumer_needs_no_siren(self):
        self.customer.sudo().write(
            {"company_registry": False, "billing_buyer_kind": "consumer"}
        )
        self.assertEqual(self._facts(self._draft(day="2026-09-10")), [])

    def test_before_september_2026_no_siren_is_asked_for(self):
        self.customer.sudo().company_registry = False
        self.assertEqual(self._facts(self._draft(day="2026-08-31")), [])

    def test_a_siren_with_wrong_digits_is_told_once(self):
        self.customer.sudo().company_registry = "123456789"
        self.assertEqual(
            self._facts(self._draft(day="2026-09-10")),
            [
                (
                    "buyer_siren",
                    "a valid SIREN of Horizon Santé (123456789 is none)",
                )
            ],
        )

    def test_a_tax_number_of_the_wrong_form_is_told(self):
        self.customer.sudo().with_context(no_vat_validation=True).vat = "FR12123456782"
        self.assertEqual(
            self._facts(self._draft(day="2026-09-10")),
            [
                (
                    "buyer_vat",
                    "a valid tax number of Horizon Santé (FR12123456782 is none)",
                )
            ],
        )

    def test_an_address_without_its_parts_is_told(self):
        self.customer.sudo().write({"street": False, "city": False})
        self.assertEqual(
            self._facts(self._draft(day="2026-09-10")),
            [("buyer_address", "street and city in the address of Horizon Santé")],
        )

    def test_each_fact_of_the_seller_is_told(self):
        self.company.sudo().write(
            {
                "billing_legal_form": False,
                "billing_share_capital": 0,
                "billing_register_city": False,
                "company_registry": False,
                "vat": False,
                "street": False,
                "city": False,
            }
        )
        draft = self._draft(day="2026-09-10")
        self.assertEqual(
            {code for code, _fact in self._facts(draft)},
            {
                "legal_form",
                "capital",
                "register_city",
                "siren",
                "seller_vat",
                "seller_address",
            },
        )
        records = {fault.record for fault in draft._billing_get_faults()[draft]}
        self.assertEqual(records, {self.company})

    def test_a_sole_trader_needs_no_capital(self):
        self.company.sudo().write(
            {
                "billing_legal_form": "EI",
                "billing_share_capital": 0,
                "billing_register_city": False,
            }
        )
        self.assertEqual(self._facts(self._draft(day="2026-09-10")), [])

    def test_an_exempt_seller_names_the_article(self):
        exempt = self.tax.sudo().copy({"amount": 0.0, "name": "0 %"})
        self.company.sudo().billing_vat_regime = "exempt"
        draft = self._draft(day="2026-09-10")
        draft.invoice_line_ids.tax_ids = exempt
        self.assertEqual(
            self._facts(draft),
            [("exemption", f"the article of exemption of {self.company.name}")],
        )
        self.company.sudo().billing_exemption = "261, 4-4° du CGI"
        self.assertEqual(self._facts(draft), [])
        self.assertEqual(
            self._text(draft, "exemption"), "Exempt from VAT, article 261, 4-4° du CGI"
        )

    def test_a_missing_rate_is_told_with_its_half_year(self):
        draft = self._draft(day="2027-01-10")
        self.assertEqual(
            self._facts(draft),
            [("rate", "the late-payment rate of the first half of 2027")],
        )
        self.assertEqual(
            draft.billing_alerts["billing_mention_rate"]["message"],
            "No late-payment rate for the first half of 2027.",
        )

    def test_a_credit_note_without_its_invoice_is_told(self):
        credit = self._draft(day="2026-09-10", move_type="out_refund")
        self.assertEqual(
            self._facts(credit),
            [("origin", f"the invoice that it corrects of {credit.display_name}")],
        )

    def test_an_own_rate_that_the_law_overtook_is_told(self):
        self.company.sudo().billing_late_rate = 8.0
        self._give_rates(legal=3.0)
        self.assertEqual(
            [code for code, _fact in self._facts(self._draft(day="2026-09-10"))],
            ["late_rate_low"],
        )

    def test_a_seller_outside_the_union_has_no_fault(self):
        self.company.sudo().write(
            {
                "country_id": self.env.ref("base.us").id,
                "vat": False,
                "company_registry": False,
            }
        )
        self.assertEqual(self._facts(self._draft(day="2026-09-10")), [])

    # === Payment terms === #

    def _late_facts(self, due, **vals):
        draft = self._draft(
            day="2026-09-10",
            invoice_payment_term_id=False,
            invoice_date_due=due,
            **vals,
        )
        return draft, [fact for code, fact in self._facts(draft) if code == "due_late"]

    def test_a_due_date_that_the_law_allows_is_told_nothing(self):
        self.assertEqual(self._late_facts("2026-11-14")[1], [])

    def test_a_due_date_beyond_the_law_warns(self):
        draft, facts = self._late_facts("2026-11-15")
        self.assertEqual(facts, ["a due date by 11/14/2026 at the latest"])
        alert = draft.billing_alerts["billing_mention_due_late"]
        self.assertEqual(alert["level"], "warning")
        self.assertEqual(
            alert["message"],
            "An invoice of 09/10/2026 may be due by 11/14/2026 between professionals, "
            "not on 11/15/2026 (60 days, or 45 days end of month: C. com. L441-10).",
        )

    def test_a_late_due_date_stops_no_invoice(self):
        self.company.sudo().billing_mention_policy = "block"
        draft, facts = self._late_facts("2026-12-31")
        self.assertTrue(facts)
        alert = draft.billing_alerts["billing_mention_due_late"]
        self.assertEqual(alert["level"], "warning")
        with self._on("2026-09-10"):
            draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_only_french_professionals_are_bound(self):
        cases = {
            "consumer": {"billing_buyer_kind": "consumer"},
            "public": {"billing_buyer_kind": "public"},
            "german": {"country_id": self.env.ref("base.de").id},
        }
        for name, vals in cases.items():
            buyer = self._create_customer(name, is_company=True)
            buyer.sudo().write(vals)
            with self.subTest(name):
                found = self._late_facts("2026-12-31", partner=buyer)[1]
                self.assertEqual(found, [])

    def test_a_subscription_with_terms_beyond_the_law_warns(self):
        terms = self.env["account.payment.term"].sudo()
        late, right = terms.create(
            [
                {
                    "name": f"{days} days",
                    "line_ids": [Command.create({"nb_days": days, "value": "percent"})],
                }
                for days in (90, 60)
            ]
        )
        order = self._subscribe("2026-09-01", payment_term_id=late.id)
        with self._on("2026-09-01"):
            alerts = order.billing_alerts
        self.assertEqual(
            alerts["billing_mention_due_late"]["message"],
            "An invoice of 09/01/2026 may be due by 11/14/2026 between professionals, "
            "not on 11/30/2026 (60 days, or 45 days end of month: C. com. L441-10).",
        )
        order = self._subscribe("2026-09-01", payment_term_id=right.id)
        with self._on("2026-09-01"):
            self.assertFalse(order.billing_alerts)

    def test_a_credit_note_is_due_when_it_is(self):
        self.assertEqual(self._late_facts("2026-12-31", move_type="out_refund")[1], [])

    # === Told, or blocking === #

    def test_by_default_the_invoice_warns_and_is_posted(self):
        self.customer.sudo().company_registry = False
        draft = self._draft(day="2026-09-10")
        alert = draft.billing_alerts["billing_mention_buyer_siren"]
        self.assertEqual(alert["level"], "warning")
        self.assertEqual(
            alert["message"], "Missing on the invoice: the SIREN of Horizon Santé."
        )
        self.assertEqual(alert["action_text"], "Open the customer")
        self.assertEqual(alert["action"]["res_id"], self.customer.id)
        with self._on("2026-09-10"):
            draft.action_post()
        self.assertFalse(draft.billing_alerts)

    def test_all_that_one_record_lacks_stands_on_one_line(self):
        self.customer.sudo().write({"company_registry": False, "zip": False})
        self.customer.sudo().country_id.zip_required = True
        alerts = self._draft(day="2026-09-10").billing_alerts
        self.assertEqual(
            [alert["message"] for alert in alerts.values()],
            [
                "Missing on the invoice: the SIREN of Horizon Santé, postal code in "
                + "the address of Horizon Santé."
            ],
        )

    def test_a_blocking_company_posts_nothing_and_says_all(self):
        self.company.sudo().write(
            {"billing_mention_policy": "block", "billing_share_capital": 0}
        )
        self.customer.sudo().company_registry = False
        draft = self._draft(day="2026-09-10")
        self.assertEqual(
            {alert["level"] for alert in draft.billing_alerts.values()}, {"danger"}
        )
        with (
            self._on("2026-09-10"),
            self.assertRaisesRegex(
                UserError,
                "Missing before posting: the share capital of .*, the SIREN of Horizon "
                "Santé. Complete it",
            ),
        ):
            draft.action_post()
        self.assertEqual(draft.state, "draft")

    def test_a_blocking_company_posts_what_is_complete(self):
        self.company.sudo().billing_mention_policy = "block"
        draft = self._draft(day="2026-09-10")
        with self._on("2026-09-10"):
            draft.action_post()
        self.assertEqual(draft.state, "posted")

    def test_the_remedy_of_a_rate_is_offered_to_who_may_enter_it(self):
        rate = self._give_rates()
        self.assertEqual(
            rate.with_user(self.user)._billing_get_fault_remedy(), (False, False)
        )
        self.assertEqual(rate._billing_get_fault_remedy()[0], "Enter the rate")

    # === In a run === #

    def _block(self):
        self.company.sudo().billing_mention_policy = "block"

    def _open_item(self, order):
        return self.env["billing.run.item"].search(
            [("order_id", "=", order.id), ("is_open", "=", True)]
        )

    def test_a_run_sets_aside_what_it_may_not_post_and_goes_on(self):
        self._block()
        sick = self._create_customer("Garage Aubry", is_company=True)
        lacking = self._subscribe("2026-09-01", partner_id=sick.id)
        healthy = self._subscribe("2026-09-01")
        self._run_on("2026-09-01")
        item = self._open_item(lacking)
        self.assertEqual(item.code, "mention_missing")
        self.assertEqual(item.culprit, sick)
        self.assertEqual(
            item.message,
            f"{lacking.name}: missing before posting: the SIREN of Garage Aubry.",
        )
        self.assertTrue(item.cause_id.remedy)
        self.assertFalse(self._invoices(lacking))
        self.assertEqual(self._invoices(healthy).state, "posted")

    def test_once_mended_the_subscription_is_billed(self):
        self._block()
        sick = self._create_customer("Garage Aubry", is_company=True)
        order = self._subscribe("2026-09-01", partner_id=sick.id)
        self._run_on("2026-09-01")
        sick.sudo().company_registry = "732829320"
        self._run_on("2026-09-02")
        self.assertFalse(self._open_item(order))
        self.assertIn("732 829 320", self._text(self._invoices(order), "buyer_siren"))

    def test_a_company_that_is_only_told_bills_all_the_same(self):
        sick = self._create_customer("Garage Aubry", is_company=True)
        order = self._subscribe("2026-09-01", partner_id=sick.id)
        self._run_on("2026-09-01")
        self.assertEqual(self._invoices(order).state, "posted")

    def test_a_plan_of_drafts_leaves_the_draft(self):
        self._block()
        sick = self._create_customer("Garage Aubry", is_company=True)
        self.plan_monthly.sudo().posting = "draft"
        order = self._subscribe("2026-09-01", partner_id=sick.id)
        self._run_on("2026-09-01")
        self.assertFalse(self._open_item(order))
        self.assertEqual(self._invoices(order).state, "draft")

    def test_a_missing_rate_sets_aside_for_the_company(self):
        self._block()
        order = self._subscribe("2027-01-01")
        self._run_on("2027-01-01")
        item = self._open_item(order)
        self.assertEqual(item.code, "mention_missing")
        self.assertEqual(item.culprit, self.company)
        self.assertIn("first half of 2027", item.message)

    def test_what_only_the_document_shows_sets_aside_with_the_same_cause(self):
        self._block()
        order = self._subscribe("2026-09-01")
        service = self.env["billing.invoicing"]
        with patch.object(type(service), "_check_mentions", return_value=None):
            self.customer.sudo().company_registry = False
            self._run_on("2026-09-01")
        item = self._open_item(order)
        self.assertEqual(item.code, "mention_missing")
        self.assertEqual(item.culprit, self.customer)
        self.assertIn("the SIREN of Horizon Santé", item.message)
        self.assertFalse(self._invoices(order))

    def _count_queries(self, number):
        """Queries to check as many subscriptions before their invoices are made."""
        orders = self.env["sale.order"]
        for n in range(number):
            sick = self._create_customer(f"Sick {number} {n}", is_company=True)
            orders |= self._subscribe("2026-10-01", partner_id=sick.id)
        self.env.flush_all()
        self.env.invalidate_all()
        service = self.env["billing.invoicing"].with_context(
            billing_checked=checks_books.Checked()
        )
        before = self.cr.sql_log_count
        lines_of = orders.order_line.grouped("order_id")
        for order in orders:
            bill = Bill(SimpleNamespace(order_id=order))
            bill.lines = {line.id: line for line in lines_of[order]}
            # Odoo's assertRaises forgets all that was read.
            with suppress(causes.ParkedFor):
                service._check_mentions(bill, self._day("2026-10-01"))
                self.fail("It lacks a SIREN.")
        return self.cr.sql_log_count - before

    def test_twelve_items_cost_no_more_queries_than_four(self):
        self._block()
        self._count_queries(1)
        four = self._count_queries(4)
        self.assertLessEqual(self._count_queries(12), four)
