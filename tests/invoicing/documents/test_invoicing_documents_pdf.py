import tempfile
from pathlib import Path
from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport

from ....models.invoicing.delivery.billing_rendering_press import Sheet, press
from .documents import IBAN, DocumentsCommon, PaperCase


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsPdf(PaperCase):
    """The document as a customer holds it: read back from its PDF."""

    def test_code_is_read_from_the_printed_page(self):
        invoice = self._bill("2026-03-01")
        (code,) = self._read_codes(self._print(invoice))
        self.assertEqual(
            code.split("\n"),
            [
                *("BCD", "002", "1", "SCT", "", "Atelier Exemple SARL", IBAN),
                f"EUR{invoice.amount_total:.2f}",
                *("", "", invoice.payment_reference),
            ],
        )

    def test_code_with_a_structured_reference_and_accents_is_read(self):
        self.bank.acc_holder_name = "Électricité & Chauffage « L'Œuvre »"
        self.customer.sudo().lang = "fr_FR"
        invoice = self._bill("2026-03-01", [(self.support, 1, 1234.56)])
        invoice.journal_id.sudo().invoice_reference_model = "euro"
        invoice.sudo().payment_reference = invoice._get_invoice_computed_reference()
        (code,) = self._read_codes(self._print(invoice))
        lines = code.split("\n")
        self.assertEqual(lines[5], self.bank.acc_holder_name)
        self.assertEqual(lines[9], invoice.payment_reference.replace(" ", ""))

    def test_credit_note_and_paid_invoice_carry_no_code(self):
        invoice = self._bill("2026-03-01")
        self._pay(invoice, "2026-03-05")
        self.assertEqual(self._read_codes(self._print(invoice)), [])
        other = self._bill("2026-04-01", apart=True)
        credit = self._credit(other, "2026-04-05", "Error")
        self.assertEqual(self._read_codes(self._print(credit)), [])

    def test_one_page_holds_a_months_invoice(self):
        pages = self._get_pages(self._print(self._bill("2026-03-01")))
        self.assertEqual(len(pages), 1)
        for text in (
            "Atelier Exemple SARL",
            "SARL au capital de 40 000 €",
            "Page 1 / 1",
            "From 03/01/2026 to 03/31/2026",
            "FR76 3000 6000 0112 3456 7890 189",
            "Scan to pay",
            "Next invoice: 04/01/2026",
        ):
            self.assertIn(text, pages[0])

    def test_sixty_lines_go_over_pages_with_head_foot_and_numbers(self):
        lines = [(self.support, 1, 10.0 + n) for n in range(60)]
        invoice = self._bill("2026-03-10", lines)
        pages = self._get_pages(self._print(invoice))
        self.assertGreater(len(pages), 2)
        for number, text in enumerate(pages, 1):
            self.assertIn(f"Page {number} / {len(pages)}", text)
            self.assertIn("1 place de la Mairie", text)
            self.assertIn("SARL au capital de 40 000 €", text)
        # The head of the table is on each page that has lines, no line is cut in two.
        for text in pages[:-1]:
            self.assertIn("Unit Price", text)
            self.assertEqual(
                text.count("Support"), text.count("(22/31 days of the period)")
            )
        self.assertEqual(sum(text.count("Support") for text in pages), 60)

    def test_three_layouts_hold_everything(self):
        invoice = self._bill("2026-03-01")
        for layout in ("standard", "boxed", "striped"):
            self.company.sudo().external_report_layout_id = self.env.ref(
                f"web.external_layout_{layout}"
            )
            with self.subTest(layout=layout):
                content = self._print(invoice)
                text = " ".join(self._get_pages(content))
                self.assertIn(invoice.name, text)
                self.assertIn("FR76 3000 6000 0112 3456 7890 189", text)
                self.assertIn("Page 1 / ", text)
                self.assertEqual(len(self._read_codes(content)), 1)

    def test_letter_and_certificate_are_one_page_each(self):
        invoice = self._bill("2026-03-01")
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        for record, report in (
            (invoice, "recurring_billing.action_report_letter"),
            (order, "recurring_billing.action_report_certificate"),
        ):
            pages = self._get_pages(self._print(record, report))
            self.assertEqual(len(pages), 1)
            self.assertIn("Horizon Santé", pages[0])


@tagged("post_install", "-at_install")
class TestInvoicingDocumentsEngine(DocumentsCommon):
    """The PDF engine falls over some documents, and prints them a little longer."""

    def _print(self, *failures):
        """What is handed to the engine, which fails so often before it prints."""
        bodies, failures = [], list(failures)

        def engine(self, pages, *args, **kwargs):
            bodies.append(pages)
            if failures:
                raise UserError(failures.pop(0))
            return b"%PDF"

        with patch.object(IrActionsReport, "_run_wkhtmltopdf", engine):
            content = self.env["ir.actions.report"]._run_wkhtmltopdf(
                iter([Markup("<html><head></head><body>One</body></html>")])
            )
        return content, bodies

    def test_what_prints_is_printed_once(self):
        content, bodies = self._print()
        self.assertEqual((content, len(bodies)), (b"%PDF", 1))

    def test_fall_is_followed_by_a_second_try_made_longer(self):
        content, bodies = self._print("failed (error code: -11)")
        self.assertEqual(content, b"%PDF")
        self.assertNotIn("padding-bottom", bodies[0][0])
        self.assertIn("<style>div.page { padding-bottom: 3mm; }</style>", bodies[1][0])
        self.assertIn("<body>One</body>", bodies[1][0])

    def test_fall_of_one_of_many_is_followed_by_a_second_try_too(self):
        with tempfile.TemporaryDirectory() as folder:
            engine = Path(folder, "engine")
            # Dies of a page that was not made longer.
            engine.write_text(
                "#!/bin/sh\n"
                "for last; do :; done\n"
                'grep -q "padding-bottom: 3mm" "$1" || kill -SEGV $$\n'
                'echo "%PDF" > "$last"\n'
            )
            engine.chmod(0o755)
            page = "<html><head></head><body>One</body></html>"
            content = press(str(engine), Sheet((), (page,)), 10)
        self.assertEqual(content, b"%PDF\n")

    def test_other_failures_are_told(self):
        with self.assertRaisesRegex(UserError, "error code: 1"):
            self._print("failed (error code: 1)")

    def test_second_fall_is_told(self):
        with self.assertRaisesRegex(UserError, "-11"):
            self._print("failed (error code: -11)", "failed (error code: -11)")
