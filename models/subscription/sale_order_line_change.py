from odoo import models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .guards import promise_writer


class SaleOrderLine(models.Model):
    """What may happen to a running line: a new version, an end."""

    _inherit = "sale.order.line"

    def _billing_add_version(self, start, *, reason=None, **changes):
        """Let quantity, price or discount change from a day on.

        :param datetime.date start: first day of the new terms; may lie in the past.
        :param str reason: why, for the history.
        :param changes: ``quantity``, ``price_unit``, ``discount``; others stay.
        :return: the version in force from ``start``.
        :raises UserError: when the line does not run on that day, or a later version
            already says otherwise.
        """
        self.ensure_one()
        self.order_id._billing_lock()
        self._check_billing_change_date(start)
        current = self._get_billing_version_on(start)
        vals = {
            "quantity": current.quantity,
            "price_unit": current.price_unit,
            "discount": current.discount,
            "reason": reason,
            **changes,
        }
        versions = promise_writer(self.billing_version_ids)
        if current.start_date == start and not current.is_used:
            version = versions.browse(current.id)
            version.write(vals)
        else:
            sequence = current.sequence + 1 if current.start_date == start else 0
            version = versions.create(
                self._prepare_billing_version_vals(start, sequence=sequence, **vals)
            )
        self._billing_mirror()
        self.order_id._billing_promise_changed()
        return version.with_env(self.env)

    def _billing_end_line(self, last_day):
        """End the line on ``last_day``, included; False takes the end away again.

        :raises UserError: when that day lies before the line's start.
        """
        self.ensure_one()
        self.order_id._billing_lock()
        if last_day and last_day < self.billing_start_date:
            raise UserError(self._get_billing_start_message())
        promise_writer(self).billing_end_date = last_day
        self.order_id._billing_promise_changed()

    def _billing_remove_version(self, version):
        """Take back a version that no invoice was computed with.

        :raises UserError: for the first version or one already used.
        """
        self.ensure_one()
        self.order_id._billing_lock()
        if version == self._get_billing_versions_in_order()[:1]:
            raise UserError(
                self.env._(
                    "These are the first terms of %(line)s and stay. Add a version of "
                    "the same day instead.",
                    line=self.product_id.display_name,
                )
            )
        if version.is_used:
            raise UserError(
                self.env._(
                    "The terms of %(line)s from %(date)s were already invoiced. Add a "
                    "version instead: the next invoice settles the difference.",
                    line=self.product_id.display_name,
                    date=format_date(self.env, version.start_date),
                )
            )
        promise_writer(version).unlink()
        self._billing_mirror()
        self.order_id._billing_promise_changed()

    def _get_billing_version_on(self, day):
        """The version in force on ``day``, the first one for a day before it."""
        self.ensure_one()
        versions = self._get_billing_versions_in_order()
        held = versions.filtered(lambda version: version.start_date <= day)
        return held[-1:] or versions[:1]

    def _get_billing_versions_in_order(self):
        """The versions by day; of those of one day, the last one holds."""
        self.ensure_one()
        return self.billing_version_ids.sorted(lambda v: (v.start_date, v.sequence))

    def _billing_mirror(self):
        """Show in the native fields of the lines the version in force today."""
        for line in self:
            version = line._get_billing_version_on(line.company_id._billing_today())
            vals = {
                "product_uom_qty": version.quantity,
                "price_unit": version.price_unit,
                "technical_price_unit": version.price_unit,
                "discount": version.discount,
            }
            if any(line[name] != value for name, value in vals.items()):
                promise_writer(line).write(vals)

    def _check_billing_change_date(self, start):
        self.ensure_one()
        if start < self.billing_start_date:
            raise UserError(self._get_billing_start_message())
        end = self._get_billing_end()
        if end and start >= end:
            raise UserError(
                self.env._(
                    "Line '%(line)s' ends before %(date)s; choose an earlier date.",
                    line=self.product_id.display_name,
                    date=format_date(self.env, start),
                )
            )
        later = self._get_billing_versions_in_order().filtered(
            lambda version: version.start_date > start
        )
        if later:
            following = self._get_billing_version_on(later[0].start_date)
            raise UserError(
                self.env._(
                    "A change on %(date)s already sets the quantity to %(quantity)s "
                    "and the price to %(price)s; delete it first or choose a date "
                    "after it.",
                    date=format_date(self.env, following.start_date),
                    quantity=following.quantity,
                    price=following.price_unit,
                )
            )

    def _get_billing_start_message(self):
        self.ensure_one()
        return self.env._(
            "Line '%(line)s' starts on %(date)s; choose a date from then on.",
            line=self.product_id.display_name,
            date=format_date(self.env, self.billing_start_date),
        )
