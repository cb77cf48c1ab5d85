# The virtual environment that runs Odoo, the module and its tests: pinned to the last digit.
# shellcheck shell=bash
title="installing Odoo's Python packages"
. "$BILLING_BIN/lib/python.sh"

inputs() { find_python; cat "$BILLING_BIN"/requirements/{odoo-*,test}.txt; }
is_there() { [ -x "$BILLING_DEV/venv/bin/python" ]; }

perform() {
  local venv=$BILLING_DEV/venv version
  make_venv "$venv"
  version=$("$venv/bin/python" -c 'import sys; print("%d%d" % sys.version_info[:2])')
  quietly pip "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    -r "$BILLING_BIN/requirements/odoo-py$version.txt" -r "$BILLING_BIN/requirements/test.txt"
}
