from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...plan.wording import amount_text, period_text

#: Waiting for a decision: checked again when something is corrected.
OPEN_STATES = ("ready", "refused")


class BillingIntake(models.Model):
    """A running contract of another system, before it is taken over.

    It is checked, compared with what the other system would invoice next, and becomes
    a subscription whose ledger opens where the other system stopped. Fields of the
    record are read-only for Odoo's import: a file fills the columns instead.
    """

    _name = "billing.intake"
    _description = "Contract to Take Over"
    _inherit = "billing.intake.faults"
    _order = "state, is_different desc, reference, id"
    _rec_name = "reference"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    reference = fields.Char(
        string="Contract number", required=True, readonly=True, index=True
    )
    source = fields.Selection(
        selection=[("file", "File"), ("contract", "Contracts of this database")],
        string="Comes from",
        required=True,
        readonly=True,
        default="file",
    )
    source_ref = fields.Integer(string="Old record", readonly=True)
    source_digest = fields.Char(
        readonly=True, help="What the old contract said when it was read."
    )
    state = fields.Selection(
        selection=[
            ("refused", "Refused"),
            ("ready", "Ready"),
            ("queued", "Waiting"),
            ("taken_over", "Taken over"),
        ],
        required=True,
        readonly=True,
        default="refused",
        index=True,
    )

    # What it says
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Billed customer",
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )
    partner_invoice_id = fields.Many2one(
        comodel_name="res.partner",
        string="Invoice address",
        readonly=True,
        check_company=True,
    )
    plan_id = fields.Many2one(
        comodel_name="billing.plan",
        string="Plan of the subscription",
        readonly=True,
        check_company=True,
    )
    start_date = fields.Date(string="First day", readonly=True)
    end_date = fields.Date(string="Last day", readonly=True, help="Included.")
    billed_until = fields.Date(
        string="Billed until elsewhere",
        readonly=True,
        help="Last day that the other system invoiced, included.",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        readonly=True,
        check_company=True,
        help="Its currency is that of the prices; empty: the company's own.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id", store=True
    )
    client_order_ref = fields.Char(string="Reference of the customer", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Owner", readonly=True, check_company=True
    )
    fiscal_position_id = fields.Many2one(
        comodel_name="account.fiscal.position", readonly=True, check_company=True
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term", readonly=True, check_company=True
    )
    journal_id = fields.Many2one(
        comodel_name="account.journal", readonly=True, check_company=True
    )
    note = fields.Text(string="Notes", readonly=True)
    line_ids = fields.One2many(
        comodel_name="billing.intake.line",
        inverse_name="intake_id",
        string="Lines",
        readonly=True,
    )

    # What the old system would invoice next, and what we will
    expected_date = fields.Date(string="Old next invoice", readonly=True)
    expected_start = fields.Date(string="Old next period from", readonly=True)
    expected_end = fields.Date(string="Old next period to", readonly=True)
    expected_amount = fields.Monetary(
        string="Old next amount", readonly=True, help="Before tax."
    )
    next_date = fields.Date(string="Our next invoice", readonly=True)
    next_start = fields.Date(string="Our next period from", readonly=True)
    next_end = fields.Date(string="Our next period to", readonly=True)
    next_amount = fields.Monetary(
        string="Our next amount", readonly=True, help="Before tax."
    )
    expected_text = fields.Char(
        string="Old next period and amount", compute="_compute_texts"
    )
    next_text = fields.Char(
        string="Our next period and amount", compute="_compute_texts"
    )

    # What came of it
    remark = fields.Text(
        readonly=True, help="What the old contract does and a subscription does not."
    )
    message = fields.Text(string="Why", readonly=True)
    is_different = fields.Boolean(string="Differs", readonly=True)
    is_read = fields.Boolean(
        string="Read",
        readonly=True,
        help="Somebody has read what differs from the other system.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Taken over as",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    applied_by_id = fields.Many2one(
        comodel_name="res.users", string="Taken over by", readonly=True
    )

    _taken_over_once = models.UniqueIndex(
        "(company_id, source, reference, COALESCE(source_ref, 0))"
        " WHERE state = 'taken_over'",
        "A contract is taken over once.",
    )

    @api.depends("pricelist_id", "company_id")
    def _compute_currency_id(self):
        for intake in self:
            owner = intake.pricelist_id or intake.company_id
            intake.currency_id = owner.currency_id

    @api.depends_context("lang")
    @api.depends("next_start", "next_end", "next_amount", "expected_amount")
    def _compute_texts(self):
        for intake in self:
            intake.expected_text = intake._get_next_text("expected")
            intake.next_text = intake._get_next_text("next")

    def _get_next_text(self, whose):
        """Period and amount of the next invoice, as one of both systems makes it."""
        self.ensure_one()
        first, last = self[f"{whose}_start"], self[f"{whose}_end"]
        if not first or not last:
            return False
        amount = amount_text(self.env, self[f"{whose}_amount"], self.currency_id)
        return f"{period_text(self.env, first, last)} · {amount}"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_taken_over(self):
        for intake in self:
            if intake.order_id:
                raise UserError(
                    self.env._(
                        "Contract %(contract)s was taken over as %(order)s. Keep it "
                        "here: it stands in the way of a second time.",
                        contract=intake.reference,
                        order=intake.order_id.name,
                    )
                )

    # === What the list says === #

    @api.model
    def get_billing_headline(self, domain):
        """How things stand for the contracts of a list, in a sentence.

        :rtype: str
        """
        counts = dict(self._read_group(domain, ["state"], ["__count"]))
        ready = self.search([*domain, ("state", "=", "ready")])
        texts = []
        if counts.get("ready") or counts.get("refused"):
            texts.append(ready._get_ready_sentence(counts.get("refused", 0)))
        if counts.get("queued"):
            texts.append(
                self.env._(
                    "%(queued)s waiting to be taken over, %(done)s done.",
                    queued=counts["queued"],
                    done=counts.get("taken_over", 0),
                )
            )
        elif counts.get("taken_over") and not texts:
            texts.append(
                self.env._("%(count)s taken over.", count=counts["taken_over"])
            )
        return " ".join(texts)

    def _get_ready_sentence(self, refused):
        """How many are ready and refused, and the first invoice of the ready ones.

        :param int refused: how many were refused.
        """
        ready = self._get_count_text(
            len(self),
            self.env._("1 contract ready"),
            self.env._("%(count)s contracts ready", count=len(self)),
        )
        if refused:
            ready = ", ".join(
                [
                    ready,
                    self._get_count_text(
                        refused,
                        self.env._("1 refused"),
                        self.env._("%(count)s refused", count=refused),
                    ),
                ]
            )
        first, group = self._get_first_group()
        if not first:
            return f"{ready}."
        amounts = [
            amount_text(self.env, sum(some.mapped("next_amount")), currency)
            for currency, some in group.grouped("currency_id").items()
        ]
        return self.env._(
            "%(ready)s; the first invoice will be on %(date)s: %(contracts)s, "
            "%(amount)s excl. tax.",
            ready=ready,
            date=format_date(self.env, first),
            contracts=self._get_count_text(
                len(group),
                self.env._("1 contract"),
                self.env._("%(count)s contracts", count=len(group)),
            ),
            amount=" + ".join(amounts),
        )

    def _get_count_text(self, count, one, many):
        return one if count == 1 else many

    def _get_first_group(self):
        """The day of the first run that finds something, and its contracts."""
        today = self.env.company._billing_today()
        days = self.filtered("next_date").grouped(
            lambda intake: max(intake.next_date, today)
        )
        first = min(days, default=None)
        return first, days.get(first, self.browse())

    # === Actions === #

    def action_check(self):
        """Check again: the ones given, or all that wait for a decision."""
        (self or self._search_open())._check()
        return True

    def action_import(self):
        """Odoo's import screen, with the template of running contracts."""
        return {
            "type": "ir.actions.client",
            "tag": "import",
            "name": self.env._("Import running contracts"),
            "params": {"active_model": self._name, "context": {}},
        }

    def action_take_over(self):
        """Ask before the ready ones are taken over: those given, or all."""
        intakes = (self or self._search_open()).filtered(lambda i: i.state == "ready")
        if not intakes:
            raise UserError(
                self.env._(
                    "No contract is ready. Import a file, or correct those that were "
                    "refused."
                )
            )
        dialog = self.env["billing.intake.apply"].create(
            {
                "intake_ids": intakes.ids,
                "different_ids": intakes.filtered("is_different").ids,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take over"),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_download_refused(self):
        """The refused rows as a file, with the reason: to be corrected and imported."""
        return {
            "type": "ir.actions.act_url",
            "url": "/recurring_billing/intake/refused",
            "target": "self",
        }

    def action_open_order(self):
        """The subscription that a contract became."""
        self.ensure_one()
        return self.order_id._get_billing_form_action()

    def _search_open(self):
        return self.search(
            [("state", "in", OPEN_STATES), ("company_id", "=", self.env.company.id)]
        )
