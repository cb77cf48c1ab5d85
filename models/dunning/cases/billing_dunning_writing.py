"""What was found of customers, written in a fixed number of statements."""

from datetime import date
from decimal import Decimal

from psycopg2.extras import Json, execute_values

from odoo import api, models
from odoo.tools import SQL

from .billing_dunning import BATCH

_CASE = (
    *("company_id", "partner_id", "owner_id", "state", "policy_id", "policy_facts"),
    *("payer_class", "owed_net", "overdue_net", "oldest_due", "open_count"),
    *("reason_code", "reason_facts", "next_level_id", "next_on", "looked_at"),
)
#: The owner is a person's choice once the case is there.
_KEPT = frozenset({"company_id", "partner_id", "owner_id"})
_UPSERT_CASE = (
    f"INSERT INTO billing_dunning_case ({', '.join(_CASE)}, create_date, write_date)"
    " VALUES %s ON CONFLICT (company_id, partner_id) DO UPDATE SET "
    + ", ".join(f"{name} = EXCLUDED.{name}" for name in _CASE if name not in _KEPT)
    + ", write_date = EXCLUDED.write_date RETURNING id, partner_id"
)
_CASE_ROW = (
    f"({', '.join(['%s'] * len(_CASE))}, now() AT TIME ZONE 'UTC',"
    " now() AT TIME ZONE 'UTC')"
)
_ITEM = (
    *("case_id", "company_id", "move_id", "date_maturity", "currency_id", "amount"),
    *("covered", "left", "verdict", "policy_id", "position", "listed"),
)
_UPSERT_ITEM = (
    "INSERT INTO billing_dunning_item ("
    + ", ".join(f'"{name}"' for name in _ITEM)
    + ") VALUES %s ON CONFLICT (move_id, date_maturity, currency_id) DO UPDATE SET "
    + ", ".join(
        f'"{name}" = EXCLUDED."{name}"'
        for name in ("case_id", "amount", "covered", "left", "verdict", "position")
    )
    + ", policy_id = COALESCE(EXCLUDED.policy_id, billing_dunning_item.policy_id)"
)
#: Fields elsewhere that show what was written.
_SHOWN = {
    "res.partner": ["billing_case_id", "billing_overdue_net", "billing_case_text"],
    "account.move": ["billing_reminder_text"],
}


