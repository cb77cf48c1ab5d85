"""A cut-off: what was deferred and accrued at a date, and the entry of it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ...plan.wording import amount_text

_MARK = object()

#: What a person chooses; all the rest is computed or written by the record itself.
SETTINGS = {
    "company_id",
    "date",
    "basis",
    "reversal_date",
    "journal_id",
    "posting",
    "by_partner",
    "deferred_account_id",
    "accrued_account_id",
}
#: Settings that the figures depend on.
_FIGURES = {"company_id", "date", "basis"}


def cutoff_writer(records):
    """The same records, allowed to write what was computed: for their own methods."""
    return records.with_context(billing_cutoff_writer=_MARK)


class BillingCutoff(models.Model):
    """The cut-off of a company at a date: settings, figures, entry, reversal."""

    _name = "billing.cutoff"
    _description = "Cut-off"
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        default=lambda self: self._default_date(),
        help="Last day that is earned, included: the day of the entry.",
    )
    basis = fields.Selection(
        selection=lambda self: self._selection_basis(),
        required=True,
        default=lambda self: self.env.company.billing_cutoff_basis,
        help="Days: each day of a period weighs the same. Months: each month weighs "
        "the same, a part of one by its days.",
    )
    reversal_date = fields.Date(
        string="Reversed on",
        required=True,
        compute="_compute_reversal_date",
        store=True,
        readonly=False,
        precompute=True,
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal",
        required=True,
        check_company=True,
        domain="[('type', '=', 'general'), ('company_id', '=', company_id)]",
        default=lambda self: self.env.company._get_billing_cutoff_journal(),
    )
    posting = fields.Selection(
        selection=[("posted", "Posted"), ("draft", "Draft")],
        string="Entry",
        required=True,
        default="posted",
        help="A reversal of a day to come is posted on that day.",
    )
    by_partner = fields.Boolean(
        string="By customer",
        help="The entry names the customer of each amount.",
    )
    deferred_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Deferred revenue account",
        check_company=True,
        default=lambda self: self.env.company._get_billing_cutoff_accounts()[0],
    )
    accrued_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Accrued revenue account",
        check_company=True,
        default=lambda self: self.env.company._get_billing_cutoff_accounts()[1],
    )

    state = fields.Selection(
        selection=[
            ("draft", "Prepared"),
            ("written", "Written"),
            ("taken_back", "Taken back"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    computed_at = fields.Datetime(string="Computed on", readonly=True, copy=False)
    deferred_amount = fields.Monetary(string="Deferred", readonly=True, copy=False)
    accrued_amount = fields.Monetary(string="Accrued", readonly=True, copy=False)
    fault_text = fields.Char(
        readonly=True, copy=False, help="Subscriptions that could not be computed."
    )
    line_ids = fields.One2many(
        comodel_name="billing.cutoff.line", inverse_name="cutoff_id", readonly=True
    )
    line_count = fields.Integer(compute="_compute_line_count")
    deferred_total_ids = fields.One2many(
        comodel_name="billing.cutoff.total",
        inverse_name="cutoff_id",
        domain=[("kind", "=", "deferred")],
        string="Billed, not earned",
        readonly=True,
    )
    accrued_total_ids = fields.One2many(
        comodel_name="billing.cutoff.total",
        inverse_name="cutoff_id",
        domain=[("kind", "=", "accrued")],
        string="Earned, not billed",
        readonly=True,
    )

    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Journal entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Reversal entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Written by", readonly=True, copy=False
    )
    written_at = fields.Datetime(string="Written on", readonly=True, copy=False)
    summary = fields.Char(compute="_compute_summary")

    _one_a_date = models.UniqueIndex(
        "(company_id, date) WHERE state = 'written'",
        "A company has one cut-off a date.",
    )
    _reversed_later = models.Constraint(
        "CHECK(reversal_date > date)",
        "A cut-off is reversed after its date. Choose a later day for the reversal.",
    )

    # === Defaults and computes === #

    @api.model
    def _default_date(self):
        """The last day of the month before."""
        return self.env.company._billing_today().replace(day=1) - timedelta(days=1)

    @api.model
    def _selection_basis(self):
        field = self.env["res.company"]._fields["billing_cutoff_basis"]
        return field._description_selection(self.env)

    @api.depends("date")
    def _compute_reversal_date(self):
        for cutoff in self:
            cutoff.reversal_date = cutoff.date and cutoff.date + timedelta(days=1)

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for cutoff in self:
            cutoff.display_name = self.env._(
                "Cut-off at %(date)s", date=format_date(self.env, cutoff.date)
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        counts = dict(
            self.env["billing.cutoff.line"]._read_group(
                [("cutoff_id", "in", self.ids)], ["cutoff_id"], ["__count"]
            )
        )
        for cutoff in self:
            cutoff.line_count = counts.get(cutoff, 0)

    @api.depends_context("lang")
    @api.depends("state", "computed_at", "deferred_amount", "accrued_amount")
    def _compute_summary(self):
        for cutoff in self:
            cutoff.summary = cutoff.computed_at and cutoff._get_summary()

    def _get_summary(self):
        values = {
            "date": format_date(self.env, self.date),
            "deferred": amount_text(self.env, self.deferred_amount, self.currency_id),
            "accrued": amount_text(self.env, self.accrued_amount, self.currency_id),
            "reversal": format_date(self.env, self.reversal_date),
        }
        if self.state == "taken_back":
            return self.env._(
                "At %(date)s: %(deferred)s deferred, %(accrued)s accrued; taken back.",
                **values,
            )
        return self.env._(
            "At %(date)s: %(deferred)s deferred, %(accrued)s accrued; reversed on "
            "%(reversal)s.",
            **values,
        )

    # === Guards === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_cutoff_writer(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_cutoff_writer(vals)
        if not self._is_cutoff_writer():
            self._check_prepared()
            if _FIGURES & set(vals):
                # What was computed is no longer what the settings say.
                cutoff_writer(self)._forget_figures()
        res = super().write(vals)
        if "by_partner" in vals:
            self._invalidate_figures()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_written(self):
        for cutoff in self:
            if cutoff.state != "draft":
                raise UserError(
                    self.env._(
                        "%(cutoff)s is part of the books and stays. Take it back "
                        "instead.",
                        cutoff=cutoff.display_name,
                    )
                )

    def _is_cutoff_writer(self):
        return self.env.context.get("billing_cutoff_writer") is _MARK

    def _check_cutoff_writer(self, vals):
        if set(vals) - SETTINGS and not self._is_cutoff_writer():
            raise UserError(
                self.env._(
                    "The figures and the entry of a cut-off are written by its own "
                    "buttons. Choose its date and compute."
                )
            )

    def _check_prepared(self):
        for cutoff in self:
            if cutoff.state != "draft":
                raise UserError(
                    self.env._(
                        "%(cutoff)s is written. Take it back, then prepare another "
                        "one.",
                        cutoff=cutoff.display_name,
                    )
                )

    # === Figures === #

    def action_compute(self):
        """Compute what is deferred and accrued; nothing is booked."""
        self.check_access("write")
        for cutoff in self:
            cutoff._check_prepared()
            cutoff._compute_figures()

    def _compute_figures(self):
        """Replace the lines by what the ledger says now, and add them up."""
        self.ensure_one()
        # Figures are of the whole company, whatever orders their author may see; who
        # may prepare the cut-off was checked.
        service = cutoff_writer(self.sudo()).with_company(self.company_id)
        service._forget_figures()
        lines, faults = service.env["billing.cutoff.line"], set()
        for rows in service._iter_deferred():
            lines._insert_lines(rows)
        for rows in service._iter_accrued(faults):
            lines._insert_lines(rows)
            # Flat memory, whatever the number of subscriptions.
            self.env.invalidate_all()
        totals = dict(
            service.env.execute_query(
                SQL(
                    "SELECT kind, SUM(amount) FROM billing_cutoff_line"
                    " WHERE cutoff_id = %s GROUP BY kind",
                    self.id,
                )
            )
        )
        service.write(
            {
                "deferred_amount": totals.get("deferred", 0),
                "accrued_amount": totals.get("accrued", 0),
                "fault_text": service._get_fault_text(faults),
                "computed_at": self.env.cr.now(),
            }
        )
        self.env.invalidate_all()

    def _forget_figures(self):
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM billing_cutoff_line WHERE cutoff_id = ANY(%s)", self.ids)
        )
        self.write(
            {
                "deferred_amount": 0,
                "accrued_amount": 0,
                "fault_text": False,
                "computed_at": False,
            }
        )
        self._invalidate_figures()

    def _invalidate_figures(self):
        self.env["billing.cutoff.line"].invalidate_model()
        self.env["billing.cutoff.total"].invalidate_model()
        self.invalidate_recordset(
            ["line_ids", "line_count", "deferred_total_ids", "accrued_total_ids"]
        )

    # === Buttons === #

    def action_open_lines(self):
        """What the figures are made of, both kinds: they add up as what the entry does
        to revenue.
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "recurring_billing.billing_cutoff_line_action"
        )
        both = self.env.ref("recurring_billing.billing_cutoff_line_view_list_both")
        return {
            **action,
            "domain": [("cutoff_id", "=", self.id)],
            "views": [(both.id, "list"), (False, "pivot")],
        }

    def action_open_moves(self):
        """The entry, its reversal, and what took them back."""
        self.ensure_one()
        moves = self.move_id | self.reversal_move_id
        moves |= moves.reversal_move_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal entries"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "views": [
                (self.env.ref("account.view_move_tree").id, "list"),
                (False, "form"),
            ],
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }
