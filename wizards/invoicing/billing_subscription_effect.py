"""The effect of a change, a pause or a close, beside the dialog that asks for it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.errors import BillingError


class BillingSubscriptionEffect(models.AbstractModel):
    """What the engine would do with the values of a dialog; nothing is written."""

    _name = "billing.subscription.effect"
    _description = "Effect of a Change"

    effect = fields.Text(compute="_compute_effect")
    apply_label = fields.Char(compute="_compute_apply_label")

    def _get_effect_fields(self):
        """Names of the fields that the effect depends on; the dialogs add theirs."""
        return ["order_id"]

    @api.depends_context("lang")
    @api.depends(lambda self: self._get_effect_fields())
    def _compute_effect(self):
        for wizard in self:
            try:
                wizard.effect = "\n".join(wizard._get_effect_sentences())
            except UserError as error:
                # Applying would refuse it with these words.
                wizard.effect = str(error)
            except BillingError:
                wizard.effect = False

    @api.depends_context("lang")
    @api.depends(lambda self: self._get_effect_fields())
    def _compute_apply_label(self):
        for wizard in self:
            wizard.apply_label = wizard._get_apply_label()

    def _get_apply_label(self):
        """The deed, with its date: what the button says."""
        raise NotImplementedError

    def _get_effect_sentences(self):
        """What changes, then what that does to the invoices to come."""
        self.ensure_one()
        order = self.order_id
        if not order or not self._is_effect_ready():
            return []
        preview = self.env["billing.preview"]
        outlook = preview._get_outlooks(order).get(order)
        if not outlook:
            # Its terms cannot be computed: the warning on the form says why.
            return []
        terms, added = self._get_changed_terms(outlook.terms)
        told = preview._get_effect(outlook, terms, added)
        return self._get_what_sentences() + (
            told or [self.env._("The invoices to come stay as they are.")]
        )

    def _is_effect_ready(self):
        """Whether the dialog says enough to compute its effect."""
        raise NotImplementedError

    def _get_changed_terms(self, running):
        """The terms as the dialog would make them.

        :param dict running: ``{line id: LineTerms}`` of the subscription as it is.
        :return: ``{line id: LineTerms}`` and the new line, if there is one.
        :raises UserError: where applying would refuse.
        """
        raise NotImplementedError

    def _get_what_sentences(self):
        """What the dialog does, as a list of sentences."""
        return []
