from odoo import api, fields, models
from odoo.exceptions import UserError

from ..payers.billing_payer import CLASSES

#: Written by the service alone, by statements of its own.
FACTS = frozenset(
    {
        *("company_id", "partner_id", "policy_id", "policy_facts", "state"),
        *("payer_class", "overdue_net", "owed_net", "oldest_due", "open_count"),
        *("reason_code", "reason_facts", "next_level_id", "next_on", "looked_at"),
    }
)


class BillingDunningCase(models.Model):
    """Where a customer's unpaid invoices stand, and what comes next."""

    _name = "billing.dunning.case"
    _inherit = ("billing.dunning.case", "mail.thread", "mail.activity.mixin")
    _order = "overdue_net desc, id desc"

    _facts = FACTS

    state = fields.Selection(
        selection=[("open", "Owed"), ("closed", "Nothing is owed")],
        readonly=True,
        default="open",
        index=True,
    )
    policy_id = fields.Many2one(
        comodel_name="billing.dunning.policy",
        readonly=True,
        ondelete="set null",
    )
    policy_facts = fields.Json(
        readonly=True, help="Why the policy applies, and others do not."
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who looks after the case.",
    )
    payer_class = fields.Selection(CLASSES, string="Payer", readonly=True)
    payer_sentence = fields.Char(
        string="Payment habit", related="partner_id.billing_payer_sentence"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    owed_net = fields.Monetary(
        string="Open net",
        readonly=True,
        help="All that is open less credits, in the company's currency at the day's "
        "rate.",
    )
    overdue_net = fields.Monetary(
        string="Overdue net",
        readonly=True,
        help="What is overdue less the credits that cover it, in the company's "
        "currency at the day's rate.",
    )
    oldest_due = fields.Date(string="Oldest", readonly=True)
    open_count = fields.Integer(string="Open items", readonly=True)
    item_ids = fields.One2many(
        comodel_name="billing.dunning.item", inverse_name="case_id", readonly=True
    )
    open_item_ids = fields.One2many(
        comodel_name="billing.dunning.item",
        inverse_name="case_id",
        domain=[("verdict", "!=", "paid")],
        readonly=True,
    )
    next_level_id = fields.Many2one(
        comodel_name="billing.dunning.level",
        string="Next step",
        readonly=True,
        ondelete="set null",
        group_expand="_group_expand_next_level",
    )
    next_on = fields.Date(string="On", readonly=True)
    reason_code = fields.Char(readonly=True)
    reason_facts = fields.Json(readonly=True)
    looked_at = fields.Date(string="Looked at on", readonly=True)

    # What people filter by; what is settled is not looked for.
    _next_idx = models.Index("(company_id, next_on) WHERE state = 'open'")

    def write(self, vals):
        if self._facts & set(vals):
            raise UserError(
                self.env._(
                    "What a case says follows from invoices, payments and the policy. "
                    "Change its owner, or use a promise, a dispute, a plan or a hold."
                )
            )
        return super().write(vals)

    @api.model
    def _group_expand_next_level(self, levels, domain):
        """Steps in their order, those only that cases stand before."""
        return levels.sorted(lambda level: (level.delay, level.id))
