from odoo import models

from ..exceptions.billing_invoicing_causes import ParkedFor
from .faults import FaultFinder, MentionsMissing, get_blocking
from .reader import Paper, Reader


class BillingInvoicing(models.AbstractModel):
    """A run sets aside what its company may not post."""

    _inherit = "billing.invoicing"

    def _check_bill(self, bill, as_of):
        # EXTENDS billing.invoicing
        super()._check_bill(bill, as_of)
        self._check_mentions(bill, as_of)

    def _check_mentions(self, bill, as_of):
        """Refuse an invoice that lacks what the law wants, before it is made.

        Where the company only wants to be told, or the plan leaves drafts, the
        invoice itself says so.

        :raises Parked: ``mention_missing``, for the first record to mend.
        """
        order = bill.order
        if (
            order.company_id.billing_mention_policy != "block"
            or order.billing_plan_id.posting != "post"
        ):
            return
        reader = self._once(("mentions",), lambda: Reader(self.env))
        paper = self._get_paper(bill, self._get_document_date(as_of))
        found = FaultFinder(reader).find(paper, reader.read_paper(paper), order)
        faults = get_blocking(found, order.company_id)
        if not faults:
            return
        raise ParkedFor(
            "mention_missing",
            self.env._(
                "%(order)s: missing before posting: %(facts)s.",
                order=order.name,
                facts=", ".join(fault.fact for fault in faults),
            ),
            self._get_mendable(faults[0].record, order),
        )

    def _get_mendable(self, record, order):
        """The record to mend as an exception can open it."""
        mendable = record._name in ("res.partner", "res.company")
        return record if mendable else order.company_id

    def _explain(self, order, error):
        # EXTENDS billing.invoicing: what only the finished document shows.
        if isinstance(error, MentionsMissing):
            return "mention_missing", f"{order.name}: {error}"
        return super()._explain(order, error)

    def _find_culprit(self, order, code, error):
        # EXTENDS billing.invoicing
        if isinstance(error, MentionsMissing):
            return self._get_mendable(error.record, order)
        return super()._find_culprit(order, code, error)

    def _get_paper(self, bill, day):
        """The invoice to come, as its mentions need it."""
        order = bill.order
        return Paper(
            company=order.company_id,
            partner=order.partner_invoice_id,
            on=day,
            lines=[
                (line.product_id._is_billing_goods(), line.tax_ids)
                for line in self._get_lines_to_book(bill)
            ],
            term=order.payment_term_id,
            # Core computes the due date when the invoice is there.
            due=day,
            delivery=order.partner_shipping_id,
        )
