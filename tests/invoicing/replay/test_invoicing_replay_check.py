from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_invoicing_replay import ReplayCase

MODULE = "odoo.addons.recurring_billing.models.invoicing.replay.billing_replay_check"


@tagged("post_install", "-at_install")
class TestInvoicingReplayCheck(ReplayCase):
    """The monthly proof: by button, by schedule, and what it raises."""

    def setUp(self):
        super().setUp()
        # Demo data or other tests' companies are not what is counted here.
        lines = [(self.support, 25, 38.0), (self.licence, 1, 50.0)]
        self.order = self._subscribe("2026-03-01", lines=lines)
        for day in ("2026-03-01", "2026-04-01"):
            self._run_on(day)
        self.entries = self._entries(self.order)
        self.checks = self.env["billing.replay.check"]

    def _replay_on(self, day):
        """The button above the list."""
        with self._on(day):
            action = self.checks.action_replay_month()
        return self.checks.browse(action["res_id"])

    def _run_cron(self, day):
        with self._on(day), self._scheduler_mode():
            self.env.ref(
                "recurring_billing.ir_cron_replay"
            ).sudo().method_direct_trigger()
        self.env.invalidate_all()
        return self.checks.search([("company_id", "=", self.company.id)])

    def _activities(self, check):
        # A clerk sees the check, not the activities of the managers.
        return check.sudo().activity_ids

    # === The button === #

    def test_month_without_difference_is_identical(self):
        check = self._replay_on("2026-03-20")
        self.assertEqual(
            (check.state, check.entry_count, check.differing_count),
            ("identical", 2, 0),
        )
        self.assertEqual(check.user_id, self.user)
        self.assertEqual(
            check.summary, "March 2026: 2 entries recomputed, all identical."
        )
        self.assertFalse(self._activities(check))

    def test_only_the_entries_of_the_month_are_replayed(self):
        self._flip(self.entries[0], "lead_days", 5)
        self.assertEqual(self._replay_on("2026-04-20").state, "identical")
        self.assertEqual(self._replay_on("2026-03-20").state, "differing")

    def test_difference_names_its_entry_and_the_fact(self):
        entry = self.entries.filtered(lambda e: e.product_id == self.support)[0]
        self._flip(entry, "parts,0,versions,0,quantity", "24")
        check = self._replay_on("2026-03-20")
        difference = check.difference_ids
        self.assertEqual(difference.entry_id, entry)
        self.assertEqual(
            (difference.recomputed_amount, difference.stored_amount), (912.0, 950.0)
        )
        self.assertIn("quantity 24 instead of 25", difference.text)
        self.assertIn("2 entries recomputed, 1 differ", check.summary)
        self.assertEqual(check.action_open_differences()["domain"][0][2], entry.ids)
        self.assertEqual(difference.action_open_entry()["res_id"], entry.id)

    def test_lost_facts_are_a_difference(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE billing_entry SET facts = NULL WHERE id = %s", [self.entries[0].id]
        )
        self.env.invalidate_all()
        check = self._replay_on("2026-03-20")
        self.assertEqual(check.difference_ids.reason, "no_facts")

    def test_difference_calls_the_managers_of_the_company(self):
        manager, _elsewhere = (
            new_test_user(
                self.env(su=True),
                login=login,
                groups="recurring_billing.recurring_billing_group_manager",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            )
            for login, company in (
                ("manager", self.company),
                ("elsewhere", self.env["res.company"].sudo().create({"name": "E"})),
            )
        )
        self._flip(self.entries[0], "lead_days", 5)
        check = self._replay_on("2026-03-20")
        activities = self._activities(check)
        self.assertIn(manager, activities.user_id)
        self.assertNotIn("elsewhere", activities.user_id.mapped("login"))
        self.assertIn("1 differ", activities[0].note)

    def test_mended_month_is_identical_and_calls_nobody_any_more(self):
        self._flip(self.entries[0], "lead_days", 5)
        check = self._replay_on("2026-03-20")
        self._flip(self.entries[0], "lead_days", 0)
        check.action_replay()
        self.assertEqual((check.state, check.entry_count), ("identical", 2))
        self.assertFalse(check.difference_ids)
        self.assertFalse(self._activities(check))

    def test_month_is_replayed_once_and_again_on_the_same_record(self):
        self.assertEqual(self._replay_on("2026-03-20"), self._replay_on("2026-03-21"))

    def test_draft_counts_for_the_month_it_fell_due_in(self):
        self._run_on("2026-05-01")
        self.assertEqual(self._replay_on("2026-05-09").entry_count, 2)
        self._subscribe("2026-05-10", plan=self._plan(posting="draft"))
        self._run_on("2026-05-10")
        self.assertEqual(self._replay_on("2026-05-20").entry_count, 3)

    # === The schedule === #

    def test_schedule_replays_the_month_before(self):
        check = self._run_cron("2026-04-02")
        self.assertEqual(
            (str(check.month), check.state, check.entry_count),
            ("2026-03-01", "identical", 2),
        )

    def test_schedule_leaves_a_month_that_was_replayed_alone(self):
        check = self._run_cron("2026-04-02")
        before = check.checked_at
        self.assertEqual(self._run_cron("2026-04-03").checked_at, before)

    def test_interrupted_check_goes_on_where_it_stopped(self):
        with patch(f"{MODULE}.BATCH", 1), self._on("2026-04-02"):
            check = self.checks._get_or_create(self.company, self._day("2026-03-05"))
            next(check._work())
        self.assertEqual((check.state, check.entry_count), ("running", 1))
        self.assertIn("1 entries so far", check.summary)
        check = self._run_cron("2026-04-02")
        self.assertEqual((check.state, check.entry_count), ("identical", 2))

    # === For the closing === #

    def test_state_of_a_month_for_the_closing(self):
        month = self._day("2026-03-17")
        self.assertEqual(
            self.checks._get_state(self.company, month),
            {"checked": False, "entries": 0, "differing": 0},
        )
        self._flip(self.entries[0], "lead_days", 5)
        self._replay_on("2026-03-20")
        self.assertEqual(
            self.checks._get_state(self.company, month),
            {"checked": True, "entries": 2, "differing": 1},
        )

    # === Rights === #

    def test_stranger_sees_no_replay_of_ours(self):
        self._flip(self.entries[0], "lead_days", 5)
        check = self._replay_on("2026-03-20")
        stranger = self._create_stranger()
        for records in (check, check.difference_ids):
            with self.assertRaises(AccessError):
                records.with_user(stranger).read()
        with self.assertRaises(AccessError):
            check.with_user(stranger).action_replay()
        with self._on("2026-03-20"):
            action = self.checks.with_user(stranger).action_replay_month()
        theirs = self.checks.with_user(stranger).browse(action["res_id"])
        self.assertEqual(theirs.entry_count, 0)

    def test_nobody_writes_a_result_by_hand(self):
        check = self._replay_on("2026-03-20")
        with self.assertRaises(AccessError):
            check.write({"state": "differing"})
        with self.assertRaises(AccessError):
            self.checks.create(
                {
                    "company_id": self.company.id,
                    "month": "2026-01-01",
                    "user_id": self.user.id,
                }
            )

    def test_salesman_without_invoicing_replays_nothing(self):
        salesman = new_test_user(
            self.env(su=True), login="seller", groups="sales_team.group_sale_salesman"
        )
        with self.assertRaises(AccessError):
            self.checks.with_user(salesman).action_replay_month()
