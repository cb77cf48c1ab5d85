import os
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recurring_billing.models.invoicing.archive import (
    billing_archive_verification,
)

from .common import ArchiveCommon

#: Documents of the large archive.
MANY = 1000

# Copies of one posted invoice, each with a number of its own: what is verified is the
# archive, not how invoices are made.
_COPY = """
    INSERT INTO account_move (%(columns)s, name, billing_archive_state)
    SELECT %(columns)s, 'BULK/' || lpad(number::text, 5, '0'), 'to_archive'
      FROM account_move, generate_series(1, %(many)s) AS number
     WHERE id = %(source)s
"""


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveVerification(ArchiveCommon):
    """Whatever is damaged is found and named."""

    def setUp(self):
        super().setUp()
        self.moves = self.env["account.move"]
        for number in range(5):
            self.moves |= self._invoice(price=100.0 + number)
        self._archive()
        self.names = self.moves.sorted("id").mapped("name")

    def _path(self, move, kind="pdf"):
        file = self._archived(move).file_ids.filtered(lambda one: one.kind == kind)
        attachment = file.sudo().attachment_id
        return attachment._full_path(attachment.store_fname)

    def _flip(self, path):
        """Change one byte of a file on disk; put it back at the end."""
        with open(path, "r+b") as file:
            whole = file.read()
            self.addCleanup(self._put_back, path, whole)
            file.seek(len(whole) // 2)
            file.write(bytes([whole[len(whole) // 2] ^ 1]))

    def _put_back(self, path, content):
        with open(path, "wb") as file:
            file.write(content)

    # === Each damage, by its name === #

    def test_intact_archive_has_no_damage_and_says_so(self):
        self._verify()
        self.assertEqual(self._damages(), [])
        self.assertEqual(set(self.archives.search([]).mapped("integrity")), {"intact"})
        self.assertTrue(self._chain().verified_at)

    def test_one_byte_flipped_on_disk_is_named_with_its_document(self):
        self._flip(self._path(self.moves[2]))
        self._verify()
        self.assertEqual(self._damages(), [(3, "file_changed", self.names[2])])
        archive = self._archived(self.moves[2])
        self.assertEqual(archive.integrity, "damaged")
        self.assertIn("was changed; the record is intact", archive.damage_text)
        others = self.archives.search([]) - archive
        self.assertEqual(set(others.mapped("integrity")), {"intact"})

    @mute_logger("odoo.addons.base.models.ir_attachment")
    def test_file_that_left_the_disk_is_missing(self):
        path = self._path(self.moves[0])
        with open(path, "rb") as file:
            self.addCleanup(self._put_back, path, file.read())
        os.unlink(path)
        self._verify()
        self.assertEqual(self._damages(), [(1, "file_missing", self.names[0])])

    def test_row_deleted_by_sql_is_named_by_its_invoice(self):
        archive = self._archived(self.moves[1])
        self._sql("DELETE FROM billing_archive_file WHERE archive_id = %s", archive.id)
        self._sql("DELETE FROM billing_archive WHERE id = %s", archive.id)
        self._verify()
        self.assertEqual(self._damages(), [(2, "missing", self.names[1])])
        damage = self.env["billing.archive.damage"].search([])
        self.assertEqual(damage.move_id, self.moves[1])
        self.assertIn(f"{self.names[1]}: no. 2 was deleted", damage.text)
        self.assertEqual(damage.action_open()["res_id"], self.moves[1].id)

    def test_last_row_deleted_by_sql_is_missing_too(self):
        archive = self._archived(self.moves[4])
        self._sql("DELETE FROM billing_archive_file WHERE archive_id = %s", archive.id)
        self._sql("DELETE FROM billing_archive WHERE id = %s", archive.id)
        self._verify()
        self.assertEqual(self._damages(), [(5, "missing", self.names[4])])

    def test_two_rows_that_changed_places_are_both_named(self):
        one, two = self._archived(self.moves[1]), self._archived(self.moves[3])
        for number, archive in ((99, one), (2, two), (4, one)):
            self._sql(
                "UPDATE billing_archive SET sequence = %s WHERE id = %s",
                number,
                archive.id,
            )
        self._verify()
        self.assertEqual(
            self._damages(),
            [(2, "moved", self.names[3]), (4, "moved", self.names[1])],
        )
        text = self.env["billing.archive.damage"].search([], limit=1).text
        self.assertIn("stands at no. 2, was sealed as no. 4", text)

    def test_changed_record_and_changed_search_value_are_told_apart(self):
        one, two = self._archived(self.moves[0]), self._archived(self.moves[1])
        self._sql(
            "UPDATE billing_archive SET record = replace(record, '100.00', '900.00')"
            " WHERE id = %s",
            one.id,
        )
        self._sql("UPDATE billing_archive SET amount_total = 1 WHERE id = %s", two.id)
        self._verify()
        self.assertEqual(
            self._damages(),
            [(1, "changed", self.names[0]), (2, "shown", self.names[1])],
        )

    def test_record_that_is_no_json_any_more_is_changed(self):
        self._sql("UPDATE billing_archive SET record = '{' WHERE sequence = 3")
        self._verify()
        self.assertEqual(self._damages(), [(3, "changed", self.names[2])])

    def test_row_added_by_sql_is_named(self):
        archive = self._archived(self.moves[4])
        self._sql(
            "INSERT INTO billing_archive (move_id, company_id, kind, state, integrity,"
            " number, record, digest, previous, seal, sealed_at, sequence)"
            " SELECT move_id, company_id, 'proof', state, integrity, 'FAKE', record,"
            " digest, seal, seal, sealed_at, 6 FROM billing_archive WHERE id = %s",
            archive.id,
        )
        self._verify()
        self.assertIn((6, "inserted"), [one[:2] for one in self._damages()])

    def test_trigger_that_was_put_away_is_noted_until_it_is_back(self):
        self.env.cr.execute("ALTER TABLE billing_archive DISABLE TRIGGER USER")
        self._verify()
        self.assertEqual([one[1] for one in self._damages()], ["unguarded"])
        self.env.cr.execute("ALTER TABLE billing_archive ENABLE TRIGGER USER")
        self._verify()
        self.assertEqual(self._damages(), [])

    # === Noting and telling === #

    def _get_activities(self):
        kind = self.env.ref("recurring_billing.mail_activity_archive")
        return (
            self._chain()
            .sudo()
            .activity_ids.filtered(lambda activity: activity.activity_type_id == kind)
        )

    def test_managers_are_told_once_and_no_more_when_it_is_right_again(self):
        manager = self._create_stranger()
        manager.company_ids |= self.company
        path = self._path(self.moves[2])
        with open(path, "rb") as file:
            whole = file.read()
        self._flip(path)
        self._verify()
        first = self._get_activities().filtered(lambda one: one.user_id == manager)
        self.assertEqual(len(first), 1)
        self.assertIn("damages found: 1", first.note)
        self._verify()
        self.assertEqual(
            self._get_activities().filtered(lambda one: one.user_id == manager), first
        )
        self._put_back(path, whole)
        self._verify()
        self.assertFalse(self._get_activities())
        damage = self.env["billing.archive.damage"].search([])
        self.assertTrue(damage.solved_at)
        self.assertEqual(self._archived(self.moves[2]).integrity, "intact")

    def test_button_on_a_document_verifies_its_files_and_answers(self):
        archive = self._archived(self.moves[2])
        answer = archive.action_verify()["params"]
        self.assertEqual(answer["type"], "success")
        self.assertEqual(archive.integrity, "intact")
        self.assertEqual(self._archived(self.moves[1]).integrity, "unverified")
        self._flip(self._path(self.moves[2]))
        answer = archive.action_verify()["params"]
        self.assertEqual(answer["type"], "danger")
        self.assertIn(self.names[2], answer["message"])

    def test_button_above_the_list_verifies_all(self):
        answer = self.archives.action_verify()["params"]
        self.assertIn("5 documents, chain intact", answer["message"])
        self.assertTrue(self._chain().verified_at)

    def test_night_reads_files_in_slices_and_goes_on_the_next_night(self):
        chain = self._chain().sudo()
        self.patch(billing_archive_verification, "FILES", 2)
        self.patch(billing_archive_verification, "NIGHT", 2)
        self._flip(self._path(self.moves[4]))
        for files in (2, 4):
            self._spend_night()
            self.assertEqual(chain.files_until, files)
            self.assertEqual(self._damages(), [])
            self.assertTrue(chain.links_verified_at)
            self.assertFalse(chain.verified_at)
        self._spend_night()
        self.assertEqual([one[0] for one in self._damages()], [5])
        self.assertTrue(chain.verified_at)
        self.assertEqual(chain.files_until, 0)

    def _spend_night(self, cron="ir_cron_archive_verify"):
        with self._scheduler_mode():
            self._cron(cron).method_direct_trigger()
        self.env.invalidate_all()

    def test_month_reads_the_files_of_all(self):
        self.patch(billing_archive_verification, "FILES", 2)
        self.patch(billing_archive_verification, "NIGHT", 2)
        self._spend_night()
        self._flip(self._path(self.moves[0]))
        self._flip(self._path(self.moves[4]))
        self._spend_night("ir_cron_archive_verify_whole")
        self.assertEqual([one[0] for one in self._damages()], [1, 5])
        self.assertTrue(self._chain().verified_at)

    def test_verification_whose_time_is_over_goes_on_where_it_stopped(self):
        self.patch(billing_archive_verification, "STRETCH", 2)
        self.patch(billing_archive_verification, "FILES", 2)
        chain = self._chain().sudo()
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *_args, **_keys: 0
        )
        places = []
        with progress:
            while not chain.verified_at and len(places) < 10:
                self.service.env["billing.archive.chain"]._cron_verify(whole=True)
                places.append((chain.round_links_until, chain.files_until))
        self.assertEqual(places[:2], [(2, 0), (4, 0)])
        self.assertEqual(places[3:5], [(4, 2), (4, 4)])
        self.assertTrue(chain.verified_at)
        self.assertFalse(chain.round_phase)

    # === Restoring === #

    def _delete_by_sql(self, attachment):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM ir_attachment WHERE id = %s", [attachment.id])
        self.env.invalidate_all()

    def test_file_that_the_invoice_lost_comes_back_from_the_archive(self):
        move = self.moves[0]
        original = move.sudo().invoice_pdf_report_id
        name, content = original.name, original.raw
        self._delete_by_sql(original)
        self.assertFalse(move.sudo().invoice_pdf_report_id)
        answer = self._archived(move).action_restore()
        self.assertIn(name, answer["params"]["message"])
        self.assertEqual(move.sudo().invoice_pdf_report_id.raw, content)

    def test_file_that_was_replaced_on_the_invoice_comes_back(self):
        move = self.moves[0]
        original = move.sudo().invoice_pdf_report_id
        content = original.raw
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = 'other'"
            " WHERE id = %s",
            [original.id],
        )
        self.env.invalidate_all()
        self._archived(move).action_restore()
        self.env.invalidate_all()
        self.assertEqual(move.sudo().invoice_pdf_report_id, original)
        self.assertEqual(original.raw, content)

    def test_file_that_the_archive_lost_comes_back_from_the_invoice(self):
        move = self.moves[0]
        archive = self._archived(move)
        self._sql(
            "UPDATE billing_archive_file SET attachment_id = NULL"
            " WHERE archive_id = %s",
            archive.id,
        )
        self._verify()
        self.assertEqual(self._damages(), [(1, "file_missing", self.names[0])])
        archive.action_restore()
        self.assertEqual(self._damages(), [])
        self.assertEqual(archive.integrity, "intact")

    def test_nothing_is_restored_where_nothing_is_lost_or_both_lost_it(self):
        archive = self._archived(self.moves[0])
        with self.assertRaisesRegex(UserError, "nothing to restore"):
            archive.action_restore()
        self._flip(self._path(self.moves[0]))
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "take them from a backup"):
            archive.action_restore()

    # === A thousand === #

    def test_three_damages_among_a_thousand_documents_are_found_and_named(self):
        self._make_many()
        chain = self._chain()
        self.assertEqual(chain.sequence, MANY + 5)
        self._verify()
        self.assertEqual(self._damages(), [])
        archives = {
            number: self.archives.search([("number", "=", f"BULK/{number:05d}")])
            for number in (100, 500, 700, 900)
        }
        self._flip(self._path(archives[100].move_id))
        gone = archives[500]
        self._sql("DELETE FROM billing_archive_file WHERE archive_id = %s", gone.id)
        self._sql("DELETE FROM billing_archive WHERE id = %s", gone.id)
        for number, key in ((99999, 700), (705, 900), (905, 700)):
            self._sql(
                "UPDATE billing_archive SET sequence = %s WHERE id = %s",
                number,
                archives[key].id,
            )
        self._verify()
        self.assertEqual(
            self._damages(),
            [
                (105, "file_changed", "BULK/00100"),
                (505, "missing", "BULK/00500"),
                (705, "moved", "BULK/00900"),
                (905, "moved", "BULK/00700"),
            ],
        )

    def _make_many(self):
        source = self.moves[0]
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'account_move' AND column_name NOT IN"
            " ('id', 'name', 'billing_archive_state', 'billing_archive_number',"
            " 'access_token', 'inalterable_hash')"
        )
        columns = ", ".join(f'"{name}"' for (name,) in self.env.cr.fetchall())
        self.env.cr.execute(  # pylint: disable=sql-injection
            _COPY % {"columns": columns, "many": MANY, "source": source.id}
        )
        self.env.invalidate_all()
        # The scheduler calls again when its time for a call is over.
        waiting = [("billing_archive_state", "=", "to_archive")]
        while self.env["account.move"].search_count(waiting, limit=1):
            self._archive()
