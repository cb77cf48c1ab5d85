"""What the engine must know of customers, read for all of them at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ....engine.dunning import carry_over
from ....engine.dunning_day import CaseFacts
from ....engine.open_items import Credit, Ladder, OpenItem, Part, spread
from ....engine.payer import PayerClock, first_shift
from ...plan.numbers import as_decimal
from ..pledges.billing_dunning_pledges import Standing

#: Rest days are read so far ahead; what comes later is decided later.
_AHEAD = timedelta(days=400)


@dataclass(frozen=True)
class Debt:
    """A customer as the engine looks at it.

    :param partner: the commercial partner.
    :param chosen: its policy and why, see ``_choose``.
    :param policy: the engine's policy; None: no policy is for the customer.
    :param facts: the engine's ``CaseFacts``.
    """

    partner: object
    chosen: object
    policy: object
    facts: CaseFacts


class BillingDunning(models.AbstractModel):
    _inherit = "billing.dunning"

    @api.model
    def _read_debts(self, company, partners, today):
        """What customers owe a company.

        :rtype: list[Debt]
        """
        pledges = self.env["billing.dunning.pledges"]
        standings = pledges._get_standings(company, partners)
        parts = pledges._get_parts(company, partners, today)
        rates = self._get_rates(company, standings, today)
        on_way = self._read_on_way(standings, rates)
        chosen = self.env["billing.dunning.policy"]._choose(partners, company)
        policies = self._get_engine_policies(company, chosen, today)
        ladders = self._read_ladders(company, partners, chosen)
        payers = self._read_payers(company, partners)
        contacts = self._read_contacts(company, partners)
        starts = self._read_starts(company, partners)
        debts = []
        for partner in partners:
            standing = standings.get((company.id, partner.id), Standing())
            policy = policies.get((chosen[partner].policy, partner.country_id))
            payer_class, clock = payers.get(partner.id, ("unknown", None))
            start = starts.get(partner.id)
            facts = CaseFacts(
                items=tuple(
                    self._read_item(owed, rates, ladders, on_way, parts, start)
                    for owed in standing.items
                ),
                credits=tuple(
                    Credit(currency, amount, currency)
                    for currency, amount in standing.credits.items()
                ),
                contacts=contacts.get(partner.id, ()),
                hold=self._get_case_hold(start),
                payer_class=payer_class,
                first_shift=self._get_shift(policy, clock),
                sending_on=self._may_send(company),
            )
            debts.append(Debt(partner, chosen[partner], policy, facts))
        return debts

    @api.model
    def _read_item(self, owed, rates, ladders, on_way, parts, start):
        """An open item with all that is known of it."""
        kept, hold = parts.get(owed.key, ((), None))
        ladder = ladders.get((owed.key, owed.currency), Ladder())
        return self._as_item(
            owed,
            rate=rates[owed.currency],
            ladder=ladder,
            parts=(*on_way.get((owed.key, owed.currency), ()), *kept),
            hold=hold or self._get_old_hold(owed, ladder, start),
        )

    # === What left, and since when anything may: nothing leaves here === #

    @api.model
    def _read_contacts(self, company, partners):
        """Days on which customers were contacted of late: ``{partner id: days}``."""
        return {}

    @api.model
    def _read_starts(self, company, partners):
        """What holds for debts from before sending was switched on, by customer's id:
        see ``_get_old_hold``.
        """
        return {}

    @api.model
    def _get_old_hold(self, owed, ladder, start):
        """The engine's ``Hold`` of an item from before, None where it is asked for."""
        return

    @api.model
    def _get_case_hold(self, start):
        """The engine's ``Hold`` of a customer as a whole, None for most."""
        return

    @api.model
    def _may_send(self, company):
        """Whether anything may leave."""
        return False

    @api.model
    def _as_item(self, owed, *, rate, ladder, parts=(), hold=None):
        """An open item as the engine takes it; its key adds the currency, since one
        document may leave residues in two.
        """
        return OpenItem(
            key=(*owed.key, owed.currency),
            due=owed.due,
            amount=owed.amount,
            currency=owed.currency,
            company_amount=owed.amount * rate,
            ladder=ladder,
            parts=parts,
            hold=hold,
            document=owed.document,
        )

    @api.model
    def _get_rates(self, company, standings, today):
        """Units of the company's currency for one of each currency that is owed."""
        ids = {
            currency
            for standing in standings.values()
            for currency in (
                *standing.credits,
                *(item.currency for item in standing.items),
            )
        }
        currencies = self.env["res.currency"].browse(sorted(ids))
        return {
            currency.id: as_decimal(
                currency._get_conversion_rate(
                    currency, company.currency_id, company, today
                )
            )
            for currency in currencies
        }

    # === Where items stand === #

    @api.model
    def _read_ladders(self, company, partners, chosen):
        """``{(item key, currency id): Ladder}`` of what was looked at before; on the
        ladder of the policy that applies now.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT item.move_id, item.date_maturity, item.currency_id,
                       dossier.partner_id, item.policy_id,
                       item.position, item.last_step_on, item.listed
                  FROM billing_dunning_item item
                  JOIN billing_dunning_case dossier ON dossier.id = item.case_id
                 WHERE dossier.company_id = %s AND dossier.partner_id = ANY(%s)
                """,
                company.id,
                partners.ids,
            )
        )
        carry = self._get_carrier()
        now = {partner.id: found.policy for partner, found in chosen.items()}
        return {
            ((move_id, due), currency): Ladder(
                carry(position or 0, policy_id, now[partner_id]),
                last_step,
                listed or False,
            )
            for (
                move_id,
                due,
                currency,
                partner_id,
                policy_id,
                position,
                last_step,
                listed,
            ) in rows
        }

    @api.model
    def _get_carrier(self):
        """A function that says where an item stands on another policy's ladder."""
        policies = self.env["billing.dunning.policy"]
        known = {}

        def get(policy):
            if policy not in known:
                known[policy] = policy._billing_to_engine()
            return known[policy]

        def carry(position, policy_id, policy):
            old = policies.browse(policy_id or ())
            if not position or not policy or not old or old == policy:
                return position
            return carry_over(position, old=get(old), new=get(policy))

        return carry

    # === Money on its way === #

    @api.model
    def _read_on_way(self, standings, rates):
        """What payments under way will settle: ``{(item key, currency id): parts}``.

        A payment of several invoices is laid on the oldest due first.
        """
        items = defaultdict(list)
        for standing in standings.values():
            for owed in standing.items:
                items[owed.document].append(owed)
        found = defaultdict(tuple)
        for move_ids, currency, amount, since in self._read_payments(list(items)):
            owed = [
                one
                for move in move_ids
                for one in items[move]
                if one.currency == currency
            ]
            bare = [
                self._as_item(one, rate=rates[currency], ladder=Ladder())
                for one in owed
            ]
            for (move_id, due, _currency), laid in spread(amount, bare).items():
                if laid:
                    found[(move_id, due), currency] += (Part("on_way", laid, since),)
        return found

    @api.model
    def _read_payments(self, move_ids):
        """Online payments that have begun and are not settled.

        :return: (invoice ids, currency id, amount, day) of each.
        """
        self.env["payment.transaction"].flush_model(["state", "amount"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT ARRAY_AGG(link.invoice_id), payment.currency_id,
                       payment.amount, payment.create_date::date
                  FROM payment_transaction payment
                  JOIN account_invoice_transaction_rel link
                    ON link.transaction_id = payment.id
                 WHERE link.invoice_id = ANY(%s)
                   AND payment.state IN ('pending', 'authorized')
                   AND payment.amount > 0
              GROUP BY payment.id
              ORDER BY payment.id
                """,
                move_ids,
            )
        )
        return [
            (ids, currency, as_decimal(amount), since)
            for ids, currency, amount, since in rows
        ]

    # === Policies and payers === #

    @api.model
    def _get_engine_policies(self, company, chosen, today):
        """The engine's policies with their rest days, by policy and country."""
        keys = {
            (found.policy, partner.country_id)
            for partner, found in chosen.items()
            if found.policy
        }
        return {
            (policy, country): policy._billing_to_engine(
                policy._billing_get_calendar(today, today + _AHEAD, country, company)
            )
            for policy, country in keys
        }

    @api.model
    def _read_payers(self, company, partners):
        """``{partner id: (class, PayerClock)}`` of those whose habits are known."""
        payers = self.env["billing.payer"].search(
            [("company_id", "=", company.id), ("partner_id", "in", partners.ids)]
        )
        return {
            payer.partner_id.id: (payer.payer_class, payer._to_clock())
            for payer in payers
        }

    @api.model
    def _get_shift(self, policy, clock):
        """Days by which the first reminder waits for a payer's habit."""
        if policy is None or not isinstance(clock, PayerClock):
            return 0
        first = next((level for level in policy.levels if not level.courtesy), None)
        if first is None:
            return 0
        delay = max(first.delay, policy.grace + 1)
        return first_shift(clock, longest=policy.first_shift, delay=delay)
