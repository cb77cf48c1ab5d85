"""Our scheduled actions: plan and render, then send, a commit around each mail."""

from contenders import documents

verify = documents.verify
OPEN = ("to_send", "queued", "sending")


def warm_up(env):
    """Send what the warm-up's customers wait for; hold the others back till then."""
    documents.set_up(env)
    held = documents.get_invoices(env, warm=False)
    hold(env, held, None)
    perform(env)
    hold(env, held, "to_send")


def perform(env):
    """The two scheduled actions, whenever the scheduler would call them."""
    names = ("ir_cron_prepare_deliveries", "ir_cron_send_deliveries")
    actions = [env.ref(f"recurring_billing.{name}") for name in names]
    invoices = env["account.move"]
    while invoices.search_count([("billing_delivery_state", "in", OPEN)]):
        for action in actions:
            action.method_direct_trigger()
            env.cr.commit()
            env.invalidate_all()


def hold(env, invoices, state):
    """Let invoices wait, or take them out of the queue."""
    env.cr.execute(
        "UPDATE account_move SET billing_delivery_state = %s WHERE id = ANY(%s)",
        (state, invoices.ids),
    )
    env.cr.commit()
    env.invalidate_all()
