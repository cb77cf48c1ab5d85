"""Looking at what customers owe: read, ask the engine, write."""

import logging
from functools import partial

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
        sending = self.env["billing.sending"]
        for company in self.env["res.company"].search([("active", "=", True)]):
            service = self.with_company(company).with_context(
                allowed_company_ids=company.ids
            )
            ids = service._get_debtors()
            self.env["ir.cron"]._commit_progress(remaining=len(ids) + 1)
            for first in range(0, len(ids), BATCH):
                batch = service.env["res.partner"].browse(ids[first : first + BATCH])
                work = partial(service._refresh_and_plan, batch)
                _done, left = sending._insist(work, processed=len(batch))
                if not left:
                    return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _get_debtors(self):
        """Ids of the customers that the job looks at: those that owe something."""
        return self._get_all_debtors()

    @api.model
    def _get_all_debtors(self):
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
        :return: as ``_look``.
        """
        company = self.env.company
        today = company._billing_today()
        service, partners = self._as_service(partners)
        looked = service._look(company, partners, today, follow=follow)
        service._write(company, looked, today)
        service._follow(company, looked, today)
        _logger.info("Reminders: %s customers looked at", len(looked))
        return looked

    @api.model
    def _refresh_and_plan(self, partners):
        """Look at customers once a day, and prepare what is due."""
        looked = self._refresh(partners)
        service, _partners = self._as_service(partners)
        service._plan(self.env.company, looked, self.env.company._billing_today())

    @api.model
    def _as_service(self, partners):
        """The service at its own rights: what is owed and agreed on does not depend on
        who looks.
        """
        service = self.sudo().with_context(billing_dunning_looking=True)
        return service, partners.with_env(service.env)

    @api.model
    def _look(self, company, partners, today, follow=True):
        """What customers owe, and what the day asks for.

        :param bool follow: whether promises, disputes and plans follow the books first.
        :return: list of (``Debt``, the engine's ``Decision``; None without a policy).
        """
        if follow:
            self.env["billing.dunning.pledges"]._refresh(company, today, partners)
        return [
            (debt, decide(debt.facts, debt.policy, today) if debt.policy else None)
            for debt in self._read_debts(company, partners, today)
        ]

    @api.model
    def _follow(self, company, looked, today):
        """What else follows at once from what was found: nothing here."""

    @api.model
    def _plan(self, company, looked, today):
        """Prepare the contacts that are due: none here."""
