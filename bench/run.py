"""`make bench`: the daily run against Odoo's own path and the OCA's contracts.

bin/run python bench/run.py [--count 1000] [--repetitions 3] [--only PART ...]

With --only, the targets of the other parts are left out.
"""

import argparse
import os
import subprocess
import sys
import time

import stage
from catalog import WARM_UP

import report
from lib import databases, project

#: Subscriptions with 36 periods behind them, and the same with none.
HISTORY = 100
#: Subscriptions of the check that size does not matter, and of the rehearsal.
LARGE = 5000
#: What the large run is compared with.
USUAL = 1000
#: Invoices that are printed and sent.
DOCUMENTS = 100
#: Documents that wait while others are posted (`contenders.ours`, which needs Odoo).
WAITING = 1000
#: Who sends: name, module, and whether it needs a server of styles.
SENDERS = (
    ("core, scheduled action", "documents_core", True),
    ("core, one by one", "documents_one_by_one", True),
    ("recurring_billing", "documents_ours", False),
)


class Bench:
    """Prepares what the parts need, once; gathers the figures."""

    def __init__(self, count, repetitions):
        self.count = count
        self.repetitions = repetitions
        self.figures = {}
        self.prepared = {}
        #: Our row of the contenders' table.
        self.own = None

    # === Databases === #

    def get_base(self, count):
        """Odoo, the OCA's add-ons, customers: what all contenders start from."""
        return self.keep(
            f"base{count}",
            databases.ensure_template("contract"),
            ("catalog", count + WARM_UP),
        )

    def get_ours(self, count, step="prepare"):
        """The base with this add-on and its subscriptions."""
        return self.keep(
            f"ours{count}{step}",
            self.get_base(count),
            ("contenders.ours", step),
            install=True,
        )

    def keep(self, purpose, source, *steps, **options):
        """Derive a database unless that was done before."""
        if purpose not in self.prepared:
            started = time.monotonic()
            self.prepared[purpose] = stage.derive(purpose, source, *steps, **options)
            project.say(f"prepared {purpose} ({time.monotonic() - started:.0f} s)")
        return self.prepared[purpose]

    def alternate(self, contenders):
        """Measure contenders in turn, as often as asked.

        :param contenders: (name, database, module, count) tuples.
        :return: the rows of a table.
        """
        rows = {name: (name, count, []) for name, _db, _module, count in contenders}
        for _ in range(self.repetitions):
            for name, database, module, count in contenders:
                rows[name][2].append(stage.measure(database, module, count))
        return list(rows.values())

    # === Parts === #

    def contenders(self):
        """The same work three ways."""
        base = self.get_base(self.count)
        contract = self.keep("contract", base, ("contenders.contract", "prepare"))
        ours = self.get_ours(self.count)
        core, oca, own = rows = self.alternate(
            [
                ("core create and post", base, "core", self.count),
                ("contract, auto_validate", contract, "contract", self.count),
                ("recurring_billing", ours, "ours", self.count),
            ]
        )
        report.print_table("The same invoices", rows)
        cpu = {row[0]: report.median(row[2], report.get_cpu) for row in rows}
        wall = {row[0]: report.median(row[2], lambda r: r["wall"]) for row in rows}
        print(
            f"by wall: {wall[core[0]] / wall[own[0]]:.2f} times core, "
            f"{wall[oca[0]] / wall[own[0]]:.2f} times contract (not held to anything)"
        )
        self.figures |= {
            "cpu against core create and post": cpu[core[0]] / cpu[own[0]],
            "cpu against contract and auto_validate": cpu[oca[0]] / cpu[own[0]],
            "queries per invoice": report.median(own[2], lambda r: r["queries"])
            / self.count,
        }
        self.note_memory(own)
        self.own = own

    def history(self):
        """The 37th period against the first."""
        first, late = rows = self.alternate(
            [
                ("first period", self.get_ours(HISTORY), "ours", HISTORY),
                (
                    "37th period",
                    self.get_ours(HISTORY, "prepare_history"),
                    "ours",
                    HISTORY,
                ),
            ]
        )
        report.print_table("A long history", rows)
        self.compare(
            late, first, "37th period against the first", "37th period less the first"
        )

    def size(self):
        """Many customers against a thousand; once, it takes long."""
        usual = self.own
        if not usual or usual[1] != USUAL:
            (usual,) = self.alternate(
                [("1000 customers", self.get_ours(USUAL), "ours", USUAL)]
            )
        reading = stage.measure(self.get_ours(LARGE), "ours", LARGE)
        large = ("5000 customers", LARGE, [reading])
        report.print_table("Many customers", [usual, large])
        self.compare(large, usual, "5000 against 1000", "5000 less 1000")
        self.note_memory(large)

    def compare(self, row, reference, ratio_name, difference_name):
        """CPU per invoice as a ratio, queries per invoice as a difference."""

        def per_invoice(entry, key):
            return report.median(entry[2], key) / entry[1]

        self.figures[f"cpu per invoice, {ratio_name}"] = per_invoice(
            row, report.get_cpu
        ) / per_invoice(reference, report.get_cpu)
        self.figures[f"queries per invoice, {difference_name}"] = per_invoice(
            row, lambda r: r["queries"]
        ) - per_invoice(reference, lambda r: r["queries"])

    def note_memory(self, row):
        """The highest peak of all our runs."""
        name = "peak memory above idle, MB"
        peak = report.get_memory(row[2])
        self.figures[name] = max(self.figures.get(name, 0.0), peak)

    def lanes(self):
        """Two processes at once against one, by the clock."""
        one_lane = self.get_ours(USUAL)
        two_lanes = self.keep("lanes", one_lane, ("contenders.ours", "open_lanes"))
        runs = {1: [], 2: []}
        for _ in range(self.repetitions):
            for lanes, prepared in ((1, one_lane), (2, two_lanes)):
                runs[lanes].append(
                    stage.measure_lanes(prepared, lanes, USUAL + WARM_UP)
                )
        one, two = report.print_lanes(runs, USUAL)
        self.figures["two lanes against one, by wall"] = one / two

    def documents(self):
        """Making and sending documents, ours against both of core's ways; once, core
        waits a second for each.
        """
        count = min(self.count, DOCUMENTS)
        prepared = self.keep(
            "documents", self.get_ours(count), ("contenders.documents", "prepare")
        )
        rows = {name: (name, count, []) for name, _module, _server in SENDERS}
        for name, module, with_server in SENDERS:
            rows[name][2].append(
                stage.measure_documents(
                    prepared, module, count, with_server=with_server
                )
            )
        scheduled, single, own = report.print_documents(rows.values())
        self.figures["documents sent, by wall, against core's scheduled action"] = (
            scheduled / own
        )
        self.figures["documents sent, by wall, against core one by one"] = single / own

    def queue(self):
        """Posting while a thousand documents wait to be sent, against none."""
        source = self.get_ours(self.count + WAITING)
        free, busy = rows = self.alternate(
            [
                (
                    f"{waiting} documents wait",
                    self.keep(step, source, ("contenders.documents", step)),
                    "ours",
                    self.count,
                )
                for waiting, step in ((0, "prepare_free"), (WAITING, "prepare_waiting"))
            ]
        )
        report.print_table("Posting while documents wait", rows)
        self.figures["posting while documents wait, by CPU, against none"] = (
            report.median(free[2], report.get_cpu)
            / report.median(busy[2], report.get_cpu)
        )

    def rehearsal(self):
        """The run that only looks."""
        prepared = self.get_ours(LARGE)
        reading = stage.measure(prepared, "rehearsal", 0)
        report.print_table("Rehearsed", [("rehearsal", LARGE, [reading])])
        # The measurement ends with an error when there is an invoice.
        self.figures["invoices written by the rehearsal"] = 0
        self.figures["rehearsed subscriptions per second of CPU"] = (
            LARGE / report.get_cpu(reading)
        )

    def engine(self):
        """The engine alone."""
        done = subprocess.run(
            ["python", str(stage.BENCH / "engine_speed.py")],
            env=os.environ | {"PYTHONPATH": str(project.CHECKOUT)},
            check=True,
            capture_output=True,
            text=True,
        )
        self.figures["due_charges, lines per second of CPU"] = float(done.stdout)


PARTS = (
    "contenders",
    "history",
    "size",
    "lanes",
    "rehearsal",
    "documents",
    "queue",
    "engine",
)


def main():
    """Run the parts; 1 when a target is missed."""
    options = read_options()
    started = time.monotonic()
    databases.ensure_template("contract")
    databases.show_peers("contract")
    bench = Bench(options.count, options.repetitions)
    try:
        for part in options.only or PARTS:
            getattr(bench, part)()
    finally:
        stage.drop_all()
    met = report.judge(bench.figures, partly=bool(options.only))
    print(f"({(time.monotonic() - started) / 60:.1f} minutes)")
    return 0 if met else 1


def read_options():
    """What the caller asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000, help="customers")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=PARTS, help="some parts")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
