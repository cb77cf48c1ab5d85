from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.recurring_billing.engine.cutoff import portion
from odoo.addons.recurring_billing.engine.periods import Period

from .common import CutoffCommon


@tagged("post_install", "-at_install")
class TestInvoicingCutoffSchedule(CutoffCommon):
    """The schedule of deferred revenue, and the line of the closing checklist."""

    def _rows(self, order, **domain):
        schedule = self.env["billing.deferred.schedule"]
        found = schedule.search([("order_id", "=", order.id)], order="month, id")
        return [(str(row.month), row.amount) for row in found]

    def test_year_is_earned_month_by_month(self):
        self.company.sudo().billing_cutoff_basis = "months"
        order = self._subscribe(
            "2026-01-15", self.plan_yearly, [(self.support, 1, 1000.0)]
        )
        self._run_on("2026-01-15")
        rows = self._rows(order)
        self.assertEqual(len(rows), 13)
        self.assertEqual(rows[0], ("2026-01-01", 45.7))
        self.assertEqual(rows[1], ("2026-02-01", 83.33))
        self.assertEqual(rows[-1][0], "2027-01-01")
        self.assertEqual(round(sum(amount for _month, amount in rows), 2), 1000.0)

    def test_schedule_says_the_same_as_the_engine(self):
        """Entry by entry, month by month, on both bases, odd amounts and credits."""
        at_once = self.plan_yearly.sudo().copy(
            {"name": "At once", "downgrade": "at_once"}
        )
        for number, (start, plan, price) in enumerate(
            (
                ("2026-01-15", self.plan_anniversary, 33.33),
                ("2026-01-31", self.plan_anniversary, 0.01),
                ("2026-02-10", at_once, 777.77),
                ("2027-03-01", self.plan_yearly, 1000.0),
                ("2026-01-01", self.plan_arrears, 99.99),
            )
        ):
            self._subscribe(
                start,
                plan,
                [(self.support, 1, price)],
                partner_id=self._create_customer(f"Customer {number}").id,
            )
        for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2027-03-01"):
            self._run_on(day)
        order = self.env["sale.order"].search([("partner_id.name", "=", "Customer 2")])
        with self._on("2026-05-07"):
            order.order_line._billing_add_version(
                self._day("2026-05-07"), price_unit=500.0
            )
        self._run_on("2026-05-07")
        entries = self.env["billing.entry"].search(
            [("company_id", "=", self.company.id), ("move_line_id", "!=", False)]
        )
        self.assertIn("adjustment", entries.mapped("kind"))
        for basis in ("days", "months"):
            self.company.sudo().billing_cutoff_basis = basis
            self.assertEqual(self._scheduled(entries), self._by_engine(entries, basis))

    def _scheduled(self, entries):
        groups = self.env["billing.deferred.schedule"]._read_group(
            [("entry_id", "in", entries.ids)],
            ["entry_id", "month:month"],
            ["amount:sum"],
        )
        return {
            (entry.id, str(month)): round(amount, 2) for entry, month, amount in groups
        }

    def _by_engine(self, entries, basis):
        found = {}
        for entry in entries:
            charged = Decimal(str(-entry.move_line_id.balance))
            period = Period.inclusive(entry.period_start, entry.period_end)
            before, month = Decimal(0), period.start.replace(day=1)
            while month < period.end:
                following = (month + timedelta(days=31)).replace(day=1)
                earned = portion(
                    charged,
                    period,
                    following - timedelta(days=1),
                    basis=basis,
                    step=Decimal("0.01"),
                ).earned
                found[entry.id, str(month)] = float(earned - before)
                before, month = earned, following
        return found

    def test_months_to_come_are_what_the_cutoff_defers(self):
        self._subscribe("2026-01-15", self.plan_yearly, [(self.support, 1, 1000.0)])
        self._subscribe("2026-01-15", self.plan_anniversary)
        for day in ("2026-01-15", "2026-02-15", "2026-03-15"):
            self._run_on(day)
        schedule = self.env["billing.deferred.schedule"]
        for last, following in (
            ("2026-01-31", "2026-02-01"),
            ("2026-02-28", "2026-03-01"),
            ("2026-03-31", "2026-04-01"),
        ):
            rows = schedule.search(
                [("month", ">=", following), ("accounting_date", "<", following)]
            )
            self.assertEqual(
                round(sum(rows.mapped("amount")), 2), self._sums(last)[0], last
            )
        self.assertEqual(rows[0].action_open_entry()["res_id"], rows[0].entry_id.id)

    def test_schedule_reads_any_number_of_entries_in_one_query(self):
        counts = []
        schedule = self.env["billing.deferred.schedule"]
        schedule._read_group([], ["month:month", "account_id"], ["amount:sum"])
        for number in (1, 5):
            for _ in range(number):
                self._subscribe("2026-01-01", self.plan_yearly)
            self._run_on("2026-01-01")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            schedule._read_group([], ["month:month", "account_id"], ["amount:sum"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    # === Closing === #

    def _check(self, month="2026-01-01", day="2026-02-02"):
        with self._on(day):
            answer = self.env["billing.closing"].get_checklist(month)
        return next(c for c in answer["checks"] if c["key"] == "cutoff")

    def test_month_without_anything_to_cut_off_is_ready(self):
        self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        check = self._check()
        self.assertEqual((check["done"], check["text"]), (True, "0"))

    def test_month_waits_for_its_cutoff(self):
        self._subscribe("2026-01-01", self.plan_yearly)
        self._run_on("2026-01-01")
        check = self._check()
        self.assertEqual((check["done"], check["text"]), (False, "not written yet"))
        self.assertEqual(check["action"]["context"]["default_date"], "2026-01-31")
        cutoff = self._written("2026-01-31", posting="draft")
        check = self._check()
        self.assertEqual((check["done"], check["text"]), (False, "not posted yet"))
        self.assertEqual(check["action"]["res_id"], cutoff.id)
        cutoff.move_id.sudo().action_post()
        check = self._check()
        self.assertEqual((check["done"], check["text"]), (True, "written"))
