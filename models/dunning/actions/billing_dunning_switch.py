"""Sending is switched on by a manager, who decides on debts from before."""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .res_company import switch_writer


class BillingDunning(models.AbstractModel):
    _inherit = "billing.dunning"

    @api.model
    def _check_manager(self):
        if not self.env.user.has_group(
            "recurring_billing.recurring_billing_group_manager"
        ):
            raise AccessError(
                self.env._(
                    "Reminders are switched on by a manager of Recurring Billing. Ask "
                    "one of them."
                )
            )

    @api.model
    def action_open_start(self):
        """The page that decides on debts from before and switches sending on."""
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Debts from before")
            if self.env.company.billing_dunning_on
            else self.env._("Switch on reminders"),
            "res_model": "billing.dunning.start",
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _switch_on(self, company, choices, limit):
        """Let reminders of a company leave from today on.

        :param choices: ``{case: choice}`` for customers with debts from before.
        :param int limit: first reminders a day, until confirmed.
        """
        self._check_manager()
        if self.env["billing.sending"]._is_copy():
            raise UserError(
                self.env._(
                    "This database is a copy, nothing leaves it. Switch reminders on "
                    "in the original."
                )
            )
        values = {"billing_dunning_daily_limit": limit}
        if not company.billing_dunning_on:
            values.update(
                billing_dunning_on=True, billing_dunning_since=company._billing_today()
            )
        switch_writer(company).write(values)
        self._write_choices(company, choices)
        self._look_anew(company)

    @api.model
    def _write_choices(self, company, choices):
        """Write what holds for debts from before, case by case."""
        if not choices:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                UPDATE billing_dunning_case dossier
                   SET start_choice = chosen.choice, start_on = %s
                  FROM UNNEST(%s::integer[], %s::text[]) AS chosen (case_id, choice)
                 WHERE dossier.id = chosen.case_id AND dossier.company_id = %s
                """,
                company.billing_dunning_since,
                [case.id for case in choices],
                list(choices.values()),
                company.id,
            )
        )
        self.env["billing.dunning.case"].invalidate_model(["start_choice", "start_on"])

    @api.model
    def _look_anew(self, company):
        """Let the job look at all customers of a company again, at once."""
        self.env["billing.dunning.case"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE billing_dunning_case SET planned_on = NULL"
                " WHERE company_id = %s",
                company.id,
            )
        )
        self.env["billing.dunning.case"].invalidate_model(["planned_on"])
        # The job is the administrator's; whoever may switch on may wake it.
        job = self.env.ref(
            "recurring_billing.ir_cron_dunning", raise_if_not_found=False
        )
        if job:
            job.sudo()._trigger()

    @api.model
    def action_switch_off(self):
        """Let nothing leave any more; what waits is set aside with the reason."""
        self._check_manager()
        company = self.env.company
        switch_writer(company).billing_dunning_on = False
        # A manager, as was checked, sets aside what the service has planned.
        actions = (
            self.env["billing.dunning.action"]
            .sudo()
            .search(
                [
                    ("company_id", "=", company.id),
                    ("state", "in", ["to_approve", "queued"]),
                ]
            )
        )
        actions._drop_mails()
        actions._close_activities()
        actions._apply("dropped", next_try_at=False, reason_code="sending_off")
        self._look_anew(company)

    @api.model
    def action_confirm_many(self):
        """More first reminders than the limit of a day are right, from now on."""
        self._check_manager()
        company = self.env.company
        switch_writer(company).billing_dunning_confirmed = True
        self._look_anew(company)
