from odoo import api, fields, models
from odoo.tools.misc import format_date

from ...plan.wording import amount_text, period_text, rhythm_text

#: What the announcement of the first invoice is computed from.
QUOTE_FIELDS = (
    "billing_plan_id",
    "billing_start_date",
    "billing_opening",
    "billing_opened_until",
    "partner_id",
    "currency_id",
    "company_id",
    "state",
    "order_line.billing_recurring",
    "order_line.billing_plan_id",
    "order_line.billing_start_date",
    "order_line.billing_end_date",
    "order_line.product_uom_qty",
    "order_line.price_unit",
    "order_line.discount",
    "order_line.tax_ids",
    "order_line.price_subtotal",
)


class SaleOrder(models.Model):
    """What a quotation with a plan announces: rhythms apart, and the first invoice."""

    _inherit = "sale.order"

    billing_summary = fields.Html(
        string="What will be invoiced",
        compute="_compute_billing_summary",
        sanitize=False,
    )

    @api.depends_context("lang")
    @api.depends(*QUOTE_FIELDS)
    def _compute_billing_summary(self):
        for order in self:
            order.billing_summary = bool(order.billing_plan_id) and self.env[
                "ir.qweb"
            ]._render(
                "recurring_billing.subscription_summary",
                {"summary": order._get_billing_summary()},
            )

    def _get_billing_summary(self):
        """What a quotation or subscription comes to, in words.

        :return: dict of ``recurring`` (list of amount and rhythm), ``once`` (amount of
            one-off lines), ``average`` (a sentence when rhythms differ) and ``first``
            (the first invoice, while it is a quotation); texts, or False.
        """
        self.ensure_one()
        totals = self._get_billing_totals()
        recurring = [row for row in totals if row["recurring"]]
        once = next((row for row in totals if not row["recurring"]), None)
        average = False
        if len(recurring) > 1 or (recurring and not recurring[0]["monthly"]):
            average = self.env._(
                "That is %(amount)s per month on average",
                amount=self._get_billing_amount_text(self.billing_monthly_amount),
            )
        return {
            "recurring": [
                (self._get_billing_amount_text(row["untaxed"]), row["label"])
                for row in recurring
            ],
            "once": once and self._get_billing_amount_text(once["untaxed"]),
            "average": average,
            "first": self.state in ("draft", "sent") and self._get_billing_first_text(),
        }

    def _get_billing_amount_text(self, amount):
        """An amount in the order's currency, as people read it."""
        return amount_text(self.env, amount, self.currency_id)

    def _get_billing_totals(self, lines=None):
        """Totals that may be added up: one row a rhythm, one-off lines apart.

        :param lines: some of its lines; None: all of them.
        :return: list of dicts ``label``, ``recurring``, ``monthly``, ``untaxed``,
            ``tax``, ``total``; amounts in the order's currency.
        """
        self.ensure_one()
        groups = {}
        for line in self.order_line if lines is None else lines:
            if line.display_type or line.is_downpayment:
                continue
            key = line._get_billing_rhythm() if line.billing_recurring else ()
            groups.setdefault(key, []).append(line)
        return [
            self._prepare_billing_total(lines, key)
            # The order's own rhythm comes as it was sold, one-off lines last.
            for key, lines in sorted(groups.items(), key=lambda group: not group[0])
        ]

    def _prepare_billing_total(self, lines, rhythm):
        untaxed, total = self.env["billing.preview"]._sum_base_lines(
            self.company_id,
            self.currency_id,
            [line._prepare_base_line_for_taxes_computation() for line in lines],
        )
        return {
            "label": rhythm_text(self.env, *rhythm)
            if rhythm
            else self.env._("One-off"),
            "recurring": bool(rhythm),
            "monthly": rhythm == ("month", 1),
            "untaxed": untaxed,
            "tax": self.currency_id.round(total - untaxed),
            "total": total,
        }

    def _get_billing_first_text(self):
        """The first invoice of a quotation, with what it is made of, or False."""
        self.ensure_one()
        previews = self.env["billing.preview"]._get_previews(self)[self]
        if not previews:
            return False
        preview = previews[0]
        text = self.env._(
            "First invoice on %(date)s: %(amount)s excl. tax",
            date=format_date(self.env, preview.day),
            amount=self._get_billing_amount_text(preview.untaxed),
        )
        parts = self._get_billing_first_parts(preview)
        prorated = any(0 < charge.fraction < 1 for charge in preview.charges)
        if len(parts) == 1 and not prorated:
            return text
        return f"{text} ({self._join_billing_parts(parts)})"

    def _get_billing_first_parts(self, preview):
        """What the first invoice is made of: (period or one-off line, amount)."""
        service = self.env["billing.preview"]
        by_period = {}
        for charge in preview.charges:
            if charge.charged:
                by_period.setdefault(charge.period, []).append(charge)
        parts = [
            (
                period_text(self.env, period.start, period.last),
                service._sum_up(preview.outlook, charges)[0],
            )
            for period, charges in sorted(by_period.items())
        ]
        return parts + [
            (line.product_id.name or line.name, line.price_subtotal)
            for line in preview.extra
        ]

    def _join_billing_parts(self, parts):
        return self._join_billing_texts(
            self.env._(
                "%(what)s %(amount)s",
                what=what,
                amount=self._get_billing_amount_text(amount),
            )
            for what, amount in parts
        )

    def _join_billing_texts(self, texts):
        told = list(texts)
        text = told[0] if told else ""
        for part in told[1:]:
            text = self.env._("%(parts)s, %(part)s", parts=text, part=part)
        return text

    def _get_billing_price_text(self):
        """What is accepted, in a few words: "1,284.00 € per month, 540.00 € once".

        With tax: it is what will be paid. Rhythms are never added up.
        """
        self.ensure_one()
        return self._join_billing_texts(
            self.env._(
                "%(amount)s %(rhythm)s",
                amount=self._get_billing_amount_text(row["total"]),
                rhythm=row["label"] if row["recurring"] else self.env._("once"),
            )
            for row in self._get_billing_totals()
        )
