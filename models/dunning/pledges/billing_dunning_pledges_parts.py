"""What pledges keep out of reminders, item by item."""

from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain

from ....engine.open_items import Hold
from ....engine.pledges import parts_of


class BillingDunningPledges(models.AbstractModel):
    _inherit = "billing.dunning.pledges"

    @api.model
    def _get_parts(self, company, partners, on):
        """What is promised, disputed, planned and held of customers' open items.

        As the last ``_refresh`` left it. The number of queries does not depend on the
        number of customers.

        :param partners: commercial partners.
        :param on: the day asked about.
        :return: ``{(move id, due date): (parts, hold)}`` of the items that any pledge
            keeps, ``parts`` and ``hold`` being the engine's ``Part`` and ``Hold``.
        """
        # Reminders depend on all that was agreed on, not on who looks.
        service = self.sudo()
        standings = service._get_standings(company, partners)
        domain = Domain("company_id", "=", company.id) & Domain(
            "partner_id", "in", partners.ids
        )
        claims = service._get_claims(domain)
        holds = service._get_holds(domain, on)
        found = {}
        for (_company, partner_id), standing in standings.items():
            parts = parts_of(standing.items, claims[partner_id], standing.credits)
            for item in standing.items:
                hold = service._get_hold(item, standing, holds[partner_id])
                if hold or item.key in parts:
                    found[item.key] = parts.get(item.key, ()), hold
        return found

    def _get_claims(self, domain):
        """The engine's claims of what is in force, by customer's id."""
        live = domain & Domain("state", "=", "open")
        records = (
            *self.env["billing.dunning.promise"].search(live),
            *self.env["billing.dunning.dispute"].search(live),
            *self.env["billing.dunning.plan"]
            .search(domain & Domain("state", "in", ("offered", "running")))
            .item_ids,
        )
        claims = defaultdict(list)
        for record in records:
            claims[record.partner_id.id].append(record._get_claim())
        return claims

    def _get_holds(self, domain, on):
        """The holds that persons put on, by customer's id."""
        in_force = (
            Domain("lifted_on", "=", False)
            & Domain("since", "<=", on)
            & (Domain("until", "=", False) | Domain("until", ">=", on))
        )
        holds = self.env["billing.dunning.hold"].search(domain & in_force)
        return defaultdict(holds.browse, holds.grouped(lambda hold: hold.partner_id.id))

    def _get_hold(self, item, standing, holds):
        """What keeps an item as a whole: the books, else the longest hold of a person.

        :rtype: Hold or None
        """
        if item.key in standing.blocked:
            return Hold("blocked")
        found = [hold for hold in holds if hold._concerns(item.key)]
        if not found:
            return None
        longest = max(
            found, key=lambda hold: (not hold.until, hold.until or hold.since)
        )
        return Hold("hold", longest.until or None, longest.since)
