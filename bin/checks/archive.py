#!/usr/bin/env python
"""Two lanes post 500 invoices while the archive seals: one chain, without a gap.

Three processes with connections of their own, as on a server: two post, one archives.
Documents are printed by a double, since it is the chain that is tested.
"""

import os
import subprocess
import sys

from lib import databases, odoo_process, project

SCRIPT = project.BIN / "archive" / "race.py"
LANES = 2
INVOICES = 500


def main():
    """Prepare the invoices, let the processes race, read the chain."""
    databases.drop_abandoned("archive")
    database = f"archive_{os.getpid()}"
    databases.copy(databases.ensure_template("tests"), database)
    try:
        # fmt: off
        code, log = project.run_odoo(
            f"{database}.log",
            "server", "-d", database, "-i", project.MODULE, "--stop-after-init",
            "--no-http", "--max-cron-threads=0", "--log-level=warn",
        )
        # fmt: on
        if code:
            project.show_end(log)
            sys.exit("The database could not be made.")
        log.unlink()
        finish(start(database, "prepare", INVOICES, LANES))
        # Odoo's queries crawl on tables that PostgreSQL has never counted.
        project.call("psql", "-qc", "VACUUM ANALYZE", database)
        racing = [start(database, "post", lane, LANES) for lane in range(LANES)]
        racing.append(start(database, "seal", INVOICES))
        for process in racing:
            finish(process)
        finish(start(database, "read", INVOICES))
    finally:
        databases.drop(database)


def start(database, *arguments):
    """Start a process that can import Odoo."""
    return subprocess.Popen(
        ["python", str(SCRIPT), database, *map(str, arguments)],
        env=odoo_process.get_environment(),
    )


def finish(process):
    """Wait for a process; stop the check when it failed."""
    if process.wait():
        sys.exit(f"{process.args[2:]} failed.")


if __name__ == "__main__":
    main()
