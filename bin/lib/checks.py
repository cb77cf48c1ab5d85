"""Runs the checks of bin/checks: each program there is one test."""

import os
import subprocess
import time

from lib import project
from lib.tally import Tally


def run_checks():
    """Run every executable of bin/checks, in the order of their names."""
    tally = Tally("checks")
    started = time.monotonic()
    for path in sorted((project.BIN / "checks").glob("*")):
        if not path.is_file() or not os.access(path, os.X_OK):
            continue
        done = subprocess.run(  # noqa: PLW1510 - the code is judged below
            [path],
            cwd=project.CHECKOUT,
            # So that a check in Python can import what these tools share.
            env=os.environ | {"PYTHONPATH": str(project.BIN)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            tally.fail(f"{path.name} failed:\n{done.stdout[-6000:]}")
        else:
            tally.passed += 1
    tally.seconds = time.monotonic() - started
    return tally
