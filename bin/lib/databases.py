"""Databases: dropped, copied, and made from templates that are built once.

A template holds the modules ours depends on, so that a test run installs ours alone.
Its name carries a hash of what it was made from: when that changes, another is built.
A database and its files (the filestore) always go together.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from pathlib import Path

from lib import project

# Which modules stand beside the dependencies, by the purpose of the template.
EXTRA_MODULES = {
    "tests": [],
    # Add-ons that share orders and invoices with ours: see the tag billing_neighbours.
    "neighbours": ["crm", "sale_crm", "sale_timesheet"],
    # A French company, as in the pictures of the manual.
    "demo": ["l10n_fr_account"],
    # Another add-on for contracts: taken over from, and measured against.
    "contract": ["contract", "contract_invoice_auto_validate"],
    # Jobs on many machines.
    "queue": ["queue_job"],
}
#: The purposes whose extra modules come from bin/peers.
WITH_PEERS = {"contract", "queue"}

# The chart of accounts follows the country that the company had when `account` came in.
FRENCH_COMPANY = """
env.company.country_id = env.ref("base.fr")
env["account.chart.template"].try_loading("fr", env.company, install_demo=False)
env.cr.commit()
"""


def exists(name):
    """Whether there is such a database."""
    query = f"SELECT 1 FROM pg_database WHERE datname = '{name}'"
    return bool(project.call("psql", "-qAtc", query, "postgres").strip())


def filestore(name):
    """Return the folder with the files of a database."""
    return project.DATA_DIR / "filestore" / name


def drop(name):
    """Remove a database and its files; connections still open do not save it."""
    project.call("dropdb", "--if-exists", "--force", name)
    shutil.rmtree(filestore(name), ignore_errors=True)


def copy(source, target):
    """Make `target` anew as a copy of `source`."""
    drop(target)
    # The files first: a database without them would look complete when interrupted.
    if filestore(source).exists():
        # Linked, not copied: Odoo names a file by its content and never changes it.
        shutil.copytree(filestore(source), filestore(target), copy_function=os.link)
    project.call("createdb", "-T", source, target)


def get_template_modules(purpose):
    """Return the modules that the template for this purpose holds."""
    return sorted({*project.get_depends(), *EXTRA_MODULES[purpose]})


def get_template_name(purpose):
    """Return the name of the template for this purpose, whether it exists or not."""
    key = hashlib.sha256()
    for part in get_template_modules(purpose):
        key.update(part.encode())
    for path in [
        project.DEV / "odoo" / "version",
        *sorted((project.BIN / "requirements").glob("odoo-*.txt")),
        project.BIN / "lib" / "databases.py",
    ]:
        key.update(path.read_bytes() if path.exists() else b"-")
    return f"template_{purpose}_{key.hexdigest()[:10]}"


def ensure_template(purpose):
    """Return the template for this purpose, built now if need be."""
    name = get_template_name(purpose)
    with alone(f"template-{purpose}"):
        if not exists(name) or not filestore(name).exists():
            drop_matching(f"template_{purpose}_%")
            drop_matching(f"kept_{purpose}_%")
            build_template(purpose, name)
    return name


@contextlib.contextmanager
def alone(name):
    """Keep a second process from doing the same at the same time: it waits."""
    with (project.DEV / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build_template(purpose, name):
    """Make the template; its name comes last, so that a half-made one is never used."""
    project.say(f"database: building the template for {purpose}")
    building = f"building_{purpose}"
    drop(building)
    show_peers(purpose)
    modules = ",".join(get_template_modules(purpose))
    # fmt: off
    code, log = project.run_odoo(
        f"template-{purpose}", "server", "-d", building, "-i", modules,
        "--stop-after-init", "--no-http", "--max-cron-threads=0", "--log-level=warn",
    )
    # fmt: on
    if code:
        project.show_end(log)
        raise SystemExit(f"The template for {purpose} could not be built, see {log}.")
    # Built now: else each test run would pay for all of the web client's bundles.
    run_script(
        building, "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"
    )
    if purpose == "demo":
        run_script(building, FRENCH_COMPANY)
    # Odoo's queries crawl on tables that PostgreSQL has never counted.
    project.call("psql", "-qc", "VACUUM ANALYZE", building)
    filestore(building).mkdir(parents=True, exist_ok=True)
    filestore(building).rename(filestore(name))
    project.call(
        "psql", "-qc", f"ALTER DATABASE {building} RENAME TO {name}", "postgres"
    )


def show_peers(purpose):
    """Fetch the add-ons of others that the purpose needs, and let Odoo see them."""
    if purpose in WITH_PEERS:
        project.call(project.BIN / "peers")
        os.environ["BILLING_WITH_PEERS"] = "1"


def run_script(name, script):
    """Run a few lines of Python in Odoo's shell on a database; stop when they fail."""
    code, log = project.run_odoo(
        f"script-{name}",
        *("shell", "-d", name, "--no-http", "--log-level=warn"),
        input=f"{script}\n".encode(),
    )
    if code:
        project.show_end(log)
        raise SystemExit(f"The database {name} could not be prepared, see {log}.")


def find_matching(pattern):
    """Return the names of the databases that match a pattern of SQL."""
    query = f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}'"
    return project.call("psql", "-qAtc", query, "postgres").split()


def drop_matching(pattern):
    """Remove databases built from older inputs."""
    for name in find_matching(pattern):
        drop(name)


def drop_abandoned(prefix):
    """Remove the databases of test runs that were killed; their names end in its id."""
    for name in find_matching(f"{prefix}_%"):
        if not Path("/proc", name.rpartition("_")[2]).exists():
            drop(name)
