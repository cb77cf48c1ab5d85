"""A document verified by its button: it, its files and its two links."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.archive import (
    billing_archive_words,
)

from .common import ArchiveCommon


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveSpotCheck(ArchiveCommon):
    """The button answers for what it is pressed on; the night for the whole chain."""

    def setUp(self):
        super().setUp()
        self.moves = self.env["account.move"]
        for number in range(7):
            self.moves |= self._invoice(price=100.0 + number)
        self._archive()
        self.names = self.moves.sorted("id").mapped("name")

    def _change(self, number):
        """Another record at a number, by SQL."""
        self._sql(
            "UPDATE billing_archive SET record = replace(record, '.00', '.50')"
            " WHERE sequence = %s AND company_id = %s",
            number,
            self.company.id,
        )

    def _check(self, *numbers):
        """What the button says of documents."""
        archives = self.archives.union(
            *(self._archived(self.moves[number - 1]) for number in numbers)
        )
        return archives.action_verify()["params"]

    def test_an_intact_document_says_what_was_verified(self):
        answer = self._check(3)
        self.assertEqual(answer["type"], "success")
        self.assertIn(
            "its links to the one before and the one after", answer["message"]
        )
        self.assertFalse(self._chain().links_verified_at)

    def test_a_damage_far_away_is_the_night_s_to_find(self):
        self._change(7)
        self.assertEqual(self._check(3)["type"], "success")
        self.assertEqual(self._damages(), [])
        self._verify()
        self.assertEqual(self._damages(), [(7, "changed", self.names[6])])

    def test_a_neighbour_that_is_damaged_is_told(self):
        self._change(4)
        answer = self._check(3)
        self.assertEqual(answer["type"], "danger")
        self.assertIn(self.names[3], answer["message"])
        self.assertEqual(self._archived(self.moves[2]).integrity, "intact")

    def test_a_neighbour_that_is_gone_is_told(self):
        gone = self._archived(self.moves[3])
        self._sql("DELETE FROM billing_archive_file WHERE archive_id = %s", gone.id)
        self._sql("DELETE FROM billing_archive WHERE id = %s", gone.id)
        answer = self._check(3)
        self.assertEqual(answer["type"], "danger")
        self.assertIn(f"{self.names[3]}: no. 4 was deleted", answer["message"])

    def test_a_document_that_is_right_again_says_so(self):
        self._change(3)
        self.assertEqual(self._check(3)["type"], "danger")
        self._sql(
            "UPDATE billing_archive SET record = replace(record, '.50', '.00')"
            " WHERE sequence = 3 AND company_id = %s",
            self.company.id,
        )
        self.assertEqual(self._check(3)["type"], "success")
        self.assertEqual(self._damages(), [])

    def test_a_damage_known_elsewhere_stays_known(self):
        self._change(6)
        self._verify()
        self._check(3)
        self.assertEqual(self._damages(), [(6, "changed", self.names[5])])

    def test_a_selection_is_verified_and_counted(self):
        answer = self._check(1, 2, 6)
        self.assertEqual(answer["type"], "success")
        self.assertIn("these 3 documents", answer["message"])
        checked = self.archives.search([("integrity", "=", "intact")])
        self.assertEqual(sorted(checked.mapped("sequence")), [1, 2, 6])

    def test_a_large_selection_is_left_to_the_scheduled_verification(self):
        self.patch(billing_archive_words, "AT_ONCE", 2)
        triggers = self.env["ir.cron.trigger"].sudo()
        cron = self._cron("ir_cron_archive_verify_whole")
        before = triggers.search_count([("cron_id", "=", cron.id)])
        answer = self._check(1, 2, 3)
        self.assertEqual(answer["type"], "info")
        self.assertIn("Too many to be verified while you wait", answer["message"])
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before + 1)
        self.assertEqual(self._archived(self.moves[0]).integrity, "unverified")

    def test_one_document_costs_the_same_in_a_long_chain(self):
        archive = self._archived(self.moves[2])
        chain = self._chain().sudo()
        read = []
        found = type(self.archives)._as_stored

        def note(records):
            read.extend(records.ids)
            return found(records)

        self.patch(type(self.archives), "_as_stored", note)
        chain._verify_records(archive)
        # The record before, itself and two after; and itself with its files.
        self.assertEqual(len(read), 5)


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveRestore(ArchiveCommon):
    """What one keeper lost comes back from whoever still holds it; else it is told."""

    XML = b"<?xml version='1.0'?><Invoice/>"

    def setUp(self):
        super().setUp()
        # The electronic invoice is inside of the PDF alone.
        service = self.env.registry["billing.archiving"]
        self.patch(
            service,
            "_get_embedded",
            lambda _self, _pdf: {("xml", "factur-x.xml"): self.XML},
        )
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.move = self._invoices(order)
        self._archive()
        self.archive = self._archived(self.move)

    def _lose(self, *kinds):
        """The archive's own content of files is gone."""
        self._sql(
            "UPDATE billing_archive_file SET attachment_id = NULL"
            " WHERE archive_id = %s AND kind IN %s",
            self.archive.id,
            kinds,
        )

    def _lose_original(self):
        """The invoice's own PDF is gone."""
        original = self.move.sudo().invoice_pdf_report_id
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [original.id])
        self.env.invalidate_all()

    def _restore(self):
        answer = self.archive.action_restore()["params"]
        self.env.invalidate_all()
        return answer

    def test_what_is_inside_of_the_pdf_is_kept_and_nothing_is_lost(self):
        self.assertEqual(
            self.archive.file_ids.mapped("kind"), ["computation", "pdf", "xml"]
        )
        with self.assertRaisesRegex(UserError, "nothing to restore"):
            self._restore()

    def test_an_electronic_invoice_comes_back_out_of_the_pdf(self):
        self._lose("xml")
        answer = self._restore()
        self.assertEqual(answer["type"], "success")
        self.assertIn("factur-x.xml restored", answer["message"])
        self.assertEqual(self._damages(), [])
        self.assertEqual(self.archive.integrity, "intact")

    def test_it_comes_back_with_the_pdf_of_the_invoice(self):
        self._lose("pdf", "xml")
        answer = self._restore()
        self.assertIn("factur-x.xml restored", answer["message"])
        self.assertEqual(self.archive.integrity, "intact")

    def test_the_invoice_s_pdf_comes_back_and_no_file_that_it_never_had(self):
        self._lose_original()
        answer = self._restore()
        name = self.move.name.replace("/", "_")
        self.assertEqual(
            answer["message"], f"{self.archive.number}: {name}.pdf restored."
        )
        held = self.env["ir.attachment"].sudo()
        held = held.search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.move.id),
                ("res_field", "!=", False),
            ]
        )
        self.assertEqual(held.mapped("res_field"), ["invoice_pdf_report_file"])

    def test_a_computation_comes_back_from_the_ledger(self):
        self._lose("computation")
        answer = self._restore()
        self.assertIn("computation.json restored", answer["message"])
        self.assertEqual(self.archive.integrity, "intact")

    def test_what_nobody_holds_is_named_beside_what_came_back(self):
        self._lose("computation", "pdf", "xml")
        self._lose_original()
        answer = self._restore()
        self.assertEqual(answer["type"], "warning")
        self.assertIn("computation.json restored", answer["message"])
        self.assertRegex(answer["message"], r"\.pdf, factur-x\.xml cannot be restored")
        self.assertIn("take them from a backup", answer["message"])
