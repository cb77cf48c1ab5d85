from dataclasses import replace
from decimal import Decimal

from odoo import models

from ...plan.numbers import as_decimal
from ..policy.billing_dunning_case_lines import Debt

#: Of these something may be asked for.
_ASKED = ("due", "not_due")


class BillingDunningCase(models.Model):
    """What a message names: what may be asked for, and no more."""

    _inherit = "billing.dunning.case"

    def _billing_get_debt(self, level):
        # EXTENDS policy: what is disputed, promised, on its way, in a plan or held is
        # not named; a formal step names only what a reminder named before.
        debt = super()._billing_get_debt(level)
        items = {
            (item.move_id, item.date_maturity, item.currency_id): item
            for item in self.open_item_ids
        }
        if not items:
            return debt
        rest = {key: self._get_named(item, level) for key, item in items.items()}
        listed, covered = [], {}
        for one in debt.listed:
            key = one.line.move_id, one.due, one.currency
            # What nobody has looked at yet is named with the next message.
            amount = min(one.amount, rest.get(key, Decimal(0)))
            if amount > 0:
                rest[key] -= amount
                listed.append(replace(one, amount=amount))
        for key in {(o.line.move_id, o.due, o.currency) for o in listed}:
            if items[key].covered:
                before = covered.get(key[2], Decimal(0))
                covered[key[2]] = before + as_decimal(items[key].covered)
        return Debt(tuple(listed), covered)

    def _get_named(self, item, level):
        """What a message says is open of an item, credits not deducted yet."""
        reminded = item.listed or not (level and level.formal)
        if item.verdict not in _ASKED or not item.left or not reminded:
            return Decimal(0)
        return as_decimal(item.left) + as_decimal(item.covered)
