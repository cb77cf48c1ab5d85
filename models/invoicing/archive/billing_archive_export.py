import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ..run.billing_invoicing import NO_ITEMS_FAULT
from .guards import archive_writer, is_archive_writer

_logger = logging.getLogger(__name__)

#: More records than this are exported by the scheduled action, not while one waits.
AT_ONCE = 500
#: Days for which the file of an export can be downloaded.
KEPT_DAYS = 7
#: An export that cannot be made is tried so often, at such intervals.
TRIES = 3
RETRY_AFTER = timedelta(minutes=10)


class BillingArchiveExport(models.Model):
    """An export of the archive that somebody took: the trace stays, the file goes."""

    _name = "billing.archive.export"
    _inherit = "billing.guarded"
    _description = "Export of the Archive"
    _order = "id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict"
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Asked by", required=True, readonly=True
    )
    state = fields.Selection(
        selection=[
            ("queued", "Being prepared"),
            ("done", "Ready"),
            ("failed", "Damaged"),
            ("unmade", "Not made"),
        ],
        required=True,
        readonly=True,
        default="queued",
    )
    record_count = fields.Integer(
        string="Records", readonly=True, help="As many as the file holds."
    )
    first_sequence = fields.Integer(string="First number", readonly=True)
    last_sequence = fields.Integer(string="Last number", readonly=True)
    is_whole = fields.Boolean(
        string="Whole archive",
        readonly=True,
        help="All that was sealed when it was taken.",
    )
    head_seal = fields.Char(
        string="Seal of the chain",
        readonly=True,
        help="Write it down outside of Odoo: with it, anybody proves later that the "
        "chain up to here was not written anew.",
    )
    sha256 = fields.Char(string="SHA-256 of the file", readonly=True)
    verified_at = fields.Datetime(
        string="Verified at",
        readonly=True,
        help="When the script inside found the file intact.",
    )
    findings = fields.Text(readonly=True)
    attempts = fields.Integer(string="Tries", readonly=True)
    fault = fields.Char(string="Why it was not made", readonly=True)
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment", string="File", readonly=True, ondelete="set null"
    )

    @api.depends_context("lang")
    @api.depends("date_from", "date_to", "company_id")
    def _compute_display_name(self):
        for export in self:
            export.display_name = self.env._(
                "%(company)s, %(start)s – %(end)s",
                company=export.company_id.name,
                start=format_date(self.env, export.date_from),
                end=format_date(self.env, export.date_to),
            )

    def _check_writer(self):
        # What was exported decides whether the module may leave.
        if not is_archive_writer(self.env):
            raise UserError(
                self.env._("Exports are noted by the archive alone. Export a period.")
            )

    @api.model
    def _covers(self, company, sequence):
        """Whether a verified export holds the whole archive up to a number."""
        # Whoever asks decides for all companies.
        return bool(
            self.sudo().search_count(
                [
                    ("company_id", "=", company.id),
                    ("is_whole", "=", True),
                    ("verified_at", "!=", False),
                    ("last_sequence", ">=", sequence),
                ],
                limit=1,
            )
        )

    @api.model
    def _request(self, company, date_from, date_to):
        """Export a period: at once when it is small, else by the scheduled action.

        :raises UserError: when nothing is archived there.
        :return: the ``billing.archive.export``.
        """
        # Who may read the archive may take it along; the trace is the archive's own.
        exports = archive_writer(self)
        count = self.env["billing.archive"].search_count(
            self._get_domain(company, date_from, date_to)
        )
        if not count:
            raise UserError(
                self.env._(
                    "Nothing of %(company)s is archived from %(start)s to %(end)s. "
                    "Choose other dates.",
                    company=company.name,
                    start=format_date(self.env, date_from),
                    end=format_date(self.env, date_to),
                )
            )
        export = exports.create(
            {
                "company_id": company.id,
                "date_from": date_from,
                "date_to": date_to,
                "user_id": self.env.uid,
            }
        )
        if count <= AT_ONCE:
            export._build()
        else:
            # Starting what is due is the archive's own business.
            self.env.ref("recurring_billing.ir_cron_archive_export").sudo()._trigger()
        return export.with_env(self.env)

    @api.model
    def _get_domain(self, company, date_from, date_to):
        return [
            ("company_id", "=", company.id),
            ("state", "=", "sealed"),
            ("document_date", ">=", date_from),
            ("document_date", "<=", date_to),
        ]

    @api.model
    def _cron_export(self):
        """Build the exports that wait, one a transaction; one that fails keeps no
        other waiting, and is tried again.
        """
        cron = self.env["ir.cron"]
        # The scheduler works for all companies.
        exports = archive_writer(self)
        # Those that were tried least come first.
        waiting = exports.search([("state", "=", "queued")], order="attempts, id")
        left = len(waiting)
        for export in waiting:
            # Counted beforehand: what kills the process is not tried for ever.
            if export._begin():
                cron._commit_progress(remaining=left)
                export._try_to_build()
            left -= 1
            if not cron._commit_progress(1, remaining=left) and left:
                return
        if exports.search_count([("state", "=", "queued")], limit=1):
            # The job wakes itself.
            self.env.ref("recurring_billing.ir_cron_archive_export").sudo()._trigger(
                self.env.cr.now() + RETRY_AFTER
            )
        cron._commit_progress(remaining=0)

    def _begin(self):
        """Count a try; who had them all is not made.

        :return: whether it may be tried.
        """
        if self.attempts < TRIES:
            self.attempts += 1
            return True
        reason = self.fault or self.env._(
            "The server stopped while it was being made, %(count)s times. Export "
            "shorter periods.",
            count=TRIES,
        )
        self.write({"state": "unmade", "fault": reason})
        return False

    def _try_to_build(self):
        try:
            self._build()
            self.env.flush_all()
        except NO_ITEMS_FAULT:
            # The database's: the next call goes on.
            raise
        except Exception as error:
            self.env.cr.rollback()
            self.env.invalidate_all()
            _logger.exception("Export %s of the archive could not be made", self.id)
            reason = str(error) or type(error).__name__
            state = "unmade" if self.attempts >= TRIES else "queued"
            self.write({"fault": reason, "state": state})

    @api.autovacuum
    def _gc_files(self):
        """Delete the files of old exports; who took them has them."""
        limit = fields.Datetime.subtract(self.env.cr.now(), days=KEPT_DAYS)
        # The housekeeping of all companies.
        old = self.sudo().search(
            [("create_date", "<", limit), ("attachment_id", "!=", False)]
        )
        old.attachment_id.unlink()

    def action_download(self):
        """Download the ZIP file."""
        self.ensure_one()
        if self.state == "unmade":
            raise UserError(
                self.env._(
                    "%(export)s: could not be made. %(reason)s",
                    export=self.display_name,
                    reason=self.fault or "",
                )
            )
        if not self.attachment_id:
            raise UserError(
                self.env._(
                    "%(export)s: its file is no longer here, or not yet. Export the "
                    "period again.",
                    export=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }
