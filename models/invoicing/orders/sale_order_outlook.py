from odoo import api, fields, models
from odoo.tools.misc import format_date

from ....engine.coverage import due_days
from ....engine.periods import ONE_DAY
from ...plan.alerts import as_link
from ...plan.wording import period_text, signed_text

#: How many documents to come the form shows.
COMING = 12


class SaleOrder(models.Model):
    """What a subscription says of itself: what happens next, and what is in the way."""

    _inherit = "sale.order"

    billing_headline = fields.Char(
        string="What happens next", compute="_compute_billing_outlook"
    )
    billing_coming = fields.Html(
        string="Coming", compute="_compute_billing_outlook", sanitize=False
    )
    billing_late_count = fields.Integer(
        string="Invoices to be made",
        compute="_compute_billing_outlook",
        help="Documents that a run would make today.",
    )
    billing_is_due = fields.Boolean(
        compute="_compute_billing_days_come", help="Something can be invoiced today."
    )
    billing_starts_in_past = fields.Boolean(compute="_compute_billing_days_come")
    billing_next_untaxed = fields.Monetary(
        string="Next amount",
        compute="_compute_billing_next_untaxed",
        help="Untaxed amount of the next invoice.",
    )
    billing_alerts = fields.Json(compute="_compute_billing_alerts")
    billing_covered_percent = fields.Integer(
        string="Periods",
        compute="_compute_billing_covered_percent",
        help="Share of the days due until today that are billed.",
    )

    @api.depends("billing_state", "billing_next_date", "billing_start_date")
    def _compute_billing_days_come(self):
        """Which days have come by the company's clock, not by the reader's."""
        for order in self:
            today = order.company_id._billing_today()
            following, start = order.billing_next_date, order.billing_start_date
            order.billing_is_due = (
                order.billing_state in ("running", "paused")
                and bool(following)
                and following <= today
            )
            order.billing_starts_in_past = bool(start) and start < today

    @api.depends_context("lang")
    @api.depends(
        "billing_state", "billing_next_date", "billing_end_date", "billing_pause_ids"
    )
    def _compute_billing_outlook(self):
        """What the coming runs make, looked at once for all that is said of it."""
        subscriptions = self.filtered("is_billing_subscription")
        previews = self.env["billing.preview"]._get_previews(subscriptions, COMING)
        for order in self:
            coming = previews.get(order, [])
            following = coming[0] if coming else None
            order.billing_headline = order._get_billing_headline(following)
            order.billing_coming = order.is_billing_subscription and self.env[
                "ir.qweb"
            ]._render(
                "recurring_billing.subscription_coming",
                {"rows": order._get_billing_coming_rows(coming)},
            )
            today = order.company_id._billing_today()
            order.billing_late_count = sum(1 for one in coming if one.day <= today)

    # === The sentence === #

    def _get_billing_headline(self, preview):
        """What happens next, in a sentence.

        :param preview: the next document, None when there is none.
        """
        self.ensure_one()
        if not self.billing_plan_id:
            return False
        if not self.is_billing_subscription:
            return self._get_billing_first_text() if self.order_line else False
        if self.billing_state == "paused":
            return self._get_billing_paused_text(preview)
        if preview:
            return self._get_billing_next_text(preview)
        if self.billing_end_date:
            return self._get_billing_closed_text()
        if self.billing_recurring_amount:
            # The terms cannot be computed; the alert says why.
            return False
        return self.env._("Nothing to invoice: no line has a price.")

    def _get_billing_next_text(self, preview):
        values = {
            "date": format_date(self.env, preview.day),
            "untaxed": self._get_billing_amount_text(abs(preview.untaxed)),
            "total": self._get_billing_amount_text(abs(preview.total)),
            "period": period_text(self.env, preview.period.start, preview.period.last),
        }
        if preview.total < 0:
            return self.env._(
                "Next credit note on %(date)s: %(untaxed)s excl. tax (%(total)s "
                "incl. tax) for %(period)s.",
                **values,
            )
        return self.env._(
            "Next invoice on %(date)s: %(untaxed)s excl. tax (%(total)s incl. tax) "
            "for %(period)s.",
            **values,
        )

    def _get_billing_paused_text(self, preview):
        today = self.company_id._billing_today()
        pause = self.billing_pause_ids.filtered(
            lambda p: p.start_date <= today and (not p.end_date or p.end_date >= today)
        )[:1]
        since = format_date(self.env, pause.start_date)
        if not pause.end_date:
            return self.env._(
                "Paused since %(since)s: nothing is invoiced until it resumes.",
                since=since,
            )
        if not preview:
            return self.env._(
                "Paused since %(since)s, resumes on %(date)s.",
                since=since,
                date=format_date(self.env, pause.end_date + ONE_DAY),
            )
        return self.env._(
            "Paused since %(since)s, resumes on %(date)s: next invoice on %(next)s, "
            "%(amount)s excl. tax.",
            since=since,
            date=format_date(self.env, pause.end_date + ONE_DAY),
            next=format_date(self.env, preview.day),
            amount=self._get_billing_amount_text(preview.untaxed),
        )

    def _get_billing_closed_text(self):
        last = format_date(self.env, self.billing_end_date)
        if self.billing_state == "closed":
            return self.env._("Closed on %(date)s; everything is billed.", date=last)
        return self.env._("Ends on %(date)s; everything is billed.", date=last)

    # === The documents to come === #

    def _get_billing_coming_rows(self, previews):
        """The documents to come as texts: date, period, amount, difference, why."""
        rows, before = [], self._get_billing_last_untaxed()
        for preview in previews:
            difference = None if before is None else preview.untaxed - before
            if difference is not None and self.currency_id.is_zero(difference):
                difference = None
            rows.append(
                {
                    "date": format_date(self.env, preview.day),
                    "period": period_text(
                        self.env, preview.period.start, preview.period.last
                    ),
                    "amount": self._get_billing_amount_text(preview.untaxed),
                    "difference": difference
                    and signed_text(self.env, difference, self.currency_id),
                    "why": self._get_billing_reasons_text(preview),
                }
            )
            before = preview.untaxed
        return rows

    def _get_billing_last_untaxed(self):
        """What the last document of this subscription came to, None before it."""
        entries = self.env["billing.entry"].search(
            [
                ("order_id", "=", self.id),
                ("state", "!=", "void"),
                ("move_line_id", "!=", False),
                ("kind", "in", ("charge", "adjustment")),
            ],
            order="id desc",
            limit=50,
        )
        if not entries:
            return None
        last = entries[:1].move_id
        lines = last.invoice_line_ids & entries.move_line_id
        sign = last._get_billing_sign()
        return sign * sum(lines.mapped("price_subtotal"))

    def _get_billing_reasons_text(self, preview):
        """Why a document differs from the one before, in words."""
        lines = {line.id: line for line in self.order_line}
        told = [
            self._get_billing_reason_text(lines[reason.line], reason)
            for reason in preview.reasons
        ]
        told += [
            self.env._("%(what)s, once", what=line.product_id.name or line.name)
            for line in preview.extra
            if not line.display_type
        ]
        return list(dict.fromkeys(told))

    def _get_billing_reason_text(self, line, reason):
        name, charge = line.product_id.name, reason.charge
        if reason.kind == "terms":
            return line._get_billing_terms_text(
                reason.before, line._get_billing_version_value(charge.period.start)
            )
        if reason.kind in ("start", "end", "pause"):
            return self.env._(
                "%(what)s: %(share)s of the period",
                what=name,
                share=self.env["billing.invoicing"]._get_share_text(self.env, charge),
            )
        if reason.kind == "adjustment":
            return self.env._(
                "%(what)s: adjustment for %(period)s",
                what=name,
                period=period_text(self.env, charge.period.start, charge.period.last),
            )
        texts = {
            "new": self.env._("%(what)s: first time", what=name),
            "free": self.env._("%(what)s: free", what=name),
            "also": self.env._("%(what)s also falls due", what=name),
            "not_due": self.env._("without %(what)s", what=name),
        }
        return texts[reason.kind]

    @api.depends("billing_next_date", "billing_state")
    def _compute_billing_next_untaxed(self):
        live = self.filtered(
            lambda order: order.is_billing_subscription and order.billing_next_date
        )
        amounts = self.env["billing.preview"]._get_next_untaxed(live)
        for order in self:
            order.billing_next_untaxed = amounts.get(order, 0.0)

    @api.depends("partner_id", "billing_next_date")
    @api.depends_context("billing_show_customer", "lang")
    def _compute_display_name(self):
        # EXTENDS sale: a chip of the calendar says how much, and who.
        super()._compute_display_name()
        if self.env.context.get("billing_show_customer"):
            for order in self.filtered("is_billing_subscription"):
                amount = order._get_billing_amount_text(order.billing_next_untaxed)
                order.display_name = f"{amount} · {order.partner_id.display_name}"

    # === What is in the way === #

    @api.depends_context("lang")
    @api.depends("billing_late_count", "order_line.billing_version_ids")
    def _compute_billing_alerts(self):
        for order in self:
            order.billing_alerts = (
                order._get_billing_alerts() if order.is_billing_subscription else {}
            )

    def _get_billing_alerts(self):
        """Lines for core's widget of errors with a link: parked, late, to come."""
        self.ensure_one()
        alerts = {}
        item = self.billing_open_item_id
        if item:
            alerts["parked"] = {
                "level": "danger",
                "message": self.env._(
                    "Set aside since %(date)s: %(message)s",
                    date=format_date(self.env, item.parked_since),
                    message=item.message,
                ),
                "action_text": self.env._("See how to mend it"),
                "action": as_link(self.action_billing_open_parked()),
            }
        late = self.billing_late_count
        if late > 1 and self.env.user.has_group(
            "recurring_billing.recurring_billing_group_user"
        ):
            alerts["late"] = {
                "level": "warning",
                "message": self.env._("%(count)s invoices are to be made.", count=late),
                "action_text": self.env._("Invoice now"),
                "action_call": ("sale.order", "action_billing_invoice_late", self.id),
            }
        for version in self.order_line.billing_version_ids.filtered("is_future"):
            alerts[f"version_{version.id}"] = {
                "level": "info",
                "message": version._get_sentence(),
            }
        return alerts

    def action_billing_see_next(self):
        """The next invoice as the customer will see it."""
        self.ensure_one()
        preview = self.env["billing.invoice.preview"].create({"order_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Next invoice of %(order)s", order=self.name),
            "res_model": "billing.invoice.preview",
            "res_id": preview.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_billing_invoice_late(self):
        """Bill what is due, and stay on the form."""
        self._billing_invoice_now()

    # === How much of what is due is billed === #

    @api.depends("billing_until_date", "billing_next_date")
    def _compute_billing_covered_percent(self):
        outlooks = self.env["billing.preview"]._get_outlooks(
            self.filtered("is_billing_subscription")
        )
        for order in self:
            outlook = outlooks.get(order)
            order.billing_covered_percent = (
                100 if outlook is None else order._get_billing_covered_percent(outlook)
            )

    def _get_billing_covered_percent(self, outlook):
        """Days billed of the days whose invoice has fallen due, in percent."""
        due = billed = 0
        today = self.company_id._billing_today()
        for line, terms in outlook.terms.items():
            line_billed, line_due = due_days(terms, outlook.billed[line], today)
            billed, due = billed + line_billed, due + line_due
        # Rounded down: 100 means all of them.
        return 100 * billed // due if due else 100
