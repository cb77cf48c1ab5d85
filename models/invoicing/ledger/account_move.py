from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """The document of ledger entries: its life is theirs."""

    _inherit = "account.move"

    billing_run_id = fields.Many2one(
        comodel_name="billing.run",
        string="Billing run",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    billing_rebill = fields.Selection(
        selection=[
            ("again", "Yes, they were billed wrongly"),
            ("given_up", "No, they are given up"),
        ],
        string="Bill these periods again?",
        copy=False,
    )
    billing_credits_periods = fields.Boolean(compute="_compute_billing_periods")
    billing_has_entries = fields.Boolean(compute="_compute_billing_periods")

    @api.depends("move_type", "invoice_line_ids.billing_origin_line_id")
    def _compute_billing_periods(self):
        for move in self:
            lines = move.invoice_line_ids
            # Whether there are any is no secret to who may read the invoice.
            move.billing_has_entries = bool(lines.sudo().billing_entry_ids)
            # The same holds for what it credits.
            move.billing_credits_periods = move.move_type == "out_refund" and bool(
                lines.billing_origin_line_id.sudo().billing_entry_ids
            )

    def _get_billing_sign(self):
        """-1 where the lines take back what charges say: on a credit note."""
        self.ensure_one()
        return -1 if self.move_type == "out_refund" else 1

    def _post(self, soft=True):
        # EXTENDS account
        posted = super()._post(soft=soft)
        invoices = (self | posted).filtered(
            lambda move: move.state == "posted" and move.is_sale_document()
        )
        self.env["billing.invoicing"]._post_entries(invoices)
        return posted

    def button_draft(self):
        # EXTENDS account: which calls this for no document at each change of a line.
        if not self:
            return super().button_draft()
        cancelled = self.filtered(lambda move: move.state == "cancel")
        posted = self.filtered(lambda move: move.state == "posted")
        posted._check_billing_resettable()
        res = super().button_draft()
        service = self.env["billing.invoicing"]
        service._revive_entries(cancelled)
        service._unpost_entries(posted)
        return res

    def button_cancel(self):
        # EXTENDS account
        res = super().button_cancel()
        self.env["billing.invoicing"]._void_entries(self)
        return res

    def unlink(self):
        # EXTENDS account: entries hold their line, so they go first.
        if not self:
            return super().unlink()
        drafts = self.filtered(lambda move: move.state == "draft")
        self.env["billing.invoicing"]._free_lines(drafts.invoice_line_ids)
        return super().unlink()

    def _check_billing_resettable(self):
        """A document that left the house is corrected by a credit note.

        :raises UserError: naming the document, why, and the way.
        """
        moves = self.filtered("billing_has_entries")
        sent = moves._billing_was_sent()
        for move in moves:
            fact = False
            if move._get_violated_lock_dates(move.date, bool(move.line_ids.tax_ids)):
                fact = self.env._("its period is closed")
            elif move in sent:
                fact = self.env._("it was sent")
            elif move.reversal_move_ids.filtered(lambda m: m.state != "cancel"):
                fact = self.env._("another document corrects it")
            if fact:
                raise UserError(
                    self.env._(
                        "%(move)s bills subscriptions and cannot go back to draft: "
                        "%(fact)s. Make a credit note instead.",
                        move=move.display_name,
                        fact=fact,
                    )
                )
