from odoo import api, fields, models
from odoo.exceptions import UserError

#: Lets the service of reminders write. A caller by RPC cannot send this very object.
_MARK = object()
_SWITCHES = frozenset(
    {"billing_dunning_on", "billing_dunning_since", "billing_dunning_confirmed"}
)


def switch_writer(companies):
    """Companies as the service of reminders switches them: for its own methods."""
    # Companies are the administrator's, reminders the manager's.
    return companies.sudo().with_context(billing_dunning_switch=_MARK)


class ResCompany(models.Model):
    """Whether reminders leave, and how carefully."""

    _inherit = "res.company"

    billing_dunning_on = fields.Boolean(
        string="Reminders leave", readonly=True, copy=False
    )
    billing_dunning_since = fields.Date(
        string="Reminders since",
        readonly=True,
        copy=False,
        help="What fell due before this day waits for a decision.",
    )
    billing_dunning_daily_limit = fields.Integer(
        string="First reminders a day",
        default=20,
        help="So many customers a day hear of us for the first time, the others wait, "
        "until a manager confirms once.",
    )
    billing_dunning_confirmed = fields.Boolean(
        string="Many reminders a day are right", readonly=True, copy=False
    )
    billing_bank_days = fields.Integer(
        string="Days without a bank statement",
        default=7,
        help="When the bank was not looked at for longer, each reminder waits for "
        "approval: it may be paid already. 0: do not ask.",
    )

    _billing_dunning_numbers = models.Constraint(
        "CHECK(billing_dunning_daily_limit >= 0 AND billing_bank_days >= 0)",
        "Days and limits of reminders cannot be negative.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_dunning_switch(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_dunning_switch(vals)
        return super().write(vals)

    def _check_dunning_switch(self, vals):
        if (
            _SWITCHES & set(vals)
            and self.env.context.get("billing_dunning_switch") is not _MARK
        ):
            raise UserError(
                self.env._(
                    "Reminders are switched on under Collections by a manager of "
                    "Recurring Billing, who decides on debts from before."
                )
            )
