from odoo import api, fields, models

from ...plan.alerts import as_link
from .faults import FaultFinder, MentionsMissing, get_blocking, get_sentence
from .reader import Reader


class AccountMove(models.Model):
    """What a document lacks by law, before it is posted."""

    _inherit = "account.move"

    billing_alerts = fields.Json(compute="_compute_billing_alerts")

    @api.depends_context("lang", "uid", "allowed_company_ids")
    @api.depends(
        "state",
        "move_type",
        "company_id",
        "partner_id",
        "invoice_date",
        "invoice_date_due",
        "invoice_payment_term_id",
        "reversed_entry_id",
        "invoice_line_ids.product_id",
        "invoice_line_ids.tax_ids",
    )
    def _compute_billing_alerts(self):
        for move in self:
            move.billing_alerts = move._get_billing_alerts() or False

    def _get_billing_alerts(self):
        """Lines for core's widget of errors with a link, one a record to mend."""
        self.ensure_one()
        if self.state != "draft" or not self.is_sale_document() or not self.partner_id:
            return {}
        alerts = {}
        faults = self._billing_get_faults().get(self, ())
        for culprit in dict.fromkeys(fault.culprit for fault in faults):
            own = [fault for fault in faults if fault.culprit == culprit]
            blocking = bool(get_blocking(own, self.company_id))
            text, action = own[0].record._billing_get_fault_remedy()
            alerts[f"billing_mention_{own[0].code}"] = {
                "level": "danger" if blocking else "warning",
                "message": get_sentence(own, blocking=blocking),
                **({"action_text": text, "action": as_link(action)} if action else {}),
            }
        return alerts

    def _billing_get_faults(self):
        """What documents lack by law.

        :return: ``{document: [Fault]}``, documents without a fault left out.
        """
        reader = Reader(self.env)
        papers = self._billing_get_documents()._billing_get_papers()
        readings = {move: reader.read_paper(paper) for move, paper in papers.items()}
        return self._billing_find_faults(reader, papers, readings)

    def _billing_find_faults(self, reader, papers, readings):
        finder = FaultFinder(reader)
        faults = {
            move: finder.find(paper, readings[move], move)
            for move, paper in papers.items()
        }
        return {move: found for move, found in faults.items() if found}

    def _billing_check_faults(self, reader, papers, readings):
        """Refuse to post what the law does not allow, where the company says so.

        :raises MentionsMissing: with all faults of all documents.
        """
        strict = {
            move: paper
            for move, paper in papers.items()
            if paper.company.billing_mention_policy == "block"
        }
        found = self._billing_find_faults(reader, strict, readings)
        faults = [
            fault
            for move, own in found.items()
            for fault in get_blocking(own, strict[move].company)
        ]
        if not faults:
            return
        facts = dict.fromkeys(fault.fact for fault in faults)
        message = self.env._(
            "Missing before posting: %(facts)s. Complete it, or let the settings post "
            "without it.",
            facts=", ".join(facts),
        )
        raise MentionsMissing(message, faults[0].record)

    def _billing_get_fault_remedy(self):
        """A document is mended on its own form: there is nowhere else to go."""
        return False, False
