from odoo import fields, models

from .guards import archive_writer
from .triggers import guard_files


class BillingArchiveFile(models.Model):
    """A file that the archive keeps; its digest is part of the sealed record.

    The content is an attachment of the archive's own. Where it equals the invoice's,
    both share one file of the filestore: it costs nothing, outlives the deletion of
    the invoice's attachment, and is hit by the same damage of the disk.
    """

    _name = "billing.archive.file"
    _inherit = "billing.guarded"
    _description = "Archived File"
    _order = "kind, name, id"

    archive_id = fields.Many2one(
        comodel_name="billing.archive",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="archive_id.company_id", store=True)
    kind = fields.Selection(
        selection=[
            ("pdf", "PDF"),
            ("xml", "Electronic invoice"),
            ("computation", "Computation"),
            ("proof", "Proof of sending"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(required=True, readonly=True)
    size = fields.Integer(string="Size (bytes)", required=True, readonly=True)
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    attachment_id = fields.Many2one(
        comodel_name="ir.attachment",
        string="Content",
        readonly=True,
        index=True,
        # Verification tells a content that the database lost.
        ondelete="restrict",
    )

    def init(self):
        # Here, not in a hook, which an upgrade never calls.
        guard_files(self.env.cr)

    def _check_writer(self):
        self.env["billing.archive"]._check_writer()

    def action_download(self):
        """Download the kept content."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}?download=true",
            "target": "download",
        }

    def _set_content(self, attachment):
        """Let the file point to a content that was restored."""
        # The caller compared its digest with what was sealed.
        archive_writer(self).attachment_id = attachment
