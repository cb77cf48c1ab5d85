"""What the archive says of a document: in the sealed record, and on the screens."""

import json

from odoo import models

from ....engine.archive import Link
from ....engine.archive_verdicts import Stored


class BillingArchive(models.Model):
    _inherit = "billing.archive"

    def _get_document_facts(self):
        """What stands on the document, as text.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        move = self.move_id
        facts = {
            **self._get_shown_facts(),
            "accounting_date": str(move.date or ""),
            "due_date": str(move.invoice_date_due or ""),
            "customer_vat": move.commercial_partner_id.vat or "",
            "reference": move.ref or "",
            "untaxed": amount_text(move.amount_untaxed),
            "tax": amount_text(move.amount_tax),
            # Empty where the journal is not restricted.
            "core_hash": move.inalterable_hash or "",
            "odoo_id": str(move.id),
        }
        if self.kind == "proof":
            facts["belongs_to"] = str(self.parent_id.sequence or "")
        return facts

    def _get_shown_facts(self):
        """What searches and lists say, written as in the sealed record."""
        return {
            "number": self.number or "",
            "type": self.move_type or "",
            "date": str(self.document_date or ""),
            "customer": self.customer_name or "",
            "currency": self.currency_id.name or "",
            "total": amount_text(self.amount_total),
        }

    def _as_stored(self):
        """Sealed records as the engine verifies them."""
        for archive in self:
            try:
                record = json.loads(archive.record or "null")
            except ValueError:
                record = None
            yield Stored(
                key=archive.id,
                link=Link(
                    sequence=archive.sequence,
                    previous=archive.previous or "",
                    digest=archive.digest or "",
                    sealed_at=archive._get_sealed_text(),
                    seal=archive.seal or "",
                ),
                record=record if isinstance(record, dict) else {},
                shown=archive._get_shown_facts(),
            )

    def _get_sealed_text(self):
        return self.sealed_at and sealed_text(self.sealed_at) or ""


def sealed_text(moment):
    """A moment as links hold it: ISO 8601, UTC, whole seconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def amount_text(value):
    """An amount as records hold it: two decimals, more where it has more.

    Whatever the currency's settings become later, it reads the same.
    """
    # + 0.0: no minus before zero.
    value = round(value or 0.0, 6) + 0.0
    short = f"{value:.2f}"
    return short if float(short) == value else f"{value:.6f}".rstrip("0")
