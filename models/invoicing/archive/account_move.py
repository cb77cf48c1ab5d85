from odoo import api, fields, models
from odoo.exceptions import UserError

from ...subscription.guards import changes

#: What is archived of a document: it stays as it was issued.
_ISSUED = {
    "name",
    "move_type",
    "state",
    "journal_id",
    "company_id",
    "partner_id",
    "currency_id",
    "date",
    "invoice_date",
    # The marks by which the doors know it.
    "billing_archive_state",
    "billing_archive_number",
}


class AccountMove(models.Model):
    """A document that the archive keeps."""

    _inherit = "account.move"

    billing_archive_state = fields.Selection(
        selection=[("to_archive", "To archive"), ("archived", "Archived")],
        string="Archive",
        copy=False,
        readonly=True,
    )
    billing_archive_number = fields.Integer(
        string="Number in the archive",
        copy=False,
        readonly=True,
        aggregator=None,
        help="Its place in the chain: what is missing there is known by it.",
    )
    billing_archive_ids = fields.One2many(
        comodel_name="billing.archive",
        inverse_name="move_id",
        string="Archived as",
        readonly=True,
    )
    billing_archived_on = fields.Date(
        string="Archived on", compute="_compute_billing_archived_on"
    )

    _billing_to_archive_idx = models.Index(
        "(company_id, id) WHERE billing_archive_state = 'to_archive'"
    )

    @api.depends("billing_archive_state")
    def _compute_billing_archived_on(self):
        archived = self.filtered(lambda move: move.billing_archive_state == "archived")
        # Whether it is archived is no secret to who may read the document.
        for move in self:
            sealed = (
                (move & archived)
                .sudo()
                .billing_archive_ids.filtered(
                    lambda archive: archive.kind == "document"
                )
            )
            move.billing_archived_on = sealed.sealed_at and fields.Date.to_date(
                fields.Datetime.context_timestamp(move, sealed.sealed_at)
            )

    @api.depends("billing_archive_state")
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS account: no button that only refuses.
        super()._compute_show_reset_to_draft_button()
        for move in self:
            if move.billing_archive_state == "archived":
                move.show_reset_to_draft_button = False

    def _post(self, soft=True):
        # EXTENDS account
        # Before, so that the mark travels in the statement that posts.
        self._billing_mark_to_archive()
        posted = super()._post(soft=soft)
        # What core added to the batch; nothing, as a rule.
        (posted - self)._billing_mark_to_archive()
        return posted

    def _billing_mark_to_archive(self):
        """Let the archive's job find these documents, once they are posted."""
        marked = self.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_refund")
                and move.billing_archive_state != "archived"
                and move.company_id.billing_archive
            )
        )
        # No write: it would look at each line of each document again.
        field = self._fields["billing_archive_state"]
        field._update_cache(marked, "to_archive", dirty=True)

    def write(self, vals):
        # EXTENDS account
        if _ISSUED.intersection(vals):
            for move in self:
                if move.billing_archive_state == "archived" and changes(
                    move, vals, _ISSUED
                ):
                    raise UserError(move._get_billing_archived_text())
        return super().write(vals)

    def button_draft(self):
        # EXTENDS account
        posted = self.filtered(lambda move: move.state == "posted")
        res = super().button_draft()
        posted._billing_leave_archive()
        return res

    def _billing_leave_archive(self):
        """Take documents out that go back to draft before they were sealed."""
        marked = self.filtered("billing_archive_state")
        if marked:
            # What waits is no secret to who may reset the document.
            marked.sudo().billing_archive_ids._drop_unsealed()
            marked.billing_archive_state = False

    def _check_billing_resettable(self):
        # EXTENDS recurring_billing: any archived document, recurring or not.
        self._check_billing_unarchived()
        return super()._check_billing_resettable()

    def _check_billing_unarchived(self):
        for move in self:
            if move.billing_archive_state == "archived":
                raise UserError(move._get_billing_archived_text())

    def unlink(self):
        # EXTENDS account
        self._check_billing_unarchived()
        self._billing_leave_archive()
        return super().unlink()

    def _get_billing_archived_text(self):
        return self.env._(
            "%(move)s is in the archive and stays as it was issued. Make a credit note "
            "instead.",
            move=self.display_name,
        )

    def action_billing_open_archive(self):
        """Open what the archive keeps of this document."""
        self.ensure_one()
        archive = self.billing_archive_ids.filtered(
            lambda archive: archive.kind == "document"
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.archive",
            "res_id": archive.id,
            "view_mode": "form",
        }
