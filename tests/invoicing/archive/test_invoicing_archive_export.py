import csv
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.recurring_billing.models.invoicing.archive import (
    billing_archive_export,
)

from .common import ArchiveCommon


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveExport(ArchiveCommon):
    """A period of the archive leaves, with a script that verifies it anywhere."""

    def setUp(self):
        super().setUp()
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        self.moves = self._invoices(order)
        self.moves |= self._invoice("2026-03-15", price=20.0)
        self.moves |= self._invoice("2026-03-31", price=30.0)
        self.later = self._invoice("2026-04-01")
        self._archive()

    def _export(self, first="2026-03-01", last="2026-03-31"):
        exports = self.env["billing.archive.export"]
        return exports._request(self.company, self._day(first), self._day(last))

    def _unpack(self, export):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        with zipfile.ZipFile(io.BytesIO(export.sudo().attachment_id.raw)) as archive:
            archive.extractall(folder)
        return folder

    def _run(self, folder, *arguments):
        """The script on a bare Python: no path, no environment, no module of ours."""
        done = subprocess.run(
            [sys.executable, "-I", str(folder / "verify.py"), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
            cwd=folder.parent,
            env={"PYTHONIOENCODING": "utf-8"},
        )
        return done.returncode, done.stdout + done.stderr

    def _edit_chain(self, folder, change):
        path = folder / "chain.json"
        chain = json.loads(path.read_text(encoding="utf-8"))
        change(chain)
        path.write_text(json.dumps(chain), encoding="utf-8")

    def _find(self, folder, pattern):
        return next(iter(sorted(folder.glob(f"documents/*/{pattern}"))))

    # === Intact === #

    def test_export_of_a_period_holds_its_documents_and_is_intact(self):
        export = self._export()
        self.assertEqual((export.state, export.record_count), ("done", 3))
        self.assertTrue(export.verified_at)
        self.assertFalse(export.is_whole)
        folder = self._unpack(export)
        self.assertEqual(
            sorted(path.name for path in folder.iterdir()),
            ["README.txt", "chain.json", "documents", "index.csv", "verify.py"],
        )
        self.assertEqual(len(list(folder.glob("documents/*/*.pdf"))), 3)
        self.assertEqual(len(list(folder.glob("documents/*/computation.json"))), 1)
        code, output = self._run(folder)
        self.assertEqual((code, output[:6]), (0, "Intact"), output)

    def test_script_verifies_the_file_as_it_was_downloaded_too(self):
        export = self._export()
        folder = self._unpack(export)
        path = folder.parent / f"{folder.name}.zip"
        path.write_bytes(export.sudo().attachment_id.raw)
        self.addCleanup(path.unlink)
        self.assertEqual(self._run(folder, str(path))[0], 0)

    def test_index_lists_the_documents_for_a_spreadsheet(self):
        folder = self._unpack(self._export())
        text = (folder / "index.csv").read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        self.assertEqual(len(rows), 4)
        self.assertEqual(
            rows[1][2:5], [self.moves[0].name, "2026-03-01", "Horizon Santé"]
        )
        self.assertEqual(
            [float(row[8]) for row in rows[1:]], self.moves.mapped("amount_total")
        )

    def test_documents_outside_the_period_give_their_seal_alone(self):
        between = self._export("2026-03-15", "2026-04-01")
        folder = self._unpack(between)
        chain = json.loads((folder / "chain.json").read_text(encoding="utf-8"))
        self.assertEqual([link["sequence"] for link in chain["links"]], [2, 3, 4])
        ends = self._unpack(self._export("2026-04-01", "2026-04-30"))
        chain = json.loads((ends / "chain.json").read_text(encoding="utf-8"))
        self.assertEqual(chain["head"]["seal"], self._chain().seal)
        self.assertEqual(self._run(ends)[0], 0)

    def test_whole_archive_is_told_as_such(self):
        export = self._export("2026-01-01", "2026-12-31")
        self.assertTrue(export.is_whole)
        self.assertEqual(export.head_seal, self._chain().seal)

    def test_names_that_are_no_file_names_are_made_safe(self):
        self._archived(self.later)
        with self._printed():
            move = self._invoice("2026-05-01")
            move.sudo().name = "../../é vil/2026 1"
        self._archive()
        export = self._export("2026-05-01", "2026-05-01")
        with zipfile.ZipFile(io.BytesIO(export.sudo().attachment_id.raw)) as archive:
            names = [name for name in archive.namelist() if "vil" in name]
        self.assertTrue(names)
        for name in names:
            self.assertNotIn("..", name)
            self.assertTrue(name.startswith("documents/"))

    # === Damaged: each is found by the script === #

    def _assert_found(self, folder, *words):
        code, output = self._run(folder)
        self.assertEqual(code, 1, output)
        for word in words:
            self.assertIn(word, output)

    def test_script_finds_a_flipped_byte(self):
        folder = self._unpack(self._export())
        path = self._find(folder, "*.pdf")
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        self._assert_found(folder, self.moves[0].name, path.name, "was changed")

    def test_script_finds_a_file_that_is_gone_or_was_added(self):
        folder = self._unpack(self._export())
        path = self._find(folder, "computation.json")
        path.rename(path.with_name("computation-2.json"))
        self._assert_found(folder, "is missing", "was added / a été ajouté")

    def test_script_finds_a_changed_record(self):
        folder = self._unpack(self._export())

        def change(chain):
            chain["links"][1]["record"]["document"]["total"] = "1.00"

        self._edit_chain(folder, change)
        self._assert_found(folder, self.moves[1].name, "the record was changed")

    def test_script_finds_a_document_that_was_taken_out(self):
        folder = self._unpack(self._export())
        self._edit_chain(folder, lambda chain: chain["links"].pop(1))
        self._assert_found(folder, "no. 2 - 2: missing / manquant")

    def test_script_finds_two_documents_that_changed_places(self):
        folder = self._unpack(self._export())

        def change(chain):
            one, two = chain["links"][0], chain["links"][2]
            one["sequence"], two["sequence"] = two["sequence"], one["sequence"]

        self._edit_chain(folder, change)
        self._assert_found(folder, "was sealed as no. 1", "was sealed as no. 3")

    def test_script_finds_a_link_that_was_sealed_anew(self):
        folder = self._unpack(self._export())
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); import json, verify\n"
            "path = sys.argv[1] + '/chain.json'\n"
            "chain = json.load(open(path, encoding='utf-8'))\n"
            "link = chain['links'][1]\n"
            "link['record']['document']['reference'] = 'changed'\n"
            "link['digest'] = verify.digest(link['record'])\n"
            "link['seal'] = verify.seal(link, link['sequence'])\n"
            "json.dump(chain, open(path, 'w', encoding='utf-8'))\n"
        )
        subprocess.run(
            [sys.executable, "-I", "-c", code, str(folder)], check=True, timeout=60
        )
        self._assert_found(folder, self.moves[1].name, "was sealed anew")

    def test_script_finds_an_index_that_says_something_else(self):
        folder = self._unpack(self._export())
        path = folder / "index.csv"
        text = path.read_text(encoding="utf-8-sig")
        path.write_text(text.replace("2026-03-15", "2026-03-16"), encoding="utf-8-sig")
        self._assert_found(folder, self.moves[1].name, "index.csv says something else")

    def test_script_says_when_there_is_no_export(self):
        folder = self._unpack(self._export())
        (folder / "chain.json").write_text("{}", encoding="utf-8")
        self._assert_found(folder, "cannot be read / illisible")

    # === In Odoo === #

    def test_export_of_a_damaged_archive_tells_it_and_covers_nothing(self):
        file = self._archived(self.moves[1]).file_ids[0]
        self._sql(
            "UPDATE billing_archive_file SET attachment_id = NULL WHERE id = %s",
            file.id,
        )
        export = self._export("2026-01-01", "2026-12-31")
        self.assertEqual(export.state, "failed")
        self.assertIn(self.moves[1].name, export.findings)
        self.assertFalse(export.verified_at)
        self.assertFalse(export._covers(self.company, 4))

    def test_period_with_nothing_in_it_is_refused(self):
        with self.assertRaisesRegex(UserError, "Nothing of .* is archived"):
            self._export("2020-01-01", "2020-12-31")

    def test_wizard_proposes_the_whole_archive_and_shows_the_export(self):
        wizard = self.env["billing.archive.export.ask"].create({})
        self.assertEqual(str(wizard.date_from), "2026-03-01")
        self.assertEqual(str(wizard.date_to), "2026-04-01")
        self.assertTrue(wizard.is_whole)
        self.assertEqual(wizard.record_count, 4)
        action = wizard.action_export()
        export = self.env["billing.archive.export"].browse(action["res_id"])
        self.assertEqual(export.state, "done")
        self.assertIn("/web/content/", export.action_download()["url"])

    def test_large_export_is_built_by_the_scheduled_action(self):
        self.patch(billing_archive_export, "AT_ONCE", 2)
        export = self._export()
        self.assertEqual(export.state, "queued")
        with self.assertRaisesRegex(UserError, "no longer here, or not yet"):
            export.action_download()
        with self._scheduler_mode():
            self._cron("ir_cron_archive_export").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(export.state, "done")

    def test_file_of_an_old_export_goes_and_its_trace_stays(self):
        export = self._export()
        self.env.cr.execute(
            "UPDATE billing_archive_export SET create_date = create_date"
            " - interval '8 days'"
        )
        self.env.invalidate_all()
        self.env(su=True)["billing.archive.export"]._gc_files()
        self.assertFalse(export.attachment_id)
        self.assertTrue(export.verified_at)

    def test_export_is_noted_by_the_archive_alone(self):
        export = self._export().sudo()
        with self.assertRaisesRegex(UserError, "noted by the archive alone"):
            export.is_whole = True
        stranger = self._create_stranger()
        self.assertFalse(export.with_user(stranger).search([]))
