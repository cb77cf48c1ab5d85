# Starts the private PostgreSQL cluster (made the first time), or tries the user's own server.
# shellcheck shell=bash
title="starting PostgreSQL"

inputs() { echo "${PGHOST:-}"; }
is_there() { psql -qAtc 'SELECT 1' postgres >/dev/null 2>&1; }

perform() {
  "$BILLING_BIN/pg" start
  psql -qAtc 'SELECT 1' postgres >/dev/null
}
