from lxml import etree

from odoo.tests import tagged

from ...common import BillingCommon

RAM = (
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
)
UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
NAMES = {"ram": RAM, "udt": UDT, "cac": CAC, "cbc": CBC}


@tagged("post_install", "-at_install")
class TestInvoicingEdi(BillingCommon):
    """The billing period travels inside the electronic invoice."""

    def setUp(self):
        super().setUp()
        self.company.sudo().write(
            {
                "street": "1 place de la Mairie",
                "zip": "35000",
                "city": "Rennes",
                "country_id": self.env.ref("base.fr").id,
                "vat": "FR23334175221",
            }
        )
        self.order = self._subscribe(
            "2026-03-10",
            lines=[
                (self.support, 1, 100.0),
                (self.setup_fee, 1, 450.0),
                (self.licence, 1, 50.0, {"billing_plan_id": self.plan_yearly.id}),
            ],
        )
        self._run_on("2026-03-10")
        self.invoice = self._invoices(self.order)

    def _export(self, builder):
        xml, _errors = self.env[builder]._export_invoice(self.invoice)
        return etree.fromstring(xml)

    def test_facturx_lines_and_header_carry_the_period(self):
        root = self._export("account.edi.xml.cii")
        path = (
            "//ram:SpecifiedLineTradeSettlement/ram:BillingSpecifiedPeriod"
            "//udt:DateTimeString/text()"
        )
        self.assertEqual(
            root.xpath(path, namespaces=NAMES),
            ["20260310", "20260331", "20260310", "20270309"],
        )
        header = root.xpath(
            "//ram:ApplicableHeaderTradeSettlement/ram:BillingSpecifiedPeriod"
            "//udt:DateTimeString/text()",
            namespaces=NAMES,
        )
        self.assertEqual(header, ["20260310", "20270309"])

    def test_ubl_lines_carry_the_period(self):
        root = self._export("account.edi.xml.ubl_bis3")
        days = root.xpath(
            "//cac:InvoiceLine/cac:InvoicePeriod/cbc:*/text()", namespaces=NAMES
        )
        self.assertEqual(days, ["2026-03-10", "2026-03-31", "2026-03-10", "2027-03-09"])

    def test_description_speaks_the_customers_language(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.env["ir.module.module"].sudo()._get(
            "recurring_billing"
        )._update_translations(["fr_FR"])
        self.customer.sudo().lang = "fr_FR"
        self._run_on("2026-04-01")
        invoice = self._invoices(self.order)[-1]
        self.assertIn("Du 01/04/2026 au 30/04/2026", invoice.invoice_line_ids.name)
