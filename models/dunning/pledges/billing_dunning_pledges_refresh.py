"""Pledges follow the facts: every day, and whenever somebody asks."""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain

#: A direct debit may be returned for so long (13 months): what was kept by it is
#: looked at again until then.
_RETURNABLE = timedelta(days=400)


class BillingDunningPledges(models.AbstractModel):
    _inherit = "billing.dunning.pledges"

    @api.model
    def _refresh(self, companies, on, partners=None):
        """Let payments and credit notes decide on promises, disputes and plans.

        :param on: the day on which it is decided.
        :param partners: commercial partners; all by default.
        """
        # What the books say does not depend on what the reader may see.
        service = self.sudo()
        domain = Domain("company_id", "in", companies.ids)
        if partners is not None:
            domain &= Domain("partner_id", "in", partners.ids)
        service._refresh_promises(domain, on)
        service._refresh_disputes(domain, on)
        service._refresh_plans(domain, on)

    def _refresh_promises(self, domain, on):
        ended = Domain("state", "in", ("kept", "partly", "broken"))
        promises = self.env["billing.dunning.promise"].search(
            domain
            & (
                Domain("state", "=", "open")
                | (ended & Domain("until", ">=", on - _RETURNABLE))
            )
        )
        # An invoice that is being corrected decides nothing.
        promises = promises.filtered(lambda promise: promise.move_id.state != "draft")
        live = promises.filtered(lambda promise: promise.state == "open")
        paid = self._get_settled(promises)
        left = self._get_left({promise: promise._get_claim() for promise in live})
        promises._follow(paid, left, on)

    def _refresh_disputes(self, domain, on):
        disputes = self.env["billing.dunning.dispute"].search(
            domain & Domain("state", "=", "open")
        )
        disputes = disputes.filtered(lambda dispute: dispute.move_id.state != "draft")
        credited = self._get_settled(disputes)
        left = self._get_left({dispute: dispute._get_claim() for dispute in disputes})
        disputes._follow(credited, left)
        disputes.filtered(lambda dispute: dispute.state == "open")._ask_for_review(on)

    def _refresh_plans(self, domain, on):
        ended = Domain("state", "in", ("kept", "broken"))
        plans = self.env["billing.dunning.plan"].search(
            domain
            & (
                Domain("state", "in", ("offered", "running"))
                | (ended & Domain("accepted_on", ">=", on - _RETURNABLE))
            )
        )
        plans._follow(self._get_settled(plans.item_ids), on)

    @api.model
    def _cron_refresh(self):
        """Every company's own day."""
        companies = self.env["res.company"].search([("active", "=", True)])
        for on, group in companies.grouped(lambda c: c._billing_today()).items():
            self._refresh(group, on)
