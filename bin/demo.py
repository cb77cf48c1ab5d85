"""Makes the database `demo` anew, as a first look at the product.

A French company without Odoo's own demo data, and the module with its own. Then
`bin/demo_history.py` lets the engine bill fourteen months, and `bin/demo_report.py`
bills today, prints what came of it, and leaves an invoice in .dev/demo.
"""

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request

from lib import databases, project
from lib.demo_data import mark_demo

DATABASE = "demo"
HISTORY = project.BIN / "demo_history.py"
REPORT = project.BIN / "demo_report.py"
OUTPUT = project.DEV / "demo"
# Where the PDF engine fetches its style sheets; without them, documents come out bare.
SET_REPORT_URL = (
    "env['ir.config_parameter'].set_param('report.url', '{url}'); env.cr.commit()\n"
)
# A company that sells services, so its sales tax is the one for services; customers in
# France read French. Of that language, only what stands on documents and screens of
# billing is loaded: all modules would take three times as long.
PREPARE = """
env.company.account_sale_tax_id = env["account.tax"].search([
    ("type_tax_use", "=", "sale"), ("tax_scope", "=", "service"),
    ("amount", "=", 20), ("price_include_override", "!=", "tax_included"),
], limit=1)
env["res.lang"]._activate_lang("fr_FR")
names = ["base", "web", "product", "account", "sale", "sale_management", "l10n_fr",
    "l10n_fr_account", "portal", "mail", "payment", "account_payment"]
modules = env["ir.module.module"].search([("name", "in", names)])
modules._update_translations(["fr_FR"])
env["account.chart.template"]._load_translations(["fr_FR"], env.company)
env.cr.commit()
"""


def main():
    """Make the database, then its past, then the report."""
    template = databases.ensure_template("demo")
    project.say("demo: installing the module with its demo data")
    databases.copy(template, DATABASE)
    databases.run_script(DATABASE, PREPARE)
    mark_demo(DATABASE, "TRUE")
    # fmt: off
    code, log = project.run_odoo(
        "demo.log",
        "server", "-d", DATABASE, "-i", project.MODULE, "--stop-after-init",
        "--no-http", "--max-cron-threads=0", "--log-level=warn",
    )
    # fmt: on
    mark_demo(DATABASE, "FALSE")
    if code:
        project.show_end(log)
        return code
    project.say("demo: living through fourteen months")
    return run_in_shell(HISTORY.read_text(encoding="utf-8")) or make_report()


def make_report():
    """Run the report's script in Odoo's shell, beside a server with the styles."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
    OUTPUT.mkdir(parents=True)
    url = f"http://127.0.0.1:{project.find_free_port()}"
    server = start_server(url)
    try:
        wait_for(url, server)
        run_in_shell(SET_REPORT_URL.format(url=url))
        return run_in_shell(REPORT.read_text(encoding="utf-8"))
    finally:
        server.terminate()
        server.wait(timeout=30)
        # The address dies with the server: the next one has another.
        run_in_shell(SET_REPORT_URL.format(url=""))


def start_server(url):
    """Start a server without scheduled actions: it only serves style sheets."""
    project.LOGS.mkdir(parents=True, exist_ok=True)
    port = url.rpartition(":")[2]
    # fmt: off
    command = [
        str(project.BIN / "odoo"), "server", "-d", DATABASE, "--http-port", port,
        "--max-cron-threads=0", "--log-level=warn",
    ]
    # fmt: on
    with (project.LOGS / "demo-server.log").open("wb") as log:
        return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)


def wait_for(url, server, seconds=60):
    """Wait until the server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/web/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit("The demo's server does not answer, see .dev/log/demo-server.log.")


def run_in_shell(script):
    """Run a script in Odoo's shell on the demo; what it prints is shown."""
    done = subprocess.run(
        [
            str(project.BIN / "odoo"),
            "shell",
            "-d",
            DATABASE,
            "--no-http",
            "--log-level=warn",
        ],
        input=script,
        text=True,
        env=os.environ | {"BILLING_DEMO_OUTPUT": str(OUTPUT)},
        check=False,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
