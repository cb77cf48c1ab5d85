"""Trials of the daily run: each in a forked process, on a fresh copy of one database.

Odoo is loaded once, in the parent. The parent keeps no connection, so that the database
under the loaded registry can be replaced by a fresh copy before each trial.
"""

import contextlib
import os
import signal
import sys
import time

import psycopg2

import odoo.init
import odoo.sql_db

from crash import outcome
from lib import databases, odoo_process, wire

#: A run that is not finished after this many seconds is stuck.
PATIENCE = 180
#: What a process ends with when it gives up, and why.
ASLEEP, LATE = 3, 4
REASONS = {
    1: "the scheduler broke off",
    ASLEEP: "the run goes on with the next regular call only",
    LATE: "the run did not come to its end in time",
}


class Stuck(Exception):
    """The run did not come to its end.

    :param int code: one of REASONS.
    """

    def __init__(self, code):
        super().__init__(REASONS.get(code, f"ended with code {code}"))
        self.code = code


class Harness:
    """A loaded registry, and the prepared database that every trial starts from.

    :param str prepared: database with subscriptions that are due.
    :param str database: name for the copies; the registry is loaded for it.
    """

    def __init__(self, prepared, database):
        self.prepared = prepared
        self.database = database
        self.refresh()
        self.registry = odoo_process.open_registry(database, log_level="critical")
        odoo.sql_db.close_all()

    def refresh(self):
        """Put the prepared database in the place of the last trial's."""
        databases.copy(self.prepared, self.database)

    # === Processes === #

    def start(self, tap=None, patience=PATIENCE):
        """Fork a process that works as a scheduler until the run is finished.

        :param wire.Tap tap: sees, and may disturb, what it sends.
        :param patience: seconds after which it gives up.
        :return: its id.
        """

        def work():
            if tap:
                wire.install(tap)
            self.schedule(patience)

        return self.fork(work)

    def open_lanes(self, lanes):
        """What the settings page does with the number of lanes."""

        def work():
            with odoo_process.open_environment(self.registry) as env:
                env["billing.run"]._set_lane_count(lanes)
                env.cr.commit()

        self.wait(self.fork(work))

    def fork(self, work):
        """Do some work in a process of its own; its id."""
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            work()
            code = 0
        except Stuck as error:
            code = error.code
        finally:
            # No clean-up of the parent's: exit handlers are not ours to run.
            os._exit(code)

    def schedule(self, patience):
        """Do what a server's scheduler does, as long as an action asks to be called.

        :param patience: seconds.
        :raises Stuck: when the run waits for an action that nobody would call now, or
            takes too long.
        """
        actions = self.registry["ir.cron"]
        end = time.monotonic() + patience
        while time.monotonic() < end:
            actions._process_jobs(self.database)
            if self.is_finished():
                return
            if not self.has_ready_action():
                raise Stuck(ASLEEP)
            # The last process's locks go when the server has noticed its death.
            time.sleep(0.02)
        raise Stuck(LATE)

    def is_finished(self):
        """Whether there is a run, and none that goes on."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*), count(*) FILTER (WHERE state = 'running')"
                "  FROM billing_run"
            )
            runs, running = cr.fetchone()
            return bool(runs) and not running

    def has_ready_action(self):
        """Whether the scheduler would call something now, or somebody else does."""
        with self.registry.cursor() as cr:
            return bool(self.registry["ir.cron"]._get_all_ready_jobs(cr))

    def wait(self, pid):
        """Wait for a process.

        :return: whether it was killed.
        :raises Stuck: when it ended by itself without having finished the run.
        """
        _pid, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            return True
        if os.WEXITSTATUS(status):
            raise Stuck(os.WEXITSTATUS(status))
        return False

    def kill_after(self, pid, seconds):
        """Kill a process from outside, if it still runs by then."""
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        return self.wait(pid)

    def read(self):
        """What the run left behind."""
        with (
            contextlib.closing(psycopg2.connect(dbname=self.database)) as connection,
            connection.cursor() as cr,
        ):
            return outcome.read(cr)
