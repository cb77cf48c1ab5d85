"""Odoo's own scheduled sending: ten invoices a call, one wkhtmltopdf for all ten; and
its queue of mails, where those of the calls wait.
"""

from contenders import documents

verify = documents.verify


def warm_up(env):
    """Send some."""
    documents.set_up(env)
    send(env, documents.get_invoices(env, warm=True)[:10])


def perform(env):
    """Send the others."""
    send(env, documents.get_invoices(env, warm=False))


def send(env, invoices):
    """What the wizard for several invoices does, and the scheduled action until all
    are sent.
    """
    author = {
        "author_user_id": env.user.id,
        "author_partner_id": env.user.partner_id.id,
    }
    for invoice in invoices:
        invoice.sending_data = author
    env.cr.commit()
    drain(env, invoices)


def drain(env, invoices):
    """Call the two scheduled actions until nothing waits."""
    actions = [
        env.ref("account.ir_cron_account_move_send"),
        env.ref("mail.ir_cron_mail_scheduler_action"),
    ]
    mails = env["mail.mail"]
    while any(invoices.mapped("sending_data")) or mails.search_count(
        [("state", "=", "outgoing")]
    ):
        for action in actions:
            action.method_direct_trigger()
            env.cr.commit()
            env.invalidate_all()
