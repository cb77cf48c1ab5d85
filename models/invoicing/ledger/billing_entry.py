from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import sql
from odoo.tools.misc import format_date, formatLang

_MARK = object()


def ledger_writer(records):
    """The same records, allowed to write the ledger: for the invoicing service."""
    return records.with_context(billing_ledger_writer=_MARK)


class BillingEntry(models.Model):
    """What was charged for a line and a period, and why: the ledger.

    ``settled_amount`` is what the entry takes from the promise, ``charged_amount``
    what the document says. Both are in the document's currency and in the line's own
    price convention. The database refuses two live charges of a line that overlap.
    """

    _name = "billing.entry"
    _inherit = "billing.guarded"
    _description = "Ledger Entry"
    _order = "period_start desc, id desc"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Subscription",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    sale_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Line",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True, index=True
    )
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    plan_id = fields.Many2one(
        comodel_name="billing.plan", readonly=True, ondelete="restrict"
    )
    salesperson_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    kind = fields.Selection(
        selection=[
            ("charge", "Period"),
            ("adjustment", "Adjustment"),
            ("waiver", "Waiver"),
            ("opening", "Opening"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[("draft", "Draft"), ("posted", "Posted"), ("void", "Void")],
        required=True,
        readonly=True,
        default="draft",
        help="Follows the document. A void entry counts for nothing: its days are "
        "free again.",
    )
    period_start = fields.Date(string="From", required=True, readonly=True)
    period_end = fields.Date(
        string="To", required=True, readonly=True, help="Last day, included."
    )
    days = fields.Integer(compute="_compute_days")
    scheduled_date = fields.Date(string="Due on", readonly=True)
    settled_amount = fields.Monetary(
        string="Settled", required=True, readonly=True, help="Taken from the promise."
    )
    charged_amount = fields.Monetary(
        string="Charged", required=True, readonly=True, help="On the document."
    )
    untaxed_amount = fields.Monetary(
        string="Untaxed amount",
        readonly=True,
        help="Of the invoice line, when it was posted.",
    )
    concession_amount = fields.Monetary(
        string="Concession",
        readonly=True,
        help="Given up by editing the draft: settled less charged.",
    )
    concession_user_id = fields.Many2one(
        comodel_name="res.users", string="Conceded by", readonly=True
    )
    concession_reason = fields.Char(readonly=True)
    facts = fields.Json(
        readonly=True, help="All that the computation needed, to replay it."
    )
    fraction = fields.Char(string="Share of the period", readonly=True)
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Invoice line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    move_id = fields.Many2one(related="move_line_id.move_id", string="Invoice")
    document_name = fields.Char(
        string="Document",
        readonly=True,
        help="Number of the document, kept when it was cancelled.",
    )
    void_line_ref = fields.Integer(
        readonly=True, help="Line of the cancelled document, to take the void back."
    )
    run_item_id = fields.Many2one(
        comodel_name="billing.run.item",
        string="Run item",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _no_overlap = models.Constraint(
        "EXCLUDE USING gist (sale_line_id WITH =,"
        " daterange(period_start, period_end, '[]') WITH &&)"
        " WHERE (kind IN ('charge', 'opening') AND state <> 'void')",
        "These days of the line are already billed.",
    )
    _period_ordered = models.Constraint(
        "CHECK(period_end >= period_start)", "A period ends after it starts."
    )
    _document_required = models.Constraint(
        "CHECK(state = 'void' OR kind IN ('waiver', 'opening')"
        " OR charged_amount = 0 OR move_line_id IS NOT NULL)",
        "What is charged stands on an invoice line.",
    )
    _waiver_charges_nothing = models.Constraint(
        "CHECK(kind <> 'waiver' OR charged_amount = 0)", "A waiver charges nothing."
    )
    # The last entries of a subscription are found from its end.
    _order_idx = models.Index("(order_id, id)")
    _line_period_idx = models.Index("(sale_line_id, period_start)")

    def _auto_init(self):
        # Here, not in pre_init_hook, which an upgrade never calls.
        self.env.cr.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        return super()._auto_init()

    def init(self):
        # Core logs a failed constraint and goes on; the ledger must not live without.
        if not sql.constraint_definition(
            self.env.cr, self._table, "billing_entry_no_overlap"
        ):
            raise UserError(
                self.env._(
                    "The ledger's exclusion constraint could not be created. Let a "
                    "database administrator create the extension btree_gist, and "
                    "resolve overlapping entries named in the log."
                )
            )

    @api.depends("period_start", "period_end")
    def _compute_days(self):
        for entry in self:
            entry.days = (entry.period_end - entry.period_start).days + 1

    @api.depends("sale_line_id", "period_start", "period_end")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = (
                f"{entry.order_id.name} {entry.period_start} – {entry.period_end}"
            )

    def _check_writer(self):
        if self.env.context.get("billing_ledger_writer") is not _MARK:
            raise UserError(
                self.env._(
                    "The ledger is written by invoicing alone. Correct it with a "
                    "credit note, or by changing the subscription."
                )
            )

    def _get_sentence(self):
        """Subscription, days and amount, in one line."""
        self.ensure_one()
        return self.env._(
            "%(order)s, %(start)s – %(end)s: %(amount)s",
            order=self.order_id.name,
            start=format_date(self.env, self.period_start),
            end=format_date(self.env, self.period_end),
            amount=formatLang(
                self.env, self.charged_amount, currency_obj=self.currency_id
            ),
        )

    def action_open_invoice(self):
        """Open the document of this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
