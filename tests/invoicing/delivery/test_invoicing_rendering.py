from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import config

from odoo.addons.account_edi_ubl_cii.models import account_move_send as edi_send

from .rendering import RenderingCommon


@tagged("post_install", "-at_install")
class TestInvoicingRendering(RenderingCommon):
    """PDFs of several documents at once are those that core would make."""

    def _get_many_lines(self):
        return [
            (self.support, 1, 10.0 + place, {"name": f"Desk {place}"})
            for place in range(20)
        ]

    def test_each_document_gets_its_pdf_where_core_keeps_it(self):
        moves = self._bill("Anjou", "Berry")
        self.assertEqual(self.rendering._render(moves), {})
        for move in moves:
            pdf = move.sudo().invoice_pdf_report_id
            self.assertEqual(pdf.res_field, "invoice_pdf_report_file")
            self.assertEqual(pdf.mimetype, "application/pdf")
            self.assertEqual(pdf.name, f"{move.name.replace('/', '_')}.pdf")
            self.assertEqual(move.message_main_attachment_id, pdf)
            self.assertIn(move.name, self._text(move))
            self.assertIn(move.partner_id.name, self._text(move))

    def test_text_can_be_selected_and_its_fonts_travel_without_a_server(self):
        move = self._bill("Anjou")
        self.rendering._render(move)
        self.assertIn("Lato-Regular", self._fonts(move))

    def test_pages_and_text_are_those_of_cores_own_rendering(self):
        moves = self._bill("Anjou", lines=self._get_many_lines()) + self._bill("Berry")
        self.assertEqual(self.rendering._render(moves), {})
        report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        url = f"http://127.0.0.1:{config['http_port']}"
        self.env["ir.config_parameter"].sudo().set_param("report.url", url)
        for move in moves:
            ours, our_text = self._read(move), self._text(move)
            with self.allow_pdf_render():
                content, _kind = report._render_qweb_pdf(
                    "account.report_invoice_with_payments", move.ids
                )
            move.sudo().invoice_pdf_report_id.raw = content
            self.assertEqual(len(ours.pages), len(self._read(move).pages))
            self.assertEqual(our_text, self._text(move))
            self.assertIn("Lato-Regular", self._fonts(move))

    def test_a_long_document_numbers_its_pages_and_repeats_its_header(self):
        self.company.sudo().write({"report_footer": "SAS with a share capital"})
        move = self._bill("Anjou", lines=self._get_many_lines())
        self.rendering._render(move)
        pages = [page.extract_text() for page in self._read(move).pages]
        self.assertGreater(len(pages), 1)
        for number, page in enumerate(pages, start=1):
            words = " ".join(page.split())
            self.assertTrue(words.endswith(f"Page {number} / {len(pages)}"), words)
            self.assertIn("SAS with a share capital", page)

    def test_a_document_speaks_its_customers_language(self):
        self._speak_french()
        english = self._bill("Anjou")
        french = self._bill("Berry", lang="fr_FR")
        self.rendering._render(english + french)
        self.assertIn("From 03/01/2026 to 03/31/2026", self._text(english))
        self.assertIn("Du 01/03/2026 au 31/03/2026", self._text(french))

    def test_the_electronic_invoice_is_embedded_as_core_does(self):
        move = self._bill("Anjou")
        # Core leaves it out in tests.
        with patch.object(
            edi_send.tools, "config", {**config.options, "test_enable": 0}
        ):
            self.rendering._render(move)
        xml = self._read(move).attachments["factur-x.xml"][0]
        self.assertIn(move.name.encode(), xml)

    def test_a_pdf_that_is_there_is_kept(self):
        moves = self._bill("Anjou", "Berry")
        self.rendering._render(moves[0])
        kept = moves[0].sudo().invoice_pdf_report_id
        self.assertEqual(self.rendering._render(moves), {})
        self.assertEqual(moves[0].sudo().invoice_pdf_report_id, kept)
        self.assertTrue(moves[1].sudo().invoice_pdf_report_id)

    def test_a_rendered_document_is_neither_sent_nor_modified(self):
        move = self._bill("Anjou")
        move.sudo().is_manually_modified = False
        self.env.flush_all()
        self.rendering._render(move)
        self.assertFalse(move.is_move_sent)
        self.assertFalse(move.sudo().is_manually_modified)

    def test_what_was_sent_before_stays_so(self):
        move = self._bill("Anjou")
        move.sudo().is_move_sent = True
        self.rendering._render(move)
        self.assertTrue(move.is_move_sent)

    def test_the_customers_own_report_is_chosen_as_core_chooses(self):
        report = self.env.ref("account.account_invoices").sudo()
        own = report.copy({"print_report_name": "'Own ' + object.name"})
        move = self._bill("Anjou")
        move.commercial_partner_id.sudo().invoice_template_pdf_report_id = own
        self.rendering._render(move)
        self.assertTrue(move.sudo().invoice_pdf_report_id.name.startswith("Own "))

    def test_statements_per_document_do_not_grow_with_their_number(self):
        few = self._bill("A1", "A2", "A3", "A4")
        many = self._bill(*(f"B{number}" for number in range(20)))
        self.rendering._render(self._bill("Warm"))
        counts = []
        for moves in (few, many):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.rendering._render(moves)
            counts.append((self.env.cr.sql_log_count - before) / len(moves))
        self.assertLess(counts[1], counts[0])

    def test_a_context_sent_from_outside_changes_no_report(self):
        move = self._bill("Anjou")
        report = self.env["ir.actions.report"].with_context(
            billing_rendering_tape="mine"
        )
        html, kind = report._render_qweb_pdf("account.report_invoice", move.ids)
        self.assertEqual(kind, "html")
        self.assertIn(move.name.encode(), html)
