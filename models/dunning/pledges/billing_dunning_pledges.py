"""The service of pledges: what is open, and what was paid and credited since."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ....engine.pledges import Owed, open_within
from ...plan.numbers import as_decimal
from .billing_dunning_facts import pledge_writer


@dataclass(frozen=True)
class Standing:
    """What one customer owes one company today, and is owed.

    :param items: the open items.
    :param credits: credit notes and payments that are not matched, by currency.
    :param blocked: the items that accounting keeps out of reminders.
    """

    items: list[Owed] = field(default_factory=list)
    credits: dict = field(default_factory=lambda: defaultdict(Decimal))
    blocked: set = field(default_factory=set)


class BillingDunningPledges(models.AbstractModel):
    """Promises, disputes, plans and holds follow the facts; each query serves all
    customers it is asked for.
    """

    _name = "billing.dunning.pledges"
    _description = "Service of Pledges"

    # === What is open === #

    @api.model
    def _get_standings(self, companies, partners):
        """What customers owe companies, by receivable line and due date.

        :param partners: commercial partners.
        :return: ``{(company id, partner id): Standing}``, for those that have any.
        """
        standings = defaultdict(Standing)
        if not partners:
            return standings
        self.env.flush_all()
        rows = self.env.execute_query(self._prepare_open_query(companies, partners))
        for (
            company_id,
            partner_id,
            move_id,
            due,
            issued,
            currency_id,
            left,
            out,
        ) in rows:
            standing = standings[company_id, partner_id]
            if left < 0:
                standing.credits[currency_id] -= as_decimal(left)
                continue
            item = Owed(move_id, due, issued, as_decimal(left), currency_id)
            standing.items.append(item)
            if out:
                standing.blocked.add(item.key)
        return standings

    @api.model
    def _prepare_open_query(self, companies, partners):
        return SQL(
            """
            SELECT line.company_id, contact.commercial_partner_id, line.move_id,
                   COALESCE(line.date_maturity, line.date) AS due,
                   MIN(COALESCE(line.invoice_date, line.date)),
                   line.currency_id,
                   SUM(line.amount_residual_currency),
                   BOOL_OR(line.no_followup OR move.payment_state = 'blocked')
              FROM res_partner contact
              JOIN account_move_line line ON line.partner_id = contact.id
              JOIN account_move move ON move.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
             WHERE contact.commercial_partner_id = ANY(%s)
               AND line.company_id = ANY(%s)
               AND line.parent_state = 'posted'
               AND line.reconciled IS NOT TRUE
               AND account.account_type = 'asset_receivable'
             GROUP BY line.company_id, contact.commercial_partner_id, line.move_id,
                      due, line.currency_id
            HAVING SUM(line.amount_residual_currency) <> 0
             ORDER BY due, line.move_id
            """,
            partners.ids,
            companies.ids,
        )

    @api.model
    def _get_left(self, claims):
        """What is open of that which claims speak of.

        :param claims: ``{pledge: Claim}``; the pledges have company and customer.
        :return: ``{pledge: Decimal}``.
        """
        if not claims:
            return {}
        pledges = next(iter(claims)).browse().union(*claims)
        standings = self._get_standings(pledges.company_id, pledges.partner_id)
        left = {}
        for pledge, claim in claims.items():
            standing = standings[pledge._get_whose()]
            left[pledge] = open_within(standing.items, claim, standing.credits)
        return left

    # === What was settled since === #

    @api.model
    def _get_settled(self, pledges):
        """What payments or credit notes took from items since pledges were made.

        What had been matched on the same day before is not counted: ``base_amount``.

        :param pledges: of one model, which tells its items by ``_prepare_items_query``.
        :return: ``{pledge id: Decimal}``.
        """
        if not pledges:
            return {}
        sums = self._sum_settled(pledges)
        return {
            pledge.id: max(
                as_decimal(sums.get(pledge.id, 0)) - as_decimal(pledge.base_amount),
                Decimal(0),
            )
            for pledge in pledges
        }

    @api.model
    def _set_bases(self, pledges):
        """Note what was settled before, on the very day pledges are made."""
        sums = self._sum_settled(pledges)
        for pledge in pledges.filtered(lambda pledge: pledge.id in sums):
            pledge_writer(pledge).base_amount = sums[pledge.id]

    def _sum_settled(self, pledges):
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH pledge AS (%s)
                SELECT pledge.id, SUM(partial.debit_amount_currency)
                  FROM pledge
                  JOIN res_partner contact
                    ON contact.commercial_partner_id = pledge.partner_id
                  JOIN account_move_line line
                    ON line.partner_id = contact.id
                   AND line.company_id = pledge.company_id
                   AND line.currency_id = pledge.currency_id
                   AND CASE WHEN pledge.move_id IS NULL
                       THEN COALESCE(line.invoice_date, line.date) <= pledge.first
                        AND COALESCE(line.date_maturity, line.date) <= pledge.due_by
                       ELSE line.move_id = pledge.move_id
                        AND (pledge.date_maturity IS NULL
                             OR COALESCE(line.date_maturity, line.date)
                              = pledge.date_maturity)
                       END
                  JOIN account_account account
                    ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_partial_reconcile partial
                    ON partial.debit_move_id = line.id
                   AND partial.max_date >= pledge.first
                   AND (pledge.last IS NULL OR partial.max_date <= pledge.last)
                  JOIN account_move_line counterpart
                    ON counterpart.id = partial.credit_move_id
                  JOIN account_move document ON document.id = counterpart.move_id
                 WHERE pledge.by_credit IS NULL
                    OR pledge.by_credit = (document.move_type = 'out_refund')
                 GROUP BY pledge.id
                """,
                pledges._prepare_items_query(),
            )
        )
        return dict(rows)
