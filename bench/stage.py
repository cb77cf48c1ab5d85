"""The databases of a benchmark, and the processes that work on them."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from lib import databases, odoo_process, project

BENCH = Path(__file__).parent


def get_name(purpose):
    """The database for a purpose; the process in it: two runs at once do not meet."""
    return f"bench_{purpose}_{os.getpid()}"


def derive(purpose, source, *steps, install=False):
    """Make a database from another one: copy, maybe install ours, fill, ANALYZE.

    :param steps: arguments of prepare.py.
    """
    name = get_name(purpose)
    databases.copy(source, name)
    if install:
        install_module(name)
    for step in steps:
        run_python("prepare.py", name, *step)
    # Odoo's queries crawl on tables that PostgreSQL has never counted.
    project.call("psql", "-qc", "VACUUM ANALYZE", name)
    return name


def install_module(database):
    """Install this add-on, without demo data."""
    # fmt: off
    code, log = project.run_odoo(
        "bench-install.log",
        "server", "-d", database, "-i", project.MODULE, "--stop-after-init",
        "--no-http", "--max-cron-threads=0", "--log-level=warn",
    )
    # fmt: on
    if code:
        project.show_end(log)
        sys.exit(f"The module could not be installed on {database}.")


def start_python(script, *arguments, **variables):
    """Start a script of this folder in a process that can import Odoo.

    :param variables: of its environment.
    """
    return subprocess.Popen(
        ["python", str(BENCH / script), *map(str, arguments)],
        env=odoo_process.get_environment(BENCH) | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    """Wait for a process and return the last line it printed; stop when it failed."""
    output, errors = process.communicate()
    if process.returncode:
        sys.exit(f"{' '.join(process.args)}\n{output}{errors[-4000:]}")
    return output.splitlines()[-1] if output else ""


def run_python(script, *arguments, **variables):
    """Run a script of this folder to its end and return its last line."""
    return finish(start_python(script, *arguments, **variables))


def measure(prepared, contender, count):
    """Measure once, on a fresh copy of a prepared database.

    :rtype: dict
    """
    trial = get_name("trial")
    databases.copy(prepared, trial)
    return json.loads(run_python("measure.py", trial, contender, count))


def measure_lanes(prepared, lanes, count):
    """Several processes on one database, set off at once.

    :param int count: customers, those of the warm-up included.
    :return: the reading of each process.
    """
    trial = get_name("trial")
    databases.copy(prepared, trial)
    processes = [
        start_python("measure.py", trial, "ours", 0, lane + 1, lanes)
        for lane in range(lanes)
    ]
    for process in processes:
        if process.stdout.readline() != "ready\n":
            finish(process)
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    readings = [json.loads(finish(process)) for process in processes]
    run_python("check.py", trial, count)
    return readings


def measure_documents(prepared, contender, count, *, with_server):
    """Measure how documents are made and sent, to a mail server that counts them.

    :param bool with_server: whether an Odoo server stands by, which serves styles.
    :raises SystemExit: when not each customer got one mail with a PDF.
    """
    trial = get_name("trial")
    databases.copy(prepared, trial)
    postbox = start_python("postbox.py")
    variables = {"BENCH_SMTP_PORT": postbox.stdout.readline().strip()}
    with contextlib.ExitStack() as stack:
        if with_server:
            variables["BENCH_REPORT_URL"] = stack.enter_context(serve(trial))
        reading = json.loads(run_python("measure.py", trial, contender, 0, **variables))
    counts = json.loads(finish(postbox))
    if not count <= counts["with_pdf"] == counts["messages"] == counts["recipients"]:
        sys.exit(f"{contender} sent {counts} for {count} invoices.")
    return reading


@contextlib.contextmanager
def serve(database):
    """An Odoo server on a database, without scheduled actions; yields its address."""
    port = project.find_free_port()
    # fmt: off
    process = subprocess.Popen(
        ["python", "-m", "odoo", "server", "-d", database, f"--http-port={port}",
         "--max-cron-threads=0", "--log-level=error"],
        env=odoo_process.get_environment(BENCH),
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    # fmt: on
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/web/login", process)
        yield url
    finally:
        process.terminate()
        process.wait()


def wait_for(url, process):
    """Wait until a server answers; stop when it ended."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("The server of styles did not start.")


def drop_all():
    """Remove the databases of this run, and of runs that were killed."""
    for name in databases.find_matching(f"bench_%_{os.getpid()}"):
        databases.drop(name)
    databases.drop_abandoned("bench")
