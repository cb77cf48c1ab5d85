from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...common import BillingCommon


class ExplainCase(BillingCommon):
    """Entries of all kinds, made the way users make them."""

    def _entries(self, order):
        return self.env["billing.entry"].search(
            [("order_id", "=", order.id)], order="id"
        )

    def _told(self, entry, lang="en_US"):
        """The whole explanation as one text, with plain spaces."""
        sentences, total = entry.with_context(lang=lang)._explain()
        return self._plain(" ".join([*sentences, total]))

    def _plain(self, text):
        """Plain spaces, to compare with."""
        return text.replace("\N{NO-BREAK SPACE}", " ").replace(
            "\N{NARROW NO-BREAK SPACE}", " "
        )

    def _plan(self, **vals):
        return self.plan_monthly.sudo().copy({"name": "Own", **vals}).sudo(False)

    def _billed(self, start, **vals):
        """A subscription after its first run, and the entries of that run."""
        order = self._subscribe(start, **vals)
        self._run_on(start)
        return order, self._entries(order)

    def _change(self, order, on, start, **changes):
        with self._on(on):
            order.order_line._billing_add_version(self._day(start), **changes)

    def _credit(self, order, rebill, *, on="2026-03-05", price=None):
        """A posted credit note of the last invoice; the whole of it or at a price."""
        invoice = self._invoices(order)[-1]
        with self._on(on):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create(
                    {
                        "journal_id": invoice.journal_id.id,
                        "date": on,
                        "billing_rebill": rebill,
                    }
                )
            )
            wizard.refund_moves()
            credit = wizard.new_move_ids
            if price is not None:
                credit.invoice_line_ids.price_unit = price
            credit.action_post()
        return credit

    def _drop(self, invoice, product):
        """A recurring line leaves a draft: its period is given up."""
        line = invoice.invoice_line_ids.filtered(
            lambda line: line.product_id == product
        )
        self.env["billing.line.drop"].create(
            {"move_id": invoice.id, "line_id": line.id, "answer": "give_up"}
        ).action_apply()


