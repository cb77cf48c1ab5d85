"""A dispute: a customer does not owe what an invoice says, or not yet."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ....engine.pledges import dispute_end
from ...plan.numbers import as_decimal
from ...plan.wording import amount_text
from .billing_dunning_facts import pledge_writer

_ACTIVITY = "recurring_billing.mail_activity_dispute"
#: Days after which a dispute is looked at again.
_REVIEW_DAYS = timedelta(days=14)


class BillingDunningDispute(models.Model):
    """What a customer objects to. The rest of the invoice goes on."""

    _name = "billing.dunning.dispute"
    _inherit = (
        "mail.thread",
        "mail.activity.mixin",
        "billing.dunning.pledge.amount",
        "billing.dunning.pledge.item",
        "billing.dunning.pledge",
    )
    _description = "Dispute"
    _order = "review_on, id desc"

    _facts = frozenset(
        {
            "state",
            "credited_amount",
            "base_amount",
            "ended_on",
            "ended_by",
            "reminded_on",
        }
    )
    _terms = frozenset(
        {
            "company_id",
            "partner_id",
            "currency_id",
            "move_id",
            "date_maturity",
            "move_line_id",
            "amount",
            "opened_on",
        }
    )

    move_id = fields.Many2one(required=True, index=True, help=None)
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        string="Invoice line",
        check_company=True,
        ondelete="set null",
        domain="[('move_id', '=', move_id), ('display_type', '=', 'product')]",
    )
    category = fields.Selection(
        selection=[
            ("amount", "Amount"),
            ("service", "Service"),
            ("order_number", "Order number"),
            ("recipient", "Wrong recipient"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        tracking=True,
    )
    amount = fields.Monetary(
        string="Disputed amount",
        required=True,
        compute="_compute_amount",
        compute_sudo=False,
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="The part of the invoice that reminders leave out.",
    )
    text = fields.Text(string="What the customer says")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        default=lambda self: self.env.user,
        index="btree_not_null",
        tracking=True,
    )
    opened_on = fields.Date(
        string="Since",
        required=True,
        default=lambda self: self.env.company._billing_today(),
    )
    review_on = fields.Date(
        string="Review",
        required=True,
        default=lambda self: self.env.company._billing_today() + _REVIEW_DAYS,
        help="Its owner is reminded on that day.",
    )

    state = fields.Selection(
        selection=[
            ("open", "Under way"),
            ("resolved", "Resolved"),
            ("rejected", "Rejected"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        copy=False,
        tracking=True,
    )
    resolution = fields.Text(help="How it ended, in a sentence the customer may read.")
    ended_on = fields.Date(string="Ended on", readonly=True, copy=False)
    ended_by = fields.Selection(
        selection=[
            ("person", "A person"),
            ("credit", "A credit note"),
            ("payment", "The payment"),
        ],
        string="Ended by",
        readonly=True,
        copy=False,
    )
    credited_amount = fields.Monetary(
        string="Credited since", readonly=True, copy=False
    )
    base_amount = fields.Monetary(string="Credited before", readonly=True, copy=False)
    reminded_on = fields.Date(string="Owner reminded for", readonly=True, copy=False)
    summary = fields.Char(compute="_compute_summary")

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)",
        "A dispute is about more than nothing. Enter the disputed amount.",
    )
    _review_later = models.Constraint(
        "CHECK(review_on >= opened_on)",
        "A dispute is reviewed after it was opened. Choose a later day.",
    )
    _follow_idx = models.Index("(company_id, partner_id) WHERE state = 'open'")

    # === Computes === #

    @api.depends("move_id", "date_maturity", "move_line_id")
    def _compute_amount(self):
        left = self.env["billing.dunning.pledges"]._get_left(
            {
                dispute: dispute._get_claim()
                for dispute in self._filter_told()
                if dispute.move_id
            }
        )
        for dispute in self:
            amount = left.get(dispute, as_decimal(dispute.amount))
            if dispute.move_line_id:
                amount = min(amount, as_decimal(dispute.move_line_id.price_total))
            dispute.amount = amount

    @api.depends_context("lang")
    @api.depends("move_id", "category")
    def _compute_display_name(self):
        categories = dict(self._fields["category"]._description_selection(self.env))
        for dispute in self:
            name = dispute.move_id.name or ""
            dispute.display_name = f"{name} · {categories.get(dispute.category, '')}"

    @api.depends_context("lang")
    @api.depends("state", "amount", "credited_amount", "review_on", "ended_on")
    def _compute_summary(self):
        for dispute in self:
            dispute.summary = (
                dispute.move_id and dispute.review_on and dispute._get_summary()
            )

    def _get_summary(self):
        """What it does to reminders, or how it ended."""
        left = as_decimal(self.amount) - as_decimal(self.credited_amount)
        values = {
            "left": amount_text(self.env, left, self.currency_id),
            "review": format_date(self.env, self.review_on),
            "day": format_date(self.env, self.ended_on) if self.ended_on else "",
        }
        if self.state == "open":
            return self.env._(
                "No reminder asks for %(left)s; to be reviewed on %(review)s.", **values
            )
        if self.state == "rejected":
            return self.env._(
                "Rejected on %(day)s. Reminders ask for all of it.", **values
            )
        return {
            "person": lambda: self.env._("Resolved on %(day)s.", **values),
            "credit": lambda: self.env._(
                "Resolved by a credit note, seen on %(day)s.", **values
            ),
            "payment": lambda: self.env._(
                "Resolved by the payment, seen on %(day)s.", **values
            ),
        }[self.ended_by or "person"]()

    # === Guards === #

    def _check_terms(self):
        super()._check_terms()
        self._check_amount()

    def _check_amount(self):
        """Nobody disputes more than is open, nor a line of another invoice."""
        left = self.env["billing.dunning.pledges"]._get_left(
            {dispute: dispute._get_claim() for dispute in self}
        )
        for dispute, limit in left.items():
            line = dispute.move_line_id
            if line and line.move_id != dispute.move_id:
                raise ValidationError(
                    self.env._(
                        "This line is not one of %(document)s. Choose one of its own.",
                        document=dispute.move_id.name,
                    )
                )
            wanted = as_decimal(dispute.amount) - as_decimal(dispute.credited_amount)
            if wanted > limit:
                raise ValidationError(
                    self.env._(
                        "The dispute (%(amount)s) exceeds what is open of "
                        "%(document)s (%(open)s). Enter the disputed part.",
                        amount=amount_text(self.env, wanted, dispute.currency_id),
                        document=dispute.move_id.name,
                        open=amount_text(self.env, limit, dispute.currency_id),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        self.env["billing.dunning.pledges"]._set_bases(disputes)
        return disputes

    # === Buttons === #

    def action_resolve(self):
        """It is settled with the customer: reminders take the invoice up again."""
        self._end_by_person("resolved")

    def action_reject(self):
        """The customer owes it all: reminders take the invoice up again."""
        self._end_by_person("rejected")

    def _end_by_person(self, state):
        self._check_may_end()
        for dispute in self:
            if not (dispute.resolution or "").strip():
                raise UserError(
                    self.env._(
                        "%(dispute)s: say under Resolution how it ended, then end it.",
                        dispute=dispute.display_name,
                    )
                )
        self._end(state, "person")

    def _end(self, state, by, **vals):
        for company, disputes in self.grouped("company_id").items():
            pledge_writer(disputes).write(
                {
                    "state": state,
                    "ended_by": by,
                    "ended_on": company._billing_today(),
                    **vals,
                }
            )
        # Whoever ends it closes what reminds others of it.
        self.sudo().activity_search([_ACTIVITY]).unlink()

    # === Facts === #

    def _get_claim(self):
        """What it keeps out of reminders."""
        left = as_decimal(self.amount) - as_decimal(self.credited_amount)
        return self._prepare_claim(
            "disputed", left, self.opened_on, self.review_on, self
        )

    def _prepare_items_query(self):
        """Credit notes of the invoice since the dispute was opened."""
        return SQL(
            """
            SELECT id, company_id, partner_id, currency_id, move_id, date_maturity,
                   opened_on AS first, NULL::date AS due_by, NULL::date AS last,
                   TRUE AS by_credit
              FROM billing_dunning_dispute
             WHERE id = ANY(%s)
            """,
            self.ids,
        )

    def _follow(self, credited, left):
        """Let the facts end it: credit notes of the disputed part, or the payment.

        :param credited: since it was opened, by dispute id.
        :param left: what is open of what it is about, by dispute.
        """
        for dispute in self:
            now = credited[dispute.id]
            end = dispute_end(
                as_decimal(dispute.amount), credited=now, left=left[dispute]
            )
            if end:
                dispute._end("resolved", end, credited_amount=float(now))
            elif now != as_decimal(dispute.credited_amount):
                pledge_writer(dispute).credited_amount = float(now)

    def _ask_for_review(self, on):
        """Remind the owners on the day of review, once."""
        due = self.filtered(
            lambda dispute: (
                dispute.review_on <= on and dispute.reminded_on != dispute.review_on
            )
        )
        for dispute in due:
            owner = dispute.user_id.filtered("active") or self.env.user
            # One activity on the owner's list is enough: no mail tells of it.
            dispute.with_context(
                lang=owner.lang, mail_activity_quick_update=True
            ).activity_schedule(
                _ACTIVITY, date_deadline=dispute.review_on, user_id=owner.id
            )
            pledge_writer(dispute).reminded_on = dispute.review_on
