"""Odoo's own sale and account tests, once without and once with the module.

A test that fails only with it tells of a promise of Odoo's that the module breaks. Such
a failure ends this with code 1, unless `bin/core_exceptions.txt` names it, with why.
The suites are listed in `bin/core_suites.txt`; both runs take place side by side.
"""

import concurrent.futures
import re
import sys

from lib import databases, project
from lib.odoo_log import RESULT, TEST_FAILURE, read_entries

FAILED_TEST = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(?:setUpClass \()?([\w.]+)")


def read_list(name):
    """Return the lines of a file of bin/, without comments and empty ones."""
    lines = (project.BIN / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def run_suites(label, template, tags):
    """Run the suites on a copy of the template; return (tests run, failed names)."""
    database = f"core_{label}"
    databases.copy(template, database)
    options = ["--stop-after-init", "--max-cron-threads=0"]
    if label == "with":
        install = ["server", "-d", database, "-i", project.MODULE, *options]
        code, log = project.run_odoo("core-install.log", *install, "--no-http")
        if code:
            project.show_end(log)
            raise SystemExit(f"The module could not be installed: {log}")
    # On its own, after the installation: then the suites of all modules are offered.
    # fmt: off
    _code, log = project.run_odoo(
        f"core-{label}.log",
        "server", "-d", database, "--test-tags", ",".join(tags), *options,
        "--http-port", project.find_free_port(),
    )
    # fmt: on
    databases.drop(database)
    return read_outcome(log)


def read_outcome(log):
    """Return how many tests ran, and the names of those that failed."""
    ran, failed = 0, set()
    for level, logger, text in read_entries(log):
        if result := RESULT.search(text):
            ran = int(result[3])
        elif level == "ERROR" and TEST_FAILURE.match(text):
            name = FAILED_TEST.match(text)
            module = logger.removeprefix("odoo.addons.")
            failed.add(f"{module}:{name[1] if name else text.splitlines()[0]}")
    return ran, failed


def main():
    """Compare the two runs and say which failures are the module's doing."""
    template = databases.ensure_template("tests")
    tags = read_list("core_suites.txt")
    project.say("core: running Odoo's own suites twice, about ten minutes")
    with concurrent.futures.ThreadPoolExecutor() as pool:
        without, with_module = pool.map(
            lambda label: run_suites(label, template, tags), ["without", "with"]
        )
    excused = {line.split()[0] for line in read_list("core_exceptions.txt")}
    ours = sorted(with_module[1] - without[1])
    for name in ours:
        verdict = "excused" if name in excused else "broken by the module"
        project.say(f"{verdict}: {name}")
    broken = [name for name in ours if name not in excused]
    project.say(
        f"core: {without[0]} tests without the module, {len(without[1])} failed;"
        f" {with_module[0]} with it, {len(with_module[1])} failed,"
        f" {len(broken)} of them only with it"
    )
    return 1 if broken or not without[0] or without[0] != with_module[0] else 0


if __name__ == "__main__":
    sys.exit(main())
