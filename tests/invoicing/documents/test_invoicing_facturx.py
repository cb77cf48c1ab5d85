from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .electronic import FacturxCommon


@tagged("post_install", "-at_install")
class TestInvoicingFacturx(FacturxCommon):
    """Each kind of invoice is a valid Factur-X, and says what it is."""

    def test_plain_invoice_is_services_to_be_paid(self):
        reading = self._read(self._bill())
        self.assertEqual(reading.frame, "S1")
        self.assertEqual(reading.taxes(), [("S", 20, 100, 20)])
        self.assertEqual(reading.totals()["DuePayable"], 120)

    def test_several_rates_make_a_breakdown_each(self):
        reading = self._read(
            self._bill(
                [
                    (self.support, 1, 100.0),
                    self._taxed(self.licence, 3, 50.0, self.tax_10),
                    (self.setup_fee, 1, 450.0),
                ]
            )
        )
        self.assertEqual(
            sorted(reading.taxes()), [("S", 10, 150, 15), ("S", 20, 550, 110)]
        )

    def test_price_with_tax_included_is_written_without_it(self):
        lines = [self._taxed(self.support, 3, 49.90, self.tax_included)]
        reading = self._read(self._bill(lines))
        self.assertEqual(reading.totals()["GrandTotal"], Decimal("149.70"))
        net = reading.money("//NetPriceProductTradePrice/ChargeAmount")
        self.assertEqual(net, Decimal("41.583333"))

    def test_discount_leads_from_the_gross_price_to_the_net_one(self):
        lines = [(self.support, 3, 33.33, {"discount": 12.5})]
        reading = self._read(self._bill(lines))
        gross = reading.money("//GrossPriceProductTradePrice/ChargeAmount")
        discount = reading.money("//AppliedTradeAllowanceCharge/ActualAmount")
        net = reading.money("//NetPriceProductTradePrice/ChargeAmount")
        self.assertEqual(gross - discount, net)
        self.assertGreater(discount, 0)
        self.assertEqual(reading.totals()["LineTotal"], Decimal("87.49"))

    def test_part_of_a_period_has_a_price_of_six_decimals(self):
        lines = [(self.support, 3, 33.33)]
        reading = self._read(self._bill(lines, start="2026-03-10"))
        self.assertEqual(reading.totals()["LineTotal"], Decimal("70.96"))
        net = reading.money("//NetPriceProductTradePrice/ChargeAmount")
        self.assertEqual(net, Decimal("23.653333"))

    def test_credit_note_names_the_invoice_it_corrects(self):
        invoice = self._bill()
        reading = self._read(self._credit(invoice))
        self.assertEqual(reading.one("rsm:ExchangedDocument/TypeCode"), "381")
        self.assertEqual(reading.frame, "S1")
        corrected = "//ApplicableHeaderTradeSettlement/InvoiceReferencedDocument"
        self.assertEqual(reading.one(f"{corrected}/IssuerAssignedID"), invoice.name)
        self.assertEqual(
            reading.one(f"{corrected}/FormattedIssueDateTime/qdt:DateTimeString"),
            "20260301",
        )

    def test_credit_note_has_the_period_it_gives_back(self):
        reading = self._read(self._credit(self._bill()))
        days = reading.all("//BillingSpecifiedPeriod//udt:DateTimeString")
        self.assertEqual(
            [day.text for day in days],
            ["20260301", "20260331", "20260301", "20260331"],
        )

    def test_foreign_currency_tells_the_tax_in_euro_too(self):
        self._add_rate("USD", 1.25)
        invoice = self._bill(pricelist_id=self._price_in("USD").id)
        reading = self._read(invoice)
        self.assertEqual(reading.one("//InvoiceCurrencyCode"), "USD")
        self.assertEqual(reading.one("//TaxCurrencyCode"), "EUR")
        taxes = reading.all("//TaxTotalAmount")
        self.assertEqual(
            [(tax.get("currencyID"), tax.text) for tax in taxes],
            [("USD", "20.00"), ("EUR", "16.00")],
        )
        # A transfer in another currency is none of the SEPA area.
        self.assertEqual(
            reading.one("//SpecifiedTradeSettlementPaymentMeans/TypeCode"), "30"
        )

    def test_exempt_invoice_gives_the_article_that_exempts_it(self):
        self.company.sudo().write(
            {"billing_vat_regime": "exempt", "billing_exemption": "261, 4-4° du CGI"}
        )
        reading = self._read(
            self._bill([self._taxed(self.support, 1, 100.0, self.tax_0)])
        )
        self.assertEqual(reading.taxes(), [("E", 0, 100, 0)])
        self.assertIn("261, 4-4° du CGI", reading.one("//ExemptionReason"))

    def test_small_business_is_known_by_its_code(self):
        self.company.sudo().billing_vat_regime = "small_business"
        reading = self._read(
            self._bill([self._taxed(self.support, 1, 100.0, self.tax_0)])
        )
        self.assertEqual(reading.one("//ExemptionReasonCode"), "VATEX-FR-FRANCHISE")
        self.assertIn("293 B", reading.one("//ExemptionReason"))

    def test_services_to_another_member_state_are_reverse_charged(self):
        self._sell_to("base.de", vat="DE123456788")
        reading = self._read(
            self._bill([self._taxed(self.support, 1, 100.0, self.tax_0)])
        )
        self.assertEqual(reading.taxes(), [("AE", 0, 100, 0)])
        self.assertEqual(reading.one("//ExemptionReasonCode"), "VATEX-EU-AE")
        self.assertIn("283-2", reading.one("//ExemptionReason"))
        self.assertEqual(reading.party("Buyer")["vat"], ("DE123456788", "VA"))

    def test_export_is_free_of_tax(self):
        self._sell_to("base.us")
        reading = self._read(
            self._bill([self._taxed(self.support, 1, 100.0, self.tax_0)])
        )
        self.assertEqual(reading.taxes(), [("G", 0, 100, 0)])
        self.assertEqual(reading.one("//ExemptionReasonCode"), "VATEX-EU-G")

    def test_public_body_is_known_by_its_establishment_and_order(self):
        self.customer.sudo().write(
            {
                "company_registry": "21440109300015",
                "vat": False,
                "billing_buyer_kind": "public",
                "ref": "SERVICE-42",
            }
        )
        reading = self._read(self._bill(client_order_ref="ENG-2026-7"))
        buyer = reading.party("Buyer")
        self.assertEqual(buyer["establishment"], ("21440109300015", "0009"))
        self.assertEqual(buyer["legal"], ("214401093", "0002"))
        self.assertEqual(reading.one("//BuyerReference"), "SERVICE-42")
        self.assertEqual(
            reading.one("//BuyerOrderReferencedDocument/IssuerAssignedID"),
            "ENG-2026-7",
        )

    def test_invoice_paid_before_it_leaves_says_so(self):
        invoice = self._bill()
        self._pay(invoice, "2026-03-02")
        reading = self._read(invoice)
        self.assertEqual(reading.frame, "S2")
        self.assertEqual(reading.totals()["TotalPrepaid"], 120)
        self.assertEqual(reading.totals()["DuePayable"], 0)
        # BR-FR-CO-09: the due date is that of the payment.
        self.assertEqual(
            reading.one("//DueDateDateTime/udt:DateTimeString"), "20260302"
        )

    def test_transfer_on_the_bank_statement_pays_the_invoice_too(self):
        invoice = self._bill()
        self._pay_by_statement(invoice, "2026-03-03")
        self.assertFalse(invoice.sudo().reconciled_payment_ids)
        reading = self._read(invoice)
        self.assertEqual(reading.frame, "S2")
        self.assertEqual(
            reading.one("//DueDateDateTime/udt:DateTimeString"), "20260303"
        )

    def test_part_payment_leaves_the_invoice_to_be_paid(self):
        invoice = self._bill()
        self._pay(invoice, "2026-03-02", amount=50.0)
        reading = self._read(invoice)
        self.assertEqual(reading.frame, "S1")
        self.assertEqual(reading.totals()["TotalPrepaid"], 50)
        self.assertEqual(reading.totals()["DuePayable"], 70)

    def test_invoice_that_a_credit_note_took_back_is_not_paid(self):
        invoice = self._bill()
        self._credit(invoice)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertEqual(self._read(invoice).frame, "S1")

    def test_instalments_are_told_with_their_days(self):
        term = self.env(su=True)["account.payment.term"].create(
            {
                "name": "30 % at once, 70 % in 30 days",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": days}
                    )
                    for share, days in ((30.0, 0), (70.0, 30))
                ],
            }
        )
        reading = self._read(self._bill(payment_term_id=term.id))
        told = reading.one("//SpecifiedTradePaymentTerms/Description")
        self.assertIn("36.00", told)
        self.assertIn("84.00", told)
        self.assertEqual(
            reading.one("//DueDateDateTime/udt:DateTimeString"), "20260331"
        )

    def test_consumer_has_neither_number_nor_indemnity(self):
        self.customer = self._create_customer("Zoé Martin", email="zoe@example.com")
        reading = self._read(self._bill(), reform=False)
        self.assertNotIn("PMT", reading.notes)
        buyer = reading.party("Buyer")
        self.assertEqual(buyer, {"address": ("zoe@example.com", "EM")})

    def test_goods_beside_services_are_mixed(self):
        cable = self._create_service("Cable", 30.0, recurring=False, type="consu")
        cable.sudo().taxes_id = [Command.set(self.tax_20.ids)]
        lines = [(self.support, 1, 100.0), (cable, 2, 30.0)]
        self.assertEqual(self._read(self._bill(lines)).frame, "M1")

    def test_seller_outside_france_has_no_frame(self):
        invoice = self._bill()
        germany = self.env.ref("base.de")
        self.company.sudo().write(
            {
                "country_id": germany.id,
                "account_fiscal_country_id": germany.id,
                "vat": "DE123456788",
                "company_registry": "HRB 12345",
            }
        )
        reading = self._read(invoice, reform=False)
        self.assertIsNone(reading.frame)
        self.assertEqual(reading.party("Seller")["legal"], ("HRB 12345", None))
