"""Looking at what customers owe: read, ask the engine, write."""

import logging

from odoo import api, models
from odoo.tools import SQL

from ....engine.dunning import decide

_logger = logging.getLogger(__name__)

#: Customers looked at in one transaction.
BATCH = 500


class BillingDunning(models.AbstractModel):
    """The service of reminders: what is due for whom, and why not."""

    _name = "billing.dunning"
    _description = "Reminder Service"

    @api.model
    def _cron_refresh(self):
        """Look at all customers of all companies, a batch a transaction."""
        cron = self.env["ir.cron"]
        partners = self.env["res.partner"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            service = self.with_company(company).with_context(
                allowed_company_ids=company.ids
            )
            ids = service._get_debtors()
            for first in range(0, len(ids), BATCH):
                batch = ids[first : first + BATCH]
                service._refresh(partners.with_env(service.env).browse(batch))
                left = len(ids) - first - len(batch)
                if not cron._commit_progress(len(batch), remaining=left + 1):
                    return
        cron._commit_progress(remaining=0)

    @api.model
    def _get_debtors(self):
        """Ids of the commercial partners that owe this company, or have a case that
        still says so.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT contact.commercial_partner_id
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner contact ON contact.id = line.partner_id
                 WHERE line.company_id = %(company)s
                   AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND account.account_type = 'asset_receivable'
                   AND line.amount_residual_currency > 0
                 UNION
                SELECT partner_id FROM billing_dunning_case
                 WHERE company_id = %(company)s AND state = 'open'
                """,
                company=self.env.company.id,
            )
        )
        return sorted(row[0] for row in rows)

    @api.model
    def _refresh(self, partners, follow=True):
        """Look at what customers owe the current company, and note what follows.

        The number of queries does not depend on the number of customers.

        :param partners: commercial partners.
        :param bool follow: whether promises, disputes and plans follow the books first.
        """
        company = self.env.company
        today = company._billing_today()
        # What is owed and agreed on does not depend on who looks.
        service = self.sudo().with_context(billing_dunning_looking=True)
        partners = partners.with_env(service.env)
        if follow:
            service.env["billing.dunning.pledges"]._refresh(company, today, partners)
        debts = service._read_debts(company, partners, today)
        looked = [
            (debt, decide(debt.facts, debt.policy, today) if debt.policy else None)
            for debt in debts
        ]
        service._write(company, looked, today)
        _logger.info("Reminders: %s customers looked at", len(looked))
