from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date, formatLang

from ....models.plan.wording import amount_text

CHOICES = [
    ("first", "Start at the first, kindest step"),
    ("fresh", "Start fresh: only what falls due from now on"),
    ("alone", "Leave alone"),
]


class BillingDunningStart(models.TransientModel):
    """Switches reminders on, once it is decided what happens to debts from before."""

    _name = "billing.dunning.start"
    _description = "Switch on Reminders"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    is_on = fields.Boolean(related="company_id.billing_dunning_on")
    choice = fields.Selection(CHOICES, string="For all", default="first", required=True)
    daily_limit = fields.Integer(
        string="First reminders a day",
        required=True,
        default=lambda self: self.env.company.billing_dunning_daily_limit,
        help="So many customers a day hear of us for the first time, the others wait, "
        "until a manager confirms once.",
    )
    line_ids = fields.One2many(
        comodel_name="billing.dunning.start.line", inverse_name="start_id"
    )
    headline = fields.Char(compute="_compute_headline")
    bank_text = fields.Char(compute="_compute_headline")
    preview_to = fields.Char(string="First mail to", compute="_compute_preview")
    preview_subject = fields.Char(string="Subject", compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.model
    def default_get(self, fields_list):
        # EXTENDS base: the customers that owe something from before.
        self.env["billing.dunning"]._check_manager()
        values = super().default_get(fields_list)
        values["line_ids"] = [
            Command.create({"case_id": case.id, "choice": "first"})
            for case in self._find_cases()
        ]
        return values

    @api.model
    def _find_cases(self):
        """The cases with debts from before on which nobody has decided, as the books
        say now.
        """
        company = self.env.company
        service = self.env["billing.dunning"]
        service._refresh(self.env["res.partner"].browse(service._get_all_debtors()))
        since = company.billing_dunning_since
        verdicts = [("verdict", "=", "undecided")]
        if not company.billing_dunning_on:
            verdicts = [("verdict", "!=", "paid"), ("position", "in", [0, False])]
            since = company._billing_today()
        items = self.env["billing.dunning.item"].search(
            [
                ("company_id", "=", company.id),
                ("date_maturity", "<", since or company._billing_today()),
                *verdicts,
            ]
        )
        return items.case_id.sorted(lambda case: (-case.overdue_net, case.id))

    @api.onchange("choice")
    def _onchange_choice(self):
        self.line_ids.choice = self.choice

    @api.depends("line_ids")
    def _compute_headline(self):
        service = self.env["billing.dunning"]
        for wizard in self:
            company = wizard.company_id
            lines = wizard.line_ids
            wizard.headline = wizard._get_headline(company, lines)
            day = service._get_bank_day(company)
            wizard.bank_text = (
                day and lines and wizard._get_bank_text(company, day)
            ) or False

    def _get_headline(self, company, lines):
        if not lines:
            if company.billing_dunning_on:
                return self.env._("Nothing waits for a decision.")
            return self.env._("Nobody owes anything from before today.")
        values = {
            "count": formatLang(self.env, len(lines), digits=0),
            "amount": amount_text(
                self.env, sum(lines.mapped("overdue_net")), company.currency_id
            ),
        }
        if len(lines) == 1:
            return self._get_headline_of_one(company, values)
        if company.billing_dunning_on:
            return self.env._(
                "%(count)s customers owe %(amount)s from before reminders were "
                "switched on; decide what happens to them.",
                **values,
            )
        return self.env._(
            "Nothing has left. %(count)s customers owe %(amount)s from before today; "
            "decide what happens to them.",
            **values,
        )

    def _get_headline_of_one(self, company, values):
        if company.billing_dunning_on:
            return self.env._(
                "1 customer owes %(amount)s from before reminders were switched on; "
                "decide what happens to it.",
                **values,
            )
        return self.env._(
            "Nothing has left. 1 customer owes %(amount)s from before today; decide "
            "what happens to it.",
            **values,
        )

    def _get_bank_text(self, company, day):
        days = (company._billing_today() - day).days
        if not days:
            return False
        return self.env._(
            "Last bank statement or payment: %(day)s, %(days)s days ago. Import it "
            "first, or some of these may already be paid.",
            day=format_date(self.env, day),
            days=days,
        )

    @api.depends("line_ids.choice")
    def _compute_preview(self):
        for wizard in self:
            line = wizard.line_ids.filtered(
                lambda line: line.choice == "first" and line.level_id.template_id
            )[:1]
            case, level = line.case_id, line.level_id
            wizard.preview_to = case and case._billing_get_contact().email
            wizard.preview_subject = wizard.preview = False
            if case:
                told = case._billing_tell(level)
                wizard.preview_subject = told._billing_render(level, "subject")
                wizard.preview = told._billing_render(level, "body_html")

    def action_switch_on(self):
        """Let reminders leave, and note what was decided."""
        self.ensure_one()
        company = self.company_id
        if company != self.env.company:
            raise UserError(
                self.env._(
                    "Switch to %(company)s first: reminders are switched on company by "
                    "company.",
                    company=company.name,
                )
            )
        self.env["billing.dunning"]._switch_on(
            company,
            {line.case_id: line.choice for line in self.line_ids},
            self.daily_limit,
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}


class BillingDunningStartLine(models.TransientModel):
    """A customer with debts from before, and what is decided."""

    _name = "billing.dunning.start.line"
    _description = "Customer with Debts from Before"
    _order = "id"

    start_id = fields.Many2one(
        comodel_name="billing.dunning.start",
        required=True,
        index=True,
        ondelete="cascade",
    )
    case_id = fields.Many2one(
        comodel_name="billing.dunning.case", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="case_id.partner_id", related_sudo=False)
    currency_id = fields.Many2one(related="case_id.currency_id", related_sudo=False)
    overdue_net = fields.Monetary(related="case_id.overdue_net", related_sudo=False)
    oldest_due = fields.Date(related="case_id.oldest_due", related_sudo=False)
    level_id = fields.Many2one(
        related="case_id.next_level_id", related_sudo=False, string="First step"
    )
    choice = fields.Selection(CHOICES, required=True, default="first")
