from odoo import api, fields, models

from ...plan.wording import amount_text
from .billing_dunning_policy import BUYER_KINDS


class BillingDunningPolicy(models.Model):
    """A policy as its list tells it."""

    _inherit = "billing.dunning.policy"

    applies_to = fields.Char(compute="_compute_applies_to")
    levels_text = fields.Char(string="Days", compute="_compute_levels_text")

    @api.depends_context("lang", "allowed_company_ids")
    @api.depends(
        "tag_ids",
        "country_ids",
        "lang",
        "payer_class",
        "amount_from",
        "plan_ids",
        *(f"for_{kind}" for kind in BUYER_KINDS),
    )
    def _compute_applies_to(self):
        for policy in self:
            parts = policy._get_conditions_text()
            policy.applies_to = " · ".join(parts) or self.env._("All customers")

    def _get_conditions_text(self):
        """Each condition of the policy in a few words; none for anybody."""
        parts = []
        if len(self._get_kinds()) < len(BUYER_KINDS):
            labels = self._get_kind_labels()
            kinds = [labels[kind] for kind in BUYER_KINDS if kind in self._get_kinds()]
            parts.append(", ".join(kinds))
        if self.tag_ids:
            parts.append(", ".join(self.tag_ids.mapped("name")))
        if self.country_ids:
            parts.append(", ".join(self.country_ids.mapped("name")))
        if self.lang:
            parts.append(self._get_choice_label("lang"))
        if self.payer_class:
            payer = self._get_choice_label("payer_class")
            parts.append(self.env._("payer: %(payer)s", payer=payer.lower()))
        if self.plan_ids:
            parts.append(", ".join(self.plan_ids.mapped("name")))
        if self.amount_from:
            amount = self._get_amount_text(self.amount_from)
            parts.append(self.env._("from %(amount)s open", amount=amount))
        return parts

    def _get_kind_labels(self):
        """How the screen calls kinds of customers."""
        told = self.fields_get([f"for_{kind}" for kind in BUYER_KINDS], ["string"])
        return {kind: told[f"for_{kind}"]["string"] for kind in BUYER_KINDS}

    def _get_choice_label(self, name):
        """How the screen calls what is chosen in a field."""
        choices = dict(self._fields[name]._description_selection(self.env))
        return choices.get(self[name]) or self[name]

    def _get_amount_text(self, amount):
        company = self.company_id or self.env.company
        return amount_text(self.env, amount, company.currency_id)

    @api.depends("level_ids.delay")
    def _compute_levels_text(self):
        for policy in self:
            delays = sorted(policy.level_ids.mapped("delay"))
            policy.levels_text = " · ".join(map(delay_text, delays))


def delay_text(delay):
    """ "−5", "0", "+10": days from the due date, with a true minus."""
    if delay < 0:
        return f"−{-delay}"
    return f"+{delay}" if delay else "0"
