import hashlib
import json

from freezegun import freeze_time

from odoo import Command
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.models.invoicing.archive import (
    billing_archiving_seal,
)

from .common import ArchiveCommon


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchive(ArchiveCommon):
    """Posted documents enter the archive, and its chain."""

    # === What enters === #

    def test_posted_invoice_is_marked_and_archived_by_the_job(self):
        move = self._invoice()
        self.assertEqual(move.billing_archive_state, "to_archive")
        self.assertFalse(self._archived(move))
        self._archive()
        self.assertEqual(move.billing_archive_state, "archived")
        self.assertEqual(self._archived(move).state, "sealed")

    def test_credit_note_is_archived_and_a_vendor_bill_is_not(self):
        refund = self._invoice(move_type="out_refund")
        bill = self._invoice(move_type="in_invoice")
        self._archive()
        self.assertEqual(refund.billing_archive_state, "archived")
        self.assertFalse(bill.billing_archive_state)

    def test_mark_travels_in_the_statement_that_posts(self):
        moves = self.env["account.move"]
        for _number in range(3):
            move = self._invoice()
            moves |= move.copy({"invoice_date": "2026-03-02"})
        updates = []
        original = type(self.env.cr).execute

        def execute(cr, query, params=None, log_exceptions=True):
            text = str(getattr(query, "code", query))
            if "UPDATE" in text and "billing_archive_state" in text:
                updates.append(text)
            return original(cr, query, params, log_exceptions)

        self.patch(type(self.env.cr), "execute", execute)
        moves.action_post()
        self.env.flush_all()
        self.assertTrue(updates)
        for text in updates:
            self.assertIn('"state"', text)

    def test_company_that_keeps_no_archive_is_left_alone(self):
        self.company.sudo().billing_archive = False
        move = self._invoice()
        self._archive()
        self.assertFalse(move.billing_archive_state)
        self.assertFalse(self._archived(move))

    def test_draft_of_a_day_to_come_waits_until_it_is_posted(self):
        with self._on("2026-03-02"):
            draft = self._invoice("2026-03-02").copy({"invoice_date": "2026-03-09"})
            draft.date = "2026-03-09"
            draft._post(soft=True)
            self.assertEqual(draft.state, "draft")
            self._archive()
        self.assertFalse(self._archived(draft))
        with self._on("2026-03-09"):
            draft._post()
            self._archive()
        self.assertEqual(self._archived(draft).state, "sealed")

    def test_earlier_documents_are_taken_in_from_a_date_on(self):
        self.company.sudo().billing_archive = False
        before, after = self._invoice("2025-12-31"), self._invoice("2026-01-01")
        self.company.sudo().billing_archive = True
        manager = self.env["res.users"].browse(self.user.id).sudo()
        manager.group_ids = [
            Command.link(
                self.env.ref("recurring_billing.recurring_billing_group_manager").id
            )
        ]
        wizard = self.env["billing.archive.take.in"].create({"date_from": "2026-01-01"})
        self.assertEqual(wizard.document_count, 1)
        wizard.action_take_in()
        self._archive()
        self.assertFalse(before.billing_archive_state)
        self.assertEqual(after.billing_archive_state, "archived")

    # === What is kept === #

    def test_record_tells_what_stands_on_the_document(self):
        move = self._invoice(price=120.5, ref="BC-118")
        self._archive()
        record = json.loads(self._archived(move).record)
        self.assertEqual(record["document"]["number"], move.name)
        self.assertEqual(record["document"]["date"], "2026-03-02")
        self.assertEqual(record["document"]["customer"], "Horizon Santé")
        self.assertEqual(record["document"]["untaxed"], "120.50")
        self.assertEqual(float(record["document"]["total"]), move.amount_total)
        self.assertEqual(record["document"]["reference"], "BC-118")
        self.assertEqual(record["company"]["name"], self.company.name)

    def test_kept_file_is_the_invoice_s_own_and_costs_no_second_file(self):
        move = self._invoice()
        self._archive()
        file = self._archived(move).file_ids.filtered(lambda one: one.kind == "pdf")
        original = move.sudo().invoice_pdf_report_id
        self.assertEqual(file.sha256, hashlib.sha256(original.raw).hexdigest())
        self.assertNotEqual(file.sudo().attachment_id, original)
        self.assertEqual(file.sudo().attachment_id.store_fname, original.store_fname)

    def test_computation_of_a_subscription_s_invoice_is_kept_with_its_facts(self):
        order = self._subscribe("2026-01-01")
        self._run_on("2026-01-01")
        move = self._invoices(order)
        self._archive()
        file = self._archived(move).computation_file_ids
        kept = json.loads(file.sudo().attachment_id.raw)
        entry = order.order_line.invoice_lines.billing_entry_ids
        self.assertEqual(
            [(one["entry"], one["facts"]) for one in kept["entries"]],
            [(entry.id, entry.facts)],
        )
        self.assertEqual(kept["entries"][0]["subscription"], order.name)
        self.assertEqual(float(kept["entries"][0]["charged_amount"]), 100.0)

    def test_ordinary_invoice_has_no_computation(self):
        move = self._invoice()
        self._archive()
        self.assertFalse(self._archived(move).computation_file_ids)

    def test_documents_are_kept_ten_years_from_the_end_of_the_company_s_year(self):
        self.company.sudo().write(
            {"fiscalyear_last_month": "6", "fiscalyear_last_day": 30}
        )
        spring, summer = self._invoice("2026-06-30"), self._invoice("2026-07-01")
        self._archive()
        self.assertEqual(str(self._archived(spring).retained_until), "2036-06-30")
        self.assertEqual(str(self._archived(summer).retained_until), "2037-06-30")

    def test_core_s_own_hash_is_kept_where_there_is_one(self):
        move = self._invoice()
        move.sudo().button_hash()
        self._archive()
        record = json.loads(self._archived(move).record)
        self.assertTrue(move.inalterable_hash)
        self.assertEqual(record["document"]["core_hash"], move.inalterable_hash)

    # === The chain === #

    def test_chain_goes_on_from_batch_to_batch(self):
        moves = self._invoice() | self._invoice()
        self._archive()
        moves |= self._invoice()
        self._archive()
        archives = self.archives.search([], order="sequence")
        self.assertEqual(archives.move_id, moves.sorted("id"))
        self.assertEqual(archives.mapped("sequence"), [1, 2, 3])
        self.assertEqual(archives[2].previous, archives[1].seal)
        self.assertEqual(self._chain().seal, archives[2].seal)
        self.assertEqual(moves.mapped("billing_archive_number"), [1, 2, 3])

    def test_each_company_has_a_chain_of_its_own(self):
        self._invoice()
        clerk, self.__class__.env = self.__class__.env, self.admin_env
        other = self.setup_other_company(name="Elsewhere")["company"]
        self.__class__.env = clerk
        move = (
            self.admin_env["account.move"]
            .with_company(other)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "invoice_date": "2026-03-02",
                    "company_id": other.id,
                    "invoice_line_ids": [
                        Command.create({"name": "Advice", "price_unit": 10.0})
                    ],
                }
            )
        )
        move.action_post()
        self._archive()
        theirs = self.archives.sudo().search([("company_id", "=", other.id)])
        ours = self.archives.search([("company_id", "=", self.company.id)])
        self.assertEqual((theirs.sequence, ours.sequence), (1, 1))
        self.assertEqual(theirs.previous, "0" * 64)

    def test_sealing_leaves_what_another_process_seals(self):
        self._invoice()
        with self._printed():
            self.service._note_documents()
            self.service._take_in(self.service._claim())
        # A connection of its own: the test's cursors share one.
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute(
                "SELECT pg_try_advisory_lock(%s, %s)",
                [billing_archiving_seal.LOCK, self.company.id],
            )
            self.assertEqual(self.service._seal(self.company), 0)
            other.execute("SELECT pg_advisory_unlock_all()")
        self.assertEqual(self.service._seal(self.company), 1)

    def test_number_of_queries_does_not_grow_with_the_documents(self):
        counts = []
        for documents in (4, 40):
            for _number in range(documents):
                self._invoice()
            with self._printed():
                self.service._note_documents()
                claimed = self.service._claim(limit=100)
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                self.service._take_in(claimed)
                self.service._seal(self.company)
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 36, counts)

    # === What waits === #

    def test_document_that_cannot_be_printed_waits_with_the_reason(self):
        sick, healthy = self._invoice(), self._invoice()
        self._archive({sick: "The printer is on strike."})
        archive = self._archived(sick)
        self.assertEqual(archive.state, "waiting")
        self.assertEqual(archive.fault, "The printer is on strike.")
        self.assertEqual(healthy.billing_archive_state, "archived")
        self.assertGreater(archive.next_try_at, self.env.cr.now())

    def test_document_that_waits_is_tried_again_when_its_time_has_come(self):
        move = self._invoice()
        self._archive({move: "The printer is on strike."})
        self._archive()
        self.assertEqual(self._archived(move).state, "waiting")
        self._sql("UPDATE billing_archive SET next_try_at = NULL")
        self._archive()
        self.assertEqual(self._archived(move).state, "sealed")
        self.assertFalse(self._archived(move).fault)

    def test_document_that_kills_the_process_is_tried_less_and_less(self):
        self._invoice()
        self.service._note_documents()
        waits = []
        for _try in range(3):
            self.env.cr.execute("UPDATE billing_archive SET next_try_at = NULL")
            archive = self.service._claim()
            archive.invalidate_recordset()
            waits.append((archive.next_try_at - self.env.cr.now()).total_seconds())
        self.assertEqual([round(wait / 60) for wait in waits], [5, 10, 20])

    @mute_logger("odoo.addons.base.models.ir_cron")
    def test_invoice_that_goes_back_to_draft_before_it_is_sealed_leaves(self):
        move = self._invoice()
        self._archive({move: "The printer is on strike."})
        move.button_draft()
        self.assertFalse(move.billing_archive_state)
        self.assertFalse(self._archived(move))
        move.action_post()
        self._archive()
        self.assertEqual(self._archived(move).sequence, 1)

    # === What its readers see === #

    def test_invoice_says_when_it_was_archived(self):
        move = self._invoice()
        self.assertFalse(move.billing_archived_on)
        self._archive()
        sealed = self.env["billing.sending"]._to_local(self._archived(move).sealed_at)
        self.assertEqual(move.billing_archived_on, sealed.date())
        action = move.action_billing_open_archive()
        self.assertEqual(action["res_id"], self._archived(move).id)

    def test_place_in_the_chain_is_told_in_words(self):
        for _number in range(2):
            self._invoice()
        self._archive()
        texts = self.archives.search([], order="sequence").mapped("chain_text")
        self.assertEqual(texts, ["No. 1, the first", "No. 2, follows 1"])

    def test_headline_counts_the_documents_and_says_when_they_were_verified(self):
        self.assertEqual(self.archives.get_billing_headline([]), "")
        self._invoice()
        self._archive()
        self.assertEqual(
            self.archives.get_billing_headline([]), "1 documents, not yet verified."
        )
        self._verify()
        now = self._chain().links_verified_at
        with freeze_time(now):
            self.assertRegex(
                self.archives.get_billing_headline([]),
                r"1 documents, chain intact, verified today at \d+:\d\d",
            )

    def test_headline_tells_the_documents_that_wait(self):
        sick = self._invoice()
        self._invoice()
        self._archive({sick: "The printer is on strike."})
        self.assertIn(
            "1 documents wait for their PDF.", self.archives.get_billing_headline([])
        )
