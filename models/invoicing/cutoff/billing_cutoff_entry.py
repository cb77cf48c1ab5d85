"""The entry of a cut-off and its reversal: written, and taken back."""

from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import Command, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from .billing_cutoff import cutoff_writer


class BillingCutoff(models.Model):
    _inherit = "billing.cutoff"

    # === Writing === #

    def action_write_entry(self):
        """Write the entry and its reversal, from figures that still hold.

        Where the ledger moved since they were shown, the new ones are shown instead and
        nothing is written.

        :raises UserError: when a period is locked, an account is missing, nothing is to
            be written, or the date has a cut-off already.
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_prepared()
        self._check_no_other()
        for day in (self.date, self.reversal_date):
            self._check_open(day)
        shown = self.computed_at and self._get_figures()
        self._compute_figures()
        figures = self._get_figures()
        if figures != shown:
            return self._prepare_moved_notice()
        commands = self._prepare_entry_lines(figures)
        if not commands:
            raise UserError(
                self.env._(
                    "%(cutoff)s: nothing is deferred and nothing accrued, there is no "
                    "entry to write.",
                    cutoff=self.display_name,
                )
            )
        self._write_moves(commands)
        return None

    def _lock_prepared(self):
        """Hold the row: two people write one entry only."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT id FROM billing_cutoff WHERE id = %s FOR UPDATE", self.id)
        )
        self.invalidate_recordset(["state"])
        self._check_prepared()

    def _check_no_other(self):
        """One cut-off a date; another one is offered for taking back."""
        other = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "=", self.date),
                ("state", "=", "written"),
            ],
            limit=1,
        )
        if other:
            raise RedirectWarning(
                self.env._(
                    "%(cutoff)s of %(company)s is written already. Take it back before "
                    "you write another one.",
                    cutoff=other.display_name,
                    company=other.company_id.name,
                ),
                {
                    "type": "ir.actions.act_window",
                    "res_model": self._name,
                    "res_id": other.id,
                    "views": [[False, "form"]],
                },
                self.env._("Open that cut-off"),
            )

    def _check_open(self, day):
        """Refuse a day of a locked period: core would book it elsewhere, silently."""
        locks = self.company_id._get_violated_lock_dates(day, False, self.journal_id)
        if not locks:
            return
        lock = locks[-1][0]
        following = lock + relativedelta(days=1)
        month = format_date(self.env, day, date_format="LLLL")
        raise UserError(
            self.env._(
                "%(month)s is locked until %(lock)s; unlock it or choose %(other)s.",
                month=month[:1].upper() + month[1:],
                lock=format_date(self.env, lock),
                other=format_date(self.env, following, date_format="LLLL"),
            )
        )

    def _get_figures(self):
        """What the entry books: (kind, account, distribution, customer, amount) rows.

        Read in SQL: what was written a moment ago is not in any cache.
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT line.kind, line.account_id, line.analytic_distribution,
                       CASE WHEN cutoff.by_partner THEN line.partner_id END,
                       SUM(line.amount)
                  FROM billing_cutoff_line line
                  JOIN billing_cutoff cutoff ON cutoff.id = line.cutoff_id
                 WHERE cutoff.id = %s
              GROUP BY 1, 2, 3, 4
                HAVING SUM(line.amount) <> 0
              ORDER BY 1 DESC, 2, 4 NULLS FIRST, 3
                """,
                self.id,
            )
        )

    def _prepare_moved_notice(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "The ledger moved since these figures were computed. Look at the "
                    "new ones, then write the entry."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _prepare_entry_lines(self, figures):
        """The lines of the entry: revenue by account and distribution, against one
        line a kind, or one a kind and customer.

        Deferred revenue leaves the revenue accounts, accrued revenue enters them.
        """
        commands, against = [], defaultdict(int)
        for kind, account, distribution, partner, amount in figures:
            balance = amount if kind == "deferred" else -amount
            against[kind, partner] -= balance
            commands.append(
                self._prepare_line_vals(kind, account, partner, balance, distribution)
            )
        for (kind, partner), balance in against.items():
            if not self.currency_id.is_zero(float(balance)):
                account = self._get_balance_account(kind)
                commands.append(
                    self._prepare_line_vals(kind, account.id, partner, balance)
                )
        return [Command.create(vals) for vals in commands]

    def _prepare_line_vals(self, kind, account, partner, balance, distribution=None):
        day = format_date(self.env, self.date)
        return {
            "name": self.env._("Deferred revenue at %(date)s", date=day)
            if kind == "deferred"
            else self.env._("Accrued revenue at %(date)s", date=day),
            "account_id": account,
            "partner_id": partner or False,
            "currency_id": self.currency_id.id,
            "balance": float(balance),
            "amount_currency": float(balance),
            # Neither defaults of the account nor distribution models: what was billed
            # decides.
            "tax_ids": [Command.clear()],
            "analytic_distribution": distribution or False,
        }

    def _get_balance_account(self, kind):
        """The account that holds what is deferred or accrued.

        :raises UserError: when there is none.
        """
        if kind == "deferred":
            account = self.deferred_account_id
            fault = self.env._(
                "%(cutoff)s has no account for deferred revenue. Choose one here, or "
                "once for all in the settings.",
                cutoff=self.display_name,
            )
        else:
            account = self.accrued_account_id
            fault = self.env._(
                "%(cutoff)s has no account for accrued revenue. Choose one here, or "
                "once for all in the settings.",
                cutoff=self.display_name,
            )
        if not account:
            raise UserError(fault)
        return account

    def _write_moves(self, commands):
        """Create entry and reversal; core posts what lies in the future on its day."""
        moves = self.env["account.move"].with_company(self.company_id)
        move = moves.create(
            {
                "move_type": "entry",
                "journal_id": self.journal_id.id,
                "date": self.date,
                "ref": self.display_name,
                "line_ids": commands,
            }
        )
        if self.posting == "posted":
            move._post()
        reversal = move._reverse_moves(
            [
                {
                    "ref": self.env._(
                        "Reversal of: %(cutoff)s", cutoff=self.display_name
                    ),
                    "date": self.reversal_date,
                }
            ]
        )
        if self.posting == "posted":
            reversal._post()
        cutoff_writer(self).write(
            {
                "state": "written",
                "move_id": move.id,
                "reversal_move_id": reversal.id,
                "user_id": self.env.uid,
                "written_at": self.env.cr.now(),
            }
        )

    # === Taking back === #

    def action_take_back(self):
        """Reverse what is posted on its own day, cancel what is not: the books are as
        if there had been no cut-off, and keep the trace.

        :raises UserError: when one of the periods is locked.
        """
        self.check_access("write")
        for cutoff in self:
            if cutoff.state != "written":
                raise UserError(
                    self.env._(
                        "%(cutoff)s is not written: there is nothing to take back.",
                        cutoff=cutoff.display_name,
                    )
                )
            moves = cutoff.reversal_move_id | cutoff.move_id
            posted = moves.filtered(lambda move: move.state == "posted")
            for move in posted:
                cutoff._check_open(move.date)
            writer = cutoff_writer(cutoff)
            writer.state = "taken_back"
            (moves - posted).filtered(lambda m: m.state == "draft").button_cancel()
            posted._reverse_moves(
                [
                    {
                        "date": move.date,
                        "ref": self.env._(
                            "Taken back: %(cutoff)s", cutoff=cutoff.display_name
                        ),
                    }
                    for move in posted
                ],
                cancel=True,
            )
