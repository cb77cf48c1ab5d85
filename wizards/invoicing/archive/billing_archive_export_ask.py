from odoo import api, fields, models


class BillingArchiveExportAsk(models.TransientModel):
    """Ask for a period of the archive as a ZIP file."""

    _name = "billing.archive.export.ask"
    _description = "Export a Period of the Archive"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date(first=True),
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._default_date(first=False)
    )
    record_count = fields.Integer(string="Documents", compute="_compute_record_count")
    is_whole = fields.Boolean(string="Whole archive", compute="_compute_record_count")

    @api.model
    def _default_date(self, *, first):
        """The first or last day of the archive: the whole of it."""
        order = "document_date" if first else "document_date desc"
        found = self.env["billing.archive"].search(
            [("company_id", "=", self.env.company.id), ("state", "=", "sealed")],
            order=order,
            limit=1,
        )
        return found.document_date or self.env.company._billing_today()

    @api.depends("company_id", "date_from", "date_to")
    def _compute_record_count(self):
        archives, exports = (
            self.env["billing.archive"],
            self.env["billing.archive.export"],
        )
        for wizard in self:
            if not (wizard.date_from and wizard.date_to):
                wizard.record_count, wizard.is_whole = 0, False
                continue
            domain = exports._get_domain(
                wizard.company_id, wizard.date_from, wizard.date_to
            )
            sealed = [
                ("company_id", "=", wizard.company_id.id),
                ("state", "=", "sealed"),
            ]
            count = archives.search_count(domain)
            wizard.is_whole = bool(count) and count == archives.search_count(sealed)
            wizard.record_count = archives.search_count(
                [*domain, ("kind", "=", "document")]
            )

    def action_export(self):
        """Build the export, and show it."""
        self.ensure_one()
        export = self.env["billing.archive.export"]._request(
            self.company_id, self.date_from, self.date_to
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Export of the archive"),
            "res_model": "billing.archive.export",
            "res_id": export.id,
            "view_mode": "form",
        }
