# The step of bin/peers: add-ons of other people, beside Odoo and outside its environment.
# shellcheck shell=bash
title="fetching the add-ons of others"

inputs() { cat "$BILLING_BIN/requirements/peers.txt"; }
is_there() { [ -d "$BILLING_DEV/peers/odoo/addons" ]; }

perform() {
  rm -rf "$BILLING_DEV/peers"
  quietly peers "$BILLING_DEV/venv/bin/python" -m pip install --quiet \
    --disable-pip-version-check --no-deps --target "$BILLING_DEV/peers" \
    -r "$BILLING_BIN/requirements/peers.txt"
}
