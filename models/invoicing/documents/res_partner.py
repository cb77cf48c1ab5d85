from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ...plan.wording import bare_amount_text


class ResPartner(models.Model):
    """A customer's account with us, as a statement tells it."""

    _inherit = "res.partner"

    def _billing_get_statements(self, company, start, end):
        """The accounts of customers between two days, each in its customer's language.

        To be asked of commercial partners. Amounts are those of the documents, currency
        by currency; nothing is converted.

        :param company: the ``res.company`` they owe.
        :param datetime.date start: first day; what was before is the opening balance.
        :param datetime.date end: last day, included.
        :return: ``{customer: [account]}``: dicts with ``currency``, ``head`` (its
            symbol, for the columns), ``opening``,
            ``rows`` (dicts ``date``, ``name``, ``label``, ``due``, ``debit``,
            ``credit``, ``balance``), ``debit``, ``credit`` (sums), ``closing`` (text)
            and ``balance`` (float). An account without movement and balance is left
            out.
        """
        openings, moves = self._billing_read_account(company, start, end)
        statements = {customer: [] for customer in self}
        keys = [key for key, amount in openings.items() if not key[1].is_zero(amount)]
        for customer, currency in dict.fromkeys([*keys, *moves]):
            account = customer._billing_tell_account(
                currency,
                openings[customer, currency],
                sorted(
                    moves[customer, currency],
                    key=lambda pair: (pair[0].date, pair[0].id),
                ),
            )
            statements[customer].append(account)
        for accounts in statements.values():
            accounts.sort(key=lambda account: account["currency"].name)
        return statements

    def _billing_read_account(self, company, start, end):
        """What was open before, and what moved, in two queries for all customers.

        :return: ``{(customer, currency): amount}`` and
            ``{(customer, currency): [(move, amount)]}``.
        """
        receivable = Domain(
            [
                # Not all below them: a daughter company keeps an account of its own.
                ("partner_id.commercial_partner_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
            ]
        )
        lines = self.env["account.move.line"]
        openings = defaultdict(float)
        for partner, currency, amount in lines._read_group(
            receivable & Domain("date", "<", start),
            ["partner_id", "currency_id"],
            ["amount_currency:sum"],
        ):
            openings[partner.commercial_partner_id, currency] += amount
        movements = defaultdict(float)
        for partner, currency, move, amount in lines._read_group(
            receivable & Domain("date", ">=", start) & Domain("date", "<=", end),
            ["partner_id", "currency_id", "move_id"],
            ["amount_currency:sum"],
        ):
            movements[partner.commercial_partner_id, currency, move] += amount
        moves = defaultdict(list)
        for (customer, currency, move), amount in movements.items():
            if not currency.is_zero(amount):
                moves[customer, currency].append((move, amount))
        return openings, moves

    def _billing_tell_account(self, currency, opening, moves):
        """One account as texts, with its running balance.

        :param moves: [(``account.move``, amount)] in the order of their days.
        """
        self.ensure_one()
        env = self.with_context(lang=self.lang or self.env.lang).env
        balance, debit, credit, rows = opening, 0.0, 0.0, []

        def number(amount):
            return bare_amount_text(env, amount, currency)

        for move, amount in moves:
            balance += amount
            debit, credit = debit + max(amount, 0), credit - min(amount, 0)
            rows.append(
                {
                    "date": format_date(env, move.date),
                    "name": move.name,
                    "label": move.with_env(env)._billing_get_statement_label(),
                    "due": move.move_type == "out_invoice"
                    and format_date(env, move.invoice_date_due),
                    "debit": number(amount) if amount > 0 else "",
                    "credit": number(-amount) if amount < 0 else "",
                    "balance": number(balance),
                }
            )
        return {
            "currency": currency,
            "head": f"({currency.symbol})",
            "opening": number(opening),
            "rows": rows,
            "debit": number(debit),
            "credit": number(credit),
            "closing": number(balance),
            "balance": currency.round(balance),
        }


class AccountMove(models.Model):
    _inherit = "account.move"

    def _billing_get_statement_label(self):
        """What a movement of a customer's account is, in a word, with its reference."""
        self.ensure_one()
        if self.move_type == "out_invoice":
            period = self._billing_get_period_text()
            label = self.env._("Invoice")
            return f"{label}, {period}" if period else label
        if self.move_type == "out_refund":
            return self.env._("Credit note")
        if self.origin_payment_id or self.statement_line_id:
            label = self.env._("Payment")
            return f"{label}, {self.ref}" if self.ref else label
        return self.ref or self.env._("Entry")
