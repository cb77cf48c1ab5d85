"""Kills and disturbs the daily run, and compares what it leaves behind.

python trials.py PREPARED DATABASE --kills 25 --seed N [--short]
"""

import argparse
import contextlib
import random
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

from crash import faults, moments, outcome, scenario
from crash.harness import PATIENCE, Harness, Stuck

#: A sick subscription is set aside when it has killed the process this often.
KILLS_TO_PARK = 3
#: Killed more often than this, a trial would never end.
ENOUGH = 8


class Wrong(Exception):
    """What a trial asked for did not happen."""


class Trials:
    """All trials on one prepared database; failures are told and counted."""

    def __init__(self, harness, seed):
        self.harness = harness
        self.seed = seed
        self.done = self.failures = 0
        self.expected, self.events, self.seconds = self.record()

    def record(self):
        """An undisturbed run: its outcome, its events, its duration."""
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "events")
            self.harness.wait(self.harness.start(moments.Recorder(path)))
            events = path.read_text(encoding="utf-8").split()
        seconds = time.monotonic() - started
        expected = self.harness.read()
        holes = list(outcome.find_holes(expected))
        if holes or not expected["documents"]:
            sys.exit("\n".join(["The undisturbed run is not in order:", *holes]))
        print(
            f"undisturbed: {len(expected['documents'])} invoices, "
            f"{len(expected['ledger'])} entries, {len(events)} events, {seconds:.1f} s",
            flush=True,
        )
        return expected, events, seconds

    @contextlib.contextmanager
    def trial(self, name, expected=None, ignored=None):
        """A fresh database for the block; its outcome is compared afterwards."""
        self.harness.refresh()
        objections = []
        told = []
        try:
            yield told
            found = self.harness.read()
            objections += outcome.differences(expected or self.expected, found, ignored)
        except (Stuck, Wrong) as error:
            objections.append(str(error))
        self.done += 1
        self.failures += bool(objections)
        verdict = f"{len(objections)} DIFFERENCES" if objections else "equal"
        print(f"{name}{''.join(told)}: {verdict}", flush=True)
        for objection in objections[:6]:
            print(f"    {objection}", flush=True)

    # === Killed === #

    def kill_and_resume(self, number):
        """Kill the run at a seeded moment, resume it, maybe kill it again."""
        chance = random.Random(f"{self.seed}-{number}-again")
        moment = moments.pick(number, self.seed, self.events)
        with self.trial(f"kill {number}, {moment}") as told:
            if self.run_until(moment) and chance.random() < 0.3:
                again = moments.Moment(
                    "any statement", chance.randrange(len(self.events))
                )
                told.append(f", again {again}")
                self.run_until(again)
            self.harness.wait(self.harness.start())

    def run_until(self, moment):
        """Let a process run until a moment; whether the moment came."""
        if moment.aim == moments.BY_TIME:
            pid = self.harness.start()
            return self.harness.kill_after(pid, moment.delay * self.seconds)
        return self.harness.wait(self.harness.start(moments.Killer(moment)))

    def poison(self):
        """A subscription that kills the process each time: the others are billed."""
        sick, lines = self.execute(
            "SELECT o.id, array_agg(line.id) FROM sale_order o"
            "  JOIN sale_order_line line ON line.order_id = o.id"
            f" WHERE o.client_order_ref = '{scenario.SICK}' GROUP BY o.id"
        )
        self.harness.refresh()
        self.execute(
            "UPDATE sale_order SET billing_next_date = NULL"
            f" WHERE id = {sick} RETURNING id, id"
        )
        self.harness.wait(self.harness.start())
        without = self.harness.read()
        ignored = {
            "items": [sick],
            # Done here, done with exceptions there.
            "runs": ["'daily'"],
            "subscriptions": [sick],
            "lines of subscriptions": lines,
        }
        with self.trial("poison", without, ignored) as told:
            kills = 0
            while kills < ENOUGH and self.harness.wait(
                self.harness.start(moments.Poison(scenario.SICK))
            ):
                kills += 1
            told.append(f", {kills} kills")
            state = self.execute(
                "SELECT state, code FROM billing_run_item"
                f" WHERE order_id = {sick} ORDER BY id DESC LIMIT 1"
            )
            if kills != KILLS_TO_PARK or state != ("parked", "crashed"):
                raise Wrong(f"after {kills} kills it is {state}, not set aside")

    def execute(self, statement):
        """Run a statement past Odoo on the current copy; its first row."""
        with (
            contextlib.closing(
                psycopg2.connect(dbname=self.harness.database)
            ) as connection,
            connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
            return cursor.fetchone()

    # === Disturbed === #

    def disturb(self, name, tap, patience=PATIENCE):
        """A fault in a process that lives on; the next call completes.

        :param patience: seconds after which the process is given up.
        """
        with self.trial(name) as told:
            try:
                self.harness.wait(self.harness.start(tap, patience))
            except Stuck as error:
                told.append(f", {error}")
                # The next day comes; or, where the fault lasted, it is over.
                self.execute(
                    "UPDATE ir_cron SET nextcall = '2026-03-17 04:00:00'"
                    " WHERE active RETURNING id"
                )
                self.harness.wait(self.harness.start())

    def disturb_in_all_ways(self):
        """A lost connection and a full disk, at seeded moments."""
        chance = random.Random(f"{self.seed}-faults")
        for _ in range(3):
            event = self.pick_work(chance)
            self.disturb(
                f"connection lost at event {event}", faults.LostConnection(event)
            )
        for at_commit in (False, True):
            for lasting in (False, True):
                event = self.pick_work(chance)
                where = "COMMIT" if at_commit else "a write"
                how = "from then on" if lasting else "once"
                self.disturb(
                    f"disk full at {where} after event {event}, {how}",
                    faults.DiskFull(event, at_commit, lasting),
                    self.seconds * 2 if lasting else PATIENCE,
                )

    def pick_work(self, chance):
        """An event in the middle of the run."""
        return chance.randrange(len(self.events) // 10, len(self.events) * 9 // 10)

    # === Several lanes === #

    def run_lanes(self, lanes, number=None):
        """Several processes at once; with a number, one of them is killed."""
        name = f"{lanes} lanes" + ("" if number is None else f" and kill {number}")
        with self.trial(name) as told:
            self.harness.open_lanes(lanes)
            tap = None
            if number is not None:
                chance = random.Random(f"{self.seed}-{number}-lanes")
                event = chance.randrange(len(self.events) // lanes)
                tap = moments.Killer(moments.Moment("any statement", event))
                told.append(f" at event {event}")
            pids = [self.harness.start(tap)]
            pids += [self.harness.start() for _ in range(lanes - 1)]
            killed = [self.harness.wait(pid) for pid in pids]
            if any(killed):
                self.harness.wait(self.harness.start())


def main():
    """Run the trials; 1 when one of them left something else behind."""
    options = read_options()
    print(f"seed {options.seed}", flush=True)
    harness = Harness(options.prepared, options.database)
    scenario.stop_clock()
    trials = Trials(harness, options.seed)
    for number in options.only or range(options.kills):
        trials.kill_and_resume(number)
    if not options.short and not options.only:
        trials.poison()
        trials.disturb_in_all_ways()
        trials.run_lanes(2)
        trials.run_lanes(4)
        for number in range(3):
            trials.run_lanes(2, number)
    print(f"{trials.done - trials.failures} equal, {trials.failures} different")
    return 1 if trials.failures else 0


def read_options():
    """What the caller asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prepared", help="database with subscriptions that are due")
    parser.add_argument("database", help="name for the copies")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument(
        "--only", type=int, nargs="*", help="numbers of kills to repeat"
    )
    parser.add_argument("--seed", required=True)
    parser.add_argument("--short", action="store_true", help="the kills alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
