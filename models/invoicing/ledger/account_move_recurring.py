from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """An invoice that can go on as a subscription."""

    _inherit = "account.move"

    billing_made_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Made recurring as",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The subscription that was made from this invoice.",
    )
    billing_can_recur = fields.Boolean(compute="_compute_billing_can_recur")

    @api.depends("move_type", "state", "payment_state", "billing_made_order_id")
    def _compute_billing_can_recur(self):
        for move in self:
            move.billing_can_recur = not move._get_billing_recurring_fault()

    def _get_billing_recurring_fault(self):
        """Why this document cannot be made recurring, in a sentence, or False."""
        self.ensure_one()
        if self.move_type != "out_invoice" or self.state != "posted":
            return self.env._(
                "%(move)s is no posted customer invoice. Post it first, or choose a "
                "customer invoice that is posted.",
                move=self.display_name,
            )
        subscription = self._get_billing_subscriptions()[:1]
        if subscription:
            return self.env._(
                "%(move)s belongs to subscription %(order)s already. Open that "
                "subscription and use Change.",
                move=self.display_name,
                order=subscription.name,
            )
        if self._is_billing_credited():
            return self.env._(
                "%(move)s was credited in full: it pays for nothing. Choose an invoice "
                "that stands.",
                move=self.display_name,
            )
        return False

    def _get_billing_subscriptions(self):
        """The subscriptions that this invoice bills, or that were made from it."""
        self.ensure_one()
        # Which subscription it is is no secret to who may read the invoice.
        move = self.sudo()
        lines = move.invoice_line_ids
        ordered = lines.sale_line_ids.filtered(
            lambda line: line.billing_plan_id or line.order_id.billing_plan_id
        )
        return (
            move.billing_made_order_id
            | lines.billing_entry_ids.order_id
            | ordered.order_id
        )

    def _is_billing_credited(self):
        """Whether credit notes take the whole invoice back."""
        self.ensure_one()
        credits = self.reversal_move_ids.filtered(lambda move: move.state == "posted")
        credited = sum(credits.mapped("amount_total"))
        return self.payment_state == "reversed" or (
            bool(credits)
            and self.currency_id.compare_amounts(credited, self.amount_total) >= 0
        )

    def action_billing_make_recurring(self):
        """Ask how this invoice goes on as a subscription.

        :raises UserError: when it cannot.
        """
        self.ensure_one()
        fault = self._get_billing_recurring_fault()
        if fault:
            raise UserError(fault)
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_make_recurring_action"
        )
        return {**action, "context": {"default_move_id": self.id}}