@tagged("post_install", "-at_install")
class TestInvoicingExplain(ExplainCase):
    """How an amount was reached, in words."""

    def test_full_period_tells_terms_days_and_version(self):
        _order, entry = self._billed("2026-12-01", lines=[(self.support, 25, 38.0)])
        self.assertEqual(
            self._told(entry),
            "Support, 25 × $ 38.00 = $ 950.00 a month. 12/01/2026 to 12/31/2026: 31 "
            "days of 31. Price of the version of 12/01/2026. $ 950.00 excl. tax.",
        )

    def test_full_period_is_told_in_french(self):
        self._speak_french()
        _order, entry = self._billed("2026-12-01", lines=[(self.support, 25, 38.0)])
        self.assertEqual(
            self._told(entry, "fr_FR"),
            "Support, 25 × $ 38,00 = $ 950,00 par mois. Du 01/12/2026 au 31/12/2026 : "
            "31 jours sur 31. Prix de la version du 01/12/2026. $ 950,00 HT.",
        )

    def test_one_unit_needs_no_multiplication(self):
        _order, entry = self._billed("2026-03-01")
        self.assertIn("Support, $ 100.00 a month. 03/01/2026 to", self._told(entry))

    def test_discount_is_told_with_the_price(self):
        lines = [(self.support, 3, 100.0, {"discount": 10.0})]
        _order, entry = self._billed("2026-03-01", lines=lines)
        self.assertIn("3 × $ 100.00 less 10 % = $ 270.00 a month", self._told(entry))

    def test_price_of_more_decimals_is_told_in_full(self):
        lines = [(self.support, 1000, 0.0125)]
        _order, entry = self._billed("2026-03-01", lines=lines)
        self.assertIn("1,000 × $ 0.0125 = $ 12.50 a month", self._told(entry))

    def test_cut_first_period_tells_its_days(self):
        _order, entry = self._billed("2026-03-10", lines=[(self.support, 3, 33.33)])
        self.assertIn(
            "03/10/2026 to 03/31/2026: 22 days of 31. Price of the version of "
            "03/10/2026. That is $ 70.96. $ 70.96 excl. tax.",
            self._told(entry),
        )

    def test_first_period_of_one_day_is_told(self):
        _order, entry = self._billed("2026-03-31")
        self.assertIn("On 03/31/2026: 1 day of 31.", self._told(entry))

    def test_months_of_thirty_days_are_told(self):
        plan = self._plan(proration_basis="30_360")
        _order, entry = self._billed("2026-03-10", plan=plan)
        self.assertIn("21 days of 30, in months of 30 days.", self._told(entry))
        facts = dict(map(tuple, entry._explain_facts()))
        self.assertEqual(facts["Days counted"], "21 / 30")

    def test_full_first_period_is_told(self):
        plan = self._plan(first_period="full")
        _order, entry = self._billed("2026-03-10", plan=plan)
        self.assertIn("the first period is charged in full", self._told(entry))

    def test_period_without_proration_is_told(self):
        plan = self._plan(proration_basis="none")
        _order, entry = self._billed("2026-03-10", plan=plan)
        self.assertIn("a part of a period is charged in full", self._told(entry))

    def test_free_first_period_is_told_by_charge_and_waiver(self):
        plan = self._plan(first_period="free")
        _order, entries = self._billed("2026-03-10", plan=plan)
        charge, waiver = entries.sorted("kind")
        self.assertEqual(
            self._told(charge),
            "Support: free first period, 03/10/2026 to 03/31/2026. $ 0.00 excl. tax.",
        )
        self.assertIn(
            "22 days of 31. Price of the version of 03/10/2026. That is $ 70.97. The "
            "first period is free: nothing is charged. $ 0.00 excl. tax.",
            self._told(waiver),
        )

    def test_merged_first_period_is_told_apart_from_the_next_one(self):
        plan = self._plan(first_period="merged")
        order = self._subscribe("2026-03-10", plan=plan)
        self._run_on("2026-04-01")
        stub, full = self._entries(order)
        self.assertIn("03/10/2026 to 03/31/2026: 22 days of 31.", self._told(stub))
        self.assertIn("04/01/2026 to 04/30/2026: 30 days of 30.", self._told(full))
        self.assertEqual(stub.move_id, full.move_id)

    def test_period_in_arrears_tells_when_it_is_billed(self):
        order = self._subscribe("2026-03-01", plan=self.plan_arrears)
        self._run_on("2026-04-01")
        entry = self._entries(order)
        self.assertIn("03/01/2026 to 03/31/2026: 31 days of 31.", self._told(entry))
        rhythm = dict(map(tuple, entry._explain_facts()))["Rhythm"]
        self.assertEqual(rhythm, "per month, in arrears")

    def test_two_versions_in_one_period_are_told_with_their_days(self):
        order = self._subscribe("2026-04-01", lines=[(self.support, 10, 30.0)])
        self._change(order, "2026-04-01", "2026-04-16", quantity=15)
        self._run_on("2026-04-01")
        self.assertEqual(
            self._told(self._entries(order)),
            "Support. 04/01/2026 to 04/30/2026: 30 days of 30. 15 days at 10 × $ 30.00 "
            "= $ 300.00 a month, version of 04/01/2026. 15 days at 15 × $ 30.00 = "
            "$ 450.00 a month, version of 04/16/2026. That is $ 375.00. $ 375.00 excl. "
            "tax.",
        )

    def test_adjustment_tells_what_was_already_counted(self):
        order, _entry = self._billed("2026-04-01", lines=[(self.support, 10, 30.0)])
        self._change(order, "2026-04-20", "2026-04-16", quantity=15)
        self._run_on("2026-05-01")
        adjustment = self._entries(order).filtered(lambda e: e.kind == "adjustment")
        self.assertIn(
            "That is $ 375.00. Already counted for this period: $ 300.00. $ 75.00 "
            "excl. tax.",
            self._told(adjustment),
        )

    def test_adjustment_is_told_in_french(self):
        self._speak_french()
        order, _entry = self._billed("2026-04-01", lines=[(self.support, 10, 30.0)])
        self._change(order, "2026-04-20", "2026-04-16", quantity=15)
        self._run_on("2026-05-01")
        adjustment = self._entries(order).filtered(lambda e: e.kind == "adjustment")
        self.assertEqual(
            self._told(adjustment, "fr_FR"),
            "Support. Du 01/04/2026 au 30/04/2026 : 30 jours sur 30. 15 jours à 10 × "
            "$ 30,00 = $ 300,00 par mois, version du 01/04/2026. 15 jours à 15 × "
            "$ 30,00 = $ 450,00 par mois, version du 16/04/2026. Soit $ 375,00. Déjà "
            "compté pour cette période : $ 300,00. $ 75,00 HT.",
        )

    def test_pause_tells_the_days_that_are_left(self):
        order = self._subscribe("2026-03-01", lines=[(self.support, 1, 310.0)])
        with self._on("2026-03-01"):
            order._billing_pause(self._day("2026-03-11"), self._day("2026-03-20"))
        self._run_on("2026-03-01")
        self.assertIn(
            "03/01/2026 to 03/10/2026 and 03/21/2026 to 03/31/2026: 21 days of 31.",
            self._told(self._entries(order)),
        )

    def test_credit_of_an_early_end_tells_the_days_kept(self):
        order, _entry = self._billed("2026-03-01", lines=[(self.support, 1, 310.0)])
        with self._on("2026-03-10"):
            order._billing_close(self._day("2026-03-10"), self.reason)
        self._run_on("2026-03-11")
        self.assertIn(
            "03/01/2026 to 03/10/2026: 10 days of 31. Price of the version of "
            "03/01/2026. That is $ 100.00. Already counted for this period: $ 310.00. "
            "−$ 210.00 excl. tax.",
            self._told(self._entries(order)[-1]),
        )

    def test_period_that_ends_before_it_began_has_no_day_left(self):
        order, _entry = self._billed("2026-03-01")
        self._run_on("2026-04-01")
        with self._on("2026-04-02"):
            order._billing_close(self._day("2026-03-31"), self.reason)
        self._run_on("2026-04-02")
        credit = self._entries(order)[-1]
        self.assertIn("no day is to be billed any more", self._told(credit))

    # === By hand === #

    def test_concession_is_told(self):
        plan = self._plan(posting="draft")
        order, entry = self._billed("2026-03-01", plan=plan)
        with self._on("2026-03-02"):
            self._invoices(order).invoice_line_ids.price_unit = 80.0
        self.assertIn(
            "Less a concession of $ 20.00. $ 80.00 excl. tax.", self._told(entry)
        )
        facts = dict(map(tuple, entry._explain_facts()))
        self.assertIn(self.user.name, facts["Concession"])

    def test_credit_after_a_concession_gives_back_what_was_charged(self):
        plan = self._plan(posting="draft")
        order, _entry = self._billed("2026-03-01", plan=plan)
        with self._on("2026-03-02"):
            invoice = self._invoices(order)
            invoice.invoice_line_ids.price_unit = 50.0
            invoice.action_post()
            order._billing_close(self._day("2026-03-15"), self.reason)
        self._run_on("2026-03-16")
        self.assertIn(
            "50 % had really been charged", self._told(self._entries(order)[-1])
        )

    def test_draft_that_was_given_up_is_told(self):
        lines = [(self.support, 1, 100.0), (self.licence, 1, 50.0)]
        plan = self._plan(posting="draft")
        order, _entries = self._billed("2026-03-01", plan=plan, lines=lines)
        with self._on("2026-03-02"):
            self._drop(self._invoices(order), self.licence)
        charge, waiver = (
            self._entries(order)
            .filtered(lambda entry: entry.product_id == self.licence)
            .sorted("kind")
        )
        self.assertIn("Licence: given up on the draft", self._told(charge))
        self.assertIn("Given up: nothing is charged.", self._told(waiver))

    def test_credit_note_tells_its_line(self):
        order, _entry = self._billed("2026-03-01", lines=[(self.support, 2, 50.0)])
        credit = self._credit(order, "again")
        self.assertEqual(
            self._told(self._entries(order)[-1]),
            f"Support: {credit.name} credits 2 × $ 50.00, 03/01/2026 to 03/31/2026. "
            "−$ 100.00 excl. tax.",
        )

    def test_credit_note_that_gives_up_is_told_by_its_waiver(self):
        order, _entry = self._billed("2026-03-01")
        credit = self._credit(order, "given_up")
        self.assertEqual(
            self._told(self._entries(order)[-1]),
            f"Support: what {credit.name} credited is given up and not billed again, "
            "03/01/2026 to 03/31/2026: $ 100.00. $ 0.00 excl. tax.",
        )

    def test_opening_tells_that_it_was_billed_elsewhere(self):
        order = self._subscribe(
            "2026-01-10",
            billing_opening="already_billed",
            billing_opened_until="2026-03-31",
        )
        self.assertEqual(
            self._told(self._entries(order)),
            "Support: billed elsewhere before, 01/10/2026 to 03/31/2026; nothing is "
            "charged. Support, $ 100.00 a month. 01/10/2026 to 01/31/2026: 22 days of "
            "31. 02/01/2026 to 03/31/2026: 2 full periods. Price of the version of "
            "01/10/2026. That is $ 270.97. $ 0.00 excl. tax.",
        )

    # === Robust === #

    def test_price_that_includes_tax_is_told_so(self):
        included = self.tax.sudo().copy(
            {"name": "incl.", "price_include_override": "tax_included"}
        )
        taxed = {"tax_ids": [Command.set(included.ids)]}
        lines = [(self.support, 1, 100.0, taxed)]
        _order, entry = self._billed("2026-03-01", lines=lines)
        self.assertIn("$ 100.00 incl. tax.", self._told(entry))

    def test_explanation_survives_plans_versions_and_prices(self):
        order, entry = self._billed("2026-03-01", lines=[(self.support, 25, 38.0)])
        before = self._told(entry)
        self.env.flush_all()
        line = order.order_line
        self.env.cr.execute(
            "DELETE FROM billing_line_version WHERE sale_line_id = %s", [line.id]
        )
        self.env.cr.execute(
            """UPDATE sale_order_line SET price_unit = 1, product_uom_qty = 1,
                      billing_unit = 'year', billing_basis = 'none' WHERE id = %s""",
            [line.id],
        )
        self.env.cr.execute(
            "UPDATE billing_plan SET unit = 'week', timing = 'in_arrears'"
        )
        self.env.invalidate_all()
        self.assertEqual(self._told(entry), before)

    def test_entry_without_facts_says_so(self):
        _order, entry = self._billed("2026-03-01")
        self.env.cr.execute(
            "UPDATE billing_entry SET facts = NULL WHERE id = %s", [entry.id]
        )
        entry.invalidate_recordset()
        self.assertIn("The facts of this amount were not kept.", self._told(entry))
        self.assertEqual(entry._explain_facts(), [])

    # === Asked by a screen === #

    def test_invoice_line_answers_with_its_entries(self):
        order, entry = self._billed("2026-03-01")
        (told,) = self._invoices(order).invoice_line_ids.get_billing_explanations()
        self.assertEqual(told["id"], entry.id)
        self.assertIn(["Due on", "03/01/2026"], told["facts"])

    def test_stranger_learns_nothing(self):
        order, entry = self._billed("2026-03-01")
        stranger = self._create_stranger()
        for records in (entry, self._invoices(order).invoice_line_ids):
            records = records.with_user(stranger)
            name = "get_explanations"
            if records._name == "account.move.line":
                name = "get_billing_explanations"
            with self.assertRaises(AccessError):
                getattr(records, name)()
        with self.assertRaises(AccessError):
            entry.with_user(stranger).replay()

    def test_customer_reads_no_facts_by_rpc(self):
        order, entry = self._billed("2026-03-01")
        buyer = new_test_user(
            self.env(su=True), login="buyer", groups="base.group_portal"
        )
        buyer.partner_id.parent_id = self.customer
        with self.assertRaises(AccessError):
            entry.with_user(buyer).get_explanations()
        lines = self._invoices(order).invoice_line_ids.with_user(buyer)
        with self.assertRaises(AccessError):
            lines.get_billing_explanations()

    def test_auditor_reads_and_replays(self):
        _order, entry = self._billed("2026-03-01")
        auditor = new_test_user(
            self.env(su=True), login="auditor", groups="account.group_account_readonly"
        )
        self.assertEqual(len(entry.with_user(auditor).get_explanations()), 1)
        self.assertTrue(entry.with_user(auditor).replay()[0]["identical"])
