"""One measurement in a process of its own: load, warm up, perform, check, report.

python measure.py DATABASE CONTENDER INVOICES [LANE LANES]

Prints the reading as one line of JSON. With lanes it says "ready" and waits for a line
first, so that all begin at once; the caller checks when all have ended.
"""

import dataclasses
import gc
import importlib
import json
import sys

from meter import Meter

from lib import odoo_process, wire


def main(database, contender, invoices, *lane):
    """Measure a contender on a prepared database.

    :param invoices: how many it has to write.
    :param lane: number of this process, and how many there are.
    """
    registry = odoo_process.open_registry(database)
    import check

    module = importlib.import_module(f"contenders.{contender}")
    lane = [int(number) for number in lane]
    meter = Meter()
    wire.install(meter)
    with odoo_process.open_environment(registry) as env:
        module.warm_up(env, *lane)
    before = check.count_moves(registry)
    gc.collect()
    if lane:
        print("ready", flush=True)
        sys.stdin.readline()
    with odoo_process.open_environment(registry) as env, meter.measure() as reading:
        module.perform(env, *lane)
    if not lane:
        check.check(registry, before, int(invoices))
    if hasattr(module, "verify"):
        with odoo_process.open_environment(registry) as env:
            module.verify(env)
    print(json.dumps(dataclasses.asdict(reading)))


if __name__ == "__main__":
    main(*sys.argv[1:])
