from odoo import models


class BillingDunningPolicy(models.Model):
    """Why a policy is the one of a customer, in a sentence."""

    _inherit = "billing.dunning.policy"

    def _get_choice_text(self, chosen, partner):
        """ "Standard professional applies, because country is France and no tag matches
        Key account."

        :param chosen: as ``_choose`` gives it.
        :param partner: the customer.
        """
        because = [
            chosen.policy._get_met_text(name, partner) for name in chosen.because
        ]
        because += [
            policy._get_unmet_text(name)
            for policy, name in chosen.passed_over
            # What the customer is was said; what it is not goes without saying.
            if not (name == "kind" and name in chosen.because)
        ]
        reasons = self._join_reasons(list(dict.fromkeys(because)))
        if not chosen.policy:
            return self.env._(
                "No policy applies to %(customer)s: %(reasons)s.",
                customer=partner.display_name,
                reasons=reasons or self.env._("there is none"),
            )
        if not reasons:
            return self.env._(
                "%(policy)s applies: it is for all customers.",
                policy=chosen.policy.name,
            )
        return self.env._(
            "%(policy)s applies, because %(reasons)s.",
            policy=chosen.policy.name,
            reasons=reasons,
        )

    def _join_reasons(self, texts):
        *first, last = texts or [""]
        if not first:
            return last
        return self.env._("%(first)s and %(last)s", first=", ".join(first), last=last)

    def _get_met_text(self, name, partner):
        """A criterion that the customer meets."""
        values = self._get_criterion_values(name)
        if name == "kind":
            kinds = dict(
                partner._fields["billing_buyer_kind"]._description_selection(self.env)
            )
            kind = kinds.get(partner.billing_buyer_kind, "").lower()
            return self.env._("kind is %(value)s", value=kind)
        if name == "country":
            return self.env._("country is %(value)s", value=partner.country_id.name)
        return {
            "tag": lambda: self.env._("a tag matches %(value)s", value=values),
            "language": lambda: self.env._("language is %(value)s", value=values),
            "payer_class": lambda: self.env._("payer is %(value)s", value=values),
            "amount": lambda: self.env._("amount is at least %(value)s", value=values),
            "plan": lambda: self.env._("a plan matches %(value)s", value=values),
        }[name]()

    def _get_unmet_text(self, name):
        """A criterion that the customer does not meet."""
        values = self._get_criterion_values(name)
        return {
            "tag": lambda: self.env._("no tag matches %(value)s", value=values),
            "country": lambda: self.env._("country is not %(value)s", value=values),
            "language": lambda: self.env._("language is not %(value)s", value=values),
            "kind": lambda: self.env._("kind is not %(value)s", value=values),
            "payer_class": lambda: self.env._("payer is not %(value)s", value=values),
            "amount": lambda: self.env._("amount is below %(value)s", value=values),
            "plan": lambda: self.env._("no plan matches %(value)s", value=values),
        }[name]()

    def _get_criterion_values(self, name):
        """What the policy asks for, as people read it."""
        self.ensure_one()
        labels = self._get_kind_labels()
        kinds = [labels[kind] for kind in sorted(self._get_kinds())]
        return {
            "tag": lambda: ", ".join(self.tag_ids.mapped("name")),
            "country": lambda: ", ".join(self.country_ids.mapped("name")),
            "language": lambda: self._get_choice_label("lang"),
            "kind": lambda: ", ".join(kinds).lower(),
            "payer_class": lambda: self._get_choice_label("payer_class").lower(),
            "amount": lambda: self._get_amount_text(self.amount_from),
            "plan": lambda: ", ".join(self.plan_ids.mapped("name")),
        }[name]()
