from odoo import api, fields, models
from odoo.exceptions import UserError

from ....engine.archive import GENESIS
from .guards import archive_writer, is_archive_writer


class BillingArchiveChain(models.Model):
    """The register of a company's chain: how far it goes, and what is known of it."""

    _name = "billing.archive.chain"
    _description = "Archive of a Company"
    _inherit = ("billing.guarded", "mail.thread", "mail.activity.mixin")
    _order = "company_id, id"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="restrict"
    )
    sequence = fields.Integer(string="Last number", readonly=True, aggregator=None)
    seal = fields.Char(string="Last seal", readonly=True, default=GENESIS)
    sealed_at = fields.Datetime(string="Last sealed at", readonly=True)
    links_verified_at = fields.Datetime(string="Chain verified at", readonly=True)
    verified_at = fields.Datetime(string="Verified whole at", readonly=True)
    files_until = fields.Integer(
        readonly=True, help="Number up to which the files were read in this round."
    )
    # A round of the scheduled verification: it goes on where its time ended.
    round_phase = fields.Selection(
        selection=[("links", "Links"), ("files", "Files")], readonly=True
    )
    round_whole = fields.Boolean(readonly=True)
    round_links_until = fields.Integer(readonly=True)
    round_links_seal = fields.Char(readonly=True)
    round_files_until = fields.Integer(
        readonly=True, help="Number up to which this round reads the files."
    )
    damage_ids = fields.One2many(
        comodel_name="billing.archive.damage",
        inverse_name="chain_id",
        string="Damages",
        domain=[("solved_at", "=", False)],
    )

    _company_unique = models.Constraint(
        "UNIQUE(company_id)", "A company has one archive."
    )

    @api.depends_context("lang")
    @api.depends("company_id")
    def _compute_display_name(self):
        for chain in self:
            chain.display_name = self.env._(
                "Archive of %(company)s", company=chain.company_id.name
            )

    def _check_writer(self):
        if not is_archive_writer(self.env):
            raise UserError(
                self.env._("The register of the archive is kept by the archive alone.")
            )

    @api.model
    def _get_or_create(self, company):
        """The register of a company, a new one when there is none."""
        # Users read registers, the archive's services write them.
        chains = archive_writer(self)
        found = chains.search([("company_id", "=", company.id)])
        return (found or chains.create({"company_id": company.id})).with_env(self.env)
