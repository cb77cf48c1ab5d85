from odoo import fields, models
from odoo.exceptions import UserError

from .reader import Paper, Reader


class AccountMove(models.Model):
    """A document and the mentions that it was posted with."""

    _inherit = "account.move"

    billing_mentions = fields.Json(
        string="Legal mentions",
        copy=False,
        readonly=True,
        help="As they stand on the document, in the customer's language.",
    )
    billing_late_rate = fields.Float(
        string="Late-payment rate (%)",
        digits=(5, 2),
        copy=False,
        readonly=True,
        help="Percent a year that the document was posted with. 0: it names none.",
    )

    def _post(self, soft=True):
        # EXTENDS account
        reader = Reader(self.env)
        ready = self._billing_get_documents().filtered("invoice_date")
        if soft:
            today = fields.Date.context_today(self)
            ready = ready.filtered(lambda move: move.date <= today)
        # Before, so that the mentions travel in the statement that posts.
        ready._billing_note_mentions(reader)
        posted = super()._post(soft=soft)
        # Core gave a date to what had none.
        late = (self | posted).filtered(lambda move: move.state == "posted") - ready
        late._billing_get_documents()._billing_note_mentions(reader)
        return posted

    def write(self, vals):
        # EXTENDS account: readonly is a word to screens alone.
        if {"billing_mentions", "billing_late_rate"} & vals.keys():
            for move in self.filtered(lambda move: move.state == "posted"):
                raise UserError(
                    self.env._(
                        "%(move)s keeps the legal mentions that it was posted with. "
                        "Make a credit note instead.",
                        move=move.display_name,
                    )
                )
        return super().write(vals)

    def _billing_get_documents(self):
        """The documents that carry mentions: invoices and credit notes to customers."""
        return self.filtered(lambda move: move.is_sale_document())

    def _billing_get_product_lines(self):
        """The lines of documents that have an amount, without sections and notes."""
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def _billing_note_mentions(self, reader):
        """Copy mentions and rate onto documents, one statement for all of them.

        :raises MentionsMissing: with all of it, where the company wants no
            document without it.
        """
        papers = self._billing_get_papers()
        readings = {move: reader.read_paper(paper) for move, paper in papers.items()}
        self._billing_check_faults(reader, papers, readings)
        names = ("billing_mentions", "billing_late_rate")
        mentions, rate = (self._fields[name] for name in names)
        for move, reading in readings.items():
            # No write: it would look at each line of each document again.
            value = mentions.convert_to_cache(reading.as_json(), move)
            mentions._update_cache(move, value, dirty=True)
            rate._update_cache(move, reading.rate, dirty=True)

    def _billing_get_papers(self):
        """The documents as their mentions need them.

        :return: ``{document: Paper}``
        """
        # Grouped, not asked for document by document: they are read together.
        lines = self._billing_get_product_lines()
        lines_of = lines.grouped("move_id")
        return {
            move: move._billing_get_paper(lines_of.get(move, lines.browse()))
            for move in self
        }

    def _billing_get_paper(self, lines):
        return Paper(
            company=self.company_id,
            partner=self.partner_id,
            on=self.invoice_date or self.company_id._billing_today(),
            lines=[
                (line.product_id._is_billing_goods(), line.tax_ids) for line in lines
            ],
            document="credit_note" if self.move_type == "out_refund" else "invoice",
            term=self.invoice_payment_term_id,
            due=self.invoice_date_due or None,
            delivery=self.partner_shipping_id,
            origins=self._billing_get_corrected(),
        )

    def _billing_get_corrected(self):
        """The invoices that a credit note corrects, oldest first."""
        if self.move_type != "out_refund":
            return self.browse()
        origins = self.invoice_line_ids.billing_origin_line_id.move_id
        corrected = self.reversed_entry_id | origins
        return corrected.filtered(
            lambda move: move.move_type == "out_invoice" and move.state == "posted"
        ).sorted(lambda move: (move.invoice_date, move.id))

    def _billing_get_mentions(self):
        """The mentions of a document, in the order of printing.

        :return: dicts with ``code``, ``note_code`` and ``text``, in the customer's
            language: those it was posted with; on a draft, those it would be.
        """
        self.ensure_one()
        if not self.is_sale_document():
            return []
        if self.state == "posted":
            return self.billing_mentions or []
        return Reader(self.env).read_paper(self._billing_get_papers()[self]).as_json()
