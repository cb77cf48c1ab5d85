"""The rehearsal of a run: everything is computed, nothing is written."""

from datetime import timedelta

from contenders import ours


def prepare(env):
    """The subscriptions of the run."""
    ours.prepare(env)


def warm_up(env):
    """Rehearse what was due yesterday, and throw it away."""
    yesterday = env.company._billing_today() - timedelta(days=1)
    rehearse(env, yesterday).action_discard()
    env.cr.commit()


def perform(env):
    """Rehearse all that is due, as the launcher does, by the scheduled action."""
    run = rehearse(env, env.company._billing_today())
    states = set(run.item_ids.mapped("state"))
    assert states == {"rehearsed"}, states


def rehearse(env, day):
    """Plan a rehearsal and carry it out."""
    run = env["billing.run"]._plan_rehearsal(day, {"companies": env.companies.ids})
    env.cr.commit()
    action = env.ref("recurring_billing.ir_cron_rehearse")
    while run.state == "rehearsing":
        action.method_direct_trigger()
        env.cr.commit()
    return run
