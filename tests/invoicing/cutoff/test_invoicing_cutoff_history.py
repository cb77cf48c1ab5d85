"""Fourteen months of everything, cut off at each month's end: what the books say then
must be what was earned, and the reversals must leave nothing.
"""

from calendar import monthrange
from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from odoo.addons.recurring_billing.engine.cutoff import portion
from odoo.addons.recurring_billing.engine.periods import Period

from .common import CutoffCommon


@tagged("post_install", "-at_install")
class TestInvoicingCutoffHistory(CutoffCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk, cls.env = cls.env, cls.admin_env
        cls.other = cls.setup_other_company(name="Elsewhere")["company"]
        for user in (cls.user, cls.accountant):
            user.sudo().company_ids = [Command.link(cls.other.id)]
        cls.env = clerk

    def _francs(self):
        currency = self.env["res.currency"].sudo().with_context(active_test=False)
        francs = currency.search([("name", "=", "CHF")])
        francs.active = True
        francs.rate_ids.unlink()
        francs.rate_ids.create(
            [
                {"name": f"2026-{month:02}-01", "currency_id": francs.id, "rate": rate}
                for month, rate in ((1, 1.1), (4, 1.2), (9, 0.9))
            ]
        )
        pricelist = self.env["product.pricelist"].sudo()
        return pricelist.create({"name": "CHF", "currency_id": francs.id})

    def _live(self):
        """A history: versions, pauses, an early end, a credit note, two currencies."""
        at_once = {"upgrade": "at_once", "downgrade": "at_once"}
        yearly = self.plan_yearly.sudo().copy({"name": "Y", **at_once})
        arrears = self.plan_arrears.sudo().copy({"name": "A", **at_once})
        advance = self.plan_anniversary.sudo().copy({"name": "B", **at_once})
        francs = self._francs()

        def start(day, plan, price, **vals):
            return self._subscribe(day, plan, [(self.support, 1, price)], **vals)

        self.rising = start("2026-01-15", yearly, 1234.56)
        self.paused = start("2026-01-10", arrears, 310.0)
        self.ended = start("2026-01-31", advance, 99.99)
        self.credited = start("2026-02-03", advance, 50.0)
        self.foreign = start("2026-01-20", yearly, 777.0, pricelist_id=francs.id)
        start("2026-03-05", arrears, 45.67, pricelist_id=francs.id)
        for year, month in self._months():
            last = monthrange(year, month)[1]
            for day in (1, 3, 5, 10, 15, 20, last):
                self._run_on(date(year, month, day).isoformat())
            self._act(f"{year}-{month:02}")

    def _months(self):
        return [(2026, month) for month in range(1, 13)] + [(2027, 1), (2027, 2)]

    def _act(self, month):
        """What happens in the last days of a month, once its runs are over."""
        with self._on(f"{month}-28"):
            if month == "2026-03":
                self.rising.order_line._billing_add_version(
                    self._day("2026-03-12"), price_unit=1500.0
                )
            elif month == "2026-05":
                self.paused._billing_pause(self._day("2026-05-11"))
            elif month == "2026-06":
                self.paused._billing_resume(self._day("2026-06-21"))
            elif month == "2026-08":
                self.ended.order_line._billing_end_line(self._day("2026-08-15"))
            elif month == "2026-07":
                self._credit()

    def _credit(self):
        invoice = self._invoices(self.credited)[-1]
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create(
            {
                "journal_id": invoice.journal_id.id,
                "date": "2026-07-28",
                "billing_rebill": "given_up",
            }
        )
        wizard.refund_moves()
        drafts = wizard.new_move_ids.filtered(lambda move: move.state == "draft")
        if drafts:
            drafts.action_post()

    def _by_hand(self, day, basis):
        """Deferred revenue at a date, from the invoice lines one by one."""
        total = Decimal(0)
        lines = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("billing_entry_ids", "!=", False),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                    ("company_id", "=", self.company.id),
                ]
            )
        )
        for line in lines:
            entry = line.billing_entry_ids.filtered(lambda e: e.kind != "waiver")
            period = Period.inclusive(entry.period_start, entry.period_end)
            total += portion(
                Decimal(str(-line.balance)),
                period,
                self._day(day),
                basis=basis,
                step=Decimal("0.01"),
            ).deferred
        return float(total)

    def test_every_month_equals_the_sum_of_its_lines_and_reverses_to_nothing(self):
        self._live()
        revenue_before = self._balance(self.revenue, "2027-03-01")
        found = []
        for number, (year, month) in enumerate(self._months()):
            last = date(year, month, monthrange(year, month)[1]).isoformat()
            basis = ("days", "months")[number % 2]
            cutoff = self._written(last, basis=basis)
            with self.subTest(month=last, basis=basis):
                self.assertEqual(cutoff.deferred_amount, self._by_hand(last, basis))
                self.assertFalse(cutoff.fault_text)
                for total in ("deferred", "accrued"):
                    lines = cutoff.line_ids.filtered(lambda x, k=total: x.kind == k)
                    self.assertEqual(
                        round(sum(lines.mapped("amount")), 2), cutoff[f"{total}_amount"]
                    )
                self.assertEqual(
                    -self._balance(self.deferred_account, last), cutoff.deferred_amount
                )
                self.assertEqual(
                    self._balance(self.accrued_account, last), cutoff.accrued_amount
                )
            found.append((cutoff.deferred_amount, cutoff.accrued_amount))
        for account in (self.deferred_account, self.accrued_account):
            self.assertEqual(self._balance(account, "2027-03-01"), 0.0)
        self.assertEqual(self._balance(self.revenue, "2027-03-01"), revenue_before)
        self.assertTrue(all(deferred > 0 for deferred, _accrued in found))
        self.assertTrue(any(accrued for _deferred, accrued in found))
        cutoffs = self.env["billing.cutoff"].with_user(self.accountant)
        there = cutoffs.with_company(self.other).create({"date": "2026-06-30"})
        there.action_compute()
        self.assertFalse(there.line_ids)

    def test_what_was_written_at_a_date_is_found_again_a_year_later(self):
        """Nothing of what is in the books later changes an earlier closing."""
        self.paused = self._subscribe("2026-01-10", self.plan_arrears)
        order = self._subscribe(
            "2026-01-15", self.plan_yearly, [(self.support, 1, 1234.56)]
        )
        self._run_until("2026-01-15", "2026-01-31")
        shown = self._sums("2026-01-31", now="2026-02-01")
        for day in ("2026-02-01", "2026-03-01", "2026-04-01", "2027-01-15"):
            self._run_on(day)
        with self._on("2027-01-20"):
            order.order_line._billing_add_version(
                self._day("2027-01-20"), price_unit=2000.0
            )
        self._run_on("2027-01-21")
        self.assertEqual(self._sums("2026-01-31", now="2027-02-01"), shown)

    # === Thousands of entries === #

    def test_settled_lines_are_not_computed_again(self):
        """What the books settle beyond the date is left out before the engine."""
        advance = self._subscribe("2026-01-01")
        arrears = self._subscribe("2026-01-01", self.plan_arrears)
        for day in ("2026-01-01", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        cutoff = self._prepare("2026-02-28")
        found = [row[0] for row in cutoff.sudo()._read_candidates()]
        self.assertNotIn(advance.order_line.id, found)
        self.assertIn(arrears.order_line.id, found)

    def test_cost_does_not_grow_with_the_number_of_entries(self):
        counts = []
        for number in (4, 36):
            for index in range(number):
                plan = (self.plan_yearly, self.plan_arrears)[index % 2]
                self._subscribe("2026-01-01", plan)
            self._run_on("2026-01-01")
            cutoff = self._prepare("2026-01-31")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            cutoff.action_compute()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(cutoff.line_ids), 40)
        self.assertLessEqual(counts[1], counts[0] + 2)
