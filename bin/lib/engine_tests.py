"""Runs the tests of engine/: plain Python, no database, a floor for the coverage."""

import os
import subprocess
import time
import xml.etree.ElementTree as ET

from lib import project
from lib.tally import Tally

COVERAGE_FLOOR = 95


def run_engine_tests():
    """Run pytest and return the tally; a hole in the coverage counts as a failure."""
    tally = Tally("engine")
    if not list(project.CHECKOUT.glob("tests/engine/test_*.py")):
        tally.fail("tests/engine holds no test.")
        return tally
    started = time.monotonic()
    report = project.LOGS / "engine.xml"
    report.unlink(missing_ok=True)
    done = subprocess.run(  # noqa: PLW1510 - the code is judged below
        get_command(report),
        cwd=project.CHECKOUT,
        env=os.environ | {"COVERAGE_FILE": str(project.DEV / "coverage-engine")},
        capture_output=True,
        text=True,
    )
    tally.seconds = time.monotonic() - started
    if report.exists():
        read_report(report, tally)
    if done.returncode and not tally.failed:
        tally.fail("pytest ended with an error, or the coverage is too low.")
    if tally.failed:
        words = done.stdout[-8000:] + done.stderr[-2000:]
        tally.remarks.insert(0, f"What pytest said:\n{words}")
    return tally


def get_command(report):
    """Return the call of pytest."""
    return [
        *("python", "-m", "pytest", "--quiet", f"--junitxml={report}"),
        # Chance has no place in a check that others wait for: always the same examples.
        "--hypothesis-profile=ci",
        *("--cov=engine", "--cov-branch", f"--cov-fail-under={COVERAGE_FLOOR}"),
        *("--cov-report=term-missing:skip-covered",),
    ]


def read_report(report, tally):
    """Count from pytest's report; a skipped test has proved nothing, so it fails."""
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("skipped") is not None:
            tally.fail(f"skipped: {name}")
        elif case.find("failure") is not None or case.find("error") is not None:
            tally.fail(f"failed: {name}")
        else:
            tally.passed += 1
