"""A Cross Industry Invoice, completed: each method writes one group of EN 16931.

It works on the finished document, whoever built it: core's template, or that of a
module which connects a platform.
"""

from lxml import etree

from odoo.tools import float_repr

from ....engine.electronic import plain, unit_price
from ...plan.numbers import as_decimal

_URN = "urn:un:unece:uncefact:data:standard:"
NAMESPACES = {
    "rsm": f"{_URN}CrossIndustryInvoice:100",
    "ram": f"{_URN}ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_URN}QualifiedDataType:100",
    "udt": f"{_URN}UnqualifiedDataType:100",
}
_DAY = "%Y%m%d"
_DAY_FORMAT = "102"
#: Means of payment (UNTDID 4461), and when tax is due (UNTDID 2475).
_TRANSFER, _SEPA_TRANSFER, _CARD = "30", "58", "48"
_DUE_WHEN_PAID = "72"
#: Categories without tax (UNTDID 5305), which say why.
_UNTAXED = ("E", "AE", "K", "G", "O")
#: A number of the tax office that is none of VAT (UNTDID 1153).
_TAX_OFFICE = "FC"
#: The order that the schema wants, as far as we write.
_PARTY = (
    "ID",
    "GlobalID",
    "Name",
    "RoleCode",
    "Description",
    "SpecifiedLegalOrganization",
    "DefinedTradeContact",
    "PostalTradeAddress",
    "URIUniversalCommunication",
    "SpecifiedTaxRegistration",
)
_AGREEMENT = (
    "BuyerReference",
    "SellerTradeParty",
    "BuyerTradeParty",
    "SalesAgentTradeParty",
    "BuyerTaxRepresentativeTradeParty",
    "SellerTaxRepresentativeTradeParty",
    "SellerOrderReferencedDocument",
    "BuyerOrderReferencedDocument",
    "QuotationReferencedDocument",
    "ContractReferencedDocument",
    "AdditionalReferencedDocument",
    "SpecifiedProcuringProject",
)
_SETTLEMENT = (
    "CreditorReferenceID",
    "PaymentReference",
    "TaxCurrencyCode",
    "InvoiceCurrencyCode",
    "InvoiceeTradeParty",
    "PayeeTradeParty",
    "TaxApplicableTradeCurrencyExchange",
    "SpecifiedTradeSettlementPaymentMeans",
    "ApplicableTradeTax",
    "BillingSpecifiedPeriod",
    "SpecifiedTradeAllowanceCharge",
    "SpecifiedLogisticsServiceCharge",
    "SpecifiedTradePaymentTerms",
    "SpecifiedTradeSettlementHeaderMonetarySummation",
    "InvoiceReferencedDocument",
)
_MEANS = (
    "TypeCode",
    "Information",
    "ApplicableTradeSettlementFinancialCard",
    "PayerPartyDebtorFinancialAccount",
    "PayeePartyCreditorFinancialAccount",
    "PayeeSpecifiedCreditorFinancialInstitution",
)
_SUMMATION = (
    "LineTotalAmount",
    "ChargeTotalAmount",
    "AllowanceTotalAmount",
    "TaxBasisTotalAmount",
    "TaxTotalAmount",
    "RoundingAmount",
    "GrandTotalAmount",
)


def _tag(name):
    prefix, _colon, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix or 'ram']}}}{local}"


def _local(node):
    return etree.QName(node).localname


