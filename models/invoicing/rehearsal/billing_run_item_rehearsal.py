"""What a rehearsal found for a subscription, and what a person approved of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...plan.wording import amount_text, signed_text

#: Stable codes of why an invoice differs from the one before (see engine.rehearsing).
WHY = [
    ("catch_up", "Catch-up"),
    ("new", "New"),
    ("end", "End"),
    ("proration", "Proration"),
    ("price", "Price"),
    ("lines", "Lines"),
    ("regular", "Regular again"),
    ("unchanged", "Unchanged"),
]


class BillingRunItem(models.Model):
    _inherit = "billing.run.item"

    state = fields.Selection(
        selection_add=[
            ("to_rehearse", "To rehearse"),
            ("rehearsed", "Rehearsed"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("left_out", "Not approved"),
        ],
        ondelete={
            "to_rehearse": "cascade",
            "rehearsed": "cascade",
            "approved": "cascade",
            "refused": "cascade",
            "left_out": "cascade",
        },
    )
    total_amount = fields.Monetary(string="Amount incl. tax", readonly=True)
    difference = fields.Monetary(
        readonly=True, help="Compared with its last invoice, before tax."
    )
    reason_kind = fields.Selection(WHY, string="Reason", readonly=True)
    reason_text = fields.Char(string="Why", readonly=True)
    periods_text = fields.Char(string="Period", readonly=True)
    documents = fields.Json(
        readonly=True,
        prefetch=False,
        help="Amounts of the documents that this item opens.",
    )
    is_made_by_core = fields.Boolean(
        string="Made and rolled back",
        readonly=True,
        help="Its amounts are those of a document that was created and rolled back.",
    )
    facts = fields.Json(readonly=True, prefetch=False)
    facts_hash = fields.Char(readonly=True)
    approved_at = fields.Datetime(readonly=True)
    approved_by_id = fields.Many2one(comodel_name="res.users", readonly=True)
    reserved_until = fields.Date(
        readonly=True,
        index="btree_not_null",
        help="Until this day, the daily run leaves the subscription to this run.",
    )
    why_text = fields.Char(string="Reason or exception", compute="_compute_why_text")
    comparison = fields.Char(compute="_compute_comparison")

    @api.depends("message", "reason_text")
    def _compute_why_text(self):
        for item in self:
            item.why_text = item.message or item.reason_text

    def _compute_comparison(self):
        """The old amount beside the new one, in a sentence."""
        for item in self:
            item.comparison = item._get_comparison()

    def _get_comparison(self):
        self.ensure_one()
        if self.message:
            return self.message
        now = amount_text(self.env, self.amount, self.currency_id)
        if self.reason_kind == "new":
            return self.env._("First invoice: %(now)s excl. tax.", now=now)
        if self.currency_id.is_zero(self.difference):
            return self.env._("%(now)s excl. tax, as the last time.", now=now)
        return self.env._(
            "%(now)s excl. tax instead of %(before)s (%(difference)s).",
            now=now,
            before=amount_text(
                self.env, self.amount - self.difference, self.currency_id
            ),
            difference=signed_text(self.env, self.difference, self.currency_id),
        )

    def action_show_document(self):
        """The invoice as the customer will see it, old beside new amounts."""
        self.ensure_one()
        preview = self.env["billing.run.item.preview"].create(
            {"item_id": self.id, "document": self._render_document()}
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "billing.run.item.preview",
            "res_id": preview.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _render_document(self):
        """The document of this item and of all who share it; False without one."""
        if self.state not in ("rehearsed", "approved", "left_out"):
            return False
        sharing = self.search(
            [
                ("run_id", "=", self.run_id.id),
                ("group_key", "=", self.group_key),
                ("state", "=", self.state),
            ],
            order="id",
        )
        return self.env["billing.invoicing"]._render_document(
            sharing.order_id, self.run_id.run_date
        )

    def action_approve(self):
        """Approve these items; the run bills them, and no others."""
        run = self.run_id
        if len(run) != 1:
            raise UserError(
                self.env._("Approve the items of one rehearsal, not of several.")
            )
        return run._approve(self)

    def _check_held_long_enough(self, until):
        """An approval that ends before its run's day would be for nothing.

        :raises UserError: record, fact, remedy.
        """
        run = self.run_id
        if run.run_date > until:
            raise UserError(
                self.env._(
                    "%(run)s: an approval given today ends on %(date)s, before that "
                    "day. Approve it later, or let approvals hold longer in the "
                    "settings.",
                    run=run.name,
                    date=format_date(self.env, until),
                )
            )
