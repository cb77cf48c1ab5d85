import psycopg2
from psycopg2 import errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ArchiveCommon


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveDoors(ArchiveCommon):
    """What is archived stays as it was issued, whoever asks."""

    def setUp(self):
        super().setUp()
        self.move = self._invoice()
        self._archive()
        self.archive = self._archived(self.move)
        self.file = self.archive.file_ids[:1]

    # === The ORM === #

    def test_clerk_may_only_read(self):
        for operation in ("create", "write", "unlink"):
            self.assertFalse(self.archives.has_access(operation), operation)

    def test_nobody_writes_deletes_or_adds_records_not_even_the_system(self):
        system = self.archive.with_env(self.env(su=True))
        for deed in (
            lambda: system.write({"integrity": "intact"}),
            lambda: system.unlink(),
            lambda: system.copy(),
            lambda: system.file_ids.write({"sha256": "0" * 64}),
            lambda: system.file_ids.unlink(),
            lambda: self._chain().sudo().write({"sequence": 0}),
        ):
            with self.assertRaisesRegex(UserError, "archive"):
                deed()

    def test_key_in_the_context_opens_nothing(self):
        system = self.archive.with_env(self.env(su=True))
        for value in (True, "billing_archive_writer", [1]):
            forged = system.with_context(billing_archive_writer=value)
            with self.assertRaisesRegex(UserError, "cannot be written by hand"):
                forged.write({"integrity": "intact"})

    # === The files === #

    def test_neither_kept_file_nor_the_invoice_s_own_is_deleted_or_changed(self):
        system = self.env(su=True)
        for attachment in (
            self.move.with_env(system).invoice_pdf_report_id,
            self.file.with_env(system).attachment_id,
        ):
            for deed in (
                attachment.unlink,
                lambda file=attachment: file.write({"raw": b"%PDF-1.4 other"}),
                lambda file=attachment: file.write({"name": "other.pdf"}),
                lambda file=attachment: file.write({"res_id": False}),
            ):
                with self.assertRaisesRegex(UserError, "is in the archive"):
                    deed()

    def test_uninstall_flag_of_a_client_opens_nothing(self):
        attachment = self.file.sudo().attachment_id.with_context(_force_unlink=True)
        with self.assertRaisesRegex(UserError, "is in the archive"):
            attachment.unlink()

    def test_field_of_the_invoice_cannot_drop_its_file(self):
        with self.assertRaisesRegex(UserError, "is in the archive"):
            self.move.sudo().invoice_pdf_report_file = False

    def test_other_files_of_the_invoice_stay_free(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "note.txt", "res_model": "account.move", "res_id": self.move.id}
        )
        attachment.name = "other.txt"
        attachment.unlink()
        self.assertFalse(attachment.exists())

    def test_file_of_an_invoice_that_is_not_sealed_yet_stays_free(self):
        move = self._invoice()
        with self._printed():
            self.env["billing.rendering"]._render(move)
        move.invalidate_recordset()
        self.assertTrue(move.sudo().invoice_pdf_report_id)
        move.sudo().invoice_pdf_report_id.unlink()

    # === The document === #

    def test_archived_invoice_is_neither_reset_nor_cancelled_nor_deleted(self):
        move = self.move.with_env(self.env(su=True))
        for deed in (
            move.button_draft,
            move.button_cancel,
            move.unlink,
            lambda: move.with_context(force_delete=True).unlink(),
        ):
            with self.assertRaisesRegex(UserError, "Make a credit note instead"):
                deed()
        self.assertEqual(move.state, "posted")
        self.assertFalse(move.show_reset_to_draft_button)

    def test_number_date_and_customer_of_an_archived_invoice_are_fixed(self):
        move = self.move.with_env(self.env(su=True))
        for vals in (
            {"name": "OTHER/1"},
            {"invoice_date": "2026-03-03"},
            {"partner_id": self.company.partner_id.id},
            {"state": "draft"},
        ):
            with self.assertRaisesRegex(UserError, "stays as it was issued"):
                move.write(vals)
        move.write({"name": move.name, "ref": "BC-119"})
        self.assertEqual(move.ref, "BC-119")

    def test_archived_invoice_is_still_paid_and_credited(self):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        ).create({})._create_payments()
        self.assertIn(self.move.payment_state, ("paid", "in_payment"))
        refund = self.move._reverse_moves([{"invoice_date": "2026-03-05"}])
        refund.action_post()
        self.assertEqual(refund.billing_archive_state, "to_archive")
        self.assertFalse(refund.billing_archive_number)

    def test_customer_of_an_archived_invoice_can_be_merged_with_another_contact(self):
        double = self._create_customer("Horizon Sante")
        self.env(su=True)["base.partner.merge.automatic.wizard"]._merge(
            (double | self.customer).ids, double.sudo()
        )
        self.env.invalidate_all()
        self.assertEqual(self.archive.partner_id, double)
        self.assertEqual(self.archive.customer_name, "Horizon Santé")
        self._verify()
        self.assertEqual(self._damages(), [])

    # === The database === #

    def test_database_refuses_to_change_or_delete_what_is_sealed(self):
        for query in (
            "UPDATE billing_archive SET record = '{}' WHERE id = %s",
            "UPDATE billing_archive SET sequence = 99 WHERE id = %s",
            "UPDATE billing_archive SET state = 'ready' WHERE id = %s",
            "UPDATE billing_archive_file SET sha256 = 'x' WHERE archive_id = %s",
            "DELETE FROM billing_archive_file WHERE archive_id = %s",
            "INSERT INTO billing_archive_file (archive_id) VALUES (%s)",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(errors.RestrictViolation),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query, [self.archive.id])

    def test_database_refuses_to_empty_the_tables(self):
        for query in (
            "TRUNCATE billing_archive_file",
            "TRUNCATE billing_archive CASCADE",
        ):
            with (
                self.subTest(query),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.Error),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(query)

    def test_marks_and_lines_of_an_archived_invoice_stay(self):
        move = self.archive.move_id
        line = move.invoice_line_ids[:1]
        for record, vals in (
            (move, {"billing_archive_state": False}),
            (move, {"billing_archive_number": 7}),
            (line, {"price_unit": line.price_unit + 1}),
            (line, {"quantity": 9}),
            (line, {"name": "Something else"}),
        ):
            with (
                self.subTest(vals),
                self.assertRaisesRegex(UserError, "is in the archive"),
            ):
                record.with_context(skip_readonly_check=True).write(vals)

    def test_database_lets_the_verification_note_its_result(self):
        self.env.cr.execute(
            "UPDATE billing_archive SET integrity = 'intact' WHERE id = %s",
            [self.archive.id],
        )
        self.assertEqual(self.env.cr.rowcount, 1)

    # === Others === #

    def test_stranger_sees_nothing_of_the_archive(self):
        stranger = self._create_stranger()
        for record in (self.archive, self.file, self._chain()):
            theirs = record.with_user(stranger)
            self.assertFalse(theirs.search([]))
            with self.assertRaises(AccessError):
                theirs.read(["id"])
        with self.assertRaises(AccessError):
            self.file.sudo().attachment_id.with_user(stranger).read(["raw"])
        self.assertEqual(self.archives.with_user(stranger).get_billing_headline([]), "")

    # === Uninstalling === #

    def test_module_cannot_leave_while_documents_must_be_kept(self):
        module = self.env(su=True)["ir.module.module"]._get("recurring_billing")
        with self.assertRaisesRegex(UserError, "Take an export of the whole archive"):
            module.write({"state": "to remove"})

    def test_module_that_ours_depends_on_cannot_leave_either(self):
        module = self.env(su=True)["ir.module.module"]._get("sale_management")
        with self.assertRaisesRegex(UserError, "Take an export of the whole archive"):
            module.with_user(self.env.ref("base.user_admin")).button_uninstall()

    def test_module_may_leave_when_the_whole_archive_was_taken(self):
        module = self.env(su=True)["ir.module.module"]._get("recurring_billing")
        exports = self.env["billing.archive.export"]
        exports._request(self.company, self._day("2026-03-02"), self._day("2026-03-02"))
        module.write({"state": "to remove"})
        self.assertEqual(module.state, "to remove")

    def test_export_of_a_part_does_not_let_the_module_leave(self):
        self._invoice("2026-04-01")
        self._archive()
        module = self.env(su=True)["ir.module.module"]._get("recurring_billing")
        exports = self.env["billing.archive.export"]
        exports._request(self.company, self._day("2026-04-01"), self._day("2026-04-30"))
        with self.assertRaisesRegex(UserError, "keeps 2 records"):
            module.write({"state": "to remove"})

    def test_module_may_leave_when_the_time_is_over(self):
        module = self.env(su=True)["ir.module.module"]._get("recurring_billing")
        with self._on("2037-01-01"):
            module.write({"state": "to remove"})
        self.assertEqual(module.state, "to remove")
