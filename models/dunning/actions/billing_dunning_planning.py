"""Contacts that are due are prepared once a day: queued, or to be approved."""

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import format_date, formatLang

from ....engine.dunning_actions import MADE, OPEN
from .billing_dunning_action import action_writer


class BillingDunning(models.AbstractModel):
    _inherit = "billing.dunning"

    @api.model
    def _get_debtors(self):
        # EXTENDS cases: the job goes on where it stopped, with those that wait.
        ids = super()._get_debtors()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM billing_dunning_case"
                " WHERE company_id = %s AND planned_on = %s",
                self.env.company.id,
                self.env.company._billing_today(),
            )
        )
        done = {row[0] for row in rows}
        return [debtor for debtor in ids if debtor not in done]

    @api.model
    def _plan(self, company, looked, today):
        # EXTENDS cases
        super()._plan(company, looked, today)
        due = [
            (debt, decision)
            for debt, decision in looked
            if decision and decision.contact
        ]
        cases = self._get_cases(company, [debt.partner.id for debt, _d in looked])
        self._note_planned(cases, today)
        busy, known = self._get_history(cases)
        vals_list = [
            {
                "case_id": cases[debt.partner.id],
                "company_id": company.id,
                "partner_id": debt.partner.id,
                "planned_on": today,
                "first_contact": cases[debt.partner.id] not in known,
                **self._prepare_contact(debt, decision, today),
            }
            for debt, decision in due
            if cases[debt.partner.id] not in busy
        ]
        self._create_actions(company, self._limit(company, vals_list, today))

    @api.model
    def _get_cases(self, company, partner_ids):
        """``{partner id: case id}``."""
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, id FROM billing_dunning_case"
                " WHERE company_id = %s AND partner_id = ANY(%s)",
                company.id,
                partner_ids,
            )
        )
        return dict(rows)

    @api.model
    def _note_planned(self, cases, today):
        self.env.cr.execute(
            SQL(
                "UPDATE billing_dunning_case SET planned_on = %s WHERE id = ANY(%s)",
                today,
                list(cases.values()),
            )
        )
        self.env["billing.dunning.case"].invalidate_model(["planned_on"])

    @api.model
    def _get_history(self, cases):
        """Ids of the cases that have something under way, and of those that were
        contacted before.
        """
        actions = self.env["billing.dunning.action"]
        actions.flush_model(["state", "case_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT case_id, BOOL_OR(state IN %s), BOOL_OR(state IN %s)"
                "  FROM billing_dunning_action WHERE case_id = ANY(%s)"
                " GROUP BY case_id",
                tuple(sorted(OPEN)),
                tuple(sorted(MADE)),
                list(cases.values()),
            )
        )
        return (
            {case for case, busy, _made in rows if busy},
            {case for case, _busy, made in rows if made},
        )

    # === Much at once asks a person === #

    @api.model
    def _limit(self, company, vals_list, today):
        """What may be prepared today: the largest amounts come first.

        Until somebody has confirmed it once, only so many customers a day hear of us
        for the first time.
        """
        vals_list = sorted(vals_list, key=lambda vals: -vals["amount"])
        if company.billing_dunning_confirmed:
            return vals_list
        room = company.billing_dunning_daily_limit - self.env[
            "billing.dunning.action"
        ].search_count(
            [
                ("company_id", "=", company.id),
                ("first_contact", "=", True),
                ("planned_on", "=", today),
                ("state", "!=", "skipped"),
            ]
        )
        kept = []
        for vals in vals_list:
            if vals["first_contact"]:
                if room <= 0:
                    continue
                room -= 1
            kept.append(vals)
        return kept

    @api.model
    def _create_actions(self, company, vals_list):
        """Prepare contacts: mails of automatic steps are queued, if the bank is up to
        date; all others wait for a person.
        """
        levels = self.env["billing.dunning.level"].browse(
            {vals["level_id"] for vals in vals_list}
        )
        automatic = levels.filtered(
            lambda level: level.automatic and level.channel == "email"
        )
        asks = self._is_bank_old(company)
        for vals in vals_list:
            if vals["level_id"] in automatic._ids and not asks:
                vals.update(state="queued", next_try_at=self.env.cr.now())
        actions = action_writer(self.env["billing.dunning.action"]).create(vals_list)
        actions.filtered(lambda action: action.channel == "call")._ask_to_call()
        if any(action.state == "queued" for action in actions):
            self.env["billing.dunning.sending"]._wake()

    # === The bank === #

    @api.model
    def _get_bank_day(self, company):
        """The last day of which a bank statement or a payment is known, or None."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT MAX(move.date)
                  FROM account_move move
                  JOIN account_journal journal ON journal.id = move.journal_id
                 WHERE move.company_id = %s AND move.state = 'posted'
                   AND journal.type IN ('bank', 'cash', 'credit')
                """,
                company.id,
            )
        )
        return rows[0][0]

    @api.model
    def _is_bank_old(self, company):
        """Whether the bank was not looked at for longer than the company allows."""
        day, limit = self._get_bank_day(company), company.billing_bank_days
        return bool(limit and day and (company._billing_today() - day).days > limit)

    # === What is told above the list === #

    @api.model
    def _get_alert_text(self):
        """What keeps reminders of the current company from leaving, and how far the
        bank is known.
        """
        company = self.env.company
        told = [self._get_state_text(company), self._get_waiting_text(company)]
        day = self._get_bank_day(company)
        if day and company.billing_dunning_on:
            told.append(self._get_bank_text(company, day))
        return " ".join(filter(None, told))

    @api.model
    def _get_state_text(self, company):
        if self.env["billing.sending"]._is_copy():
            return self.env._("This database is a copy: nobody is reminded from it.")
        if not company.billing_dunning_on:
            return self.env._("Sending is not switched on: nothing leaves.")
        return ""

    @api.model
    def _get_waiting_text(self, company):
        """That customers wait for a decision of a manager."""
        told = []
        undecided = self._count_undecided(company)
        if undecided == 1:
            told.append(
                self.env._("1 customer with debts from before waits for a decision.")
            )
        elif undecided:
            told.append(
                self.env._(
                    "%(count)s customers with debts from before wait for a decision.",
                    count=formatLang(self.env, undecided, digits=0),
                )
            )
        waiting = self._count_waiting(company)
        if waiting:
            told.append(self._get_limit_text(company, waiting))
        return " ".join(told)

    @api.model
    def _get_limit_text(self, company, waiting):
        limit = company.billing_dunning_daily_limit
        if waiting == 1:
            return self.env._(
                "1 more first reminder is due: at most %(limit)s a day leave until a "
                "manager confirms.",
                limit=limit,
            )
        return self.env._(
            "%(count)s more first reminders are due: at most %(limit)s a day leave "
            "until a manager confirms.",
            count=formatLang(self.env, waiting, digits=0),
            limit=limit,
        )

    @api.model
    def _get_bank_text(self, company, day):
        if self._is_bank_old(company):
            return self.env._(
                "The bank is known up to %(day)s only: import its statement, reminders "
                "wait for approval until then.",
                day=format_date(self.env, day),
            )
        return self.env._("Bank up to date on %(day)s.", day=format_date(self.env, day))

    @api.model
    def _count_undecided(self, company):
        return len(
            self.env["billing.dunning.item"]._read_group(
                [("company_id", "=", company.id), ("verdict", "=", "undecided")],
                ["case_id"],
            )
        )

    @api.model
    def _count_waiting(self, company):
        """How many customers wait because of the limit of the day."""
        if not company.billing_dunning_on or company.billing_dunning_confirmed:
            return 0
        return self.env["billing.dunning.case"].search_count(
            [
                ("company_id", "=", company.id),
                ("state", "=", "open"),
                ("planned_on", "=", company._billing_today()),
                ("next_on", "<=", company._billing_today()),
                ("reason_code", "in", ["due", "announced"]),
                ("action_ids", "not any", [("state", "in", sorted(OPEN | MADE))]),
            ]
        )
