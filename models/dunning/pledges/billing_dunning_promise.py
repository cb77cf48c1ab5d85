"""A promise to pay, kept or broken by what is paid."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ....engine.errors import InvalidPromise
from ....engine.pledges import still_expected
from ....engine.promises import check_promise, promise_state
from ...plan.numbers import as_decimal
from ...plan.wording import amount_text
from .billing_dunning_facts import pledge_writer

ONE_DAY = timedelta(days=1)


class BillingDunningPromise(models.Model):
    """What a customer said he would pay, and by when."""

    _name = "billing.dunning.promise"
    _inherit = (
        "mail.thread",
        "mail.activity.mixin",
        "billing.dunning.pledge.amount",
        "billing.dunning.pledge.item",
        "billing.dunning.pledge",
    )
    _description = "Promise to Pay"
    _order = "until desc, id desc"

    _facts = frozenset({"state", "paid_amount", "base_amount"})
    _terms = frozenset(
        {
            "company_id",
            "partner_id",
            "currency_id",
            "move_id",
            "date_maturity",
            "amount",
            "given_on",
            "until",
        }
    )

    amount = fields.Monetary(
        required=True,
        compute="_compute_amount",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What was overdue on the day of the promise, unless less was promised.",
    )
    given_on = fields.Date(
        string="Given on",
        required=True,
        default=lambda self: self.env.company._billing_today(),
    )
    until = fields.Date(string="For", required=True, tracking=True)
    by = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("link", "Answer link"),
            ("mail", "E-mail"),
        ],
        required=True,
        default="phone",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        default=lambda self: self.env.user,
        index="btree_not_null",
    )
    note = fields.Text()

    state = fields.Selection(
        selection=[
            ("open", "Under way"),
            ("kept", "Kept"),
            ("partly", "Partly kept"),
            ("broken", "Broken"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        tracking=True,
    )
    paid_amount = fields.Monetary(
        string="Paid since",
        readonly=True,
        copy=False,
        help="From the day it was given, in time.",
    )
    base_amount = fields.Monetary(string="Paid before", readonly=True, copy=False)
    summary = fields.Char(compute="_compute_summary")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A promise is about more than nothing. Enter its amount."
    )
    _until_later = models.Constraint(
        "CHECK(until >= given_on)",
        "A promise is for the day it is given or a later one. Choose a later day.",
    )
    _follow_idx = models.Index("(company_id, partner_id) WHERE state = 'open'")

    # === Computes === #

    @api.depends("partner_id", "move_id", "date_maturity", "currency_id")
    def _compute_amount(self):
        left = self.env["billing.dunning.pledges"]._get_left(
            {
                promise: promise._get_claim(promise.given_on - ONE_DAY)
                for promise in self._filter_told()
                if promise.partner_id and promise.given_on
            }
        )
        for promise in self:
            promise.amount = left.get(promise, promise.amount)

    @api.depends_context("lang")
    @api.depends("amount", "until", "currency_id")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s for %(day)s",
                amount=amount_text(self.env, promise.amount, promise.currency_id),
                day=format_date(self.env, promise.until),
            )

    @api.depends_context("lang")
    @api.depends("state", "amount", "paid_amount", "until")
    def _compute_summary(self):
        for promise in self:
            promise.summary = promise.until and promise._get_summary()

    def _get_summary(self):
        """What it does to reminders, or what became of it."""
        values = {
            "day": format_date(self.env, self.until),
            "amount": amount_text(self.env, self.amount, self.currency_id),
            "paid": amount_text(self.env, self.paid_amount, self.currency_id),
            "left": amount_text(
                self.env, self.amount - self.paid_amount, self.currency_id
            ),
        }
        return {
            "open": lambda: self.env._(
                "No reminder asks for %(left)s until %(day)s.", **values
            ),
            "kept": lambda: self.env._("%(paid)s paid in time.", **values),
            "partly": lambda: self.env._(
                "%(paid)s of %(amount)s paid by %(day)s. Reminders go on.", **values
            ),
            "broken": lambda: self.env._(
                "Nothing paid by %(day)s. Reminders go on.", **values
            ),
            "withdrawn": lambda: self.env._("Replaced or withdrawn. It stops nothing."),
        }[self.state]()

    # === Guards === #

    def _check_terms(self):
        super()._check_terms()
        self._check_amount()

    def _check_amount(self):
        """Nobody promises more than is owed."""
        left = self.env["billing.dunning.pledges"]._get_left(
            {promise: promise._get_claim() for promise in self}
        )
        for promise, limit in left.items():
            # What was paid since was open when it was given.
            limit += as_decimal(promise.paid_amount)
            try:
                check_promise(as_decimal(promise.amount), limit)
            except InvalidPromise as error:
                raise ValidationError(
                    self.env._(
                        "The promise (%(amount)s) exceeds what is open (%(open)s).",
                        amount=amount_text(
                            self.env, promise.amount, promise.currency_id
                        ),
                        open=amount_text(self.env, limit, promise.currency_id),
                    )
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._replace_older()
        self.env["billing.dunning.pledges"]._set_bases(promises)
        return promises

    def _replace_older(self):
        """The last word counts: what these promises are about is theirs alone."""
        older = self.search(
            [
                ("state", "=", "open"),
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ]
        )
        pledge_writer(
            older.filtered(
                lambda old: any(new.id > old.id and new._includes(old) for new in self)
            )
        ).state = "withdrawn"

    def _includes(self, other):
        """Whether all that another promise is about belongs to this one."""
        whose = ("company_id", "partner_id", "currency_id")
        if any(self[name] != other[name] for name in whose):
            return False
        if not self.move_id:
            return True
        return self.move_id == other.move_id and self.date_maturity in (
            False,
            other.date_maturity,
        )

    # === Buttons === #

    def action_withdraw(self):
        """The customer takes it back: reminders go on."""
        self._check_may_end()
        pledge_writer(self).state = "withdrawn"

    # === Facts === #

    def _get_claim(self, until=None):
        """What it keeps out of reminders.

        :param until: another last day than its own.
        """
        until = until or self.until or self.given_on
        left = as_decimal(self.amount) - as_decimal(self.paid_amount)
        return self._prepare_claim("promised", left, self.given_on, until, self)

    def _prepare_items_query(self):
        """Payments of the promise: from its first day to its last, and those that
        take a while to be seen.
        """
        return SQL(
            """
            SELECT promise.id, promise.company_id, promise.partner_id,
                   promise.currency_id, promise.move_id, promise.date_maturity,
                   promise.given_on AS first, promise.until AS due_by,
                   promise.until + company.billing_pledge_days AS last,
                   FALSE AS by_credit
              FROM billing_dunning_promise promise
              JOIN res_company company ON company.id = promise.company_id
             WHERE promise.id = ANY(%s)
            """,
            self.ids,
        )

    def _follow(self, paid, left, on):
        """Let the facts decide.

        :param paid: in time, by promise id.
        :param left: what is open, for those that are open.
        """
        for promise in self:
            now = paid[promise.id]
            was_open = promise.state == "open"
            if not was_open and now == as_decimal(promise.paid_amount):
                continue
            amount = as_decimal(promise.amount)
            if was_open:
                amount = still_expected(amount, paid=now, left=left[promise])
            state = amount and promise_state(
                amount,
                promise.until,
                paid=now,
                on=on,
                bank_days=promise.company_id.billing_pledge_days,
            )
            # Of a promise that was paid by nothing and of which nothing is left, a
            # credit note took the ground.
            vals = {"state": state or "withdrawn", "paid_amount": float(now)}
            changed = {key: val for key, val in vals.items() if promise[key] != val}
            if changed:
                pledge_writer(promise).write(changed)
