"""What is kept out of reminders, for many customers at once."""

from odoo import Command
from odoo.tests import tagged

from .pledges_common import PledgesCommon


@tagged("post_install", "-at_install")
class TestDunningPledgesParts(PledgesCommon):
    def _customers(self, number):
        """Customers with an invoice that is promised, disputed, planned or held."""
        customers = self.env["res.partner"]
        for n in range(number):
            customer = self._create_customer(f"Customer {n}")
            invoice = self._invoice(100, partner=customer)
            whose = {"partner_id": customer.id}
            if n % 4 == 0:
                self._promise(60, **whose)
            elif n % 4 == 1:
                self._dispute(invoice, 60)
            elif n % 4 == 2:
                with self._on("2026-02-10"):
                    self._plan(**whose).action_accept()
            else:
                self.env["billing.dunning.hold"].create(
                    {**whose, "reason": "New owner", "since": "2026-02-10"}
                )
            customers |= customer
        return customers

    def _count_queries(self, customers):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = self.service._get_parts(
            self.company, customers, self._day("2026-02-11")
        )
        self.assertEqual(len(found), len(customers))
        read = self.env.cr.sql_log_count
        self.service._refresh(self.company, self._day("2026-02-11"), customers)
        return read - before, self.env.cr.sql_log_count - read

    def test_the_number_of_customers_costs_no_query(self):
        few, many = self._customers(4), self._customers(40)
        self._count_queries(few)
        self.assertEqual(self._count_queries(few), self._count_queries(many))

    def test_kinds_share_an_item_without_meeting(self):
        invoice = self._invoice(1000)
        self._dispute(invoice, 300)
        self._promise(900)
        self.assertEqual(
            self._parts("2026-02-11"),
            {
                (invoice.name, "2026-01-31"): [
                    ("disputed", 300, "2026-02-24"),
                    ("promised", 700, "2026-02-20"),
                ]
            },
        )

    def test_a_currency_does_not_speak_for_another(self):
        euro = self.env.ref("base.EUR").sudo()
        euro.active = True
        dollars, euros = self._invoice(100), self._invoice(100, currency_id=euro.id)
        self._promise(100, currency_id=euro.id)
        self.assertEqual(
            self._parts("2026-02-11"),
            {(euros.name, "2026-01-31"): [("promised", 100, "2026-02-20")]},
        )
        self.assertEqual(dollars.amount_residual, 100)

    def test_credits_cover_the_oldest_before_a_promise_does(self):
        first, second = self._invoice(1240), self._invoice(600, "2026-02-05")
        self._invoice(200, move_type="out_refund")
        self.assertEqual(self._promise().amount, 1640)
        self.assertEqual(
            self._parts("2026-02-11"),
            {
                (first.name, "2026-01-31"): [("promised", 1040, "2026-02-20")],
                (second.name, "2026-02-05"): [("promised", 600, "2026-02-20")],
            },
        )

    def test_instalments_of_an_invoice_are_items_of_their_own(self):
        invoice = self._invoice_in_two(1000)
        self._dispute(invoice, 700)
        self.assertEqual(
            self._parts("2026-02-11"),
            {
                (invoice.name, "2026-01-31"): [("disputed", 500, "2026-02-24")],
                (invoice.name, "2026-03-02"): [("disputed", 200, "2026-02-24")],
            },
        )

    def test_contacts_owe_through_their_company(self):
        contact = self._create_customer("Claire", parent_id=self.customer.id)
        invoice = self._invoice(100, partner=contact)
        self._promise(100)
        self.assertEqual(
            self._parts("2026-02-11"),
            {(invoice.name, "2026-01-31"): [("promised", 100, "2026-02-20")]},
        )

    def test_the_scheduled_action_follows_each_company_on_its_own_day(self):
        self._invoice(100)
        promise = self._promise(100)
        with self._on("2026-02-23", "23:30:00"), self._scheduler_mode():
            # In Paris it is the 24th already.
            self.env.ref(
                "recurring_billing.ir_cron_refresh_pledges"
            ).sudo().method_direct_trigger()
        self.assertEqual(promise.state, "broken")

    def test_only_the_customers_asked_for_are_refreshed(self):
        other = self._create_customer("Tilleuls")
        self._invoice(100)
        self._invoice(100, partner=other)
        mine, others = self._promise(100), self._promise(100, partner_id=other.id)
        with self._on("2026-03-01"):
            self.service._refresh(self.company, self._day("2026-03-01"), self.customer)
        self.assertEqual((mine.state, others.state), ("broken", "open"))

    def test_the_form_of_a_promise_opens_for_a_customer(self):
        self._invoice(100)
        with self._on("2026-02-10"):
            promise = (
                self.env["billing.dunning.promise"]
                .with_context(default_partner_id=self.customer.id)
                .create({"until": "2026-02-20"})
            )
        self.assertEqual(promise.amount, 100)

    def test_a_deleted_draft_takes_its_pledges_along(self):
        invoice = self._invoice(100)
        dispute = self._dispute(invoice)
        invoice.sudo().button_draft()
        invoice.sudo().with_context(force_delete=True).unlink()
        self.assertFalse(dispute.exists())

    def test_a_plan_takes_its_rows_along(self):
        self._invoice(100)
        plan = self._plan()
        rows = plan.item_ids, plan.instalment_ids
        plan.item_ids = [Command.clear()]
        self.assertFalse(rows[0].exists() or rows[1].exists())
