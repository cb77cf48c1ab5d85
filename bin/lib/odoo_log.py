"""Reads the log of an Odoo test run: how many tests, which failed, is it clean.

A warning in the log of a test run is a defect not yet reported, so it fails the run,
unless `bin/test_log_ignore.txt` names it with a reason.
"""

import re

from lib import project

ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+?): (?P<text>.*)"
)
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests when loading")
SKIPPED = re.compile(r"skipped (\S+) : (.*)")
# Odoo's own words for a test that failed; they are counted from its closing line.
TEST_FAILURE = re.compile(r"(FAIL|ERROR): ")


def read_entries(path):
    """Yield (level, logger, text) of each log entry, its further lines included."""
    level = logger = None
    lines = []
    for line in path.read_text(errors="replace").splitlines():
        match = ENTRY.match(line)
        if match is None:
            lines.append(line)
            continue
        if level:
            yield level, logger, "\n".join(lines)
        level, logger, lines = match["level"], match["logger"], [match["text"]]
    if level:
        yield level, logger, "\n".join(lines)


def read_ignored():
    """Return the patterns of the log lines that are known and harmless."""
    lines = (project.BIN / "test_log_ignore.txt").read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def judge_log(path, tally):
    """Add what the log of a test run says to the tally."""
    ignored = read_ignored()
    ran = unclean = 0
    for level, logger, text in read_entries(path):
        if result := RESULT.search(text):
            failures, errors, ran = map(int, result.groups())
            tally.failed += failures + errors
            tally.passed += max(0, ran - failures - errors)
        elif skipped := SKIPPED.match(text):
            tally.passed -= 1
            tally.fail(f"skipped: {skipped[1]}, because: {skipped[2]}")
        elif level not in ("WARNING", "ERROR", "CRITICAL"):
            continue
        elif TEST_FAILURE.match(text):
            tally.remarks.append(f"{logger}: {text}\n")
        elif not any(pattern.search(f"{logger}: {text}") for pattern in ignored):
            unclean += 1
            if unclean <= 10:
                tally.remarks.append(f"in the log: {level} {logger}: {text}")
    if unclean:
        tally.fail(f"{unclean} warnings or errors stand in the log: {path}")
    if not ran:
        tally.fail(f"No test ran: {path}")
