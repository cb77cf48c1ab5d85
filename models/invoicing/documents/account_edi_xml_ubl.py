from odoo import models

#: When tax is due (UNTDID 2005): on the day of payment.
_DUE_WHEN_PAID = "432"


class AccountEdiXmlUbl21(models.AbstractModel):
    """UBL, and every format made from it, with what the law of the seller wants."""

    _inherit = "account.edi.xml.ubl_21"

    def _export_invoice(self, invoice):
        # EXTENDS account_edi_ubl_cii
        if not invoice.is_sale_document():
            return super()._export_invoice(invoice)
        spoken = invoice.with_context(lang=invoice.partner_id.lang)
        electronic = spoken._billing_get_electronic()
        builder = self.with_context(
            billing_services=electronic.services, billing_electronic=electronic
        )
        return super(AccountEdiXmlUbl21, builder)._export_invoice(invoice)

    def _get_invoice_node(self, vals):
        # EXTENDS account_edi_ubl_cii
        node = super()._get_invoice_node(vals)
        electronic = self.env.context.get("billing_electronic")
        if electronic and vals["invoice"].is_sale_document():
            self._billing_add_notes(node, electronic)
            self._billing_add_frame(node, electronic)
            self._billing_add_references(node, electronic)
            self._billing_add_period(node, electronic)
            for role, party in (
                ("cac:AccountingSupplierParty", electronic.seller),
                ("cac:AccountingCustomerParty", electronic.buyer),
            ):
                self._billing_add_party(node[role]["cac:Party"], party)
        return node

    def _billing_add_notes(self, node, electronic):
        """BG-1, the subject in front of the text; ours for those of the same subject.

        Peppol takes one note only (PEPPOL-EN16931-R002): there they are its lines.
        """
        found = node.get("cbc:Note") or []
        found = found if isinstance(found, list) else [found]
        texts = [note["_text"] for note in found if note and note["_text"]]
        ours = tuple(f"#{note.code}#" for note in electronic.notes if note.code)
        texts = [text for text in texts if not text.startswith(ours)]
        texts += [note.flat for note in electronic.notes]
        if "peppol" in str((node.get("cbc:CustomizationID") or {}).get("_text")):
            texts = ["\n".join(texts)] if texts else []
        node["cbc:Note"] = [{"_text": text} for text in texts]

    def _billing_add_frame(self, node, electronic):
        """BT-23, where the format has no profile of its own there."""
        if electronic.frame and not node.get("cbc:ProfileID"):
            node["cbc:ProfileID"] = {"_text": electronic.frame}

    def _billing_add_references(self, node, electronic):
        """BT-12, BT-25 and BT-26."""
        if electronic.contract and not node.get("cac:ContractDocumentReference"):
            node["cac:ContractDocumentReference"] = {
                "cbc:ID": {"_text": electronic.contract}
            }
        if electronic.corrected and not node.get("cac:BillingReference"):
            node["cac:BillingReference"] = [
                {
                    "cac:InvoiceDocumentReference": {
                        "cbc:ID": {"_text": move.name},
                        "cbc:IssueDate": {"_text": move.invoice_date},
                    }
                }
                for move in electronic.corrected
            ]

    def _billing_add_period(self, node, electronic):
        """BG-14, and BT-8 where tax is due with the payment."""
        start, end = electronic.period or (None, None)
        code = _DUE_WHEN_PAID if electronic.on_collection else None
        if start or code:
            node["cac:InvoicePeriod"] = {
                "cbc:StartDate": {"_text": start},
                "cbc:EndDate": {"_text": end},
                "cbc:DescriptionCode": {"_text": code},
            }

    def _billing_add_party(self, node, party):
        """BT-29, BT-30, BT-34 and their like of the buyer; a scheme that a platform's
        module wrote stays.
        """
        legal = node["cac:PartyLegalEntity"]
        entity = legal[0] if isinstance(legal, list) else legal
        number = entity.get("cbc:CompanyID") or {}
        if party.legal_scheme and not number.get("schemeID"):
            entity["cbc:CompanyID"] = {
                "_text": party.legal,
                "schemeID": party.legal_scheme,
            }
        found = node.get("cac:PartyIdentification") or {}
        found = found if isinstance(found, list) else [found]
        schemes = [(one.get("cbc:ID") or {}).get("schemeID") for one in found]
        if party.establishment and not any(schemes):
            node["cac:PartyIdentification"] = {
                "cbc:ID": {
                    "_text": party.establishment,
                    "schemeID": party.establishment_scheme,
                }
            }
        if party.address and not node.get("cbc:EndpointID"):
            node["cbc:EndpointID"] = {
                "_text": party.address,
                "schemeID": party.address_scheme,
            }

    def _add_invoice_line_period_nodes(self, line_node, vals):
        # EXTENDS account_edi_ubl_cii
        base_line = vals["base_line"]
        line = base_line["record"]
        if line._name == "account.move.line" and line.billing_period_start:
            vals = {
                **vals,
                "base_line": {
                    **base_line,
                    "deferred_start_date": line.billing_period_start,
                    "deferred_end_date": line.billing_period_end,
                },
            }
        return super()._add_invoice_line_period_nodes(line_node, vals)
