from itertools import pairwise

from odoo import models

from ...engine.periods import ONE_DAY
from ..plan.wording import amount_text, number_text


class SaleOrderLine(models.Model):
    """The changes of a line in plain words."""

    _inherit = "sale.order.line"

    def _get_billing_history(self):
        """(day, text) of each change of the line, and of its own start and end."""
        self.ensure_one()
        name, order = self.product_id.name, self.order_id
        told = []
        if self.billing_start_date > order.billing_start_date:
            told.append(
                (self.billing_start_date, self.env._("%(what)s added", what=name))
            )
        versions = self._get_billing_versions_in_order()
        for before, after in pairwise(versions):
            told.append((after.start_date, after._get_change_text(before)))
        if self.billing_end_date and self.billing_end_date != order.billing_end_date:
            told.append(
                (
                    self.billing_end_date + ONE_DAY,
                    self.env._("%(what)s ended", what=name),
                )
            )
        return told

    def _get_billing_terms_text(self, before, after):
        """How two terms of the line differ: "Support: 15 instead of 10".

        :param before: the terms that held, with ``quantity``, ``price``, ``discount``.
        :param after: the terms that hold.
        """
        self.ensure_one()
        currency, parts = self.order_id.currency_id, []
        if before.quantity != after.quantity:
            parts.append(
                self._get_billing_instead_text(
                    number_text(self.env, after.quantity),
                    number_text(self.env, before.quantity),
                )
            )
        if before.price != after.price:
            parts.append(
                self._get_billing_instead_text(
                    amount_text(self.env, after.price, currency),
                    amount_text(self.env, before.price, currency),
                )
            )
        if before.discount != after.discount:
            parts.append(
                self._get_billing_instead_text(
                    self._get_billing_discount_text(after.discount),
                    self._get_billing_discount_text(before.discount),
                )
            )
        return self.env._(
            "%(what)s: %(changes)s",
            what=self.product_id.name,
            changes=", ".join(parts) or self.env._("same terms"),
        )

    def _get_billing_instead_text(self, after, before):
        return self.env._("%(after)s instead of %(before)s", after=after, before=before)

    def _get_billing_discount_text(self, discount):
        return self.env._(
            "%(discount)s %% discount", discount=number_text(self.env, discount)
        )

    def _get_billing_version_value(self, day):
        """The terms in force on a day, as the engine reads them."""
        version = self._get_billing_version_on(day)
        return version._as_value()
