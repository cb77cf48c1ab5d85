from lxml import etree

from odoo.tests import tagged

from .electronic import FacturxCommon

NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


@tagged("post_install", "-at_install")
class TestInvoicingUbl(FacturxCommon):
    """UBL, for those who ask for it, says the same as Factur-X."""

    def _export(self, move, builder="account.edi.xml.ubl_bis3"):
        """The UBL of a document, valid by the schema and the rules of the standard."""
        content, errors = self.env[builder]._export_invoice(move)
        self.assertEqual(errors, set())
        kind = "creditnote" if move.move_type == "out_refund" else "invoice"
        self._check_rules(
            content,
            flavor=f"ubl-2.1-{kind}",
            level="en16931",
            schematrons=["ubl"],
        )
        return etree.fromstring(content)

    def _texts(self, root, path):
        return root.xpath(f"{path}/text()", namespaces=NAMES)

    def test_mentions_are_the_one_note_of_peppol(self):
        (note,) = self._texts(self._export(self._bill()), "/*/cbc:Note")
        for code in ("PMT", "PMD", "AAB", "REG"):
            self.assertEqual(note.count(f"#{code}#"), 1)

    def test_mentions_are_notes_of_their_own_elsewhere(self):
        content, _errors = self.env["account.edi.xml.ubl_21"]._export_invoice(
            self._bill()
        )
        notes = self._texts(etree.fromstring(content), "/*/cbc:Note")
        codes = [note.split("#")[1] for note in notes if note.startswith("#")]
        self.assertEqual(sorted(codes), ["AAB", "PMD", "PMT", "REG"])

    def test_frame_stands_where_the_format_has_no_profile(self):
        invoice = self._bill()
        content, _errors = self.env["account.edi.xml.ubl_21"]._export_invoice(invoice)
        root = etree.fromstring(content)
        self.assertEqual(self._texts(root, "/*/cbc:ProfileID"), ["S1"])
        # Peppol's own profile is not ours to change (PEPPOL-EN16931-R007).
        peppol = self._texts(self._export(invoice), "/*/cbc:ProfileID")
        self.assertEqual(peppol, ["urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"])

    def test_period_stands_on_document_and_lines(self):
        root = self._export(self._bill())
        days = ["2026-03-01", "2026-03-31"]
        self.assertEqual(
            self._texts(root, "/*/cac:InvoicePeriod/cbc:StartDate")
            + self._texts(root, "/*/cac:InvoicePeriod/cbc:EndDate"),
            days,
        )
        self.assertEqual(
            self._texts(root, "//cac:InvoiceLine/cac:InvoicePeriod/cbc:*"), days
        )

    def test_tax_on_services_is_due_with_the_payment(self):
        root = self._export(self._bill())
        self.assertEqual(
            self._texts(root, "/*/cac:InvoicePeriod/cbc:DescriptionCode"), ["432"]
        )

    def test_parties_are_known_by_siren_and_siret(self):
        root = self._export(self._bill())
        numbers = [
            (role, node.text, node.get("schemeID"))
            for role in ("Supplier", "Customer")
            for node in root.xpath(
                f"/*/cac:Accounting{role}Party//cac:PartyLegalEntity/cbc:CompanyID"
                f"|/*/cac:Accounting{role}Party//cac:PartyIdentification/cbc:ID",
                namespaces=NAMES,
            )
        ]
        self.assertEqual(
            numbers,
            [
                ("Supplier", "33417522101010", "0009"),
                ("Supplier", "334175221", "0002"),
                ("Customer", "732829320", "0002"),
            ],
        )

    def test_contract_is_the_number_of_the_subscription(self):
        invoice = self._bill()
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        self.assertEqual(
            self._texts(
                self._export(invoice), "/*/cac:ContractDocumentReference/cbc:ID"
            ),
            [order.name],
        )

    def test_credit_note_names_the_invoice_it_corrects(self):
        invoice = self._bill()
        root = self._export(self._credit(invoice))
        self.assertEqual(
            self._texts(root, "/*/cac:BillingReference/*/cbc:*"),
            [invoice.name, "2026-03-01"],
        )

    def test_services_to_another_member_state_are_reverse_charged(self):
        self._sell_to("base.de", vat="DE123456788")
        lines = [self._taxed(self.support, 1, 100.0, self.tax_0)]
        root = self._export(self._bill(lines))
        self.assertEqual(
            self._texts(root, "//cac:TaxSubtotal/cac:TaxCategory/cbc:ID"), ["AE"]
        )
        self.assertEqual(
            self._texts(root, "//cac:TaxCategory/cbc:TaxExemptionReasonCode"),
            ["VATEX-EU-AE"],
        )

    def test_what_the_module_of_a_platform_wrote_is_kept_and_not_repeated(self):
        """The module of the French platform writes its scheme, profile and notes into
        the same document, before ours looks at it.
        """
        builder = self.registry["account.edi.xml.ubl_21"]
        original = builder._add_invoice_header_nodes

        def of_a_platform(this, document_node, vals):
            original(this, document_node, vals)
            document_node["cbc:ProfileID"] = {"_text": "S9"}
            document_node["cbc:Note"] = [{"_text": "#PMT#Forty euros"}]

        self.patch(builder, "_add_invoice_header_nodes", of_a_platform)
        content, _errors = self.env["account.edi.xml.ubl_21"]._export_invoice(
            self._bill()
        )
        root = etree.fromstring(content)
        self.assertEqual(self._texts(root, "/*/cbc:ProfileID"), ["S9"])
        notes = self._texts(root, "/*/cbc:Note")
        (indemnity,) = [note for note in notes if note.startswith("#PMT#")]
        self.assertNotIn("Forty euros", indemnity)
