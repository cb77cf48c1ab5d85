from odoo import api, fields, models
from odoo.exceptions import UserError

_AMOUNTS = {"price_unit", "quantity", "discount"}


class AccountMoveLine(models.Model):
    """An invoice line that bills a period."""

    _inherit = "account.move.line"

    billing_period_start = fields.Date(string="Period from", copy=False, readonly=True)
    billing_period_end = fields.Date(
        string="Period to", copy=False, readonly=True, help="Last day, included."
    )
    billing_entry_ids = fields.One2many(
        comodel_name="billing.entry",
        inverse_name="move_line_id",
        string="Ledger entries",
    )
    billing_origin_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Corrects",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The invoice line that this line credits or replaces.",
    )

    def _copy_data_extend_business_fields(self, values):
        # EXTENDS account: a credit note knows what it credits; a plain copy does not.
        res = super()._copy_data_extend_business_fields(values)
        # Whether there is an entry is no secret to who may copy the line.
        if self.sudo().billing_entry_ids or self.billing_origin_line_id:
            values.update(
                billing_period_start=self.billing_period_start,
                billing_period_end=self.billing_period_end,
                billing_origin_line_id=self.id,
            )
        return res

    def write(self, vals):
        # EXTENDS account: a draft edited by hand is a concession.
        res = super().write(vals)
        if _AMOUNTS.intersection(vals):
            drafts = self.filtered(
                lambda line: line.parent_state == "draft" and line.billing_period_start
            )
            self.env["billing.invoicing"]._sync_concessions(
                drafts, reason=self.env.context.get("billing_concession_reason")
            )
        return res

    def unlink(self):
        # EXTENDS account: entries hold their line, so they go first.
        billed = self._filter_billed_drafts()
        answer = self.env.context.get("billing_dropped_line")
        if answer == "give_up":
            self.env["billing.invoicing"]._give_up_lines(billed)
        elif answer == "later":
            self.env["billing.invoicing"]._free_lines(billed)
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_unanswered(self):
        """Ask what becomes of the period when a recurring line leaves a draft.

        The context key ``billing_dropped_line`` answers: ``later`` or ``give_up``.
        """
        billed = self._filter_billed_drafts()
        if billed:
            raise UserError(
                self.env._(
                    "'%(line)s' bills a period of a subscription. Use Remove a "
                    "recurring line on the invoice, and say whether the period is "
                    "billed later or given up.",
                    line=billed[0].product_id.display_name or billed[0].name,
                )
            )

    def _filter_billed_drafts(self):
        return self.filtered(
            lambda line: (
                line.parent_state == "draft"
                # Whether there is an entry is no secret to who may delete the line.
                and line.sudo().billing_entry_ids
            )
        )
