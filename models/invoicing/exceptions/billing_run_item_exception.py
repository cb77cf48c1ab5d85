"""An item that was set aside: how much waits, how long, for whom, and where to mend."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from ...plan.wording import amount_text, period_text

#: What an exception may have to be mended on, in the order of the screens.
CULPRITS = [
    ("res.partner", "Customer"),
    ("res.currency", "Currency"),
    ("product.product", "Product"),
    ("account.fiscal.position", "Fiscal position"),
    ("account.tax", "Tax"),
    ("account.journal", "Journal"),
    ("billing.plan", "Plan"),
    ("res.company", "Company"),
    ("sale.order", "Subscription"),
]


class BillingRunItem(models.Model):
    _inherit = "billing.run.item"

    cause_id = fields.Many2one(
        comodel_name="billing.exception.cause",
        compute="_compute_cause_id",
        store=True,
        index=True,
    )
    remedy = fields.Char(related="cause_id.remedy")
    culprit = fields.Reference(
        selection=CULPRITS, string="Record to mend", readonly=True
    )
    culprit_kind = fields.Selection(
        CULPRITS, string="Type of record to mend", compute="_compute_culprit_kind"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company currency"
    )
    held_amount = fields.Monetary(
        string="Amount held",
        readonly=True,
        help="What is due and waits, before tax, in the currency of the subscription.",
    )
    held_company_amount = fields.Monetary(
        string="Amount held, company currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    held_periods = fields.Integer(string="Periods held", readonly=True)
    held_from = fields.Date(string="First day held", readonly=True)
    held_until = fields.Date(string="Last day held", readonly=True)
    held_text = fields.Char(string="Days held", compute="_compute_held_text")
    tried_at = fields.Datetime(string="Last try", readonly=True)
    age = fields.Integer(
        string="Age (days)",
        compute="_compute_age",
        aggregator=None,
        help="Since when it waits.",
    )
    weight = fields.Float(
        compute="_compute_weight",
        aggregator="sum",
        help="Amount held times days: what comes first.",
    )

    @api.depends("code")
    def _compute_cause_id(self):
        ids = self.env["billing.exception.cause"]._get_ids_by_code()
        for item in self:
            item.cause_id = ids.get(item.code)

    @api.depends("culprit", "code")
    def _compute_culprit_kind(self):
        for item in self:
            item.culprit_kind = item._get_culprit()._name

    @api.depends_context("lang")
    @api.depends("held_from", "held_until")
    def _compute_held_text(self):
        for item in self:
            item.held_text = item.held_from and period_text(
                self.env, item.held_from, item.held_until
            )

    @api.depends("parked_since")
    def _compute_age(self):
        for item in self:
            since = item.parked_since
            today = item.company_id._billing_today()
            item.age = (today - since).days if since else 0

    @api.depends("age", "held_company_amount")
    def _compute_weight(self):
        for item in self:
            item.weight = abs(item.held_company_amount) * (item.age + 1)

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS base: what depends on today is not stored, yet lists sort by it.
        if field_expr not in ("age", "weight"):
            return super()._field_to_sql(alias, field_expr, query)
        age = SQL(
            "COALESCE(%s - %s, 0)",
            self.env.company._billing_today(),
            self._field_to_sql(alias, "parked_since", query),
        )
        if field_expr == "age":
            return age
        # The day on which it is parked counts: or nothing new had a rank.
        return SQL(
            "ABS(COALESCE(%s, 0)) * (%s + 1)",
            self._field_to_sql(alias, "held_company_amount", query),
            age,
        )

    # === Retry === #

    def action_retry(self):
        """Bill what waits again, now, and say what became of it."""
        # Asked once, before a refusal would set every item aside anew.
        self.env["account.move"].check_access("create")
        waiting = self.filtered("is_open")
        if not waiting:
            raise UserError(
                self.env._("Nothing here is waiting any more: it was billed meanwhile.")
            )
        orders = waiting.order_id
        for day, items in waiting.grouped(lambda item: item._get_retry_day()).items():
            run = self.env["billing.run"]._plan_run(
                items.order_id, origin="manual", run_date=day
            )
            run._execute_at_once()
        return self._get_retry_answer(orders)

    def _get_retry_day(self):
        """A run for a date to come is made up for as of that date, or nothing would
        be due.
        """
        return max(self.run_id.run_date, self.company_id._billing_today())

    def _get_retry_answer(self, orders):
        """A notification: how many are solved, or the new fact; the list reloads."""
        still = list(self._get_open_items(orders).values())
        answer = self._get_retry_text(orders, still)
        following = {"type": "ir.actions.act_window_close"}
        if self.env.context.get("billing_exception_form") and len(still) == 1:
            # The form showed the try before this one.
            following = still[0]._get_form_action()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if still else "success",
                "message": answer,
                "next": following,
            },
        }

    def _get_retry_text(self, orders, still):
        solved = len(orders) - len(still)
        if not still:
            if solved == 1:
                return self.env._("%(order)s is settled.", order=orders.name)
            return self.env._("%(count)s exceptions are settled.", count=solved)
        if len(orders) == 1:
            return still[0].message
        if len(still) == 1:
            return self.env._(
                "%(solved)s settled, 1 still waits. %(message)s",
                solved=solved,
                message=still[0].message,
            )
        return self.env._(
            "%(solved)s settled, %(waiting)s still wait.",
            solved=solved,
            waiting=len(still),
        )

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "billing.run.item",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === What is to be mended === #

    def _get_culprit(self):
        """The record on which the exception is mended; the subscription by default."""
        self.ensure_one()
        if self.culprit:
            return self.culprit
        return self.partner_id if self.code == "group_held" else self.order_id

    def action_open_culprit(self):
        """Open the record to mend."""
        self.ensure_one()
        culprit = self._get_culprit()
        if culprit._name == "sale.order":
            return culprit._get_billing_form_action()
        return {
            "type": "ir.actions.act_window",
            "res_model": culprit._name,
            "res_id": culprit.id,
            "views": [(False, "form")],
        }

    # === Owner, thread and activities go on from one night to the next === #

    def _take_over(self, before):
        """Go on where the item of an earlier run left off.

        :param before: the item that was open until now, or none.
        """
        if not before:
            return
        before.message_change_thread(self)
        self.message_subscribe(before.message_partner_ids.ids)
        before.activity_ids.write({"res_id": self.id})

    def _give_activity_to_owner(self):
        """The subscription's activity waits with who looks after the exception."""
        for item in self:
            # A clerk may name the owner without a right on the salesperson's list.
            activities = item.order_id.sudo().activity_search(
                ["recurring_billing.mail_activity_parked"]
            )
            if item.user_id and activities.user_id != item.user_id:
                activities.user_id = item.user_id

    # === Words === #

    @api.model
    def get_billing_headline(self, domain):
        """How many exceptions of a list wait, and how much they hold.

        :param list domain: of the list.
        :return: a sentence, or an empty text when nothing waits.
        """
        amounts, count = {}, 0
        for company, amount, number in self._read_group(
            Domain(domain or []) & Domain("is_open", "=", True),
            ["company_id"],
            ["held_company_amount:sum", "__count"],
        ):
            currency = company.currency_id
            amounts[currency] = amounts.get(currency, 0.0) + amount
            count += number
        if not count:
            return ""
        # Amounts of companies with different currencies are told one by one.
        held = " + ".join(
            amount_text(self.env, amount, currency)
            for currency, amount in amounts.items()
        )
        if count == 1:
            return self.env._("1 exception, %(held)s excl. tax held.", held=held)
        return self.env._(
            "%(count)s exceptions, %(held)s excl. tax held.", count=count, held=held
        )

    @api.model
    def get_empty_list_help(self, help_message):
        # EXTENDS base: an empty list is the reward, told in figures.
        told = super().get_empty_list_help(help_message)
        if not help_message or self.env.context.get("billing_no_reward"):
            return told
        since = self._get_invoices_since_last_exception()
        if not since:
            return told
        if since == 1:
            text = self.env._("1 invoice since the last exception.")
        else:
            text = self.env._(
                "%(count)s invoices since the last exception.",
                count=formatLang(self.env, since, digits=0),
            )
        return Markup("%s<p>%s</p>") % (Markup(told), text)

    @api.model
    def _get_invoices_since_last_exception(self):
        last = self.search(
            [("parked_since", "!=", False)], order="run_id desc", limit=1
        )
        return self.env["account.move"].search_count(
            [("billing_run_id", ">", last.run_id.id or 0)]
        )
