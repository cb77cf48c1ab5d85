from odoo.tests import tagged

from .proofs import CompletenessCommon


@tagged("post_install", "-at_install")
class TestInvoicingClosing(CompletenessCommon):
    """The closing checklist, and the figures over time."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-17", user_id=self.user.id)
        for day in ("2026-01-17", "2026-02-01", "2026-03-01"):
            self._run_on(day)

    def _checks(self, month="2026-02-01", day="2026-03-02"):
        with self._on(day):
            answer = self.env["billing.closing"].get_checklist(month)
        return answer, {check["key"]: check for check in answer["checks"]}

    def _replay(self, month):
        checks = self.env["billing.replay.check"]
        checks._get_or_create(self.company, self._day(month))._replay_at_once()

    def test_clean_month_can_be_closed(self):
        self._replay("2026-02-01")
        answer, checks = self._checks()
        self.assertTrue(answer["done"])
        self.assertEqual(answer["month"], "February 2026")
        self.assertEqual(list(checks)[:4], ["exceptions", "holes", "doubles", "drafts"])
        self.assertEqual({check["text"] for check in checks.values()}, {"0"})
        self.assertFalse(any(check["action"] for check in checks.values()))

    def test_hole_of_the_month_opens_the_map_on_it(self):
        self._delete_entry(self._entry(self.order, "2026-02-01"))
        answer, checks = self._checks()
        self.assertFalse(answer["done"])
        self.assertEqual(checks["holes"]["text"], "1")
        self.assertEqual(
            checks["holes"]["action"]["params"], {"start": "2026-02-01", "months": 1}
        )
        self._replay("2026-01-01")
        self.assertTrue(self._checks("2026-01-01")[0]["done"])

    def test_month_that_was_not_replayed_stays_open(self):
        answer, checks = self._checks()
        self.assertFalse(answer["done"])
        self.assertEqual(checks["replay"]["text"], "not replayed yet")
        self.assertTrue(checks["replay"]["action"])

    def test_month_with_a_moved_fact_stays_open(self):
        entry = self._entry(self.order, "2026-02-01")
        self.env.cr.execute(
            "UPDATE billing_entry SET facts = jsonb_set(facts::jsonb, '{timing}',"
            " '\"in_arrears\"') WHERE id = %s",
            [entry.id],
        )
        self._replay("2026-02-01")
        answer, checks = self._checks()
        self.assertFalse(answer["done"])
        self.assertEqual(checks["replay"]["text"], "1")

    def test_double_is_counted_apart(self):
        self._copy_entry(self._entry(self.order, "2026-02-01"))
        _answer, checks = self._checks()
        self.assertEqual(
            (checks["holes"]["text"], checks["doubles"]["text"]), ("0", "1")
        )

    def test_exception_and_draft_open_their_lists(self):
        plan = self.plan_monthly.sudo().copy({"name": "Drafts", "posting": "draft"})
        draft = self._subscribe("2026-03-01", plan)
        self._run_on("2026-03-01", time="05:00:00")
        self.order.partner_id.sudo().zip = False
        self._run_on("2026-04-01")
        _answer, checks = self._checks("2026-03-01", "2026-04-02")
        self.assertEqual(checks["exceptions"]["text"], "2")
        self.assertEqual(checks["drafts"]["text"], "1")
        action = checks["drafts"]["action"]
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self._invoices(draft)[0])
        self.assertEqual(
            checks["exceptions"]["action"]["res_model"], "billing.run.item"
        )

    # === Holes over time === #

    def _take(self, day):
        with self._on(day), self._scheduler_mode():
            cron = self.env.ref("recurring_billing.ir_cron_completeness")
            cron.sudo().method_direct_trigger()
        return self.env["billing.completeness.snapshot"].search(
            [("company_id", "=", self.company.id)]
        )

    def test_daily_proof_keeps_what_it_found(self):
        self._delete_entry(self._entry(self.order, "2026-02-01"))
        taken = self._take("2026-03-02")
        self.assertEqual(str(taken.date), "2026-03-01")
        self.assertEqual((taken.hole_days, taken.hole_amount), (28, 100.0))
        self.assertEqual((taken.days_due, taken.days_billed), (44, 16))
        self.assertEqual(len(self._take("2026-03-02")), 1)

    def test_company_without_subscriptions_is_not_looked_at(self):
        other = self.env["res.company"].sudo().create({"name": "Empty"})
        self._take("2026-03-02")
        snapshots = self.env["billing.completeness.snapshot"].sudo()
        self.assertFalse(snapshots.search([("company_id", "=", other.id)]))

    def test_stranger_reads_no_figure_of_ours(self):
        taken = self._take("2026-03-02")
        stranger = self._create_stranger()
        for model in (
            "billing.completeness.snapshot",
            "billing.entry.report",
            "billing.parked.report",
        ):
            with self.subTest(model=model):
                self.assertFalse(
                    self.env[model]
                    .with_user(stranger)
                    .search([("company_id", "=", self.company.id)])
                )
        self.assertTrue(taken)

    # === Figures === #

    def test_billed_amounts_are_booked_amounts_by_salesperson_and_product(self):
        self.env.flush_all()
        report = self.env["billing.entry.report"]
        domain = [("order_id", "=", self.order.id)]
        self.assertEqual(
            report._read_group(
                domain,
                ["user_id", "product_id", "plan_id"],
                ["untaxed_amount:sum", "days:sum"],
            ),
            [(self.user, self.support, self.plan_monthly, 248.39, 74)],
        )
        months = report._read_group(
            domain, ["period_start:month"], ["untaxed_amount:sum"]
        )
        self.assertEqual([amount for _month, amount in months], [48.39, 100.0, 100.0])
        action = report.search(domain, limit=1).action_open_invoice()
        self.assertEqual(action["res_id"], self._invoices(self.order)[-1].id)

    def test_foreign_amounts_are_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].sudo().with_context(active_test=False)
        francs = currency.search([("name", "=", "CHF")])
        francs.active = True
        francs.rate_ids.unlink()
        francs.rate_ids.create(
            {"name": "2025-01-01", "currency_id": francs.id, "rate": 2.0}
        )
        pricelist = self.env["product.pricelist"].sudo()
        pricelist = pricelist.create({"name": "CHF", "currency_id": francs.id})
        order = self._subscribe("2026-04-01", pricelist_id=pricelist.id)
        self._run_on("2026-04-01")
        self.env.flush_all()
        found = self.env["billing.entry.report"].search([("order_id", "=", order.id)])
        self.assertEqual(found.untaxed_amount, 50.0)
        self.assertEqual(found.currency_id, self.company.currency_id)

    def test_parked_time_runs_from_the_first_night_to_the_mending(self):
        customer = self.order.partner_id.sudo()
        code, customer.zip = customer.zip, False
        for day in ("2026-04-01", "2026-04-02", "2026-04-05"):
            self._run_on(day)
        customer.zip = code
        self._run_on("2026-04-11")
        self.env.flush_all()
        found = self.env["billing.parked.report"].search(
            [("order_id", "=", self.order.id)]
        )
        self.assertEqual(len(found), 1)
        self.assertEqual((found.is_open, found.case_count), (False, 1))
        self.assertEqual(str(found.parked_since), "2026-04-01")
