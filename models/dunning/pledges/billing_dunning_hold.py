"""A hold: a person keeps reminders from leaving, and says why."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from .billing_dunning_facts import pledge_writer


class BillingDunningHold(models.Model):
    """No reminder of a customer, or of an invoice, until a day or until lifted."""

    _name = "billing.dunning.hold"
    _inherit = ("billing.dunning.pledge.item", "billing.dunning.pledge")
    _description = "Hold on Reminders"
    _order = "since desc, id desc"

    _facts = frozenset({"lifted_on", "lifted_by_id"})
    _terms = frozenset(
        {"company_id", "partner_id", "move_id", "date_maturity", "since", "until"}
    )
    _live_states = frozenset({"active"})

    since = fields.Date(
        required=True, default=lambda self: self.env.company._billing_today()
    )
    until = fields.Date(help="Last day of the hold. Empty: until somebody lifts it.")
    reason = fields.Char(required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        default=lambda self: self.env.user,
        index="btree_not_null",
    )
    lifted_on = fields.Date(string="Lifted on", readonly=True, copy=False)
    lifted_by_id = fields.Many2one(
        comodel_name="res.users", string="Lifted by", readonly=True, copy=False
    )
    state = fields.Selection(
        selection=[("active", "In force"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
    )
    summary = fields.Char(compute="_compute_summary")

    _until_later = models.Constraint(
        "CHECK(until >= since)",
        "A hold ends on the day it begins or later. Choose a later day.",
    )

    # === Computes === #

    @api.depends("until", "lifted_on", "company_id")
    def _compute_state(self):
        for hold in self:
            today = (hold.company_id or self.env.company)._billing_today()
            over = hold.lifted_on or (hold.until and hold.until < today)
            hold.state = "ended" if over else "active"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        active = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("lifted_on", "=", False)
            & (
                Domain("until", "=", False)
                | Domain("until", ">=", company._billing_today())
            )
            for company in self.env.companies
        )
        found = {"active": active, "ended": ~active}
        return Domain.OR(found[state] for state in value if state in found)

    @api.depends_context("lang")
    @api.depends("partner_id", "move_id")
    def _compute_display_name(self):
        for hold in self:
            of = hold.move_id.name or hold.partner_id.display_name
            hold.display_name = self.env._("Hold: %(of)s", of=of)

    @api.depends_context("lang")
    @api.depends("state", "until", "lifted_on")
    def _compute_summary(self):
        for hold in self:
            hold.summary = hold._get_summary()

    def _get_summary(self):
        """Until when nothing leaves."""
        if self.lifted_on:
            return self.env._(
                "Lifted on %(day)s. Reminders go on.",
                day=format_date(self.env, self.lifted_on),
            )
        if not self.until:
            return self.env._("No reminder leaves until somebody lifts it.")
        day = format_date(self.env, self.until)
        if self.state == "ended":
            return self.env._("Ended on %(day)s. Reminders go on.", day=day)
        return self.env._("No reminder leaves until %(day)s.", day=day)

    # === Buttons === #

    def action_lift(self):
        """Let reminders go on from today."""
        self._check_may_end()
        self._lift()

    def _lift(self):
        for company, holds in self.grouped("company_id").items():
            pledge_writer(holds).write(
                {"lifted_on": company._billing_today(), "lifted_by_id": self.env.uid}
            )

    # === Facts === #

    def _concerns(self, key):
        """Whether it keeps an item: ``(document id, due date)``."""
        move_id, due = key
        if not self.move_id:
            return True
        return self.move_id.id == move_id and self.date_maturity in (False, due)
