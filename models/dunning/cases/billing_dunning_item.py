from odoo import api, fields, models
from odoo.exceptions import UserError

VERDICTS = [
    ("due", "Overdue"),
    ("not_due", "Not due"),
    ("covered", "Covered by a credit"),
    ("on_way", "Payment on its way"),
    ("disputed", "Disputed"),
    ("promised", "Promised"),
    ("planned", "In a payment plan"),
    ("held", "On hold"),
    ("blocked", "Blocked in accounting"),
    ("answer", "Answer to read"),
    ("undecided", "Waits for a decision"),
    ("left_alone", "Left alone"),
    ("paid", "Paid"),
]


class BillingDunningItem(models.Model):
    """A due date of an invoice on the ladder of reminders.

    It outlives the payment: when the money comes back, the ladder goes on where it
    stood. The journal item is not referred to, since core makes those lines anew.
    """

    _name = "billing.dunning.item"
    _inherit = "billing.guarded"
    _description = "Open Item"
    _order = "date_maturity, id"
    _rec_name = "move_id"

    case_id = fields.Many2one(
        comodel_name="billing.dunning.case",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True
    )
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    date_maturity = fields.Date(string="Due date", required=True, readonly=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    amount = fields.Monetary(string="Open amount", readonly=True)
    covered = fields.Monetary(
        readonly=True, help="By credit notes and payments that settle nothing yet."
    )
    left = fields.Monetary(
        string="To ask for",
        readonly=True,
        help="What is open less what credits cover, what is on its way, disputed, "
        "promised or in a payment plan.",
    )
    verdict = fields.Selection(VERDICTS, string="State", readonly=True)
    policy_id = fields.Many2one(
        comodel_name="billing.dunning.policy",
        readonly=True,
        ondelete="set null",
        help="On whose ladder it stands.",
    )
    position = fields.Integer(
        readonly=True, aggregator=None, help="Steps of the policy behind it."
    )
    last_step_on = fields.Date(string="Last step", readonly=True)
    listed = fields.Boolean(
        string="Reminded", readonly=True, help="A reminder has named it."
    )
    days_late = fields.Integer(compute="_compute_days_late")

    _item_uniq = models.Constraint(
        "UNIQUE (move_id, date_maturity, currency_id)",
        "A due date of an invoice has one place on the ladder.",
    )

    @api.depends("date_maturity", "company_id")
    def _compute_days_late(self):
        for item in self:
            today = item.company_id._billing_today()
            item.days_late = max((today - item.date_maturity).days, 0)

    def _check_writer(self):
        raise UserError(
            self.env._(
                "Where an invoice stands on the ladder of reminders follows from what "
                "was done and what is open. Use a hold, a dispute or a promise to keep "
                "it back."
            )
        )
