from dataclasses import dataclass, field

from odoo import api, models
from odoo.fields import Domain

from ...plan.alerts import as_link
from ...subscription.figures import get_live_domain
from .faults import FaultFinder, get_blocking
from .reader import Paper, Reader


@dataclass
class Lacking:
    """What one record lacks, of a customer's invoices.

    :param facts: ``{fact: Fault}``, each once whatever the number of subscriptions.
    :param blocking: whether a subscription waits for it.
    """

    facts: dict = field(default_factory=dict)
    blocking: bool = False


class ResPartner(models.Model):
    """What a customer's record lacks for lawful invoices, told before the next run."""

    _inherit = "res.partner"

    @api.depends("vat", "company_registry", "billing_buyer_kind")
    def _compute_billing_alerts(self):
        # EXTENDS res.partner
        super()._compute_billing_alerts()
        for partner, lacking in self._billing_get_lacking().items():
            alerts = partner.billing_alerts or {}
            for record, found in lacking.items():
                alert = partner._get_billing_mention_alert(record, found, alerts)
                if alert:
                    alerts = {**alerts, f"billing_mention_{record.id}": alert}
            partner.billing_alerts = alerts or False

    def _get_billing_mention_alert(self, record, lacking, alerts):
        """The warning of what a record lacks.

        :param alerts: those that the customer has already.
        :return: a value of core's widget ``actionable_errors``; None when another
            warning says it all.
        """
        facts = ", ".join(
            fact
            for fact, fault in lacking.facts.items()
            if not (fault.code == "buyer_address" and "billing_no_address" in alerts)
        )
        if not facts:
            return None
        text = self.env._("Missing on the customer's invoices: %(facts)s.", facts=facts)
        if lacking.blocking:
            text = self.env._(
                "The customer's subscriptions will not be invoiced. Missing: "
                "%(facts)s.",
                facts=facts,
            )
        alert = {"level": "danger" if lacking.blocking else "warning", "message": text}
        if record != self._origin:
            name, action = record._billing_get_fault_remedy()
            alert.update(action_text=name, action=as_link(action))
        return alert

    def _billing_get_lacking(self):
        """What customers lack for the invoices of their running subscriptions.

        A customer shows what is to be mended on its own record and on the contacts that
        are invoiced for it.

        :return: ``{customer: {record to mend: Lacking}}``
        """
        known = {partner._origin: partner for partner in self}
        if not all(
            self.env[name].has_access("read")
            for name in ("sale.order", "billing.mention", "billing.run.item")
        ):
            return {}
        reader, found = Reader(self.env), {}
        finder = FaultFinder(reader)
        for order, paper in self._billing_get_papers(known):
            faults = finder.find(paper, reader.read_paper(paper), order)
            waits = order.billing_plan_id.posting == "post"
            blocking = get_blocking(faults, order.company_id) if waits else []
            for fault in faults:
                if fault.record._name != "res.partner":
                    continue
                record = fault.record._origin
                for shown in (record | record.commercial_partner_id) & self._origin:
                    own = found.setdefault(known[shown], {})
                    lacking = own.setdefault(record, Lacking())
                    lacking.facts[fault.fact] = fault
                    lacking.blocking |= fault in blocking
        return found

    def _billing_get_papers(self, known):
        """The invoices that running subscriptions of these customers lead to, as far as
        their mentions go; of those that are alike, one.

        :param dict known: the customer as a form has it, by the one that is stored.
        :return: list of (``sale.order``, ``Paper``)
        """
        invoiced = Domain("partner_invoice_id", "in", self._origin.ids) | Domain(
            "partner_invoice_id.commercial_partner_id", "in", self._origin.ids
        )
        papers = {}
        for order in self.env["sale.order"].search(get_live_domain() & invoiced):
            partner = order.partner_invoice_id
            lines = frozenset(
                (line.product_id._is_billing_goods(), line.tax_ids)
                for line in order.order_line
                if line.billing_recurring
            )
            key = order.company_id, partner, order.billing_plan_id.posting, lines
            if key not in papers:
                buyer = partner.commercial_partner_id
                paper = Paper(
                    company=order.company_id,
                    # The form's own values count before they are saved.
                    partner=known.get(partner, partner),
                    buyer=known.get(buyer, buyer),
                    on=order.company_id._billing_today(),
                    lines=list(lines),
                )
                papers[key] = order, paper
        return list(papers.values())
