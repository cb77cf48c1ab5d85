"""What a stretch of work costs: time, CPU of both sides, statements, memory.

CPU is counted where it is spent: in this process (all threads), and in the PostgreSQL
processes that served it, read from /proc while the server runs on this machine.
"""

import contextlib
import dataclasses
import os
import time
from pathlib import Path

from lib import wire

TICK = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Reading:
    """A stretch of work; `postgres_cpu` is None where it cannot be read."""

    wall: float = 0.0
    python_cpu: float = 0.0
    postgres_cpu: float | None = None
    queries: int = 0
    #: Highest resident memory during the work, less that of the process that had just
    #: loaded Odoo.
    memory_mb: float = 0.0

    @property
    def cpu(self):
        """Seconds of CPU, of both sides where both can be read."""
        return self.python_cpu + (self.postgres_cpu or 0.0)


class Meter(wire.Tap):
    """Counts statements and remembers the server processes behind them."""

    def __init__(self):
        self.queries = 0
        self.backends = {}
        self.idle_kb = read_status("VmRSS")

    def before_statement(self, connection, statement, values):
        # EXTENDS Tap
        self.queries += 1
        pid = connection.get_backend_pid()
        if pid not in self.backends:
            self.backends[pid] = read_backend_cpu(pid)

    def after_commit(self, connection):
        # EXTENDS Tap: a server process that ends later took its figures along.
        pid = connection.get_backend_pid()
        now = read_backend_cpu(pid)
        if now is not None:
            self.backends[pid] = now

    def get_backend_cpu(self):
        """Seconds of CPU of the server processes so far; None when unreadable."""
        for pid, before in self.backends.items():
            now = read_backend_cpu(pid)
            if now is None and before is None:
                return None
            self.backends[pid] = before if now is None else now
        return sum(self.backends.values())

    @contextlib.contextmanager
    def measure(self):
        """Fill the yielded reading when the block ends."""
        reading = Reading()
        reset_peak()
        queries, backend = self.queries, self.get_backend_cpu()
        wall, python = time.monotonic(), time.process_time()
        yield reading
        reading.wall = time.monotonic() - wall
        reading.python_cpu = time.process_time() - python
        reading.queries = self.queries - queries
        reading.memory_mb = (read_status("VmHWM") - self.idle_kb) / 1024
        after = self.get_backend_cpu()
        if after is not None and backend is not None:
            reading.postgres_cpu = after - backend


def read_backend_cpu(pid):
    """Seconds of CPU of a server process; None when it is not on this machine."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    name, _, rest = text.rpartition(")")
    if "postgres" not in name:
        return None
    user, system = rest.split()[11:13]
    return (int(user) + int(system)) / TICK


def read_status(key):
    """A figure of /proc/self/status, in kB."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1])
    raise ValueError(key)


def reset_peak():
    """Let the kernel forget the peak of what came before (start, warm-up)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")
