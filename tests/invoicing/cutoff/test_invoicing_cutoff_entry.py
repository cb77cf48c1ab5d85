from datetime import date

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CutoffCommon


@tagged("post_install", "-at_install")
class TestInvoicingCutoffEntry(CutoffCommon):
    """The entry of a cut-off, its reversal, and taking both back."""

    def setUp(self):
        super().setUp()
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 1, 1200.0)])
        self._subscribe("2026-01-01", self.plan_arrears)
        self._run_on("2026-01-01")

    def _rows(self, move):
        return sorted(
            (line.account_id.code, line.balance) for line in move.sudo().line_ids
        )

    def test_entry_moves_revenue_and_its_reversal_brings_it_back(self):
        before = self._balance(self.revenue, "2026-01-31")
        cutoff = self._written("2026-01-31", basis="months")
        self.assertEqual(
            self._rows(cutoff.move_id),
            sorted(
                [
                    (self.revenue.code, 1100.0),
                    ("487000", -1100.0),
                    (self.revenue.code, -100.0),
                    ("418100", 100.0),
                ]
            ),
        )
        self.assertEqual(str(cutoff.move_id.date), "2026-01-31")
        self.assertEqual(cutoff.move_id.state, "posted")
        # 1,200.00 billed; earned 100.00 of it and 100.00 in arrears.
        self.assertEqual(before, -1200.0)
        self.assertEqual(self._balance(self.revenue, "2026-01-31"), -200.0)
        self.assertEqual(str(cutoff.reversal_move_id.date), "2026-02-01")
        self.assertEqual(self._balance(self.revenue, "2026-02-01"), before)
        for account in (self.deferred_account, self.accrued_account):
            self.assertEqual(self._balance(account, "2026-02-01"), 0.0)
        held = (
            (cutoff.move_id | cutoff.reversal_move_id)
            .sudo()
            .line_ids.filtered(lambda line: line.account_id.reconcile)
        )
        self.assertTrue(all(held.mapped("reconciled")))

    def test_record_says_who_wrote_what_and_when(self):
        cutoff = self._written("2026-01-31", basis="months")
        self.assertEqual(cutoff.state, "written")
        self.assertEqual(cutoff.user_id, self.accountant)
        self.assertEqual(cutoff.written_at, self.env.cr.now())
        self.assertEqual(
            cutoff.summary.replace("\N{NO-BREAK SPACE}", ""),
            "At 01/31/2026: $1,100.00 deferred, $100.00 accrued; reversed on "
            "02/01/2026.",
        )
        self.assertEqual(len(cutoff.line_ids), 2)
        self.assertEqual(
            self.env["account.move"]
            .sudo()
            .search(cutoff.action_open_moves()["domain"]),
            cutoff.move_id | cutoff.reversal_move_id,
        )

    def test_reversal_of_a_day_to_come_waits_for_it(self):
        cutoff = self._written("2026-01-31", now="2026-01-31")
        self.assertEqual(cutoff.move_id.state, "posted")
        reversal = cutoff.reversal_move_id
        self.assertEqual((reversal.state, reversal.auto_post), ("draft", "at_date"))
        with self._on("2026-02-01"), self._scheduler_mode():
            cron = self.env.ref("account.ir_cron_auto_post_draft_entry")
            cron.sudo().method_direct_trigger()
        reversal.invalidate_recordset()
        self.assertEqual(reversal.state, "posted")
        self.assertEqual(self._balance(self.deferred_account, "2026-02-01"), 0.0)

    def test_draft_entry_is_posted_by_hand(self):
        cutoff = self._written("2026-01-31", posting="draft")
        moves = cutoff.move_id | cutoff.reversal_move_id
        self.assertEqual(set(moves.mapped("state")), {"draft"})
        self.assertEqual(self._balance(self.revenue, "2026-02-01"), -1200.0)

    def test_one_line_a_customer_names_each_of_them(self):
        other = self._create_customer("Le Goff")
        self._subscribe(
            "2026-01-01",
            self.plan_yearly,
            [(self.support, 1, 120.0)],
            partner_id=other.id,
        )
        self._run_on("2026-01-02")
        cutoff = self._written("2026-01-31", basis="months", by_partner=True)
        rows = sorted(
            (line.account_id.code, line.partner_id.name, line.balance)
            for line in cutoff.move_id.sudo().line_ids
            if line.account_id != self.revenue
        )
        self.assertEqual(
            rows,
            [
                ("418100", "Horizon Santé", 100.0),
                ("487000", "Horizon Santé", -1100.0),
                ("487000", "Le Goff", -110.0),
            ],
        )

    def test_analytic_share_travels_with_the_revenue(self):
        axis = self.env["account.analytic.plan"].sudo().create({"name": "Sites"})
        accounts = self.env["account.analytic.account"].sudo()
        site = accounts.create({"name": "Rennes", "plan_id": axis.id})
        self._subscribe(
            "2026-01-01",
            self.plan_yearly,
            [(self.support, 1, 120.0, {"analytic_distribution": {str(site.id): 100}})],
        )
        self._run_on("2026-01-02")
        self._written("2026-01-31", basis="months")
        lines = self.env["account.analytic.line"].sudo()
        found = lines.search([(axis._column_name(), "=", site.id)], order="date, id")
        self.assertEqual(
            [(str(line.date), line.amount) for line in found],
            [("2026-01-02", 120.0), ("2026-01-31", -110.0), ("2026-02-01", 110.0)],
        )

    # === What is refused === #

    def test_locked_month_is_refused_with_its_day(self):
        self.company.sudo().fiscalyear_lock_date = date(2026, 1, 31)
        cutoff = self._cutoff("2026-01-31")
        with self.assertRaises(UserError) as caught:
            cutoff.action_write_entry()
        self.assertEqual(
            str(caught.exception),
            "January is locked until 01/31/2026; unlock it or choose February.",
        )
        self.assertFalse(cutoff.move_id)

    def test_second_cutoff_of_a_date_offers_the_first(self):
        first = self._written("2026-01-31")
        second = self._cutoff("2026-01-31")
        with self.assertRaises(RedirectWarning) as caught:
            second.action_write_entry()
        self.assertEqual(caught.exception.args[1]["res_id"], first.id)
        first.action_take_back()
        second.action_write_entry()
        self.assertEqual(second.state, "written")
        self.assertEqual(self._balance(self.deferred_account, "2026-02-01"), 0.0)

    def test_missing_account_is_named(self):
        cutoff = self._cutoff("2026-01-31", deferred_account_id=False)
        with self.assertRaisesRegex(UserError, "no account for deferred revenue"):
            cutoff.action_write_entry()
        cutoff = self._cutoff("2026-01-31", accrued_account_id=False)
        with self.assertRaisesRegex(UserError, "no account for accrued revenue"):
            cutoff.action_write_entry()

    def test_nothing_to_cut_off_is_said(self):
        cutoff = self._cutoff("2025-12-31")
        with self.assertRaisesRegex(UserError, "nothing is deferred"):
            cutoff.action_write_entry()

    def test_figures_that_moved_are_shown_before_anything_is_written(self):
        cutoff = self._cutoff("2026-01-31", basis="months")
        self._subscribe("2026-01-01", self.plan_yearly, [(self.support, 1, 12.0)])
        self._run_on("2026-01-03")
        answer = cutoff.action_write_entry()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual((cutoff.state, cutoff.deferred_amount), ("draft", 1111.0))
        self.assertIsNone(cutoff.action_write_entry())
        self.assertEqual(cutoff.state, "written")

    def test_changed_date_forgets_the_figures(self):
        cutoff = self._cutoff("2026-01-31")
        self.assertTrue(cutoff.line_ids)
        cutoff.date = "2026-02-28"
        self.assertFalse(cutoff.computed_at)
        self.assertEqual(cutoff.deferred_amount, 0)
        self.assertFalse(cutoff.line_ids)

    def test_reversal_comes_after_its_entry(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(CheckViolation, "reversed_later"),
        ):
            self._prepare("2026-01-31", reversal_date="2026-01-31")
            self.env.flush_all()

    def test_entry_is_changed_through_its_cutoff_only(self):
        cutoff = self._written("2026-01-31", posting="draft")
        move = cutoff.move_id.with_user(self.accountant)
        for act in (move.button_cancel, move.unlink, move._reverse_moves):
            with self.assertRaisesRegex(UserError, "Take that cut-off back"):
                act()
        with self.assertRaisesRegex(UserError, "part of the books"):
            cutoff.unlink()
        with self.assertRaisesRegex(UserError, "is written"):
            cutoff.date = "2026-03-31"

    def test_figures_and_state_are_never_written_by_hand(self):
        cutoff = self._cutoff("2026-01-31")
        for vals in ({"state": "written"}, {"deferred_amount": 1.0}):
            with self.assertRaisesRegex(UserError, "its own buttons"):
                cutoff.with_context(billing_cutoff_writer=True).write(vals)
        with self.assertRaisesRegex(UserError, "its own buttons"):
            cutoff.create({"date": "2026-01-31", "state": "written"})
        with self.assertRaises(AccessError):
            cutoff.line_ids.write({"amount": 0})

    # === Taking back === #

    def test_taken_back_cutoff_leaves_the_books_as_they_were(self):
        cutoff = self._written("2026-01-31")
        with self._on("2026-02-15"):
            cutoff.action_take_back()
        self.assertEqual(cutoff.state, "taken_back")
        for day in ("2026-01-31", "2026-02-01", "2026-12-31"):
            self.assertEqual(self._balance(self.revenue, day), -1200.0)
            self.assertEqual(self._balance(self.deferred_account, day), 0.0)
            self.assertEqual(self._balance(self.accrued_account, day), 0.0)
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            cutoff.action_take_back()

    def test_taking_back_cancels_what_waits(self):
        cutoff = self._written("2026-01-31", now="2026-01-31")
        with self._on("2026-01-31"):
            cutoff.action_take_back()
        self.assertEqual(cutoff.reversal_move_id.state, "cancel")
        with self.assertRaisesRegex(UserError, "the trace of Cut-off"):
            cutoff.reversal_move_id.unlink()
        self.assertEqual(self._balance(self.revenue, "2026-12-31"), -1200.0)

    def test_locked_cutoff_is_not_taken_back(self):
        cutoff = self._written("2026-01-31")
        self.company.sudo().fiscalyear_lock_date = date(2026, 1, 31)
        with self.assertRaisesRegex(UserError, "January is locked"):
            cutoff.action_take_back()
        self.assertEqual(cutoff.state, "written")

    # === Who may === #

    def test_billing_user_reads_and_does_not_write(self):
        cutoff = self._cutoff("2026-01-31").with_user(self.user)
        self.assertTrue(cutoff.summary)
        self.assertTrue(cutoff.deferred_total_ids)
        for act in (cutoff.action_compute, cutoff.action_write_entry):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            cutoff.create({"date": "2026-01-31"})

    def test_stranger_sees_nothing_of_ours(self):
        cutoff = self._cutoff("2026-01-31")
        stranger = self._create_stranger()
        for model in (
            "billing.cutoff",
            "billing.cutoff.line",
            "billing.cutoff.total",
            "billing.deferred.schedule",
        ):
            self.assertTrue(self.env[model].search([]), model)
            self.assertFalse(self.env[model].with_user(stranger).search([]), model)
        with self.assertRaises(AccessError):
            cutoff.with_user(stranger).action_open_lines()
            cutoff.with_user(stranger).read(["summary"])

    def test_each_company_cuts_off_its_own(self):
        other = self.setup_other_company_of_accountant()
        cutoffs = self.env["billing.cutoff"].with_user(self.accountant)
        cutoff = cutoffs.with_company(other).create({"date": "2026-01-31"})
        cutoff.action_compute()
        self.assertEqual((cutoff.deferred_amount, cutoff.accrued_amount), (0, 0))
        self.assertEqual(cutoff.journal_id.company_id, other)
        self.assertEqual(self._sums("2026-01-31", basis="months"), (1100.0, 100.0))

    def setup_other_company_of_accountant(self):
        env, type(self).env = self.env, self.admin_env
        try:
            other = self.setup_other_company(name="Elsewhere")["company"]
        finally:
            type(self).env = env
        self.accountant.sudo().company_ids = [Command.link(other.id)]
        return other

    # === Accounts of the chart === #

    def test_accounts_are_found_by_the_chart(self):
        company = self.company.sudo()
        company.write(
            {"billing_deferred_account_id": False, "billing_accrued_account_id": False}
        )
        company.flush_recordset()
        self.env.cr.execute(
            "UPDATE res_company SET chart_template = 'fr' WHERE id = %s", [company.id]
        )
        company.invalidate_recordset()
        self.assertFalse(any(company._get_billing_cutoff_accounts()))
        names = self.env["ir.model.data"].sudo()
        for name, account in (
            ("pcg_487", self.deferred_account),
            ("pcg_4181", self.accrued_account),
        ):
            names.create(
                {
                    "module": "account",
                    "name": f"{company.id}_{name}",
                    "model": "account.account",
                    "res_id": account.id,
                }
            )
        self.assertEqual(
            company._get_billing_cutoff_accounts(),
            (self.deferred_account, self.accrued_account),
        )
