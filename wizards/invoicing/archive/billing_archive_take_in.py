from odoo import api, fields, models
from odoo.tools import SQL


class BillingArchiveTakeIn(models.TransientModel):
    """Take documents into the archive that were posted before it was there."""

    _name = "billing.archive.take.in"
    _description = "Take Earlier Documents into the Archive"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="Documents from",
        required=True,
        default=lambda self: self.env.company._billing_today().replace(month=1, day=1),
    )
    document_count = fields.Integer(
        string="Documents", compute="_compute_document_count"
    )

    @api.depends("company_id", "date_from")
    def _compute_document_count(self):
        for wizard in self:
            wizard.document_count = self.env["account.move"].search_count(
                wizard._get_domain()
            )

    def _get_domain(self):
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("invoice_date", ">=", self.date_from),
            ("billing_archive_state", "=", False),
        ]

    def action_take_in(self):
        """Mark the documents; the archive's own action takes them in, few at a time."""
        self.ensure_one()
        moves = self.env["account.move"]
        self.company_id.check_access("read")
        query = moves._search(self._get_domain())
        moves.flush_model()
        # The ORM would compute each posted document anew for a mark that nobody prints.
        self.env.cr.execute(
            SQL(
                "UPDATE account_move SET billing_archive_state = 'to_archive'"
                " WHERE id IN %s",
                query.subselect(),
            )
        )
        moves.invalidate_model(["billing_archive_state"])
        # Starting what is due is the archive's own business.
        self.env.ref("recurring_billing.ir_cron_archive").sudo()._trigger()
        return {"type": "ir.actions.act_window_close"}
