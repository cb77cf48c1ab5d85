"""The facts that an amount was computed from, one by one, as people read them."""

from datetime import date

from odoo import models
from odoo.tools.misc import format_date

from ....engine.errors import InvalidFacts
from ....engine.explanation import explanation
from ....engine.facts import UNREADABLE, period_of
from ...plan.numbers import as_decimal
from ...plan.wording import number_text, rhythm_text

#: More billing periods than this are told together.
_STEPS = 3


class BillingEntry(models.Model):
    _inherit = "billing.entry"

    # === A table of them === #

    def _explain_facts(self):
        """The facts used, as (label, value) pairs for a table."""
        self.ensure_one()
        try:
            found = explanation(self.facts)
        except InvalidFacts:
            return []
        rows = [
            (self.env._("Period"), self._get_entry_days()),
            *self._explain_terms(found),
            *self._explain_amounts(found),
        ]
        if self.scheduled_date:
            day = format_date(self.env, self.scheduled_date)
            rows.append((self.env._("Due on"), day))
        return [list(row) for row in rows]

    def _explain_terms(self, found):
        rows = []
        if found.unit:
            timing = self._get_choice("timing", found.timing)
            rhythm = rhythm_text(self.env, found.unit, found.interval)
            rows.append((self.env._("Rhythm"), f"{rhythm}, {timing.lower()}"))
        for step in found.steps[:_STEPS]:
            for held in step.held:
                day = format_date(self.env, held.version.start)
                label = self.env._("Version of %(date)s", date=day)
                rows.append((label, self._get_price_text(held.version)))
            label = self.env._("Days counted")
            rows.append((label, "{} / {}".format(*step.counted)))
        if any(step.share != 1 for step in found.steps):
            label = self.env._("Day count")
            rows.append((label, self._get_choice("proration_basis", found.basis)))
        if found.printed:
            label = found.printed.name or self.env._("Document")
            rows.append((label, self._get_price_text(found.printed)))
        return rows

    def _explain_amounts(self, found):
        rows = []
        if found.before:
            label = self.env._("Already counted")
            rows.append((label, self._money(found.before)))
        if found.ratio not in (0, 1):
            percent = number_text(self.env, float(found.ratio * 100))
            label = self.env._("Share charged")
            rows.append((label, self.env._("%(percent)s %%", percent=percent)))
        if self.concession_amount:
            text = self._money(self.concession_amount)
            told = [text, self.concession_user_id.name, self.concession_reason]
            label = self.env._("Concession")
            rows.append((label, ", ".join(filter(None, told))))
        return rows

    def _get_choice(self, field, value):
        """The label of a choice of a plan, in the reader's language."""
        choices = (
            self.env["billing.plan"]._fields[field]._description_selection(self.env)
        )
        return dict(choices).get(value, value)

    # === One of them === #

    def _get_fact_name(self, name):
        """What people call a fact, in the middle of a sentence.

        :param str name: its key, as :class:`Moved` tells it.
        """
        return {
            "quantity": self.env._("quantity"),
            "price": self.env._("price"),
            "discount": self.env._("discount"),
            "days": self.env._("number of days"),
            "start": self.env._("first day of the version"),
            "served": self.env._("day billed"),
            "whole": self.env._("bound of the full period"),
            "period": self.env._("period"),
            "share": self.env._("share of the period"),
            "settled_before": self.env._("already counted"),
            "charged_ratio": self.env._("share charged"),
            "settled_ratio": self.env._("share settled"),
            "scheduled": self.env._("due date"),
            "basis": self.env._("day count"),
            "timing": self.env._("timing"),
            "first_period": self.env._("first period"),
            "lead_days": self.env._("days of lead"),
            "step": self.env._("rounding"),
            "unit": self.env._("unit of the rhythm"),
            "interval": self.env._("interval of the rhythm"),
            "anchor": self.env._("anchor of the rhythm"),
            "billing_day": self.env._("billing day"),
            "billing_month": self.env._("billing month"),
        }.get(name, name)

    def _get_fact_text(self, name, value):
        """The value of a fact; the bare value where it has no shape of its own."""
        try:
            return self._format_fact(name, value)
        except UNREADABLE:
            return str(value)

    def _format_fact(self, name, value):
        if name == "period" and isinstance(value, list):
            return self._get_span_text(period_of(value))
        if name in ("served", "whole", "period", "start", "scheduled", "anchor"):
            return format_date(self.env, date.fromisoformat(value))
        if name in ("price", "settled_before"):
            return self._get_unit_price_text(as_decimal(value))
        if name in ("quantity", "discount"):
            return number_text(self.env, as_decimal(value))
        if name == "basis":
            return self._get_choice("proration_basis", value)
        if name in ("timing", "first_period", "unit"):
            return self._get_choice(name, value)
        return str(value)
