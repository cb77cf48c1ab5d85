"""Runs the module's tests in Odoo, on a copy of a template with its dependencies."""

import os
import re
import time

from lib import databases, project
from lib.odoo_log import judge_log
from lib.tally import Tally

# Tests that need add-ons which the module does not depend on carry the tag of a pass of
# their own, on a template of that name: beside other add-ons of Odoo, beside the
# contracts that are taken over, beside a queue of jobs.
APART = ["neighbours", "contract", "queue"]


def run_odoo_tests(tags=None, purpose=None, keep=False):
    """Run the tests that `tags` picks, or all in their passes; return the tallies."""
    if tags or purpose:
        return [run_pass(purpose or "tests", tags or get_tags(purpose), keep)]
    purposes = ["tests", *(purpose for purpose in APART if has_tests(purpose))]
    return [run_pass(purpose, get_tags(purpose), keep) for purpose in purposes]


def get_tag(purpose):
    """Return the tag of the tests of a pass of their own."""
    return f"billing_{purpose}"


def get_tags(purpose):
    """Return the selector of Odoo for all tests of a pass."""
    if purpose in APART:
        return f"{get_tag(purpose)}/{project.MODULE}"
    return ",".join([f"/{project.MODULE}", *(f"-{get_tag(name)}" for name in APART)])


def has_tests(purpose):
    """Whether some test of the module asks for a pass of its own."""
    mark = re.compile(rf"""["']{get_tag(purpose)}["']""")
    return any(
        mark.search(path.read_text(encoding="utf-8"))
        for path in project.CHECKOUT.glob("tests/**/test_*.py")
    )


def run_pass(purpose, tags, keep):
    """Install the module on a copy of the template, with its tests; judge the log."""
    tally = Tally(f"odoo {purpose}")
    template = databases.ensure_template(purpose)
    databases.show_peers(purpose)
    started = time.monotonic()
    database, action = prepare_database(purpose, template, keep)
    try:
        # fmt: off
        code, log = project.run_odoo(
            f"test-{purpose}.log",
            "server", "-d", database, action, project.MODULE, "--test-tags", tags,
            "--stop-after-init", "--max-cron-threads=0",
            "--http-port", project.find_free_port(),
        )
        # fmt: on
    finally:
        if not keep:
            databases.drop(database)
    judge_log(log, tally)
    if code and not tally.failed:
        tally.fail(f"Odoo ended with code {code}: {log}")
    tally.seconds = time.monotonic() - started
    return tally


def prepare_database(purpose, template, keep):
    """Return a database to test in, and what to do with the module there.

    A kept database saves the installation the next time: its module is then updated.
    """
    if keep:
        database = template.replace("template_", "kept_", 1)
        if databases.exists(database):
            return database, "-u"
    else:
        databases.drop_abandoned(f"test_{purpose}")
        # The process in its name: two runs at once do not disturb each other.
        database = f"test_{purpose}_{os.getpid()}"
    databases.copy(template, database)
    return database, "-i"
