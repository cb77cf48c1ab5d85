"""Kills and disturbs the daily run and compares what is left; see bin/crash/README.md.

bin/run python bin/test_crash.py [--seed N] [--short] [--only 3 7]
"""

import argparse
import os
import secrets
import subprocess
import sys

from lib import databases, odoo_process, project

CRASH = project.BIN / "crash"
#: Subscriptions and kills of the two sizes.
FULL = (300, 25)
SHORT = (40, 3)


def main(*arguments):
    """Prepare, run the trials, clean up; the code that the trials ended with."""
    options = read_options(arguments)
    subscriptions, kills = SHORT if options.short else FULL
    kills = kills if options.kills is None else options.kills
    subscriptions = options.subscriptions or subscriptions
    databases.drop_abandoned("crash")
    database = f"crash_{os.getpid()}"
    prepared = f"crash_prepared_{os.getpid()}"
    try:
        prepare(prepared, subscriptions)
        # fmt: off
        return run(
            "trials.py", prepared, database, "--kills", kills, "--seed", options.seed,
            *(["--short"] if options.short else []),
            *(["--only", *options.only] if options.only else []),
        )
        # fmt: on
    finally:
        databases.drop(prepared)
        databases.drop(database)


def prepare(database, subscriptions):
    """A database with subscriptions that are due on the day of the trials."""
    databases.copy(databases.ensure_template("tests"), database)
    # fmt: off
    code, log = project.run_odoo(
        f"{database}.log",
        "server", "-d", database, "-i", project.MODULE, "--stop-after-init",
        "--no-http", "--max-cron-threads=0", "--log-level=warn",
    )
    # fmt: on
    if code or run("prepare.py", database, subscriptions):
        project.show_end(log)
        sys.exit("The database of the trials could not be made.")
    log.unlink()
    # Odoo's queries crawl on tables that PostgreSQL has never counted.
    project.call("psql", "-qc", "VACUUM ANALYZE", database)


def run(script, *arguments):
    """Run a script of this folder in a process that can import Odoo; its code."""
    return subprocess.call(
        ["python", str(CRASH / script), *map(str, arguments)],
        env=odoo_process.get_environment(),
    )


def read_options(arguments):
    """What the caller asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--seed", default=secrets.randbelow(10**6), help="of a run before"
    )
    parser.add_argument("--kills", type=int, help="how many")
    parser.add_argument("--subscriptions", type=int, help="how many: tens")
    parser.add_argument("--short", action="store_true", help="a few kills on less work")
    parser.add_argument("--only", nargs="*", help="numbers of kills to repeat")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
