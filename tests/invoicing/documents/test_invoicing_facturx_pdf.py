import base64
import io
from types import SimpleNamespace
from unittest.mock import patch

from lxml import etree
from pypdf import PdfReader

from odoo.tests import HttpCase, tagged

from odoo.addons.account_edi_ubl_cii.models import account_move_send

from .electronic import FacturxCommon, Reading

XMP = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "fx": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
}


@tagged("post_install", "-at_install")
class TestInvoicingFacturxPdf(FacturxCommon, HttpCase):
    """The PDF that really leaves is an archive of its own, with the XML inside."""

    def setUp(self):
        super().setUp()
        self.invoice = self._bill()
        self.pdf = self._print(self.invoice)

    def _print(self, move):
        """The PDF of a document, made by wkhtmltopdf: in tests core makes none."""
        send = self.env["account.move.send"].with_context(force_report_rendering=True)
        unaware = SimpleNamespace(config={"test_enable": False})
        with patch.object(account_move_send, "tools", unaware):
            send._generate_and_send_invoices(move, sending_methods=["manual"])
        return move.invoice_pdf_report_id.raw

    def test_pdf_carries_the_xml_once_under_its_name(self):
        reader = PdfReader(io.BytesIO(self.pdf))
        self.assertEqual(
            {name: len(files) for name, files in reader.attachments.items()},
            {"factur-x.xml": 1},
        )
        found = self.validator.ask("extract", self.pdf)
        self.assertEqual(found["name"], "factur-x.xml")
        reading = Reading(base64.b64decode(found["xml"]))
        self._check_sums(reading)
        self.assertEqual(reading.one("rsm:ExchangedDocument/ID"), self.invoice.name)
        self.assertEqual(reading.frame, "S1")

    def test_pdf_is_an_archive_of_level_b(self):
        catalog = PdfReader(io.BytesIO(self.pdf)).trailer["/Root"]
        metadata = etree.fromstring(catalog["/Metadata"].get_data())
        said = {
            name: [node.text for node in metadata.xpath(f"//{name}", namespaces=XMP)]
            for name in (
                "pdfaid:part",
                "pdfaid:conformance",
                "fx:DocumentFileName",
                "fx:DocumentType",
                "fx:ConformanceLevel",
                "fx:Version",
            )
        }
        self.assertEqual(
            said,
            {
                "pdfaid:part": ["3"],
                "pdfaid:conformance": ["B"],
                "fx:DocumentFileName": ["factur-x.xml"],
                "fx:DocumentType": ["INVOICE"],
                # What the XML says of itself.
                "fx:ConformanceLevel": ["EN 16931"],
                "fx:Version": ["1.0"],
            },
        )

    def test_pdf_says_how_the_xml_belongs_to_it_and_what_its_colours_are(self):
        catalog = PdfReader(io.BytesIO(self.pdf)).trailer["/Root"]
        (attached,) = catalog["/AF"]
        attached = attached.get_object()
        self.assertEqual(attached["/AFRelationship"], "/Data")
        self.assertEqual(attached["/UF"], "factur-x.xml")
        self.assertEqual(attached["/EF"]["/F"]["/Subtype"], "/text/xml")
        (intent,) = catalog["/OutputIntents"]
        self.assertEqual(intent.get_object()["/S"], "/GTS_PDFA1")
        self.assertTrue(intent.get_object()["/DestOutputProfile"].get_object())

    def test_all_fonts_are_in_the_pdf_and_its_text_can_be_read(self):
        reader = PdfReader(io.BytesIO(self.pdf))
        for page in reader.pages:
            for font in page["/Resources"]["/Font"].values():
                (drawn,) = font.get_object()["/DescendantFonts"]
                self.assertIn("/FontFile2", drawn.get_object()["/FontDescriptor"])
        text = "".join(page.extract_text() for page in reader.pages)
        self.assertIn(self.invoice.name, text)
