"""One measurement in a process of its own: load, warm up, perform, check, report.

python measure.py DATABASE CONTENDER COUNT     prints the reading as one line of JSON
"""

import dataclasses
import gc
import importlib
import json
import sys

import catalog
from meter import Meter

from lib import odoo_process, wire


def main(database, contender, count):
    """Measure a contender on a prepared database."""
    registry = odoo_process.open_registry(database)
    module = importlib.import_module(f"contenders.{contender}")
    meter = Meter()
    wire.install(meter)
    with odoo_process.open_environment(registry) as env:
        module.warm_up(env)
        env.invalidate_all()
    before = count_moves(registry)
    gc.collect()
    with odoo_process.open_environment(registry) as env, meter.measure() as reading:
        module.perform(env)
    check(registry, before, int(count))
    print(json.dumps(dataclasses.asdict(reading)))


def count_moves(registry):
    """How many invoices there are."""
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM account_move")
        return cr.fetchone()[0]


def check(registry, before, count):
    """Who is fast and wrong is not measured.

    :raises AssertionError: when invoices are missing, not posted, not of the right
        amount, not balanced, or when their numbers have a hole.
    """
    with registry.cursor() as cr:
        cr.execute("SELECT id FROM account_move ORDER BY id OFFSET %s", (before,))
        new = [move for (move,) in cr.fetchall()]
        assert len(new) == count, f"{len(new)} invoices instead of {count}"
        cr.execute(
            "SELECT DISTINCT state, amount_total FROM account_move WHERE id = ANY(%s)",
            (new,),
        )
        found = cr.fetchall()
        assert found == [("posted", catalog.TOTAL)], found
        cr.execute(
            "SELECT sum(balance), count(*) FROM account_move_line"
            " WHERE move_id = ANY(%s)",
            (new,),
        )
        lines = len(catalog.LINES) + 2
        assert cr.fetchone() == (0, count * lines)
        cr.execute(
            "SELECT sequence_prefix, max(sequence_number) - min(sequence_number) + 1,"
            "       count(DISTINCT name), count(*)"
            "  FROM account_move WHERE state = 'posted' GROUP BY sequence_prefix"
        )
        for prefix, span, names, moves in cr.fetchall():
            assert span == names == moves, f"{prefix}: {moves} numbers over {span}"


if __name__ == "__main__":
    main(*sys.argv[1:])
