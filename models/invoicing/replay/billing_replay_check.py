"""The monthly proof: every entry of a month replayed, the differences named."""

import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every
from odoo.tools.misc import format_date

from .billing_replay import BATCH

_logger = logging.getLogger(__name__)


class BillingReplayCheck(models.Model):
    """The replay of a company's entries of one month."""

    _name = "billing.replay.check"
    _description = "Replay of a Month"
    _inherit = ("mail.thread", "mail.activity.mixin")
    _order = "month desc, company_id, id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    month = fields.Date(
        required=True,
        readonly=True,
        help="Its first day. Entries without a document "
        "count for the month in which they fell due.",
    )
    state = fields.Selection(
        selection=[
            ("running", "Running"),
            ("identical", "Identical"),
            ("differing", "Differences"),
        ],
        required=True,
        readonly=True,
        default="running",
    )
    checked_at = fields.Datetime(string="Replayed at", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Started by", required=True, readonly=True
    )
    entry_count = fields.Integer(string="Entries", readonly=True)
    identical_count = fields.Integer(string="Identical ", readonly=True)
    differing_count = fields.Integer(string="Differing", readonly=True)
    last_entry_ref = fields.Integer(
        string="Last entry replayed",
        readonly=True,
        help="The last entry replayed: where an interrupted check goes on.",
    )
    difference_ids = fields.One2many(
        comodel_name="billing.replay.difference",
        inverse_name="check_id",
        string="Differences",
        readonly=True,
    )
    summary = fields.Char(compute="_compute_summary")

    _month_unique = models.Constraint(
        "UNIQUE(company_id, month)", "A month of a company has one replay."
    )
    _month_is_first_day = models.Constraint(
        "CHECK(EXTRACT(day FROM month) = 1)", "A month is told by its first day."
    )

    @api.depends_context("lang")
    @api.depends("month", "company_id")
    def _compute_display_name(self):
        for check in self:
            check.display_name = self.env._(
                "Replay of %(month)s", month=check._get_month_text()
            )

    @api.depends_context("lang")
    @api.depends("state", "entry_count", "differing_count", "month")
    def _compute_summary(self):
        for check in self:
            text = check._get_summary()
            # Months have no capital in French.
            check.summary = text[:1].upper() + text[1:]

    def _get_summary(self):
        values = {
            "month": self._get_month_text(),
            "entries": self.entry_count,
            "differing": self.differing_count,
        }
        if self.state == "running":
            return self.env._("%(month)s: %(entries)s entries so far.", **values)
        if self.state == "identical":
            return self.env._(
                "%(month)s: %(entries)s entries recomputed, all identical.", **values
            )
        return self.env._(
            "%(month)s: %(entries)s entries recomputed, %(differing)s differ. Compare "
            "them with their documents and ask who changed the ledger.",
            **values,
        )

    def _get_month_text(self):
        return format_date(self.env, self.month, date_format="LLLL y")

    # === What others ask === #

    @api.model
    def _get_state(self, company, month):
        """Whether a month was replayed and came out well, for the monthly closing.

        :param company: a ``res.company``.
        :param datetime.date month: any day of it.
        :return: ``checked``, ``entries`` and ``differing``.
        """
        check = self.search(
            [("company_id", "=", company.id), ("month", "=", month.replace(day=1))]
        )
        return {
            "checked": bool(check) and check.state != "running",
            "entries": check.entry_count,
            "differing": check.differing_count,
        }

    # === Buttons === #

    def action_replay_month(self):
        """Replay the current month of the company, and show what was found.

        For the button above the list, which needs no record.
        """
        self.browse().check_access("read")
        company = self.env.company
        check = self._get_or_create(company, company._billing_today())
        check._replay_at_once()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": check.id,
            "view_mode": "form",
        }

    def action_replay(self):
        """Replay these months again."""
        self.check_access("read")
        for check in self:
            check._replay_at_once()

    def action_open_differences(self):
        """The entries that differ, in the ledger."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "domain": [("id", "in", self.difference_ids.entry_id.ids)],
            "res_model": "billing.entry",
            "view_mode": "list,form",
            "name": self.env._("Differing entries"),
        }

    # === The scheduled check === #

    @api.model
    def _cron_replay(self):
        """Replay the month before, in all companies; goes on where it was stopped."""
        cron = self.env["ir.cron"]
        pending = self.browse()
        for (company,) in self.env["billing.entry"]._read_group([], ["company_id"]):
            month = company._billing_today() + relativedelta(months=-1)
            check = self.with_company(company)._get_or_create(company, month)
            if check.state == "running" or not check.checked_at:
                pending |= check
        cron._commit_progress(remaining=len(pending))
        for check in pending:
            for _batch in check._work():
                if not cron._commit_progress():
                    cron_id = self.env.context.get("cron_id")
                    if cron_id:
                        cron.browse(cron_id)._trigger()
                    return
            check._finish()
            cron._commit_progress(1)

    def _get_or_create(self, company, month):
        """The check of a month, a new one when there is none."""
        # Users read the checks, the service writes them.
        checks = self.sudo()
        month = month.replace(day=1)
        found = checks.search([("company_id", "=", company.id), ("month", "=", month)])
        if not found:
            found = checks.create(
                {"company_id": company.id, "month": month, "user_id": self.env.uid}
            )
        return found.with_env(self.env)

    def _replay_at_once(self):
        """Replay all of it in this transaction, for a person who waits."""
        self.ensure_one()
        self._restart()
        for _batch in self._work():
            pass
        self._finish()

    def _restart(self):
        # Users read the checks, the service writes them.
        check = self.sudo()
        check.difference_ids.unlink()
        check.write(
            {
                "state": "running",
                "user_id": self.env.uid,
                "entry_count": 0,
                "identical_count": 0,
                "differing_count": 0,
                "last_entry_ref": 0,
            }
        )

    def _work(self):
        """Replay batch by batch what is left of the month.

        :return: a generator that yields after each batch, for the caller to commit.
        """
        ids = self._get_entry_ids()
        for batch in split_every(BATCH, ids, list):
            self._replay_batch(batch)
            yield len(batch)

    def _get_entry_ids(self):
        """The entries of the month that were not replayed yet, in order.

        An entry belongs to the month of its document, else to that of its due date.
        """
        self.env["billing.entry"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT entry.id
                  FROM billing_entry entry
             LEFT JOIN account_move_line line ON line.id = entry.move_line_id
             LEFT JOIN account_move move ON move.id = line.move_id
                 WHERE entry.company_id = %(company)s
                   AND entry.id > %(after)s
                   AND COALESCE(move.invoice_date, entry.scheduled_date,
                                entry.create_date::date) >= %(first)s
                   AND COALESCE(move.invoice_date, entry.scheduled_date,
                                entry.create_date::date) < %(following)s
                 ORDER BY entry.id
                """,
                company=self.company_id.id,
                after=self.last_entry_ref,
                first=self.month,
                following=self.month + relativedelta(months=1),
            )
        )
        return [entry_id for (entry_id,) in rows]

    def _replay_batch(self, ids):
        verdicts = self.env["billing.replay"]._replay(ids)
        differing = {
            entry_id: verdict
            for entry_id, verdict in verdicts.items()
            if not verdict.identical
        }
        # Users read the checks, the service writes them.
        check = self.sudo()
        check.difference_ids.create(
            [
                check._prepare_difference_vals(entry, differing[entry.id])
                for entry in check.env["billing.entry"].browse(differing)
            ]
        )
        check.write(
            {
                "entry_count": check.entry_count + len(verdicts),
                "identical_count": check.identical_count
                + len(verdicts)
                - len(differing),
                "differing_count": check.differing_count + len(differing),
                "last_entry_ref": ids[-1],
            }
        )

    def _prepare_difference_vals(self, entry, verdict):
        ours, stored = verdict.charged, entry.charged_amount
        if verdict.charged is not None:
            ours, stored = entry._get_compared(verdict)
        return {
            "check_id": self.id,
            "entry_id": entry.id,
            "reason": verdict.reason,
            "recomputed_amount": ours or 0.0,
            "stored_amount": stored,
            "text": entry._get_verdict_text(verdict),
        }

    def _finish(self):
        """Close the check; tell the managers what differs, once."""
        self.ensure_one()
        # Users read the checks, the service writes them.
        check = self.sudo()
        check.write(
            {
                "state": "differing" if check.differing_count else "identical",
                "checked_at": self.env.cr.now(),
            }
        )
        check.activity_unlink(["recurring_billing.mail_activity_replay"])
        if check.differing_count:
            check._alert_managers()
        _logger.info(
            "Replay %s: %s entries, %s differing",
            check.id,
            check.entry_count,
            check.differing_count,
        )

    def _alert_managers(self):
        group = self.env.ref("recurring_billing.recurring_billing_group_manager")
        managers = group.all_user_ids.filtered(
            lambda user: self.company_id in user.company_ids
        )
        for manager in managers:
            self.with_context(
                lang=manager.lang, mail_activity_quick_update=True
            ).activity_schedule(
                "recurring_billing.mail_activity_replay",
                user_id=manager.id,
                note=self.with_context(lang=manager.lang).summary,
            )