class CiiDocument:
    """The XML of a document and what completes it.

    :param content: the XML as bytes.
    :param move: the document, in the customer's language.
    :param electronic: its ``Electronic``.
    """

    def __init__(self, content, move, electronic):
        self.root = etree.fromstring(content)
        self.move = move
        self.electronic = electronic
        self.header = self._find("rsm:ExchangedDocument", self.root)
        self.agreement = self._find(".//ApplicableHeaderTradeAgreement", self.root)
        self.settlement = self._find(".//ApplicableHeaderTradeSettlement", self.root)

    def complete(self):
        """Write what core's document lacks; return its bytes."""
        self.write_frame()
        self.write_notes()
        self.write_parties()
        self.write_references()
        self.write_lines()
        self.write_taxes()
        self.write_currency()
        self.write_means()
        self.write_terms()
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    # === Heads === #

    def write_frame(self):
        """BT-23, the first thing of the document."""
        context = self._find("rsm:ExchangedDocumentContext", self.root)
        name = "BusinessProcessSpecifiedDocumentContextParameter"
        if not self.electronic.frame or self._find(name, context) is not None:
            return
        parameter = etree.Element(_tag(name))
        context.insert(0, parameter)
        self._add(parameter, "ID", self.electronic.frame)

    def write_notes(self):
        """BG-1: one note per mention; ours stands for another's of the same subject."""
        codes = {note.code for note in self.electronic.notes if note.code}
        for note in self._all("IncludedNote", self.header):
            if note.findtext(_tag("SubjectCode")) in codes:
                self.header.remove(note)
        for note in self.electronic.notes:
            written = self._add(self.header, "IncludedNote")
            self._add(written, "Content", note.text)
            if note.code:
                self._add(written, "SubjectCode", note.code)

    # === Parties === #

    def write_parties(self):
        """BT-29 to BT-34, BT-46 to BT-49; the place of delivery has no contact."""
        for name, party in (
            ("SellerTradeParty", self.electronic.seller),
            ("BuyerTradeParty", self.electronic.buyer),
        ):
            self._write_party(self._find(name, self.agreement), party)
        self._write_tax_number()
        ship_to = self._find(".//ShipToTradeParty", self.root)
        if ship_to is not None:
            self._drop(ship_to, "DefinedTradeContact", "SpecifiedLegalOrganization")

    def _write_party(self, node, party):
        self._drop(node, "GlobalID", "SpecifiedLegalOrganization")
        if party.establishment:
            self._put(
                node,
                _PARTY,
                "GlobalID",
                party.establishment,
                schemeID=party.establishment_scheme,
            )
        if party.legal:
            organization = self._put(node, _PARTY, "SpecifiedLegalOrganization")
            self._add(organization, "ID", party.legal, schemeID=party.legal_scheme)
        if party.address and self._find("URIUniversalCommunication", node) is None:
            address = self._put(node, _PARTY, "URIUniversalCommunication")
            self._add(address, "URIID", party.address, schemeID=party.address_scheme)

    def _write_tax_number(self):
        """BT-32: a seller without a VAT number is known to the tax office by its legal
        one (BR-E-02).
        """
        name, legal = "SpecifiedTaxRegistration", self.electronic.seller.legal
        node = self._find("SellerTradeParty", self.agreement)
        if legal and self._find(name, node) is None:
            registration = self._put(node, _PARTY, name)
            self._add(registration, "ID", legal, schemeID=_TAX_OFFICE)

    # === References === #

    def write_references(self):
        """BT-12, BT-13, BT-25 and BT-26."""
        order = self._find("BuyerOrderReferencedDocument", self.agreement)
        # Our own number, of the invoice or of what it bills, is no order of theirs.
        if order is not None and (
            order.findtext(_tag("IssuerAssignedID")) in self.electronic.own_numbers
        ):
            self.agreement.remove(order)
        contract = self._find("ContractReferencedDocument", self.agreement)
        if contract is None and self.electronic.contract:
            contract = self._put(
                self.agreement, _AGREEMENT, "ContractReferencedDocument"
            )
            self._add(contract, "IssuerAssignedID", self.electronic.contract)
        self._drop(self.settlement, "InvoiceReferencedDocument")
        for corrected in self.electronic.corrected:
            written = self._put(
                self.settlement, _SETTLEMENT, "InvoiceReferencedDocument"
            )
            self._add(written, "IssuerAssignedID", corrected.name)
            day = self._add(written, "FormattedIssueDateTime")
            self._add_day(day, "qdt:DateTimeString", corrected.invoice_date)

    # === Lines === #

    def write_lines(self):
        """BT-146 to BT-148, to six decimals: a price for part of a period has them."""
        lines = self.move._billing_get_product_lines()
        items = self._all(".//IncludedSupplyChainTradeLineItem", self.root)
        for line, item in zip(lines, items, strict=True):
            price = unit_price(
                as_decimal(line.price_subtotal),
                as_decimal(line.quantity),
                as_decimal(line.discount),
            )
            if price:
                self._write_price(item, price)

    def _write_price(self, item, price):
        gross = self._find(".//GrossPriceProductTradePrice", item)
        net = self._find(".//NetPriceProductTradePrice", item)
        self._find("ChargeAmount", net).text = plain(price.net)
        if gross is None:
            return
        self._find("ChargeAmount", gross).text = plain(price.gross)
        self._drop(gross, "AppliedTradeAllowanceCharge")
        if price.discount:
            charge = self._add(gross, "AppliedTradeAllowanceCharge")
            indicator = self._add(charge, "ChargeIndicator")
            self._add(indicator, "udt:Indicator", "false")
            self._add(charge, "ActualAmount", plain(price.discount))

    # === Taxes and amounts === #

    def write_taxes(self):
        """BT-8 where tax is due with the payment; BT-120 and BT-121 as printed."""
        for tax in self._all("ApplicableTradeTax", self.settlement):
            due = self._find("DueDateTypeCode", tax)
            if due is not None and self.electronic.on_collection:
                due.text = _DUE_WHEN_PAID
            untaxed = tax.findtext(_tag("CategoryCode")) in _UNTAXED
            if untaxed and self.electronic.exemption:
                reason, code = self.electronic.exemption
                self._write_exemption(tax, reason, code)

    def _write_exemption(self, tax, reason, code):
        self._drop(tax, "ExemptionReason")
        self._find("TypeCode", tax).addnext(self._make("ExemptionReason", reason))
        if code:
            self._drop(tax, "ExemptionReasonCode")
            category = self._find("CategoryCode", tax)
            category.addnext(self._make("ExemptionReasonCode", code))

    def write_currency(self):
        """BT-6 and BT-111: the tax in the seller's own currency (directive
        2006/112/EC, art. 230), by the rate that the books used.
        """
        move = self.move
        own = move.company_id.currency_id
        summation = self._find(
            "SpecifiedTradeSettlementHeaderMonetarySummation", self.settlement
        )
        known = self._find("TaxCurrencyCode", self.settlement) is not None
        if own == move.currency_id or known:
            return
        self._put(self.settlement, _SETTLEMENT, "TaxCurrencyCode", own.name)
        self._put(
            summation,
            _SUMMATION,
            "TaxTotalAmount",
            float_repr(abs(move.amount_tax_signed), 2),
            currencyID=own.name,
        )

    # === Payment === #

    def write_means(self):
        """BG-16: what was paid by card names no account to pay to."""
        means = self._find("SpecifiedTradeSettlementPaymentMeans", self.settlement)
        if self.electronic.paid_online:
            if means is not None:
                self.settlement.remove(means)
            means = self._put(
                self.settlement, _SETTLEMENT, "SpecifiedTradeSettlementPaymentMeans"
            )
            self._add(means, "TypeCode", _CARD)
            return
        code = means is not None and self._find("TypeCode", means)
        # 42 is core's; another module knows better what it wrote.
        if means is None or code.text != "42":
            return
        account = self.move.partner_bank_id
        in_euro = self.move.currency_id.name == "EUR"
        iban = account.acc_type == "iban"
        code.text = _SEPA_TRANSFER if iban and in_euro else _TRANSFER
        payee = self._find("PayeePartyCreditorFinancialAccount", means)
        if account.acc_holder_name and payee is not None:
            payee.insert(1, self._make("AccountName", account.acc_holder_name))
        if account.bank_bic and payee is not None:
            bank = self._put(
                means, _MEANS, "PayeeSpecifiedCreditorFinancialInstitution"
            )
            self._add(bank, "BICID", account.bank_bic)

    def write_terms(self):
        """BT-20 tells the instalments; what is paid was due when it was (BT-9)."""
        terms = self._find("SpecifiedTradePaymentTerms", self.settlement)
        if terms is None:
            return
        electronic = self.electronic
        if electronic.terms:
            self._drop(terms, "Description")
            terms.insert(0, self._make("Description", electronic.terms))
        if electronic.paid_on:
            self._drop(terms, "DueDateDateTime")
            # Description comes before the day, everything else after it.
            place = 1 if self._find("Description", terms) is not None else 0
            due = self._make("DueDateDateTime")
            terms.insert(place, due)
            self._add_day(due, "udt:DateTimeString", electronic.paid_on)

    # === Nodes === #

    def _find(self, path, node):
        found = self._all(path, node)
        return found[0] if found else None

    def _all(self, path, node):
        prefix = ".//" if path.startswith(".//") else ""
        return node.findall(f"{prefix}{_tag(path.removeprefix('.//'))}")

    def _make(self, name, text=None, **attributes):
        node = etree.Element(
            _tag(name), {key: value for key, value in attributes.items() if value}
        )
        node.text = text
        return node

    def _add(self, parent, name, text=None, **attributes):
        node = self._make(name, text, **attributes)
        parent.append(node)
        return node

    def _add_day(self, parent, name, day):
        return self._add(parent, name, day.strftime(_DAY), format=_DAY_FORMAT)

    def _put(self, parent, order, name, text=None, **attributes):
        """Add a node where the schema wants it: after all that may stand before."""
        node = self._make(name, text, **attributes)
        before = order[: order.index(name) + 1]
        earlier = [child for child in parent if _local(child) in before]
        parent.insert(parent.index(earlier[-1]) + 1 if earlier else 0, node)
        return node

    def _drop(self, parent, *names):
        for name in names:
            for node in self._all(name, parent):
                parent.remove(node)
