#!/usr/bin/env python
"""Installs the module where the ledger's constraint cannot be created: that fails.

Odoo itself logs a constraint that the database refuses and goes on; a ledger without it
would let a day be billed twice.
"""

import os
import sys

from lib import databases, project

# What the database refuses, by the words of the statement.
REFUSED = {
    "the extension": "btree_gist",
    "the constraint": "billing_entry_no_overlap",
}

REFUSAL = """
CREATE FUNCTION refuse_billing() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_query() LIKE '%{words}%'
       AND current_query() NOT LIKE '%refuse_billing%' THEN
        RAISE EXCEPTION 'refused by the administrator';
    END IF;
END $$;
CREATE EVENT TRIGGER refuse_billing ON ddl_command_start
    WHEN TAG IN ('CREATE EXTENSION', 'ALTER TABLE') EXECUTE FUNCTION refuse_billing();
"""


def main():
    """Try both refusals; stop when one of them lets the module in."""
    template = databases.ensure_template("tests")
    for what, words in REFUSED.items():
        database = f"constraint_{os.getpid()}"
        databases.copy(template, database)
        try:
            project.call("psql", "-qc", REFUSAL.format(words=words), database)
            check_refused(database, what)
        finally:
            databases.drop(database)


def check_refused(database, what):
    """The installation ends with an error and leaves the module out."""
    # fmt: off
    code, log = project.run_odoo(
        "constraint.log",
        "server", "-d", database, "-i", project.MODULE, "--stop-after-init",
        "--no-http", "--max-cron-threads=0", "--log-level=error",
    )
    # fmt: on
    query = f"SELECT state FROM ir_module_module WHERE name = '{project.MODULE}'"
    state = project.call("psql", "-qAtc", query, database).strip()
    if not code or state == "installed":
        sys.exit(f"Without {what} the module is {state}, Odoo ended with {code}: {log}")


if __name__ == "__main__":
    main()
