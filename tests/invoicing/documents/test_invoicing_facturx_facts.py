from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .electronic import NAMES, FacturxCommon


@tagged("post_install", "-at_install")
class TestInvoicingFacturxFacts(FacturxCommon):
    """Who sells, who buys, by which contract, how it is paid."""

    # === Notes === #

    def test_notes_carry_the_subjects_of_the_law(self):
        notes = self._read(self._bill()).notes
        self.assertIn("40", notes["PMT"])
        self.assertIn("15", notes["PMD"])
        self.assertTrue(notes["AAB"])
        self.assertIn("Rennes", notes["REG"])

    def test_notes_are_the_mentions_as_posted(self):
        invoice = self._bill()
        said = {mention["text"] for mention in invoice._billing_get_mentions()}
        self.company.sudo().billing_late_rate = 20.0
        notes = self._read(invoice).notes
        written = {text for note in notes.values() for text in note.split("\n")}
        self.assertEqual(written, said)

    def test_text_of_the_company_is_a_note_without_a_subject(self):
        invoice = self._bill()
        invoice.sudo().narration = "<p>Thank you for your trust</p>"
        self.assertIn("Thank you for your trust", self._read(invoice).notes[None])

    def test_note_of_another_module_on_the_same_subject_gives_way(self):
        builder = self.registry["account.edi.xml.cii"]
        original = builder._get_exchanged_document_vals

        def with_own_note(this, move):
            vals = original(this, move)
            vals["included_note"] = "Forty euros"
            return vals

        self.patch(builder, "_get_exchanged_document_vals", with_own_note)
        invoice = self._bill()
        self.assertIn("Forty euros", self._read(invoice).notes[None])

    def test_credit_note_repeats_the_terms_of_the_invoice_it_corrects(self):
        invoice = self._bill()
        told = self._read(invoice).notes
        notes = self._read(self._credit(invoice)).notes
        self.assertEqual(
            {code: notes[code] for code in ("PMT", "PMD", "AAB")},
            {code: told[code] for code in ("PMT", "PMD", "AAB")},
        )

    # === Parties === #

    def test_parties_are_known_by_siren_siret_and_address(self):
        reading = self._read(self._bill())
        self.assertEqual(
            reading.party("Seller"),
            {
                "establishment": ("33417522101010", "0009"),
                "legal": ("334175221", "0002"),
                "address": ("334175221", "0225"),
                "vat": ("FR23334175221", "VA"),
            },
        )
        self.assertEqual(
            reading.party("Buyer"),
            {
                "legal": ("732829320", "0002"),
                "address": ("732829320", "0225"),
                "vat": ("FR44732829320", "VA"),
            },
        )

    def test_contact_of_a_business_is_invoiced_by_the_numbers_of_the_business(self):
        contact = self._create_customer(
            "Accounts", parent_id=self.customer.id, type="invoice"
        )
        reading = self._read(self._bill(partner_invoice_id=contact.id))
        self.assertEqual(reading.party("Buyer")["legal"], ("732829320", "0002"))

    def test_line_of_the_directory_that_the_customer_gave_is_kept(self):
        self.customer.sudo().write(
            {"peppol_eas": "0225", "peppol_endpoint": "732829320_COMPTA"}
        )
        buyer = self._read(self._bill()).party("Buyer")
        self.assertEqual(buyer["address"], ("732829320_COMPTA", "0225"))

    # === References === #

    def test_contract_is_the_number_of_the_subscription(self):
        invoice = self._bill()
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        contract = "//ContractReferencedDocument/IssuerAssignedID"
        self.assertEqual(self._read(invoice).one(contract), order.name)

    def test_invoice_of_several_subscriptions_names_no_contract(self):
        self.customer.sudo().billing_grouping = "together"
        orders = self._subscribe("2026-03-01") | self._subscribe("2026-03-01")
        self._run_on("2026-03-01")
        invoice = self._invoices(orders)
        self.assertEqual(len(invoice), 1)
        self.assertIsNone(self._read(invoice).one("//ContractReferencedDocument"))

    def test_our_own_number_is_no_order_of_the_customer(self):
        reading = self._read(self._bill())
        self.assertIsNone(
            reading.one("//BuyerOrderReferencedDocument/IssuerAssignedID")
        )

    # === Payment === #

    def test_payment_is_a_transfer_to_the_account_with_its_reference(self):
        self.env(su=True)["res.bank"].create({"name": "Bank", "bic": "BNPAFRPP"})
        bank = self.env(su=True)["res.bank"].search([("bic", "=", "BNPAFRPP")], limit=1)
        self.bank_account.write({"bank_id": bank.id, "acc_holder_name": "ACME"})
        invoice = self._bill()
        reading = self._read(invoice)
        means = "//SpecifiedTradeSettlementPaymentMeans"
        self.assertEqual(reading.one(f"{means}/TypeCode"), "58")
        account = f"{means}/PayeePartyCreditorFinancialAccount"
        self.assertEqual(
            reading.one(f"{account}/IBANID"), "FR7630006000011234567890189"
        )
        self.assertEqual(reading.one(f"{account}/AccountName"), "ACME")
        self.assertEqual(
            reading.one(f"{means}/PayeeSpecifiedCreditorFinancialInstitution/BICID"),
            "BNPAFRPP",
        )
        self.assertEqual(
            reading.one("//ApplicableHeaderTradeSettlement/PaymentReference"),
            invoice.payment_reference,
        )

    def test_invoice_paid_by_card_names_no_account(self):
        invoice = self._bill()
        self._pay_online(invoice, "2026-03-01")
        reading = self._read(invoice)
        self.assertEqual(reading.frame, "S2")
        means = "//SpecifiedTradeSettlementPaymentMeans"
        self.assertEqual(reading.one(f"{means}/TypeCode"), "48")
        self.assertIsNone(reading.one(f"{means}/PayeePartyCreditorFinancialAccount"))

    def _pay_online(self, invoice, day):
        """A card paid: the provider's confirmation makes the payment."""
        admin = self.env(su=True)
        provider = admin["payment.provider"].create(
            {
                "name": "Card",
                "code": "none",
                "state": "test",
                "company_id": self.company.id,
            }
        )
        self._create_dummy_payment_method_for_provider(
            provider=provider, journal=self.company_data["default_journal_bank"]
        )
        # Without an account for money under way a payment has no entry to reconcile.
        provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == provider
        ).payment_account_id = self.inbound_payment_method_line.payment_account_id
        with self._on(day):
            transaction = admin["payment.transaction"].create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": self.env.ref(
                        "payment.payment_method_unknown"
                    ).id,
                    "reference": "card-1",
                    "operation": "online_direct",
                    "amount": invoice.amount_residual,
                    "currency_id": invoice.currency_id.id,
                    "partner_id": invoice.partner_id.id,
                    "invoice_ids": [Command.set(invoice.ids)],
                    "state": "done",
                }
            )
            transaction._post_process()
        self.env.invalidate_all()
        self.assertEqual(invoice.payment_state, "paid")

    def test_seller_without_phone_mail_or_account_may_send(self):
        self.bank_account.unlink()
        self.company.sudo().write({"phone": False, "email": False})
        self.assertEqual(self._read(self._bill()).frame, "S1")

    # === Tax === #

    def test_tax_on_services_is_due_with_the_payment(self):
        invoice = self._bill()
        due = "//ApplicableHeaderTradeSettlement/ApplicableTradeTax/DueDateTypeCode"
        self.assertEqual(self._read(invoice).one(due), "72")
        self.company.sudo().billing_vat_regime = "debits"
        self.assertEqual(self._read(invoice).one(due), "5")

    def test_category_that_somebody_chose_for_a_tax_is_kept(self):
        self.tax_0.ubl_cii_tax_category_code = "K"
        self.customer.sudo().write(
            {"country_id": self.env.ref("base.de").id, "vat": "DE123456788"}
        )
        lines = [self._taxed(self.support, 1, 100.0, self.tax_0)]
        self.assertEqual(self._read(self._bill(lines)).taxes(), [("K", 0, 100, 0)])

    def test_line_given_away_is_worth_nothing_and_still_has_its_tax(self):
        lines = [
            (self.support, 1, 100.0),
            (self.licence, 2, 50.0, {"discount": 100.0}),
        ]
        reading = self._read(self._bill(lines))
        self.assertEqual(reading.totals()["LineTotal"], 100)

    # === The checks check === #

    def test_validator_finds_a_missing_mention_and_a_wrong_sum(self):
        content = self._read(self._bill()).content
        root = etree.fromstring(content)
        for note in root.iterfind(".//ram:IncludedNote", NAMES):
            if note.findtext("ram:SubjectCode", namespaces=NAMES) == "PMT":
                note.getparent().remove(note)
        root.find(".//ram:TaxBasisTotalAmount", NAMES).text = "99.00"
        answer = self.validator.ask(
            "check",
            etree.tostring(root),
            flavor="factur-x",
            level="en16931",
            schematrons=["factur-x", "factur-x-fr"],
        )
        if answer["rules"] is None:
            self.skipTest("The schematrons of the standard need the package saxonche.")
        found = " ".join(answer["rules"])
        self.assertIn("BR-FR-05", found)
        self.assertIn("BR-CO-13", found)

    def test_validator_refuses_a_node_that_the_schema_does_not_know(self):
        root = etree.fromstring(self._read(self._bill()).content)
        root.append(etree.Element("Surprise"))
        answer = self.validator.ask(
            "check",
            etree.tostring(root),
            flavor="factur-x",
            level="en16931",
            schematrons=[],
        )
        self.assertTrue(answer["schema"])
