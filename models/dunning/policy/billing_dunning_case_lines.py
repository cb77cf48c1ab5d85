from dataclasses import dataclass
from decimal import Decimal

from odoo import models

from ...plan.numbers import as_decimal


@dataclass(frozen=True)
class OpenLine:
    """An instalment of an invoice that is open, as a message names it.

    :param line: the ``account.move.line``.
    :param amount: what is open, in its currency.
    """

    line: object
    due: object
    amount: Decimal
    currency: object


@dataclass(frozen=True)
class Debt:
    """What a message names, and what the customer is owed against it.

    :param listed: tuple of :class:`OpenLine`, the oldest due first.
    :param credits: credit notes and payments that settle nothing yet, by currency, as
        positive Decimals.
    """

    listed: tuple
    credits: dict

    @property
    def moves(self):
        """The invoices, each once."""
        return list(dict.fromkeys(one.line.move_id for one in self.listed))

    @property
    def gross(self):
        """What is listed, by currency."""
        found = {}
        for one in self.listed:
            found[one.currency] = found.get(one.currency, Decimal(0)) + one.amount
        return found

    @property
    def deducted(self):
        """The part of the credits that covers it, by currency."""
        return {
            currency: min(amount, self.credits[currency])
            for currency, amount in self.gross.items()
            if currency in self.credits
        }

    @property
    def net(self):
        """What is left to pay, by currency: money of one covers no debt of another."""
        deducted = self.deducted
        return {
            currency: amount - deducted.get(currency, 0)
            for currency, amount in self.gross.items()
        }


class BillingDunningCase(models.Model):
    """What of a customer's account stands open."""

    _inherit = "billing.dunning.case"

    def _billing_get_open_lines(self):
        """The open lines of the customer's account, the oldest due first.

        Credits are among them: credit notes, and payments that settle nothing yet.
        """
        self.ensure_one()
        lines = self.env["account.move.line"].search(
            [
                # Not all below it: a daughter company keeps an account of its own.
                ("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ]
        )
        lines = lines.filtered(
            lambda line: not line.currency_id.is_zero(line.amount_residual_currency)
        )
        return lines.sorted(lambda line: (line.date_maturity or line.date, line.id))

    def _billing_get_debt(self, level):
        """What a message of a level names.

        A courtesy notice names what falls due within its days, a reminder all that is
        overdue.

        :param level: a ``billing.dunning.level``; empty: as a reminder.
        :rtype: Debt
        """
        today = self.company_id._billing_today()
        ahead = -level.delay if level and level.delay < 0 else 0
        listed, credits = [], {}
        for line in self._billing_get_open_lines():
            amount = as_decimal(line.amount_residual_currency)
            if amount < 0:
                before = credits.get(line.currency_id, Decimal(0))
                credits[line.currency_id] = before - amount
                continue
            due = line.date_maturity or line.date
            days = (due - today).days
            if 0 <= days <= ahead if ahead else days < 0:
                listed.append(OpenLine(line, due, amount, line.currency_id))
        return Debt(tuple(listed), credits)
