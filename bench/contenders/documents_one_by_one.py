"""Odoo's own sending, one invoice after the other, as the Send button does; and its
queue of mails.
"""

from contenders import documents, documents_core

verify = documents.verify


def warm_up(env):
    """Send some."""
    documents.set_up(env)
    send(env, documents.get_invoices(env, warm=True)[:3])


def perform(env):
    """Send the others."""
    send(env, documents.get_invoices(env, warm=False))


def send(env, invoices):
    """Make and send each, committed."""
    for invoice in invoices:
        env["account.move.send"]._generate_and_send_invoices(
            invoice, sending_methods=["email"]
        )
        env.cr.commit()
    documents_core.drain(env, invoices)
