# The tools that look at the code, apart from Odoo's environment: their needs would move its pins.
# shellcheck shell=bash
title="installing the developer tools"
. "$BILLING_BIN/lib/python.sh"

inputs() { find_python; cat "$BILLING_BIN/requirements/tools.txt"; }
is_there() { [ -x "$BILLING_DEV/tools-venv/bin/ruff" ]; }

perform() {
  local venv=$BILLING_DEV/tools-venv
  make_venv "$venv"
  quietly pip-tools "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$BILLING_BIN/requirements/tools.txt"
}
