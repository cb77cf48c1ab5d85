"""Who may write what of a pledge: people its terms, the facts the rest."""

from odoo import api, models
from odoo.exceptions import UserError

#: Lets the buttons and the service write what follows from facts. A caller by RPC
#: cannot send this very object along.
_MARK = object()


def pledge_writer(records):
    """The same records, allowed to write states and facts: for their own methods."""
    return records.with_context(billing_pledge_writer=_MARK)


class BillingDunningFacts(models.AbstractModel):
    """Records with terms, that people agree on, and facts, that nobody writes."""

    _name = "billing.dunning.facts"
    _description = "Terms and Facts"

    #: States and facts: written by buttons and by the service alone.
    _facts = frozenset({"state"})
    #: What was agreed on: not to be changed any more once it is over.
    _terms = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_pledge_writer(vals)
            self._prepare_terms(vals)
        records = super(BillingDunningFacts, self._forget_default_facts()).create(
            vals_list
        )
        # Not as constraints: these run before the rules of access are looked at, and
        # a refusal may tell what a customer owes.
        records._check_terms()
        return records

    def write(self, vals):
        self._check_pledge_writer(vals)
        terms = self._terms & set(vals)
        if terms and not self._is_pledge_writer():
            self._check_live()
        res = super().write(self._prepare_terms(vals))
        if terms:
            self._check_terms()
        return res

    def _forget_default_facts(self):
        """A caller's defaults set no facts either."""
        context = {
            key: value
            for key, value in self.env.context.items()
            if key.removeprefix("default_") not in self._facts
        }
        return self.with_env(self.env(context=context))

    def _prepare_terms(self, vals):
        """The terms as they are kept.

        :return: the same dict.
        """
        return vals

    def _check_terms(self):
        """Refuse terms that cannot be.

        :raises ValidationError: naming record, fact and remedy.
        """

    def _check_live(self):
        """Refuse changes of the terms.

        :raises UserError: when they are agreed on, or over.
        """

    def _is_pledge_writer(self):
        return self.env.context.get("billing_pledge_writer") is _MARK

    def _check_pledge_writer(self, vals):
        if self._facts & set(vals) and not self._is_pledge_writer():
            raise UserError(
                self.env._(
                    "The state follows what is paid and credited. Use the buttons of "
                    "the form to end it."
                )
            )

    def _filter_told(self):
        """Those of which the caller may be told what is open, before they are saved."""
        if self.env.su:
            return self
        if not self.browse().has_access("read"):
            return self.browse()
        return self.filtered(lambda pledge: pledge.company_id in self.env.companies)

    def _get_whose(self):
        """Company and customer, as the service tells standings by."""
        return self.company_id._origin.id, self.partner_id._origin.id
