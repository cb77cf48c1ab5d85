import io

from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import OdooPdfFileReader

from .common import ArchiveCommon


@tagged("post_install", "-at_install", "billing_archive")
class TestInvoicingArchiveTour(ArchiveCommon, HttpCase):
    """The archive in a real browser, and with real PDFs."""

    def test_accountant_opens_an_archived_invoice_and_verifies_it(self):
        self.user.sudo().password = "clerkclerk"
        move = self._invoice()
        self._archive()
        self.start_tour(
            f"/odoo/action-account.action_move_out_invoice_type/{move.id}",
            "recurring_billing_archive",
            login="clerk",
        )
        self.assertEqual(self._archived(move).integrity, "intact")

    def test_real_pdf_is_kept_with_the_electronic_invoice_inside(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        move = self._invoices(order)
        with self.allow_pdf_render():
            self._cron("ir_cron_archive").with_context(
                force_report_rendering=True
            ).method_direct_trigger()
        self.env.invalidate_all()
        archive = self._archived(move)
        self.assertEqual(archive.state, "sealed", archive.fault)
        kinds = archive.file_ids.mapped("kind")
        self.assertEqual(sorted(kinds), ["computation", "pdf", "xml"])
        files = {file.kind: file for file in archive.sudo().file_ids}
        pdf = files["pdf"].attachment_id.raw
        self.assertEqual(pdf[:5], b"%PDF-")
        embedded = dict(OdooPdfFileReader(io.BytesIO(pdf)).getAttachments())
        self.assertEqual(embedded[files["xml"].name], files["xml"].attachment_id.raw)
        self.assertIn(move.name.encode(), files["xml"].attachment_id.raw)
        self._verify()
        self.assertEqual(self._damages(), [])
