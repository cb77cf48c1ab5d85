"""What the tests of rendering share: posted invoices, PDFs read back, ill binaries."""

import io
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from pypdf import PdfReader

from odoo.addons.base.models.ir_actions_report import _wkhtml

from ...common import BillingCommon


class RenderingCommon(BillingCommon):
    """Posted invoices, one a customer, and no server that answers wkhtmltopdf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not _wkhtml().is_patched_qt:
            cls.skipTest(cls, "No wkhtmltopdf with patched Qt here")
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("report.url", "http://127.0.0.1:1")
        cls.rendering = cls.env["billing.rendering"].with_context(
            force_report_rendering=True
        )

    def _bill(self, *names, lines=None, **vals):
        """Posted invoices of new customers, in the order of their names."""
        orders = self.env["sale.order"]
        for name in names:
            customer = self._create_customer(name, **vals)
            orders |= self._subscribe("2026-03-01", lines=lines, partner_id=customer.id)
        self._run_on("2026-03-01")
        return self._invoices(orders)

    def _read(self, move):
        """The document's PDF, by a library that is not Odoo's."""
        move.invalidate_recordset(["invoice_pdf_report_id"])
        return PdfReader(io.BytesIO(move.invoice_pdf_report_id.raw))

    def _text(self, move):
        return "\n".join(page.extract_text() for page in self._read(move).pages)

    def _fonts(self, move):
        """The names of the fonts that travel in the PDF."""
        names = set()
        for page in self._read(move).pages:
            for font in page["/Resources"]["/Font"].values():
                inner = font.get_object()["/DescendantFonts"][0].get_object()
                if "/FontFile2" in inner["/FontDescriptor"]:
                    names.add(inner["/BaseFont"].lstrip("/"))
        return names

    @contextmanager
    def _ill_binary(self, illness, **facts):
        """wkhtmltopdf is ill; yields the file of what it was told.

        :param str illness: see press_double.sh.
        :param facts: fields of core's WkhtmlInfo.
        """
        double = Path(__file__).with_name("press_double.sh")
        info = _wkhtml()._replace(**{"bin": str(double), **facts})
        with tempfile.TemporaryDirectory() as folder:
            notes = Path(folder) / "notes"
            environment = {"PRESS_DOUBLE": illness, "PRESS_DOUBLE_NOTES": str(notes)}
            service = type(self.env["billing.rendering"])
            with (
                patch.dict(os.environ, environment),
                patch.object(service, "_get_binary", lambda _self: info),
            ):
                yield notes
