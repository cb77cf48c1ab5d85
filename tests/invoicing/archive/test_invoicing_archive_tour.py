import io

from odoo.tests import HttpCase, tagged
from odoo.tools.pdf import OdooPdfFileWriter

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

    def _print_really(self, move):
        service = self.service.with_context(force_report_rendering=True)
        service._note_documents()
        service._take_in(service._claim())
        service._seal(self.company)
        self.env.invalidate_all()
        return self._archived(move)

    def test_real_pdf_is_kept_with_the_computation(self):
        order = self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        move = self._invoices(order)
        archive = self._print_really(move)
        self.assertEqual(archive.state, "sealed", archive.fault)
        files = {file.kind: file for file in archive.sudo().file_ids}
        self.assertEqual(sorted(files), ["computation", "pdf"])
        self.assertEqual(files["pdf"].attachment_id.raw[:5], b"%PDF-")
        self._verify()
        self.assertEqual(self._damages(), [])

    def test_electronic_invoice_inside_the_pdf_is_kept_as_a_file_of_its_own(self):
        move = self._invoice()
        with self._printed():
            self.env["billing.rendering"]._render(move)
        writer = OdooPdfFileWriter()
        writer.addBlankPage(200, 200)
        writer.addAttachment("factur-x.xml", b"<Invoice/>", subtype="text/xml")
        buffer = io.BytesIO()
        writer.write(buffer)
        move.invalidate_recordset()
        move.sudo().invoice_pdf_report_id.raw = buffer.getvalue()
        self._archive()
        files = {file.kind: file for file in self._archived(move).sudo().file_ids}
        self.assertEqual(files["xml"].name, "factur-x.xml")
        self.assertEqual(files["xml"].attachment_id.raw, b"<Invoice/>")
