import base64
import io

from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .proofs import CompletenessCommon


@tagged("post_install", "-at_install")
class TestInvoicingCompletenessMap(CompletenessCommon):
    """What the screen of the completeness map asks, as plain values."""

    def setUp(self):
        super().setUp()
        self.good = self._subscribe("2026-01-01", partner_id=self._customer("Aubry"))
        self.bad = self._subscribe("2026-01-17", partner_id=self._customer("Brasserie"))
        for day in ("2026-01-17", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.params = {"start": "2026-01-01", "months": 3}

    def _customer(self, name):
        return self._create_customer(name).id

    def _hole(self, order=None, start="2026-02-01"):
        self._delete_entry(self._entry(order or self.bad, start))

    def _map(self, day="2026-03-01", time="12:00:00", **params):
        with self._on(day, time):
            return self.service.get_map({**self.params, **params})

    def _rows(self, **params):
        return [row["order"] for row in self._map(**params)["rows"]]

    # === The map === #

    def test_complete_ledger_shows_no_row_and_says_so(self):
        answer = self._map()
        self.assertEqual((answer["rows"], answer["wrong_count"]), ([], 0))
        self.assertIn("Nothing to add before closing", answer["empty"])
        self.assertIn("164 days due: 164 billed once, 0 given up", answer["sentence"])
        self.assertIn("Billed twice: 0.", answer["sentence"])

    def test_hole_is_told_in_days_and_euros(self):
        self._hole()
        answer = self._map()
        self.assertRegex(answer["sentence"], r"28 not billed \(.*100\.00.*\)")
        (row,) = answer["rows"]
        self.assertEqual((row["order"], row["can_bill"]), (self.bad.name, True))
        self.assertIn("100.00", row["amount"])
        self.assertEqual([c["state"] for c in row["cells"]][1:], ["missing", "billed"])
        self.assertEqual(
            row["cells"][0]["runs"], [["not_contracted", 16], ["billed", 15]]
        )
        self.assertEqual(
            row["cells"][0]["title"],
            "January 2026: 1–16 no contract, 17–31 billed once",
        )

    def test_all_rows_are_shown_when_asked_for(self):
        self.assertEqual(self._rows(all=True), [self.good.name, self.bad.name])

    def test_plan_limits_rows_and_totals(self):
        other = self._subscribe("2026-03-01", self.plan_arrears)
        self.assertEqual(
            self._rows(all=True, plan_id=self.plan_arrears.id), [other.name]
        )
        self.assertEqual(self._map(plan_id=self.plan_arrears.id)["wrong_count"], 0)

    def test_rows_are_grouped_by_plan_and_by_customer(self):
        self._subscribe("2026-03-01", self.plan_arrears)
        rows = self._map(all=True, group="plan")["rows"]
        names = [row["group"] for row in rows]
        self.assertEqual(sorted(names), sorted(names, key=names.index))
        self.assertEqual(set(names), {self.plan_monthly.name, self.plan_arrears.name})
        rows = self._map(all=True, group="customer")["rows"]
        self.assertEqual(rows[0]["group"], "Aubry")
        self.assertEqual(self._map(all=True, group="x")["rows"][0]["group"], "")

    def test_page_of_rows_is_asked_for_by_id(self):
        answer = self._map(order_ids=self.bad.ids, all=True)
        self.assertEqual(list(answer), ["rows"])
        self.assertEqual([row["id"] for row in answer["rows"]], self.bad.ids)

    def test_map_opens_with_eighteen_months_up_to_the_next_one(self):
        with self._on("2026-11-24"):
            months = self.service.get_map({})["months"]
        self.assertEqual(
            (months[0], months[-1], len(months)), ("2025-07-01", "2026-12-01", 18)
        )

    def test_today_counts_once_the_run_of_the_day_is_over(self):
        self.assertEqual(self._map("2026-04-01")["as_of"], "2026-03-31")
        self._run_on("2026-04-01")
        self.assertEqual(self._map("2026-04-01")["as_of"], "2026-04-01")

    def test_amounts_are_in_the_currency_of_the_company(self):
        currency = self.env["res.currency"].sudo().with_context(active_test=False)
        dollar = currency.search([("name", "=", "CHF")])
        dollar.active = True
        dollar.rate_ids.unlink()
        dollar.rate_ids.create(
            {"name": "2025-01-01", "currency_id": dollar.id, "rate": 2.0}
        )
        pricelist = self.env["product.pricelist"].sudo()
        pricelist = pricelist.create({"name": "CHF", "currency_id": dollar.id})
        order = self._subscribe("2026-02-01", pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, dollar)
        answer = self._map()
        self.assertRegex(answer["sentence"], r"59 not billed \(.*100\.00.*\)")
        (row,) = answer["rows"]
        self.assertIn("200.00", row["amount"])

    def test_what_set_a_hole_aside_is_said(self):
        self.bad.partner_id.sudo().zip = False
        self._run_on("2026-04-01")
        (row,) = self._map("2026-04-01", months=4)["rows"]
        self.assertEqual(row["why"], self.bad.billing_parked_message)
        self.assertTrue(row["why"])

    def test_month_is_told_in_detail(self):
        self._hole()
        with self._on("2026-03-02"):
            told = self.service.get_details(self.bad.id, "2026-02-01")
            january = self.service.get_details(self.bad.id, "2026-01-01")
        self.assertEqual(told["month"], "February 2026")
        self.assertEqual(told["lines"][0]["days"], ["February 2026 · not billed"])
        self.assertTrue(told["can_bill"])
        self.assertEqual(told["entries"], [])
        self.assertFalse(january["faults"])
        (entry,) = january["entries"]
        self.assertEqual(entry["move_id"], self._invoices(self.bad)[0].id)
        self.assertIn("48.39", entry["amount"])

    def test_row_opens_its_subscription(self):
        action = self.service.get_order_action(self.bad.id)
        self.assertEqual(action["res_id"], self.bad.id)

    # === Billing the hole === #

    def test_hole_is_billed_by_the_ordinary_door(self):
        self._hole()
        with self._on("2026-03-02"):
            action = self.service.bill_hole(self.bad.ids)
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(self._faults(self.bad, "2026-03-02"), [])
        self.assertEqual(
            self._bills(self.bad)[-1], ("2026-03-02", "2026-02-01", "2026-02-28", 100.0)
        )

    def test_days_that_an_invoice_charges_are_not_billed_again(self):
        entry = self._entry(self.bad, "2026-02-01")
        name = entry.move_id.name
        self._delete_entry(entry, with_document=False)
        self.assertFalse(self._map()["rows"][0]["can_bill"])
        with self._on("2026-03-02"), self.assertRaisesRegex(UserError, name):
            self.service.bill_hole(self.bad.ids)

    def test_hole_that_cannot_be_billed_says_why(self):
        self._hole()
        self.bad.partner_id.sudo().zip = False
        with self._on("2026-03-02"), self.assertRaisesRegex(UserError, "Brasserie"):
            self.service.bill_hole(self.bad.ids)

    # === Who may === #

    def test_stranger_sees_and_bills_nothing_of_ours(self):
        self._hole()
        service = self.service.with_user(self._create_stranger())
        service = service.with_context(allowed_company_ids=service.env.company.ids)
        with self._on("2026-03-02"):
            answer = service.get_map({**self.params, "all": True})
            self.assertEqual(answer["order_ids"], [])
            answer = service.get_map({**self.params, "order_ids": self.bad.ids})
            self.assertEqual(answer["rows"], [])
        self.assertEqual(len(self._faults(self.bad, "2026-03-02")), 1)

    def test_portal_user_is_refused(self):
        visitor = new_test_user(
            self.env(su=True), login="visitor", groups="base.group_portal"
        )
        service = self.service.with_user(visitor)
        for method, args in (
            ("get_map", [self.params]),
            ("get_details", [self.bad.id, "2026-02-01"]),
            ("export_findings", [self.params]),
            ("bill_hole", [self.bad.ids]),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(service, method)(*args)
        with self.assertRaises(AccessError):
            self.env["billing.closing"].with_user(visitor).get_checklist("2026-02-01")

    def test_auditor_sees_and_does_not_bill(self):
        auditor = new_test_user(
            self.env(su=True),
            login="auditor",
            groups="account.group_account_readonly,sales_team.group_sale_salesman",
            company_id=self.company.id,
        )
        with self._on("2026-03-02"), self.assertRaises(AccessError):
            self.service.with_user(auditor).bill_hole(self.bad.ids)

    # === Speed === #

    def test_queries_do_not_grow_with_the_subscriptions(self):
        counts = []
        for more in (3, 30):
            for _ in range(more):
                self._subscribe("2026-03-02", partner_id=self.good.partner_id.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(self._map("2026-03-04", all=True)["rows"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    # === Export === #

    def test_findings_are_exported(self):
        self._hole()
        with self._on("2026-03-02"):
            sheet = self.service.export_findings(self.params)
        self.assertTrue(sheet["name"].endswith(".xlsx"))
        book = load_workbook(io.BytesIO(base64.b64decode(sheet["content"])))
        rows = [[cell.value for cell in row] for row in book.active.rows]
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[1][:4], ["Brasserie", self.bad.name, "Support", "Hole"])
        self.assertEqual(rows[1][6:9], [28, 100, self.company.currency_id.name])
