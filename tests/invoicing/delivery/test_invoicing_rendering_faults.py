import os
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.account.models.account_move import AccountMove
from odoo.addons.account.models.account_move_send import AccountMoveSend
from odoo.addons.recurring_billing.models.invoicing.delivery import (
    billing_rendering_files,
    billing_rendering_send,
)
from odoo.addons.recurring_billing.models.invoicing.delivery.billing_rendering import (
    CHUNK,
)

from .rendering import RenderingCommon

LOGGER = "odoo.addons.recurring_billing.models.invoicing.delivery"


@tagged("post_install", "-at_install")
class TestInvoicingRenderingFaults(RenderingCommon):
    """A document that cannot be printed says why, and harms no other."""

    def _assert_only_first_failed(self, moves, faults, words):
        self.assertEqual(list(faults), [moves[0]])
        self.assertIn(moves[0].name, faults[moves[0]])
        self.assertIn(words, faults[moves[0]])
        self.assertFalse(moves[0].sudo().invoice_pdf_report_id)
        for move in moves[1:]:
            self.assertTrue(move.sudo().invoice_pdf_report_id)

    # === Documents === #

    def test_a_draft_has_no_pdf(self):
        draft = self._bill("Anjou")
        posted = self._bill("Berry")
        draft.sudo().button_draft()
        faults = self.rendering._render(draft + posted)
        self._assert_only_first_failed(draft + posted, faults, "not posted")

    def test_a_layout_that_breaks_on_one_document_lets_the_others_be_printed(self):
        moves = self._bill("Anjou", "Berry", "Cantal")
        lines = AccountMove._get_move_lines_to_report

        def broken(move):
            if move.id == moves[0].id:
                raise ValueError("no such column")
            return lines(move)

        with (
            patch.object(AccountMove, "_get_move_lines_to_report", broken),
            mute_logger(billing_rendering_send.__name__),
        ):
            faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "no such column")

    def test_a_hook_that_breaks_on_one_document_lets_the_others_be_printed(self):
        moves = self._bill("Anjou", "Berry", "Cantal")

        def broken(_send, invoice, _data):
            if invoice.id == moves[0].id:
                raise ValueError("no such tax")

        with (
            patch.object(
                AccountMoveSend,
                "_hook_invoice_document_before_pdf_report_render",
                broken,
            ),
            mute_logger(f"{LOGGER}.billing_rendering"),
        ):
            faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "no such tax")

    def test_what_is_wrong_with_an_electronic_invoice_is_told(self):
        moves = self._bill("Anjou", "Berry")
        self.company.partner_id.sudo().write({"country_id": False})
        moves[0].commercial_partner_id.sudo().invoice_edi_format = "ubl_bis3"
        faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "country is required")

    def test_a_document_held_by_another_transaction_is_left_to_it(self):
        moves = self._bill("Anjou", "Berry")
        lock = type(moves).try_lock_for_update

        def held(records, **options):
            return lock(records, **options) - moves[0]

        with patch.object(type(moves), "try_lock_for_update", held):
            faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "elsewhere")

    def test_a_document_of_another_company_is_not_opened(self):
        move = self._bill("Anjou")
        stranger = self._create_stranger()
        with self.assertRaises(AccessError):
            self.rendering.with_user(stranger)._render(move.with_user(stranger))

    def test_more_documents_than_fit_into_one_chunk_are_all_printed(self):
        moves = self._bill(*(f"Customer {number}" for number in range(3)))
        module = "odoo.addons.recurring_billing.models.invoicing.delivery"
        with patch(f"{module}.billing_rendering.CHUNK", 2):
            self.assertEqual(self.rendering._render(moves), {})
        self.assertTrue(all(move.sudo().invoice_pdf_report_id for move in moves))
        self.assertGreater(CHUNK, 2)

    # === The binary === #

    def test_a_binary_that_hangs_is_killed(self):
        moves = self._bill("Anjou")
        self.env["ir.config_parameter"].sudo().set_param(
            "recurring_billing.rendering_seconds", "1"
        )
        with self._ill_binary("hangs") as notes:
            faults = self.rendering._render(moves)
            process = int(notes.read_text())
        self._assert_only_first_failed(moves, faults, "stopped after 1 seconds")
        with self.assertRaises(ProcessLookupError):
            os.kill(process, 0)

    def test_a_binary_that_fails_gives_its_last_words(self):
        moves = self._bill("Anjou")
        with self._ill_binary("fails"):
            faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "3, out of memory")

    def test_a_binary_that_crashes_is_started_once_more(self):
        moves = self._bill("Anjou", "Berry")
        with self._ill_binary("crashes_once"):
            self.assertEqual(self.rendering._render(moves[0]), {})
        self.assertIn("Anjou", self._text(moves[0]))
        with self._ill_binary("crashes"):
            faults = self.rendering._render(moves[1])
        self._assert_only_first_failed(moves[1], faults, "failed (-11)")

    def test_a_binary_that_leaves_no_pdf_is_not_believed(self):
        moves = self._bill("Anjou")
        with self._ill_binary("lies"):
            faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "without a PDF")

    def test_a_missing_binary_is_told_before_anything_is_printed(self):
        moves = self._bill("Anjou")
        with self._ill_binary("lies", state="install") as notes:
            faults = self.rendering._render(moves)
            self.assertFalse(notes.exists())
        self._assert_only_first_failed(moves, faults, "Install version 0.12.6.1")

    def test_a_binary_without_headers_prints_no_invoice(self):
        moves = self._bill("Anjou")
        with self._ill_binary("lies", is_patched_qt=False) as notes:
            faults = self.rendering._render(moves)
            self.assertFalse(notes.exists())
        self._assert_only_first_failed(moves, faults, "mentions would be missing")

    def test_the_delay_is_left_out_for_us_only(self):
        moves = self._bill("Anjou")
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("report.print_delay", "1234")
        with self._ill_binary("lies") as notes:
            self.rendering._render(moves)
            words = notes.read_text().splitlines()
        self.assertEqual(words[words.index("--javascript-delay") + 1], "1")
        self.assertEqual(parameters.get_param("report.print_delay"), "1234")
        arguments = self.env["ir.actions.report"]._build_wkhtmltopdf_args(
            self.env["report.paperformat"], False
        )
        self.assertIn("1234", arguments)

    def test_as_many_processes_as_cores_unless_told_otherwise_and_at_most_eight(self):
        parameters = self.env["ir.config_parameter"].sudo()
        with patch.object(os, "sched_getaffinity", lambda _process: range(3)):
            self.assertEqual(self.rendering._get_processes(), 3)
        for told, expected in (("1", 1), ("5", 5), ("64", 8)):
            parameters.set_param("recurring_billing.rendering_processes", told)
            self.assertEqual(self.rendering._get_processes(), expected)

    # === Styles === #

    def test_no_document_is_printed_without_its_style_sheet(self):
        moves = self._bill("Anjou")
        with patch.object(
            billing_rendering_files.LocalFiles, "_make_bundle", lambda _self, _name: b""
        ):
            self.env["ir.attachment"].sudo().search(
                [("url", "like", "/web/assets/")]
            ).unlink()
            faults = self.rendering._render(moves)
        self._assert_only_first_failed(moves, faults, "style sheet")

    def test_only_files_of_add_ons_are_read_from_disk(self):
        files = billing_rendering_files.LocalFiles(self.env, "/nowhere")
        page = '<img src="/base/static/img/demo_logo_report.png"/>'
        self.assertIn("file:///", files.localise(page))
        for path in ("/base/static/../models/ir_rule.py", "/base/static/none.png"):
            page = f'<img src="{path}"/>'
            self.assertEqual(files.localise(page), page)

    def test_a_bundle_that_does_not_exist_is_told(self):
        files = billing_rendering_files.LocalFiles(self.env, "/nowhere")
        with self.assertRaisesRegex(UserError, "none.min.css"):
            files.localise('<link href="/web/assets/abc/web.none.min.css"/>')
