"""What promises, disputes, plans and holds have in common: whose, and of which item."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import format_date

from ....engine.pledges import Claim
from ...plan.numbers import as_decimal


class BillingDunningPledge(models.AbstractModel):
    """Something that keeps a customer's reminders from leaving."""

    _name = "billing.dunning.pledge"
    _inherit = "billing.dunning.facts"
    _description = "What Stops Reminders"
    _check_company_auto = True

    #: States in which the terms may still change.
    _live_states = frozenset({"open"})

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
    )

    # === Computes === #

    def _get_pledge_move(self):
        """The document it is about, if it is about one."""
        return self.env["account.move"]

    @api.depends(lambda self: ["move_id"] if "move_id" in self._fields else [])
    def _compute_company_id(self):
        for pledge in self:
            pledge.company_id = (
                pledge._get_pledge_move().company_id
                or pledge.company_id
                or self.env.company
            )

    @api.depends(lambda self: ["move_id"] if "move_id" in self._fields else [])
    def _compute_partner_id(self):
        for pledge in self:
            pledge.partner_id = (
                pledge._get_pledge_move().commercial_partner_id
                or pledge.partner_id.commercial_partner_id
            )

    # === Guards === #

    def _prepare_terms(self, vals):
        """A contact speaks for who owes the money."""
        if vals.get("partner_id"):
            partner = self.env["res.partner"].browse(vals["partner_id"])
            vals["partner_id"] = partner.commercial_partner_id.id
        return vals

    def _check_live(self):
        for pledge in self:
            if pledge.state not in self._live_states:
                raise UserError(
                    self.env._(
                        "%(pledge)s, %(customer)s: this is over and stays as it was. "
                        "Enter a new one.",
                        pledge=pledge.display_name,
                        customer=pledge.partner_id.display_name,
                    )
                )

    def _check_may_end(self):
        """Buttons end what is not over, for who may write it."""
        self.check_access("write")
        self._check_live()


class BillingDunningPledgeItem(models.AbstractModel):
    """An invoice, or one of its due dates. The model has a company and a customer."""

    _name = "billing.dunning.pledge.item"
    _inherit = "billing.dunning.facts"
    _description = "Open Item of a Pledge"

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: all that the customer owes.",
    )
    date_maturity = fields.Date(
        string="Due date",
        help="One instalment of the invoice. Empty: the whole invoice.",
    )

    def _get_pledge_move(self):
        return self.move_id

    def _check_terms(self):
        super()._check_terms()
        self._check_item()

    def _check_item(self):
        """An item is the customer's own, posted, and due on that day."""
        for pledge in self:
            if pledge.date_maturity and not pledge.move_id:
                raise ValidationError(
                    self.env._("A due date is one of an invoice. Choose the invoice.")
                )
        for pledge in self.filtered("move_id"):
            move = pledge.move_id
            if move.state != "posted" or not move.is_sale_document(True):
                raise ValidationError(
                    self.env._(
                        "%(document)s is no posted invoice. Choose one that the "
                        "customer has received.",
                        document=move.display_name,
                    )
                )
            if move.commercial_partner_id != pledge.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s was issued to %(owner)s, not to %(customer)s. "
                        "Choose an invoice of this customer.",
                        document=move.name,
                        owner=move.commercial_partner_id.display_name,
                        customer=pledge.partner_id.display_name,
                    )
                )
            pledge._check_due_date()

    def _check_due_date(self):
        lines = self.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        dates = sorted({line.date_maturity or line.date for line in lines})
        if self.date_maturity and self.date_maturity not in dates:
            raise ValidationError(
                self.env._(
                    "Nothing of %(document)s falls due on %(day)s. Choose one of its "
                    "dates: %(days)s.",
                    document=self.move_id.name,
                    day=format_date(self.env, self.date_maturity),
                    days=", ".join(format_date(self.env, day) for day in dates),
                )
            )


class BillingDunningPledgeAmount(models.AbstractModel):
    """An amount in the currency of its invoice, else of what was due first."""

    _name = "billing.dunning.pledge.amount"
    _description = "Amount of a Pledge"

    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        compute="_compute_currency_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("company_id", "partner_id")
    def _compute_currency_id(self):
        pledges = self.env["billing.dunning.pledges"]
        whole = self.filtered(lambda pledge: not pledge._get_pledge_move())
        told = whole._filter_told().filtered("partner_id")
        standings = pledges._get_standings(told.company_id, told.partner_id)
        for pledge in self:
            owed = standings.get(pledge._get_whose()) if pledge in told else None
            pledge.currency_id = (
                pledge._get_pledge_move().currency_id
                or (owed and self._as_currency(owed))
                or pledge.company_id.currency_id
            )

    def _as_currency(self, owed):
        """The currency of the item that was due first."""
        currencies = [item.currency for item in owed.items[:1]]
        return self.env["res.currency"].browse(currencies)

    def _prepare_claim(self, kind, amount, since, until, item):
        """What it keeps out of reminders, as the engine reads it.

        :param item: the record that tells invoice and due date.
        :rtype: Claim
        """
        return Claim(
            kind=kind,
            amount=as_decimal(amount),
            currency=self.currency_id.id,
            since=since,
            until=until,
            document=item._get_pledge_move().id or None,
            due=item.date_maturity or None,
            bank_days=self.company_id.billing_pledge_days,
        )
