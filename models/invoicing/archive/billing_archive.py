from odoo import api, fields, models
from odoo.exceptions import UserError

from .guards import archive_writer, is_archive_writer
from .triggers import guard_records


class BillingArchive(models.Model):
    """An issued document, or a proof that belongs to one, as the archive keeps it.

    A record enters unsealed. One job per company seals it: from then on nobody changes
    or deletes it, the administrator included; the database refuses it too.
    """

    _name = "billing.archive"
    _inherit = "billing.guarded"
    _description = "Archived Document"
    _order = "document_date desc, id desc"
    _rec_name = "number"

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    parent_id = fields.Many2one(
        comodel_name="billing.archive",
        string="Belongs to",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    proof_ids = fields.One2many(
        comodel_name="billing.archive", inverse_name="parent_id", string="Proofs"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=[("document", "Document"), ("proof", "Proof of sending")],
        required=True,
        readonly=True,
        default="document",
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting for its PDF"),
            ("ready", "To seal"),
            ("sealed", "Sealed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    number = fields.Char(string="Document", readonly=True, index="trigram")
    move_type = fields.Selection(
        selection=[("out_invoice", "Invoice"), ("out_refund", "Credit note")],
        string="Type",
        readonly=True,
    )
    document_date = fields.Date(string="Date", readonly=True, index=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        readonly=True,
        index=True,
        help="Today's contact. The name on the document is kept beside it.",
    )
    customer_name = fields.Char(string="Customer", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    amount_total = fields.Monetary(string="Amount incl. tax", readonly=True)
    retained_until = fields.Date(
        string="Kept until",
        readonly=True,
        help="Ten years from the end of the financial year.",
    )
    file_ids = fields.One2many(
        comodel_name="billing.archive.file",
        inverse_name="archive_id",
        string="Kept files",
        readonly=True,
    )
    document_file_ids = fields.One2many(
        comodel_name="billing.archive.file", compute="_compute_files_by_kind"
    )
    computation_file_ids = fields.One2many(
        comodel_name="billing.archive.file", compute="_compute_files_by_kind"
    )
    proof_file_ids = fields.One2many(
        comodel_name="billing.archive.file", compute="_compute_files_by_kind"
    )
    file_count = fields.Integer(string="Files", compute="_compute_file_count")
    # What was sealed.
    record = fields.Text(readonly=True, help="All that the seal answers for.")
    digest = fields.Char(string="SHA-256 of the record", readonly=True)
    sequence = fields.Integer(
        string="Number in the chain", readonly=True, aggregator=None
    )
    previous = fields.Char(string="Seal before", readonly=True)
    seal = fields.Char(readonly=True)
    sealed_at = fields.Datetime(string="Sealed at", readonly=True)
    chain_text = fields.Char(string="Place in the chain", compute="_compute_chain_text")
    # What is known of it since.
    integrity = fields.Selection(
        selection=[
            ("unverified", "Not yet verified"),
            ("intact", "Intact"),
            ("damaged", "Damaged"),
        ],
        required=True,
        readonly=True,
        default="unverified",
    )
    damage_ids = fields.One2many(
        comodel_name="billing.archive.damage",
        inverse_name="archive_id",
        string="Damages",
        domain=[("solved_at", "=", False)],
    )
    damage_text = fields.Char(string="What is wrong", compute="_compute_damage_text")
    # How it gets here.
    event_ref = fields.Integer(
        readonly=True, help="The event of a delivery that a proof was made from."
    )
    fault = fields.Char(string="Why it waits", readonly=True)
    attempts = fields.Integer(string="Tries", readonly=True)
    next_try_at = fields.Datetime(string="Next try", readonly=True)

    _sequence_unique = models.UniqueIndex(
        "(company_id, sequence) WHERE sequence IS NOT NULL",
        "A number of the archive's chain stands once.",
    )
    _move_unique = models.UniqueIndex(
        "(move_id) WHERE kind = 'document'", "A document is archived once."
    )
    _event_unique = models.UniqueIndex(
        "(event_ref) WHERE kind = 'proof'", "A proof is archived once."
    )
    _move_idx = models.Index("(move_id)")
    _unsealed_idx = models.Index("(company_id, id) WHERE state <> 'sealed'")
    _sealed_whole = models.Constraint(
        "CHECK(state <> 'sealed' OR (sequence > 0 AND seal IS NOT NULL AND previous"
        " IS NOT NULL AND digest IS NOT NULL AND record IS NOT NULL))",
        "What is sealed has its place in the chain.",
    )

    def init(self):
        # Here, not in a hook, which an upgrade never calls.
        guard_records(self.env.cr)

    @api.depends("file_ids", "proof_ids.file_ids")
    def _compute_file_count(self):
        archives = self | self.proof_ids
        counts = dict(
            self.env["billing.archive.file"]._read_group(
                [("archive_id", "in", archives.ids)], ["archive_id"], ["__count"]
            )
        )
        for archive in self:
            archive.file_count = sum(
                counts.get(one, 0) for one in archive | archive.proof_ids
            )

    @api.depends("file_ids", "proof_ids.file_ids")
    def _compute_files_by_kind(self):
        for archive in self:
            files = archive.file_ids
            computation = files.filtered(lambda file: file.kind == "computation")
            archive.computation_file_ids = computation
            archive.document_file_ids = files - computation
            archive.proof_file_ids = archive.proof_ids.file_ids

    @api.depends_context("lang")
    @api.depends("sequence")
    def _compute_chain_text(self):
        for archive in self:
            text = False
            if archive.sequence == 1:
                text = self.env._("No. 1, the first")
            elif archive.sequence:
                text = self.env._(
                    "No. %(number)s, follows %(before)s",
                    number=archive._get_number_text(archive.sequence),
                    before=archive._get_number_text(archive.sequence - 1),
                )
            archive.chain_text = text

    @api.depends_context("lang")
    @api.depends("damage_ids.solved_at", "integrity")
    def _compute_damage_text(self):
        for archive in self:
            archive.damage_text = " ".join(archive.damage_ids.mapped("text")) or False

    # === Guards === #

    def _check_writer(self):
        if not is_archive_writer(self.env):
            raise UserError(
                self.env._(
                    "The archive cannot be written by hand: it keeps what was issued. "
                    "Correct a document with a credit note."
                )
            )

    def _drop_unsealed(self):
        """Forget documents that go back to draft before they were sealed."""
        # Nobody but this service may: the caller has reset the document.
        unsealed = archive_writer(self).filtered(
            lambda archive: archive.state != "sealed"
        )
        attachments = unsealed.file_ids.attachment_id
        unsealed.file_ids.unlink()
        unsealed.unlink()
        attachments.unlink()

    # === Buttons === #

    def action_open_invoice(self):
        """Open the document in Odoo."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
