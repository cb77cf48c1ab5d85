from odoo import models


class AccountMove(models.Model):
    """How the amounts of an invoice were reached, for its customer."""

    _inherit = "account.move"

    def _get_billing_portal_explanations(self):
        """What the portal's page of the invoice says of each recurring line.

        Words alone: neither the facts nor who conceded what. The page has checked that
        its reader may see this document, and nothing of another one is told.

        :return: one dict a line: ``name``, ``days``, ``amount``, ``sentences`` and
            ``total``.
        """
        self.ensure_one()
        if self.state != "posted" or not self.is_sale_document():
            return []
        told = []
        for line in self.invoice_line_ids.sorted(lambda line: (line.sequence, line.id)):
            # A customer never reads the ledger; what stands on this invoice is theirs.
            entry = line.sudo().billing_entry_ids.filtered(
                lambda entry: entry.kind != "waiver"
            )[:1]
            if entry and entry.facts:
                sentences, total = entry._explain()
                told.append(
                    {
                        "name": entry._get_product_text(),
                        "days": entry._get_entry_days(),
                        "amount": entry._money(entry.charged_amount),
                        "sentences": sentences,
                        "total": total,
                    }
                )
        return told
