"""Runs the tests and ends with a line of its own: `N passed, N failed`.

bin/run python bin/test.py [engine] [odoo] [checks]     all of them when none is named
bin/run python bin/test.py odoo --tags /recurring_billing:TestX --keep
"""

import argparse
import sys

from lib.checks import run_checks
from lib.engine_tests import run_engine_tests
from lib.odoo_tests import run_odoo_tests
from lib.project import say

PARTS = ["engine", "odoo", "checks"]
#: Reasons of a failure that are told once more at the end.
HEADS = 15


def main():
    """Run the parts asked for and return 1 when anything failed or nothing ran."""
    options = read_options()
    passed = failed = 0
    heads = []
    for part in options.parts or PARTS:
        for tally in run_part(part, options):
            tally.tell()
            passed += tally.passed
            failed += tally.failed
            heads += tally.heads()
    # The last lines are what is read first, and often all that was kept of a run.
    for head in heads[:HEADS]:
        say(head)
    say(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def read_options():
    """Return what the caller asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to run")
    parser.add_argument("--tags", help="Odoo's --test-tags: pick some tests")
    parser.add_argument("--template", help="the template to test on: tests, neighbours")
    parser.add_argument("--keep", action="store_true", help="keep the test database")
    return parser.parse_args()


def run_part(part, options):
    """Return the tallies of one part."""
    if part == "engine":
        return [run_engine_tests()]
    if part == "checks":
        return [run_checks()]
    return run_odoo_tests(options.tags, options.template, options.keep)


if __name__ == "__main__":
    sys.exit(main())
