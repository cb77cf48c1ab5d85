#!/usr/bin/env python
"""Kills the process that reminds customers, at random moments that repeat.

reminder_kills.py [--cases 500] [--deaths 12]     as `make test-reminders` does

A real mail server takes the reminders; while it does, the sending process dies by
SIGKILL before the text of a message left, after it left, or between two messages. Then
another process goes on. Nobody may be reminded twice, nobody may be forgotten, each
reminder in doubt is marked and explained, and the ladder has gone up by one step for
each customer.
"""

import argparse
import os
import random
import sys
from collections import Counter

import sending_kills

from lib import databases, project

#: Few enough for each run of the tests.
CASES = 100
DEATHS = 5
#: The same moments each time; another seed for others.
SEED = 20261124

PREPARE = """
from datetime import timedelta
from odoo import Command
company = env.company
company.email = "us@example.com"
company.billing_answer_user_id = env.ref("base.user_admin")
partners = env["res.partner"].create(
    [
        {{"name": f"C{{n}}", "is_company": True, "email": f"c{{n}}@customers.example",
          "country_id": env.ref("base.fr").id}}
        for n in range({count})
    ]
)
env["ir.mail_server"].search([]).active = False
env["ir.mail_server"].create(
    {{"name": "T", "smtp_host": "127.0.0.1", "smtp_port": {port},
      "smtp_encryption": "none"}}
)
level = env.ref("recurring_billing.billing_dunning_level_standard_friendly")
level.attach_invoices = False
policy = level.policy_id
policy.rest_days, policy.use_holidays = "none", False
today = company._billing_today()
moves = env["account.move"].create(
    [{{"move_type": "out_invoice", "partner_id": partner.id,
       "invoice_date": today - timedelta(days=40),
       "invoice_payment_term_id": False,
       "invoice_date_due": today - timedelta(days=5),
       "invoice_line_ids": [Command.create({{"name": "x", "price_unit": 100}})]}}
     for partner in partners]
)
moves.action_post()
start = env["billing.dunning.start"].with_user(env.ref("base.user_admin")).create({{}})
start.action_switch_on()
service = env["billing.dunning"].with_user(env.ref("base.user_admin"))
service.action_confirm_many()
env["billing.dunning"]._refresh_and_plan(partners)
env.cr.commit()
"""
SEND = """env["billing.dunning.sending"]._cron_send()
env.cr.commit()
"""
QUERY = """
SELECT action.email, action.state, COALESCE(action.answer, ''),
       STRING_AGG(item.position::text, ',')
  FROM billing_dunning_action action
  JOIN billing_dunning_item item ON item.case_id = action.case_id
 GROUP BY action.id
"""


def main():
    """Remind with deaths in between, then compare what left with what is noted."""
    options = read_options()
    database = f"reminder_kills_{os.getpid()}"
    databases.drop_abandoned("reminder_kills")
    deaths = choose_deaths(options.cases, options.deaths)
    server = sending_kills.Deadly(deaths)
    try:
        databases.copy(databases.ensure_template("tests"), database)
        # fmt: off
        code, log = project.run_odoo(
            "reminder-kills-install.log",
            "server", "-d", database, "-i", project.MODULE, "--stop-after-init",
            "--no-http", "--max-cron-threads=0", "--log-level=warn",
        )
        # fmt: on
        if code:
            project.show_end(log)
            sys.exit("The module could not be installed.")
        prepare = PREPARE.format(count=options.cases, port=server.port)
        databases.run_script(database, sending_kills.as_one(prepare))
        for death in deaths:
            sending_kills.send(database, server, SEND)
            if death in server.deaths:
                sys.exit(f"The process should have died at {death}.")
        sending_kills.send(database, server, SEND)
        compare(database, server, options.cases, deaths)
    finally:
        server.stop()
        databases.drop(database)


def read_options():
    """Return how many customers are reminded, and how often the process dies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--deaths", type=int, default=DEATHS)
    return parser.parse_args()


def choose_deaths(cases, deaths):
    """Moments between which some messages leave: (message, how far it got)."""
    chance = random.Random(SEED)
    moments = sorted(chance.sample(range(5, cases - 20, 3), deaths))
    return [(moment, chance.choice(("rcpt", "data"))) for moment in moments]


def compare(database, server, cases, deaths):
    """Stop when somebody was reminded twice or forgotten, or a doubt has no word."""
    lines = project.call("psql", "-qAtF", "|", "-c", QUERY, database).splitlines()
    rows = {line.split("|", 1)[0]: line.split("|")[1:] for line in lines}
    arrived = Counter(server.addresses)
    states = Counter(state for state, _answer, _positions in rows.values())
    wrong = [address for address, count in arrived.items() if count > 1]
    for address, (state, answer, positions) in rows.items():
        if state == "done" and not arrived[address]:
            wrong.append(f"{address} was never sent")
        if state == "unknown" and not answer:
            wrong.append(f"{address} is in doubt without a word")
        if positions != "2":
            wrong.append(f"{address} stands at {positions}")
    expected = {"done": cases - len(deaths), "unknown": len(deaths)}
    if wrong or states != expected or len(rows) != cases:
        sys.exit(f"Wrong: {wrong[:20]}\n{dict(states)} instead of {expected}")
    print(f"{dict(states)}, {len(arrived)} arrived, none twice")


if __name__ == "__main__":
    main()
