from dataclasses import dataclass

from odoo import api, fields, models
from odoo.tools import SQL

from ....engine import dunning_policy as engine
from ...plan.numbers import as_decimal
from .billing_dunning_policy import BUYER_KINDS


@dataclass(frozen=True)
class Chosen:
    """The policy of a customer, and why.

    :param policy: empty when none is for the customer.
    :param because: names of the criteria that hold.
    :param passed_over: (policy, name of the first criterion that does not hold).
    """

    policy: object
    because: tuple
    passed_over: tuple


class BillingDunningPolicy(models.Model):
    """Which policy a customer falls under."""

    _inherit = "billing.dunning.policy"

    trial_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Try it on",
        store=False,
        domain="[('parent_id', '=', False)]",
    )
    trial_text = fields.Char(string="Answer", compute="_compute_trial_text")

    @api.depends_context("lang", "allowed_company_ids")
    @api.depends("trial_partner_id")
    def _compute_trial_text(self):
        company = self.env.company
        chosen = self._choose(self.trial_partner_id, company)
        for policy in self:
            partner = policy.trial_partner_id.commercial_partner_id
            answer = chosen.get(partner)
            policy.trial_text = answer and self._get_choice_text(answer, partner)

    # === The choice === #

    @api.model
    def _choose(self, partners, company):
        """The policies of customers: the first that fits each one.

        :param partners: ``res.partner``; their commercial partners are looked at.
        :param company: whose customers they are.
        :return: ``{commercial partner: Chosen}``
        """
        debtors = partners.commercial_partner_id
        policies = self._get_policies(company)
        rules = [policy._get_rule() for policy in policies]
        facts = self._get_debtor_facts(debtors, company)
        found = {}
        for debtor in debtors:
            choice = engine.choose(rules, facts[debtor.id])
            found[debtor] = Chosen(
                self.browse(choice.key or ()),
                choice.because,
                tuple((self.browse(key), name) for key, name in choice.passed_over),
            )
        return found

    @api.model
    def _get_policies(self, company):
        """The policies of a company, in the order in which they are tried."""
        return self.search(
            [
                "|",
                ("company_id", "=", False),
                ("company_id", "parent_of", company.ids),
            ]
        )

    def _get_rule(self):
        """Whom the policy is for, as the engine's value."""
        self.ensure_one()
        kinds = self._get_kinds()
        return engine.PolicyRule(
            key=self.id,
            tags=frozenset(self.tag_ids.ids),
            countries=frozenset(self.country_ids.mapped("code")),
            languages=frozenset(filter(None, [self.lang])),
            buyer_kinds=kinds if len(kinds) < len(BUYER_KINDS) else frozenset(),
            payer_classes=frozenset(filter(None, [self.payer_class])),
            amount_from=as_decimal(self.amount_from),
            plans=frozenset(self.plan_ids.ids),
        )

    # === The facts, each read once for all customers === #

    @api.model
    def _get_debtor_facts(self, debtors, company):
        """``{id of a commercial partner: engine.dunning_policy.DebtorFacts}``."""
        tags = self._get_tags(debtors)
        plans = self._get_running_plans(debtors, company)
        amounts = self._get_open_amounts(debtors, company)
        classes = self._get_payer_classes(debtors, company)
        return {
            debtor.id: engine.DebtorFacts(
                company=company.id,
                tags=tags[debtor.id],
                country=debtor.country_id.code or "",
                language=debtor.lang or "",
                kind=debtor.billing_buyer_kind or "professional",
                payer_class=classes.get(debtor.id, "unknown"),
                amount=amounts.get(debtor.id, as_decimal(0)),
                plans=plans.get(debtor.id, frozenset()),
            )
            for debtor in debtors
        }

    @api.model
    def _get_tags(self, debtors):
        """Tags of customers, and the tags above these."""
        found = {}
        for debtor in debtors:
            ids = set()
            for tag in debtor.category_id:
                ids.update(int(part) for part in tag.parent_path.split("/") if part)
            found[debtor.id] = frozenset(ids)
        return found

    @api.model
    def _get_running_plans(self, debtors, company):
        """Plans of the subscriptions that customers have, paused ones included."""
        orders = self.env["sale.order"]
        orders.flush_model(["billing_plan_id", "billing_state", "company_id"])
        debtors.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       ARRAY_AGG(DISTINCT subscription.billing_plan_id)
                  FROM sale_order subscription
                  JOIN res_partner partner ON partner.id = subscription.partner_id
                 WHERE partner.commercial_partner_id = ANY(%(debtors)s)
                   AND subscription.company_id = %(company)s
                   AND subscription.billing_state IN ('running', 'paused')
                   AND subscription.billing_plan_id IS NOT NULL
              GROUP BY partner.commercial_partner_id
                """,
                debtors=debtors.ids,
                company=company.id,
            )
        )
        return {debtor: frozenset(plans) for debtor, plans in rows}

    @api.model
    def _get_open_amounts(self, debtors, company):
        """What customers owe in the company's currency: what is overdue; of those who
        are late with nothing, what is open.
        """
        lines = self.env["account.move.line"]
        lines.flush_model(["amount_residual", "date_maturity", "parent_state"])
        debtors.flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       SUM(line.amount_residual) FILTER (
                           WHERE COALESCE(line.date_maturity, line.date) < %(today)s
                       ),
                       SUM(line.amount_residual)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE partner.commercial_partner_id = ANY(%(debtors)s)
                   AND line.company_id = %(company)s
                   AND line.parent_state = 'posted'
                   AND account.account_type = 'asset_receivable'
                   AND NOT line.reconciled
              GROUP BY partner.commercial_partner_id
                """,
                debtors=debtors.ids,
                company=company.id,
                today=company._billing_today(),
            )
        )
        return {
            debtor: as_decimal(max(late if late and late > 0 else total, 0))
            for debtor, late, total in rows
        }

    @api.model
    def _get_payer_classes(self, debtors, company):
        """How customers pay, ``{id: class}``, of those that have had invoices."""
        payers = self.env["billing.payer"].search_fetch(
            [("company_id", "=", company.id), ("partner_id", "in", debtors.ids)],
            ["partner_id", "payer_class"],
        )
        return {payer.partner_id.id: payer.payer_class for payer in payers}
