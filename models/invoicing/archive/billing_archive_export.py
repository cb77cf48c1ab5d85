from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .guards import archive_writer, is_archive_writer

#: More records than this are exported by the scheduled action, not while one waits.
AT_ONCE = 500
#: Days for which the file of an export can be downloaded.
KEPT_DAYS = 7


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
        ],
        required=True,
        readonly=True,
        default="queued",
    )
    record_count = fields.Integer(string="Records", readonly=True)
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
                "record_count": count,
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
        """Build the exports that wait, one a transaction."""
        cron = self.env["ir.cron"]
        # The scheduler works for all companies.
        exports = archive_writer(self)
        waiting = exports.search([("state", "=", "queued")], order="id")
        cron._commit_progress(remaining=len(waiting))
        for export in waiting:
            export._build()
            if not cron._commit_progress(1):
                break

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
