"""Who may write the promise of a running subscription.

The mark is an object of this process: unlike a key of the context, it cannot come
from a client.
"""

from odoo import fields

_MARK = object()


def promise_writer(records):
    """The same records, allowed to write versions, pauses and mirrored fields."""
    return records.with_context(billing_promise_writer=_MARK)


def writes_promise(env):
    """Whether the code that runs came through :func:`promise_writer`."""
    return env.context.get("billing_promise_writer") is _MARK


def changes(record, vals, names):
    """Whether writing ``vals`` would change one of the fields ``names``."""
    for name in set(vals).intersection(names):
        value = vals[name]
        if record._fields[name].type == "date":
            value = fields.Date.to_date(value or None) or False
        if value != record._fields[name].convert_to_write(record[name], record):
            return True
    return False
