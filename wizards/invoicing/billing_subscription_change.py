from dataclasses import replace

from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from ...engine.periods import ONE_DAY
from ...engine.terms import LineVersion
from ...models.plan.numbers import as_decimal


class BillingSubscriptionChange(models.TransientModel):
    _name = "billing.subscription.change"
    _inherit = ("billing.subscription.change", "billing.subscription.effect")

    def _get_effect_fields(self):
        return [
            *super()._get_effect_fields(),
            *("operation", "effective_date", "line_id", "product_id"),
            *("quantity", "price_unit", "discount"),
        ]

    def _get_apply_label(self):
        if not self.effective_date:
            return self.env._("Apply")
        date = format_date(self.env, self.effective_date)
        return self.env._("Apply from %(date)s", date=date)

    def _is_effect_ready(self):
        subject = self.product_id if self.operation == "add" else self.line_id
        return bool(self.effective_date and subject)

    def _get_changed_terms(self, running):
        if self.operation == "add":
            self.order_id._check_billing_running(self.effective_date)
            line = self.env["sale.order.line"].new(self._prepare_line_vals())
            return {line.id: line._get_billing_quote_terms()}, line
        line = self.line_id
        terms = running[line._origin.id]
        if self.operation == "end":
            last_day = self.effective_date - ONE_DAY
            if last_day < line.billing_start_date:
                raise UserError(line._get_billing_start_message())
            end = min(filter(None, (self.effective_date, terms.end)))
            return {terms.line: replace(terms, end=end)}, None
        line._check_billing_change_date(self.effective_date)
        version = self._get_new_version(terms)
        return {terms.line: replace(terms, versions=(*terms.versions, version))}, None

    def _get_new_version(self, terms):
        """The version that applying would add, as the engine reads it."""
        same_day = [
            known.sequence
            for known in terms.versions
            if known.start == self.effective_date
        ]
        return LineVersion(
            self.effective_date,
            as_decimal(self.quantity),
            as_decimal(self.price_unit),
            as_decimal(self.discount),
            sequence=max(same_day, default=-1) + 1,
        )

    def _get_what_sentences(self):
        date = format_date(self.env, self.effective_date)
        if self.operation == "add":
            return [
                self.env._(
                    "From %(date)s: %(what)s is added.",
                    date=date,
                    what=self.product_id.name,
                )
            ]
        line = self.line_id
        if self.operation == "end":
            last_day = format_date(self.env, self.effective_date - ONE_DAY)
            return [
                self.env._(
                    "Last day of %(what)s: %(date)s.",
                    what=line.product_id.name,
                    date=last_day,
                )
            ]
        before = line._get_billing_version_value(self.effective_date)
        after = replace(
            before,
            quantity=as_decimal(self.quantity),
            price=as_decimal(self.price_unit),
            discount=as_decimal(self.discount),
        )
        return [
            self.env._(
                "From %(date)s: %(change)s.",
                date=date,
                change=line._get_billing_terms_text(before, after),
            )
        ]