class BillingDunning(models.AbstractModel):
    _inherit = "billing.dunning"

    @api.model
    def _write(self, company, looked, today):
        """Write cases and items.

        :param looked: (``Debt``, the engine's ``Decision`` or None) of each customer.
        """
        if not looked:
            return
        credits = self._read_credit_names(company, looked)
        rows = [
            self._prepare_case(company, debt, decision, credits, today)
            for debt, decision in looked
        ]
        # A customer that never owed anything needs no case.
        known = self._get_known(company, looked)
        rows = [row for row in rows if row["open_count"] or row["partner_id"] in known]
        ids = execute_values(
            self.env.cr._obj,
            _UPSERT_CASE,
            [tuple(row[name] for name in _CASE) for row in rows],
            template=_CASE_ROW,
            page_size=BATCH,
            fetch=True,
        )
        cases = {partner_id: case_id for case_id, partner_id in ids}
        self._write_items(company, looked, cases)
        for model in ("billing.dunning.case", "billing.dunning.item"):
            self.env[model].invalidate_model()
        for model, names in _SHOWN.items():
            self.env[model].invalidate_model(names)

    @api.model
    def _get_known(self, company, looked):
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM billing_dunning_case"
                " WHERE company_id = %s AND partner_id = ANY(%s)",
                company.id,
                [debt.partner.id for debt, _decision in looked],
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _prepare_case(self, company, debt, decision, credits, today):
        """The values of a case."""
        items = debt.facts.items
        shares = {}
        if decision:
            shares = {verdict.item: verdict.share for verdict in decision.items}
        overdue = [item for item in items if item.due < today]
        late = sum(
            item.in_company(item.amount - shares[item.key].covered)
            if item.key in shares
            else item.company_amount
            for item in overdue
        )
        reason, facts = "no_policy", {}
        if decision:
            reason = decision.reason.code
            facts = {**decision.reason.facts}
        if reason == "covered":
            facts["credits"] = credits.get(debt.partner.id, [])
        return {
            "company_id": company.id,
            "partner_id": debt.partner.id,
            "owner_id": self._get_first_owner(company, debt.partner),
            "state": "open" if items else "closed",
            "policy_id": debt.chosen.policy.id or None,
            "policy_facts": Json(
                {
                    "because": list(debt.chosen.because),
                    "passed_over": [
                        [policy.id, name] for policy, name in debt.chosen.passed_over
                    ],
                }
            ),
            "payer_class": debt.facts.payer_class,
            "owed_net": company.currency_id.round(float(self._get_owed(debt))),
            "overdue_net": company.currency_id.round(float(late)),
            "oldest_due": min((item.due for item in overdue), default=None),
            "open_count": len(items),
            "reason_code": reason,
            "reason_facts": Json({k: as_json(v) for k, v in facts.items()}),
            "next_level_id": decision.next_level if decision else None,
            "next_on": decision.next_on if decision else None,
            "looked_at": today,
        }

    @api.model
    def _get_owed(self, debt):
        """All that is open less credits, in the company's currency."""
        rates = {
            item.currency: item.company_amount / item.amount
            for item in debt.facts.items
        }
        owed = sum(item.company_amount for item in debt.facts.items)
        # Credits in a currency in which nothing is owed cover nothing.
        return owed - sum(
            credit.amount * rates.get(credit.currency, 0)
            for credit in debt.facts.credits
        )

    @api.model
    def _get_first_owner(self, company, partner):
        """Who looks after a new case: the customer's salesperson, else the one who
        answers for the company's documents.
        """
        user = partner.user_id
        return (user if user.active else company.billing_answer_user_id).id or None

    @api.model
    def _read_credit_names(self, company, looked):
        """Numbers of the credits of customers: ``{partner id: [number]}``."""
        covered = [
            debt.partner.id
            for debt, decision in looked
            if decision and decision.reason.code == "covered"
        ]
        rows = self.env.execute_query(
            SQL(
                """
                SELECT contact.commercial_partner_id,
                       ARRAY_AGG(DISTINCT move.name ORDER BY move.name)
                  FROM account_move_line line
                  JOIN account_move move ON move.id = line.move_id
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner contact ON contact.id = line.partner_id
                 WHERE contact.commercial_partner_id = ANY(%s)
                   AND line.company_id = %s AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND account.account_type = 'asset_receivable'
                   AND line.amount_residual_currency < 0
              GROUP BY contact.commercial_partner_id
                """,
                covered,
                company.id,
            )
        )
        return dict(rows)

    @api.model
    def _write_items(self, company, looked, cases):
        """Write where open items stand; what is paid keeps its place on the ladder."""
        rows = [
            (
                cases[debt.partner.id],
                company.id,
                *item.key,
                item.amount,
                verdicts[item.key].share.covered if item.key in verdicts else 0,
                verdicts[item.key].share.left if item.key in verdicts else item.amount,
                verdicts[item.key].state if item.key in verdicts else "due",
                debt.chosen.policy.id or None,
                item.ladder.position,
                item.ladder.listed,
            )
            for debt, decision in looked
            for verdicts in ({v.item: v for v in (decision.items if decision else ())},)
            for item in debt.facts.items
        ]
        execute_values(self.env.cr._obj, _UPSERT_ITEM, rows, page_size=BATCH)
        still = [row[2:5] for row in rows]
        self.env.cr.execute(
            SQL(
                """
                UPDATE billing_dunning_item item
                   SET amount = 0, covered = 0, "left" = 0, verdict = 'paid'
                 WHERE item.case_id = ANY(%s) AND item.verdict <> 'paid'
                   AND NOT EXISTS (
                       SELECT FROM UNNEST(%s::integer[], %s::date[], %s::integer[])
                              AS still (move_id, due, currency)
                        WHERE still.move_id = item.move_id
                          AND still.due = item.date_maturity
                          AND still.currency = item.currency_id)
                """,
                list(cases.values()),
                [row[0] for row in still],
                [row[1] for row in still],
                [row[2] for row in still],
            )
        )


def as_json(value):
    """A fact of a reason as it is kept: days and amounts as texts."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [as_json(one) for one in value]
    return value
