#!/usr/bin/env python
"""Installs the module with demo data, upgrades it, bills a year, uninstalls it.

The upgrade onto itself changes nothing; the archive is left behind only after an
export of it was taken; after the uninstallation, invoicing refunds nothing of the
twelve invoices that are there.
"""

import os
import sys

from lib import databases, project
from lib.demo_data import mark_demo

SCRIPTS = project.BIN / "lifecycle"


def main():
    """Run the whole life on one database; stop at the first thing that is wrong."""
    database = f"lifecycle_{os.getpid()}"
    databases.copy(databases.ensure_template("tests"), database)
    try:
        mark_demo(database, "TRUE")
        run_odoo(database, "-i")
        mark_demo(database, "FALSE")
        run_script(database, "bill_a_year.py")
        before = describe(database)
        run_odoo(database, "-u")
        compare(before, describe(database))
        run_script(database, "archive_taken.py")
        run_script(database, "uninstall.py")
        run_script(database, "after_uninstall.py")
    finally:
        databases.drop(database)


def run_odoo(database, action):
    """Install or upgrade the module; a warning in the log is a defect."""
    # fmt: off
    code, log = project.run_odoo(
        f"lifecycle{action}.log",
        "server", "-d", database, action, project.MODULE, "--stop-after-init",
        "--no-http", "--max-cron-threads=0", "--log-level=warn",
    )
    # fmt: on
    text = log.read_text(errors="replace")
    if code or " WARNING " in text or " ERROR " in text:
        sys.exit(f"{action} {project.MODULE} was not clean:\n{text}")


def run_script(database, name):
    """Run a script of bin/lifecycle in Odoo's shell; its assertions are the test."""
    code, log = project.run_odoo(
        f"lifecycle-{name}.log",
        *("shell", "-d", database, "--no-http", "--log-level=warn"),
        # The shell goes on after an error in its input; a script run whole does not.
        input=f"exec(compile({(SCRIPTS / name).read_text()!r}, {name!r}, 'exec'))\n"
        "print('finished')\n".encode(),
    )
    text = log.read_text(errors="replace")
    if code or not text.rstrip().endswith("finished"):
        sys.exit(f"{name} failed:\n{text}")


def describe(database):
    """Return what an upgrade could change: columns, constraints, indexes, records."""
    queries = {
        "columns": "SELECT table_name, column_name, data_type, is_nullable FROM"
        " information_schema.columns WHERE table_schema = 'public'",
        "constraints": "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid)"
        " FROM pg_constraint",
        "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes"
        " WHERE schemaname = 'public'",
        "names": "SELECT name, model, res_id, noupdate FROM ir_model_data"
        f" WHERE module = '{project.MODULE}'",
        "fields": "SELECT model, name, field_description, ttype, store FROM"
        " ir_model_fields WHERE model LIKE 'billing.%' OR name LIKE '%billing%'",
        "rules": "SELECT name, domain_force, active FROM ir_rule",
        "access": "SELECT name, perm_read, perm_write, perm_create, perm_unlink FROM"
        " ir_model_access",
        "plans": "SELECT * FROM billing_plan",
        "ledger": "SELECT * FROM billing_entry",
        "triggers": "SELECT tgrelid::regclass, tgname, tgenabled FROM pg_trigger"
        " WHERE NOT tgisinternal",
        "orders": "SELECT id, billing_state, billing_next_date, billing_until_date,"
        " billing_monthly_amount, write_date FROM sale_order",
        "lines": "SELECT id, qty_invoiced, qty_to_invoice, invoice_status, write_date"
        " FROM sale_order_line",
    }
    return {
        name: sorted(project.call("psql", "-qAtc", query, database).splitlines())
        for name, query in queries.items()
    }


def compare(before, after):
    """Stop when the upgrade changed something."""
    for name, rows in before.items():
        gone, come = set(rows) - set(after[name]), set(after[name]) - set(rows)
        if gone or come:
            sys.exit(f"The upgrade changed {name}:\n- {gone}\n+ {come}")


if __name__ == "__main__":
    main()
