"""Fills the database that the trials start from: python prepare.py DATABASE COUNT."""

import sys

from lib import odoo_process


def main(database, count):
    """Create the subscriptions while the clock stands on their day."""
    registry = odoo_process.open_registry(database)
    from crash import scenario

    scenario.stop_clock()
    with odoo_process.open_environment(registry) as env:
        scenario.create(env, int(count))


if __name__ == "__main__":
    main(*sys.argv[1:])
