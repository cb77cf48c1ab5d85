"""What core need not find out again while the run makes a batch of invoices.

Each switch lives in the transaction's own memory, out of reach of any caller, and is
on for one step of the run only. That the books stay the same, column by column, is
what tests/invoicing/run/test_invoicing_complete.py proves.
"""

from contextlib import contextmanager

from odoo import models

_COMPLETE = "billing_complete_lines"
_FORMATS = "billing_number_formats"
#: Core's steps of synchronisation, by its own numbers, that complete lines still need:
#: their partner. Due dates, taxes, rounding, early payment and discount lines are there
#: already, or not wanted: see ``CommonPath.accepts``.
_NEEDED_STEPS = (80,)


@contextmanager
def _switched_on(env, name, value):
    env.cr.cache[name] = value
    try:
        yield
    finally:
        env.cr.cache.pop(name, None)


def complete_lines(env):
    """Create invoices whose taxes and balances were computed with core's helpers."""
    return _switched_on(env, _COMPLETE, True)


def numbering_formats(env):
    """Ask core for the format of a number once per journal and date, while posting.

    Core reads the last number before each one. Inside a transaction that numbers in a
    row this tells nothing new: its snapshot does not move, and the lock that core takes
    with the first number keeps others from numbering until it ends.
    """
    return _switched_on(env, _FORMATS, {})


class AccountMove(models.Model):
    """An invoice that is made in a batch."""

    _inherit = "account.move"

    def _get_sync_stack(self, container):
        # EXTENDS account: each step compares all lines before and after.
        stack, update_containers = super()._get_sync_stack(container)
        if self.env.cr.cache.get(_COMPLETE):
            stack = [step for step in stack if step[0] in _NEEDED_STEPS]
        return stack, update_containers

    def _get_next_sequence_format(self):
        # EXTENDS account
        formats = self.env.cr.cache.get(_FORMATS)
        if formats is None or self.journal_id.is_self_billing:
            return super()._get_next_sequence_format()
        key = (
            self.journal_id.id,
            self.date,
            self.move_type,
            bool(self.origin_payment_id),
        )
        if key not in formats:
            formats[key] = super()._get_next_sequence_format()
        text, values = formats[key]
        # The caller takes the number out of the values.
        return text, dict(values)


class AccountMoveLine(models.Model):
    """A line that comes with its amounts."""

    _inherit = "account.move.line"

    def _compute_totals(self):
        # EXTENDS account: the amounts of complete lines were computed the same way.
        lines = self
        if self.env.cr.cache.get(_COMPLETE):
            lines = self.filtered(lambda line: line.display_type != "product")
        return super(AccountMoveLine, lines)._compute_totals()
