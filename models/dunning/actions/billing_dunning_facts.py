"""What left, and what was decided about debts from before, as the engine's facts."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ....engine.dunning_actions import COUNTED
from ....engine.open_items import Hold, Ladder

#: The cap of a policy looks at a week.
_WEEK = timedelta(days=7)


class BillingDunning(models.AbstractModel):
    _inherit = "billing.dunning"

    @api.model
    def _may_send(self, company):
        # A copied database reminds nobody.
        return company.billing_dunning_on and not self.env["billing.sending"]._is_copy()

    @api.model
    def _read_contacts(self, company, partners):
        self.env["billing.dunning.action"].flush_model(
            ["state", "contact_on", "partner_id", "company_id"]
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, ARRAY_AGG(DISTINCT contact_on)"
                "  FROM billing_dunning_action"
                " WHERE company_id = %s AND partner_id = ANY(%s) AND state IN %s"
                "   AND contact_on > %s GROUP BY partner_id",
                company.id,
                partners.ids,
                tuple(sorted(COUNTED)),
                company._billing_today() - _WEEK,
            )
        )
        return {partner: tuple(days) for partner, days in rows}

    @api.model
    def _read_starts(self, company, partners):
        """``{partner id: (day of switching on, choice, day it is about)}``."""
        since = company.billing_dunning_since
        if not since:
            return {}
        self.env["billing.dunning.case"].flush_model(["start_choice", "start_on"])
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, start_choice, start_on FROM billing_dunning_case"
                " WHERE company_id = %s AND partner_id = ANY(%s)"
                "   AND start_choice IS NOT NULL",
                company.id,
                partners.ids,
            )
        )
        chosen = {partner: (since, choice, on) for partner, choice, on in rows}
        return {
            partner: chosen.get(partner, (since, None, None))
            for partner in partners.ids
        }

    @api.model
    def _get_old_hold(self, owed, ladder, start):
        if start is None or ladder != Ladder():
            # What we have begun to remind of is no debt from before.
            return None
        since, choice, on = start
        if owed.due >= since:
            return None
        if choice is None or owed.due >= on:
            return Hold("undecided", since=since)
        return None if choice == "first" else Hold("left_alone", since=on)

    @api.model
    def _get_case_hold(self, start):
        if start is None or start[1] != "alone":
            return None
        return Hold("left_alone", since=start[2])
