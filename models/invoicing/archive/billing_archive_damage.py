from odoo import api, fields, models
from odoo.exceptions import UserError

from .guards import is_archive_writer


class BillingArchiveDamage(models.Model):
    """What verification found wrong, and when it was right again."""

    _name = "billing.archive.damage"
    _inherit = "billing.guarded"
    _description = "Damage of the Archive"
    _order = "solved_at desc nulls first, sequence, id"

    chain_id = fields.Many2one(
        comodel_name="billing.archive.chain",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="chain_id.company_id", store=True, index=True)
    archive_id = fields.Many2one(
        comodel_name="billing.archive",
        string="Archived document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(
        string="Number in the chain", readonly=True, aggregator=None
    )
    name = fields.Char(string="Document", readonly=True)
    code = fields.Selection(
        selection=[
            ("changed", "Record changed"),
            ("shown", "Shown value changed"),
            ("link", "Digest changed"),
            ("forged", "Not sealed here"),
            ("moved", "Moved"),
            ("replaced", "Sealed anew"),
            ("missing", "Missing"),
            ("inserted", "Inserted"),
            ("file_changed", "File changed"),
            ("file_missing", "File missing"),
            ("unguarded", "Database guard off"),
        ],
        string="Nature",
        required=True,
        readonly=True,
    )
    detail = fields.Char(readonly=True)
    found_at = fields.Datetime(string="Found at", required=True, readonly=True)
    solved_at = fields.Datetime(string="Right again at", readonly=True)
    text = fields.Char(string="What is wrong", compute="_compute_text")

    @api.depends_context("lang")
    @api.depends("code", "name", "detail", "sequence")
    def _compute_text(self):
        for damage in self:
            damage.text = damage._get_text()

    def _get_text(self):
        """Document, fact and remedy, in a sentence or two."""
        archives = self.env["billing.archive"]
        values = {
            "document": self.name or self.env._("A document"),
            "number": archives._get_number_text(self.sequence),
            "detail": self.detail or "",
        }
        return {**self._get_record_texts(values), **self._get_other_texts(values)}[
            self.code
        ]

    def _get_record_texts(self, values):
        """About a record and its seal."""
        return {
            "changed": self.env._(
                "%(document)s: the archived record (no. %(number)s) was changed after "
                "it was sealed. Compare it with an export or a backup.",
                **values,
            ),
            "shown": self.env._(
                "%(document)s: what the list shows (%(detail)s) was changed; the "
                "sealed record is intact. Trust the record.",
                **values,
            ),
            "link": self.env._(
                "%(document)s: the stored digest was changed; record and seal are "
                "intact. Compare it with an export or a backup.",
                **values,
            ),
            "forged": self.env._(
                "%(document)s: no. %(number)s was not sealed by the archive. Ask who "
                "wrote it, and compare it with an export or a backup.",
                **values,
            ),
            "moved": self.env._(
                "%(document)s: stands at no. %(number)s, was sealed as no. %(detail)s. "
                "Compare the order with an export or a backup.",
                **values,
            ),
            "replaced": self.env._(
                "%(document)s: no. %(number)s was changed and sealed anew; what "
                "follows still names its former seal. Compare it with an export or a "
                "backup.",
                **values,
            ),
        }

    def _get_other_texts(self, values):
        """About what is not there, is too much, or lies beside the record."""
        return {
            "missing": self.env._(
                "%(document)s: no. %(number)s was deleted from the archive. Restore it "
                "from a backup.",
                **values,
            ),
            "inserted": self.env._(
                "%(document)s: no. %(number)s was added behind the archive's back. Ask "
                "who wrote it.",
                **values,
            ),
            "file_changed": self.env._(
                "%(document)s: %(detail)s was changed; the record is intact. Restore "
                "the file, or take it from a backup.",
                **values,
            ),
            "file_missing": self.env._(
                "%(document)s: %(detail)s cannot be read; the record is intact. "
                "Restore the file, or take it from a backup.",
                **values,
            ),
            "unguarded": self.env._(
                "The database no longer refuses changes of the archive: a trigger is "
                "missing or off. Update the module, and ask who took it away."
            ),
        }

    def _check_writer(self):
        if not is_archive_writer(self.env):
            raise UserError(
                self.env._(
                    "Damages are noted by the verification of the archive alone."
                )
            )

    def action_open(self):
        """Open the archived document, or the invoice that lost its own."""
        self.ensure_one()
        record = self.archive_id or self.move_id
        return record and {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }
