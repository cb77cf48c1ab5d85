"""What the Python tools know of this checkout: its places, its manifest, its commands.

The places come from the environment that `bin/run` sets up, so that they are written in
one file only (env.sh).
"""

import ast
import os
import socket
import subprocess
import sys
from pathlib import Path

try:
    CHECKOUT = Path(os.environ["BILLING_CHECKOUT"])
except KeyError:
    sys.exit(f"Start it in the project's environment: bin/run python {sys.argv[0]}")

MODULE = os.environ["BILLING_MODULE"]
DEV = Path(os.environ["BILLING_DEV"])
BIN = Path(os.environ["BILLING_BIN"])
ODOO = Path(os.environ["BILLING_ODOO"])
DATA_DIR = DEV / "data"
LOGS = DEV / "log"

# Until the module has a manifest, what it is going to depend on.
FIRST_DEPENDS = [
    "sale_management",
    "account_payment",
    "account_edi_ubl_cii",
    "base_iban",
    "digest",
]


def read_manifest():
    """Return the module's manifest, or an empty one while there is none."""
    path = CHECKOUT / "__manifest__.py"
    if not path.exists():
        return {}
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def get_depends():
    """Return the modules that ours stands on, sorted."""
    return sorted(read_manifest().get("depends") or FIRST_DEPENDS)


def find_free_port():
    """Return a TCP port that nobody listens on, for a server of ours."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def say(text):
    """Tell the developer one line, at once: long steps follow."""
    print(text, flush=True)


def call(*command, **options):
    """Run a command and return what it prints; stop with its words if it fails."""
    done = subprocess.run(  # noqa: PLW1510 - the code is looked at below
        [str(part) for part in command], capture_output=True, text=True, **options
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def run_odoo(log, *arguments, **options):
    """Run `bin/odoo` with its output in the file .dev/log/LOG; return code and file."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / log
    with path.open("wb") as output:
        done = subprocess.run(  # noqa: PLW1510 - the caller judges the code
            [str(BIN / "odoo"), *map(str, arguments)],
            stdout=output,
            stderr=subprocess.STDOUT,
            **options,
        )
    return done.returncode, path


def show_end(path, lines=40):
    """Print the end of a log, to say what went wrong."""
    say("\n".join(path.read_text(errors="replace").splitlines()[-lines:]))
