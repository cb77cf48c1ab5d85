from odoo import Command
from odoo.tests import Form, tagged

from .proofs import CompletenessCommon


@tagged("post_install", "-at_install")
class TestInvoicingCompletenessClean(CompletenessCommon):
    """What the runs and the screens made has no fault, whatever happened."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        admin = cls.env(su=True)
        cls.included = admin["account.tax"].create(
            {
                "name": "included",
                "amount": 20,
                "price_include_override": "tax_included",
            }
        )
        cls.plan_draft = cls.plan_monthly.sudo().copy(
            {"name": "Drafts", "posting": "draft"}
        )
        cls.plan_free = cls.plan_monthly.sudo().copy(
            {"name": "Free start", "first_period": "free"}
        )
        currency = admin["res.currency"].with_context(active_test=False)
        cls.xpf = currency.search([("name", "=", "XPF")])
        cls.xpf.write({"active": True, "rounding": 1.0})
        cls.xpf.rate_ids.unlink()
        cls.xpf.rate_ids.create(
            {"name": "2025-01-01", "currency_id": cls.xpf.id, "rate": 120.0}
        )

    def _run_months(self, *days):
        for day in days:
            self._run_on(day)

    def _assert_clean(self, orders, as_of):
        self.assertEqual(self._faults(orders, as_of), [])
        for proof in self._prove(orders, as_of):
            for seen in proof.lines.values():
                self.assertEqual(seen.count("missing", "double", "outside"), 0)

    def test_rhythms_and_timings(self):
        orders = self._subscribe("2026-01-17")
        orders |= self._subscribe("2026-01-31", self.plan_anniversary)
        orders |= self._subscribe("2026-01-17", self.plan_arrears)
        orders |= self._subscribe("2026-02-05", self.plan_free)
        yearly = {"billing_plan_id": self.plan_yearly.id}
        orders |= self._subscribe(
            "2026-01-10",
            lines=[(self.support, 3, 33.33), (self.licence, 1, 999.99, yearly)],
        )
        for day in ("2026-01-31", "2026-02-10", "2026-03-03", "2026-04-02"):
            self._run_on(day)
            self._assert_clean(orders, day)

    def test_pauses_changes_and_closes(self):
        paused = self._subscribe("2026-01-01")
        changed = self._subscribe("2026-01-01", lines=[(self.support, 7, 13.37)])
        closed = self._subscribe("2026-01-01", self.plan_yearly)
        self._run_months("2026-01-01", "2026-02-01")
        with self._on("2026-02-10"):
            paused._billing_pause(self._day("2026-02-12"), None, "Works")
            changed.order_line._billing_add_version(self._day("2026-01-20"), quantity=9)
            closed._billing_close(self._day("2026-02-19"), self.reason)
        orders = paused | changed | closed
        self._run_months("2026-02-12", "2026-02-20", "2026-03-01")
        self._assert_clean(orders, "2026-03-01")
        with self._on("2026-03-09"):
            paused._billing_resume(self._day("2026-03-10"))
        self._run_months("2026-03-10", "2026-04-01")
        self._assert_clean(orders, "2026-04-01")

    def test_openings(self):
        with self._on("2026-03-05"):
            order = self._quote(
                billing_start_date="2025-11-01",
                billing_opening="already_billed",
                billing_opened_until="2026-02-10",
            )
            order.action_confirm()
        self._run_months("2026-03-05", "2026-04-01")
        self._assert_clean(order, "2026-04-01")
        with self._on("2026-04-02"):
            order.order_line._billing_add_version(
                self._day("2026-01-15"), price_unit=120.0
            )
        self._assert_clean(order, "2026-04-02")
        self._run_on("2026-04-03")
        self._assert_clean(order, "2026-04-03")

    def test_included_taxes_and_foreign_currency(self):
        taxed = {"tax_ids": [Command.set(self.included.ids)]}
        included = self._subscribe("2026-01-12", lines=[(self.support, 3, 9.99, taxed)])
        pricelist = self.env["product.pricelist"].sudo()
        pricelist = pricelist.create({"name": "XPF", "currency_id": self.xpf.id})
        foreign = self._subscribe(
            "2026-01-12", lines=[(self.support, 3, 1001.0)], pricelist_id=pricelist.id
        )
        self._run_months("2026-01-12", "2026-02-01")
        with self._on("2026-02-05"):
            (included | foreign).order_line[:1]._billing_add_version(
                self._day("2026-02-05"), discount=33.33
            )
        self._run_months("2026-03-01")
        self._assert_clean(included | foreign, "2026-03-01")

    def test_drafts_that_were_edited_given_up_and_cancelled(self):
        lines = [(self.support, 1, 100.0), (self.licence, 1, 50.0)]
        edited = self._subscribe("2026-01-01", self.plan_draft, lines)
        dropped = self._subscribe("2026-01-01", self.plan_draft, lines)
        cancelled = self._subscribe("2026-01-01", self.plan_draft)
        orders = edited | dropped | cancelled
        orders.billing_plan_id.sudo().grouping = "apart"
        self._run_on("2026-01-01")
        self._assert_clean(orders, "2026-01-01")
        with self._on("2026-01-02"):
            invoice = self._invoices(edited)
            with Form(invoice) as form, form.invoice_line_ids.edit(0) as line:
                line.price_unit = 80.0
            invoice.action_post()
            invoice = self._invoices(dropped)
            self.env["billing.line.drop"].create(
                {
                    "move_id": invoice.id,
                    "line_id": invoice.invoice_line_ids[-1].id,
                    "answer": "give_up",
                }
            ).action_apply()
            self._invoices(cancelled).button_cancel()
        self._assert_clean(edited | dropped, "2026-01-02")
        self.assertEqual(
            [f[0] for f in self._faults(cancelled, "2026-01-02")], ["hole"]
        )
        self._run_on("2026-01-03")
        self._assert_clean(orders, "2026-01-03")
        (proof,) = self._prove(dropped, "2026-01-03")
        self.assertEqual([s.count("waived") for s in proof.lines.values()], [0, 31])

    def test_credit_notes(self):
        orders = self.env["sale.order"]
        for answer in ("again", "given_up", None):
            order = self._subscribe("2026-01-01")
            self._run_on("2026-01-01")
            with self._on("2026-01-05"):
                wizard = (
                    self.env["account.move.reversal"]
                    .with_context(
                        active_model="account.move",
                        active_ids=self._invoices(order).ids,
                    )
                    .create(
                        {
                            "journal_id": self._invoices(order).journal_id.id,
                            "date": "2026-01-05",
                            "billing_rebill": answer,
                        }
                    )
                )
                if answer:
                    wizard.refund_moves()
                else:
                    wizard.modify_moves()
                self._assert_clean(order, "2026-01-05")
                draft = wizard.new_move_ids
                with Form(draft) as form, form.invoice_line_ids.edit(0) as line:
                    line.price_unit = 90.0
                draft.action_post()
            self._assert_clean(order, "2026-01-05")
            orders |= order
        self._run_on("2026-02-01")
        self._assert_clean(orders, "2026-02-01")

    def test_change_of_rhythm_by_a_successor_line(self):
        order = self._subscribe("2026-01-01")
        self._run_months("2026-01-01", "2026-02-01")
        first = order.order_line
        with self._on("2026-02-15"):
            first._billing_end_line(self._day("2026-02-14"))
            order.order_line = [
                Command.create(
                    {
                        "product_id": self.support.id,
                        "price_unit": 1000.0,
                        "billing_plan_id": self.plan_yearly.id,
                        "billing_start_date": "2026-02-15",
                        "billing_previous_line_id": first.id,
                        "billing_root_line_id": first.id,
                    }
                )
            ]
        self._run_months("2026-02-15", "2026-03-01")
        self._assert_clean(order, "2026-03-01")
        second = order.order_line - first
        self.assertEqual(second.billing_root_line_id, first)
        self._execute(
            "UPDATE sale_order_line SET billing_end_date = '2026-02-16' WHERE id = %s",
            first.id,
        )
        self.assertEqual(
            [f[:4] for f in self._faults(order, "2026-03-01") if f[0] == "overlap"],
            [("overlap", "2026-02-15", "2026-02-16", 2)],
        )


@tagged("post_install", "-at_install")
class TestInvoicingCompletenessHarm(CompletenessCommon):
    """Holes, doubles and edits injected by SQL are all found, each once."""

    def setUp(self):
        super().setUp()
        self.order = self._subscribe("2026-01-17")
        for day in ("2026-01-17", "2026-02-01", "2026-03-01"):
            self._run_on(day)
        self.assertEqual(self._faults(self.order, "2026-03-01"), [])

    def _found(self, as_of="2026-03-01"):
        return self._faults(self.order, as_of)

    def test_deleted_entry_is_a_hole(self):
        self._delete_entry(self._entry(self.order, "2026-01-17"))
        self.assertEqual(
            self._found(), [("hole", "2026-01-17", "2026-01-31", 15, 48.39, "")]
        )

    def test_period_that_no_run_billed_is_a_hole_once_it_is_due(self):
        self.assertEqual(self._found("2026-03-31"), [])
        self.assertEqual(
            self._found("2026-04-01"),
            [("hole", "2026-04-01", "2026-04-30", 30, 100.0, "")],
        )

    def test_deleted_entry_whose_invoice_stands_names_the_invoice(self):
        entry = self._entry(self.order, "2026-02-01")
        name = entry.move_id.name
        self._delete_entry(entry, with_document=False)
        self.assertEqual(
            self._found(), [("hole", "2026-02-01", "2026-02-28", 28, 100.0, "no_entry")]
        )
        (text,) = self._texts(self.order, "2026-03-01")
        self.assertIn(name, text)
        self.assertIn("Credit it before", text)

    def test_copied_entry_is_a_double_with_its_document(self):
        entry = self._entry(self.order, "2026-02-01")
        name = entry.move_id.name
        self._copy_entry(entry)
        self.assertEqual(
            [f[:5] for f in self._found()],
            [("double", "2026-02-01", "2026-02-28", 28, 100.0)],
        )
        (proof,) = self._prove(self.order, "2026-03-01")
        self.assertEqual(proof.faults[0].documents, [name])
        (text,) = self._texts(self.order, "2026-03-01")
        self.assertIn(f"once on {name}", text)
        proof.faults[0].documents.append("INV/2")
        text = self.service._get_fault_text(proof.faults[0], self.order)
        self.assertIn(f"billed twice ({name}, INV/2)", text)

    def test_edited_settlement_is_found_with_its_difference(self):
        entry = self._entry(self.order, "2026-02-01")
        self._execute(
            "UPDATE billing_entry SET settled_amount = 130 WHERE id = %s", entry.id
        )
        self.assertEqual(
            self._found(), [("edited", "2026-02-01", "2026-02-28", 28, 30.0, "")]
        )

    def test_edit_of_both_amounts_is_found_once(self):
        entry = self._entry(self.order, "2026-02-01")
        self._execute(
            "UPDATE billing_entry SET settled_amount = 90, charged_amount = 90"
            " WHERE id = %s",
            entry.id,
        )
        self.assertEqual(
            self._found(), [("edited", "2026-02-01", "2026-02-28", 28, -10.0, "amount")]
        )

    def test_edited_charge_differs_from_its_document(self):
        entry = self._entry(self.order, "2026-02-01")
        self._execute(
            "UPDATE billing_entry SET charged_amount = 100.01 WHERE id = %s", entry.id
        )
        self.assertEqual(
            self._found(),
            [("document", "2026-02-01", "2026-02-28", 28, 100.01, "amount")],
        )

    def test_edited_invoice_line_differs_from_its_entry(self):
        entry = self._entry(self.order, "2026-02-01")
        self._execute(
            "UPDATE account_move_line SET price_unit = 99 WHERE id = %s",
            entry.move_line_id.id,
        )
        self.assertEqual([f[5] for f in self._found()], ["amount"])

    def test_moved_entry_leaves_a_hole_and_is_outside(self):
        with self._on("2026-03-02"):
            self.order._billing_close(self._day("2026-03-31"), self.reason)
        entry = self._entry(self.order, "2026-02-01")
        self._execute(
            "UPDATE billing_entry SET period_start = '2026-05-01',"
            " period_end = '2026-05-28' WHERE id = %s",
            entry.id,
        )
        self.assertEqual(
            [f[:5] for f in self._found("2026-04-01")],
            [
                ("hole", "2026-02-01", "2026-02-28", 28, 100.0),
                ("outside", "2026-05-01", "2026-05-28", 28, 100.0),
            ],
        )

    def test_shifted_entry_is_found_by_the_days_of_its_invoice(self):
        entry = self._entry(self.order, "2026-03-01")
        self._execute(
            "UPDATE billing_entry SET period_start = '2026-03-02' WHERE id = %s",
            entry.id,
        )
        self.assertEqual(
            [(f[0], f[1], f[5]) for f in self._found()],
            [
                # Its invoice charges the first day, too: it is not billed again.
                ("hole", "2026-03-01", "no_entry"),
                ("document", "2026-03-02", "period"),
            ],
        )

    def test_cancelled_and_unposted_documents_are_found(self):
        for state, reason in (("cancel", "cancelled"), ("draft", "state")):
            with self.subTest(state=state):
                entry = self._entry(self.order, "2026-02-01")
                self._execute(
                    "UPDATE account_move SET state = %s WHERE id = %s",
                    state,
                    entry.move_id.id,
                )
                self.assertEqual(
                    self._found(),
                    [("document", "2026-02-01", "2026-02-28", 28, 100.0, reason)],
                )

    def test_entry_without_its_invoice_line_is_found(self):
        entry = self._entry(self.order, "2026-02-01")
        self._execute(
            "ALTER TABLE billing_entry"
            " DROP CONSTRAINT IF EXISTS billing_entry_document_required"
        )
        self._execute(
            "UPDATE billing_entry SET move_line_id = NULL WHERE id = %s", entry.id
        )
        self.assertEqual(
            self._found(),
            [("document", "2026-02-01", "2026-02-28", 28, 100.0, "line_gone")],
        )

    def test_terms_that_cannot_be_computed_are_told(self):
        self._execute(
            "DELETE FROM billing_line_version WHERE sale_line_id = %s",
            self.order.order_line.id,
        )
        self.assertEqual([f[0] for f in self._found()], ["terms"])
        self.assertIn("cannot be computed", self._texts(self.order, "2026-03-01")[0])

    def test_change_for_the_next_run_is_told_and_no_fault(self):
        with self._on("2026-03-02"):
            self.order.order_line._billing_add_version(
                self._day("2026-03-02"), price_unit=131.0
            )
        self.assertEqual(self._found("2026-03-02"), [])
        (text,) = self._texts(self.order, "2026-03-02")
        self.assertIn("the next run settles", text)

    def test_every_finding_has_a_sentence_of_its_own(self):
        (proof,) = self._prove(self.order, "2026-04-01")
        fault = proof.faults[0]
        texts = set()
        for kind in ("hole", "double", "outside", "edited", "overlap", "adjustment"):
            fault.kind = kind
            texts.add(self.service._get_fault_text(fault, self.order))
        fault.kind = "document"
        for reason in (
            "no_entry",
            "line_gone",
            "cancelled",
            "state",
            "period",
            "amount",
        ):
            fault.reason = reason
            texts.add(self.service._get_fault_text(fault, self.order))
        self.assertEqual(len(texts), 12)
